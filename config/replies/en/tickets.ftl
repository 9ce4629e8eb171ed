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
