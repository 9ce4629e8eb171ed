## Tickets

tickets-found = { $count ->
    [0] No tickets found
    [one] 1 ticket
   *[other] { $count } tickets
}
ticket-title = Ticket #{ $id } · { $subject }
ticket-created = Ticket #{ $id } opened.
ticket-assigned = Ticket #{ $id } goes to { $assignee }.
ticket-resolved = Ticket #{ $id } is resolved.
tickets-breaching = { $count ->
    [0] No ticket is about to miss its target
    [one] 1 ticket misses its target
   *[other] { $count } tickets miss their target
}
sla-left = { $hours ->
    [0] { $minutes } min left
   *[other] { $hours } h { $minutes } min left
}
sla-over = ▲ { $hours ->
    [0] { $minutes } min over
   *[other] { $hours } h { $minutes } min over
}
sla-due = due { $due } ({ $left })
sla-met = { $met }
sla-met-late = ▲ { $met }, late
line-to-customer = { $when } · { $who } to the customer: { $text }
line-internal = { $when } · { $who }, internal: { $text }
rating = { $score } of { $best }
ticket-prioritized = The priority of ticket #{ $id } is changed.
reply-only-recorded = The text will only be recorded on the ticket: no mail delivery is set up, so nobody sends it to { $customer }.
ticket-replied = Recorded on ticket #{ $id } as said to the customer.
ticket-noted = Noted on ticket #{ $id }, for colleagues only.
ticket-reopened = Ticket #{ $id } is open again.
ticket-snoozed = Ticket #{ $id } rests until { $until }.
ticket-rated = Rating noted on ticket #{ $id }.
error-already-that-priority = Ticket { $record } has that priority already.
error-ticket-open = Ticket { $record } is open already.
error-no-such-score = { $score } is no rating: it goes from 1 to { $best }.
error-no-such-macro = I have no text like "{ $text }" ready. There are: { $known }.
reply-without-address = The text will only be recorded on the ticket: we have no e-mail address of { $customer }.
reply-by-mail = { $customer } will read this: it goes out by e-mail.
reply-by-mail-to = { $customer } will read this: it goes by e-mail to { $address }.
ticket-reply-posted = The e-mail to { $customer } on ticket #{ $id } goes out in a moment; until then Undo takes it back.
ticket-added = Kept on ticket #{ $id } as said by the customer.
ticket-attached = { $count ->
    [one] The file is kept on ticket #{ $id }, for colleagues only.
   *[other] The { $count } files are kept on ticket #{ $id }, for colleagues only.
}
ticket-open-already = { $customer } has an open ticket that may be about the same: #{ $id } · { $subject }
line-from-customer = { $when } · the customer, noted by { $who }: { $text }
with-files = [{ $files }]
snooze-keeps-target = The clock goes on meanwhile. { $goal } is due { $due }: { $left } at wake-up.
snooze-misses-target = ▲ The clock goes on meanwhile. { $goal } is due { $due }, before wake-up.
mail-subject = [#{ $id }] { $subject }
mail-footer =
    --
    { $agent } · Ticket #{ $id }. To reach us about it, just answer this e-mail.
rating-request =
    Hello { $customer },
    your ticket is resolved. How content are you with our help? Please answer this e-mail with a number from 1 (not at all) to { $best } (very).
    If anything is still wrong, tell us, and we open it again.
    Kind regards, { $agent }
error-customer-has-it = I can't undo this: the customer has the e-mail already. Nothing was changed.
queue-mine = Mine
queue-unassigned = Unassigned
queue-breached = Late
