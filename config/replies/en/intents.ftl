## Nouns

noun-customer = customer
noun-contact = contact
noun-order = order
noun-product = product
noun-deal = deal
noun-activity = activity
noun-task = task
noun-ticket = ticket
noun-campaign = campaign
noun-alert = alert
noun-churn = churn
noun-change = undo
noun-user = user
noun-me = me
noun-audit = change log

## Intents, as labels

intent-talk-greet = Say hello
intent-help-show = What I can do
intent-me-show = Who you are
intent-me-link = Link your account
intent-me-set-language = Change the language
intent-change-undo = Undo your last change
intent-dialog-confirm = Yes
intent-dialog-cancel = Never mind
intent-result-more = Next page
intent-customer-show = Show a customer
intent-customer-find = Find customers
intent-customer-create = Add a customer
intent-customer-update = Change a customer
intent-order-show = Show an order
intent-order-list = List orders
intent-product-show = Show a product
intent-deal-list = List deals
intent-deal-show = Show a deal
intent-deal-create = Open a deal
intent-deal-move = Move a deal
intent-activity-log = Log an activity
intent-task-create = Note a task
intent-task-list = List tasks
intent-task-complete = Tick off a task
intent-ticket-create = Open a ticket
intent-ticket-list = List tickets
intent-ticket-show = Show a ticket
intent-ticket-assign = Assign a ticket
intent-ticket-resolve = Resolve a ticket
intent-churn-list = Customers likely to leave
intent-churn-explain = Why a customer is at risk
intent-alert-claim = Take an alert
intent-alert-snooze = Snooze an alert
intent-alert-dismiss = Dismiss an alert
intent-contact-show = Show a contact
intent-contact-update = Change a contact
intent-contact-create = Add a contact
