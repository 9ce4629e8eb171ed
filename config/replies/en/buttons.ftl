## Buttons

button-undo = Undo
button-yes = Yes
button-no = No
button-more = Next page
button-see-privately = See privately
button-orders = Orders
button-log-call = Log a call
button-new-task = New task
button-move-negotiation = To negotiation
button-move-won = Won
button-move-lost = Lost
button-assign-me = Take it
button-resolve = Resolve
button-claim = I'll take it
button-snooze = Snooze a week
button-dismiss = Not a real risk
button-why = Why?
button-customer = Customer
button-reply = Reply
button-note = Note
button-ready-text = Ready text
button-priority = Priority
button-snooze-until = Rest until { $moment }
button-wake = Wake up
button-reopen = Reopen
button-add-to-ticket = Add to #{ $id }
