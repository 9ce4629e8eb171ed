## The conversation

hello = Hello { $name }. Ask me about a customer, an order or a deal, or say "help".
stranger = I don't know you yet. Ask your administrator for a code, then tell me: link CODE
empty-message = I got a message without words. Tell me what you need, or say "help".
message-too-long = That is more than I can read at once (over { $limit } characters). Please put it in a sentence or two.
out-of-scope = I didn't understand that, or it is nothing I can do. Say "help" for what I can.
declined = I can't do that, and nothing was changed. Say "help" for what I can.
did-you-mean = I'm not sure what you mean. Did you mean one of these?
nothing-asked = There is no open question of mine. Tell me what you would like to do.
nothing-shown = I haven't shown a list yet that could go on.
cancelled = All right, I've dropped it. Nothing was changed.
shall-i = Shall I do this?
which-one = I know several like "{ $text }". Which one do you mean?
answer-follows = That is a lot to count: the answer follows.
failed = Something went wrong on my side; nothing was changed. Please try again, and if it stays so, give your administrator this number: { $error }
hidden = •••
nothing = –
yes = yes
no = no
period = { $first } to { $last }
before-after = { $before } → { $after }
no-filters = all
provenance = Basis: { $filters } · { $count ->
    [one] 1 row
   *[other] { $count } rows
} · as of { $now }
rows-shown = Rows { $first } to { $last } of { $count }.
edited-too-late = I had acted on your message before you changed it, so the change did nothing. Please send me the new wording as a new message.
