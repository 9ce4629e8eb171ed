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
error-ticket-open = Ticket { $record } is not closed.
error-no-such-score = { $score } is no rating: it goes from 1 to { $best }.
error-no-such-macro = I have no text like "{ $text }" ready. There are: { $known }.
