# What the bot says, in English. Messages are grouped by noun; { $name } is filled in.

## The conversation
hello = Hello { $name }. Ask me about a customer, an order or a deal, or say "help".
stranger = I don't know you yet. Ask your administrator for a code, then tell me: link CODE
empty-message = I got a message without words. Tell me what you need, or say "help".
message-too-long = That is more than I can read at once (over { $limit } characters). Please put it in a sentence or two.
out-of-scope = I didn't understand that, or it is nothing I can do. Say "help" for what I can.
did-you-mean = I'm not sure what you mean. Did you mean one of these?
nothing-asked = There is no open question of mine. Tell me what you would like to do.
nothing-shown = I haven't shown a list yet that could go on.
cancelled = All right, I've dropped it. Nothing was changed.
shall-i = Shall I do this?
which-one = I know several like "{ $text }". Which one do you mean?
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

## Questions for what is missing
ask-customer = Which customer?
ask-contact = Which contact?
ask-product = Which product?
ask-order = Which order?
ask-deal = Which deal?
ask-ticket = Which ticket?
ask-task = Which task?
ask-alert = Which alert?
ask-assignee = Who should take it?
ask-owner = Whose?
ask-stage = Which stage?
ask-status = Which status?
ask-priority = Which priority?
ask-language = Which language?
ask-name = What is the name?
ask-title = What should I note down?
ask-subject = What is the problem?
ask-note = What should I write down?
ask-field = Which field?
ask-value = What is the new value?
ask-until = Until when?
no-such-customer = I know no customer like "{ $text }". Which one do you mean?
no-such-contact = I know no contact like "{ $text }". Who do you mean?
no-such-product = I know no product like "{ $text }". Which one do you mean?
no-such-order = There is no order "{ $text }". Which number is it?
no-such-deal = I find no deal for "{ $text }". Which one do you mean?
no-such-ticket = There is no ticket "{ $text }". Which number is it?
no-such-task = There is no task "{ $text }". Which number is it?
no-such-alert = There is no alert "{ $text }".
no-such-user = I know nobody like "{ $text }". Who do you mean?
not-a-when = "{ $text }" is no date that I know. When do you mean?
not-a-period = "{ $text }" is no period that I know. Which one do you mean?
not-a-money = "{ $text }" is no amount that I can read. How much, in figures?
not-a-number = "{ $text }" is no number that I can read. How many?
not-a-word = I don't know "{ $text }" here. One of these?

## Refusals
error-not-yours-to-see = { $record } is a colleague's and not yours to see. Ask its owner or your manager.
error-not-yours-to-change = { $record } is a colleague's and not yours to change. Ask its owner or your manager.
error-role-may-not = Your role doesn't allow this: { $what }. Your manager can do it.
error-gone = That record no longer exists.
error-nothing-to-undo = There is nothing of yours to undo.
error-already-undone = That was undone already.
error-edited-since = I can't undo this: { $record } has been edited since. Nothing was changed.
error-in-use = I can't undo this: something else now rests on { $record }. Nothing was changed.
error-button-expired = That button is too old or its question is closed. Please ask again.
error-button-not-yours = That question was asked of somebody else.
error-button-used = That was done already.
error-bad-link-code = That code is wrong, used or older than ten minutes. Ask your administrator for a new one.
error-customer-exists = There is a customer called { $record } already.
error-no-such-field = I can't change the field "{ $field }". I can change name, email, phone, city, country, address, website and industry.
error-negative-amount = An amount can't be below zero.
error-already-in-stage = { $record } is in that stage already.
error-task-done = The task "{ $record }" is done already.
error-order-of-another-customer = Order { $record } belongs to another customer.
error-not-support = { $record } doesn't work on tickets.
error-ticket-closed = Ticket { $record } is closed already.
error-alert-taken = Somebody has taken this alert already.
error-in-the-past = { $when } is in the past. Which day do you mean?
error-too-little-data = There is too little data for this: { $detail }.

## Me
link-how = Ask your administrator for a code, then tell me: link CODE
linked = You are linked: { $name }, { $role }. Say "help" for what I can do.
language-set = From now on I answer in { $language }.

## Undo
undone = Undone: { $what }.
undone-created = { $noun } { $record } removed
undone-updated = { $noun } { $record } is as it was
undone-deleted = { $noun } { $record } is back

## Help
help-title = What you can ask as { $role }
help-topics = More on a topic: "help deals". Topics: { $topics }.

## Customers
customers-found = { $count ->
    [0] No customers found
    [one] 1 customer
   *[other] { $count } customers
}
customer-created = Customer { $customer } added.
customer-updated = { $customer } is updated.
line-deal = Deal: { $deal } · { $stage } · { $amount }
line-ticket = Ticket #{ $id }: { $subject } · { $status }
line-activity = { $kind } on { $when } by { $who }: { $note }
order-in-brief = { $order } · { $day } · { $total }

## Orders and products
orders-found = { $count ->
    [0] No orders found
    [one] 1 order, { $total }
   *[other] { $count } orders, { $total } in all
}
order-title = Order { $order } · { $customer }
sold = { $units } units in { $orders ->
    [one] 1 order
   *[other] { $orders } orders
}, { $revenue }

## Deals
deals-found = { $count ->
    [0] No deals found
    [one] 1 deal
   *[other] { $count } deals
}
deal-default-title = { $customer } deal
deal-created = Deal "{ $deal }" opened for { $customer }.
deal-moved = Deal "{ $deal }" moved.

## Activities and tasks
activity-logged = Logged: { $kind }.
follow-up-title = Follow up with { $who }: { $note }
tasks-found = { $count ->
    [0] No open tasks
    [one] 1 open task
   *[other] { $count } open tasks
}
task-created = Task #{ $id } noted: { $task }
task-completed = Done: { $task }

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

## Churn and alerts
churn-title = { $count ->
    [0] Nobody stands out as likely to leave
    [one] 1 customer likely to leave
   *[other] The { $count } customers most likely to leave
}
error-no-churn-score = There is no churn score for { $customer } yet: scores are made from the orders of customers active in the last { $days } days.
error-no-churn-model = There are no churn scores yet. They are made by the job "churn_alerts".
churn-explained = { $customer }: { $probability } chance of no order in the next { $days } days
churn-average = On average it is { $average }.
churn-track-record = Track record: of the tenth rated highest at an earlier date, { $precision } did leave; over all customers { $base } did (AUC { $auc }, { $n } customers).
alert-churn-title = { $customer } may be leaving: { $probability }
alert-churn-value = At stake: about { $value } a year
alert-task-title = Call { $customer } before they leave
alert-claimed = { $who } takes care of { $customer }: task { $task }, due tomorrow.
alert-snoozed = The alert on { $customer } rests until { $until }.
alert-dismissed = Noted by { $who }: no real risk at { $customer }. The next training will take it into account.

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

## Labels
label-name = Name
label-role = Role
label-language = Language
label-timezone = Time zone
label-place = Place
label-city = City
label-country = Country
label-owner = Owner
label-phone = Phone
label-email = E-mail
label-address = Address
label-website = Website
label-industry = Industry
label-contact = Contact
label-orders = Orders
label-revenue = Revenue
label-last-order = Last order
label-segment = Segment
label-churn = Chance of leaving
label-status = Status
label-ordered = Ordered
label-due = Due
label-shipped = Shipped
label-total = Total
label-freight = Freight
label-price = Price
label-category = Category
label-available = On sale
label-sold-past-year = Sold in the past year
label-customer = Customer
label-stage = Stage
label-amount = Amount
label-closing = Closing
label-in-stage-since = In this stage since
label-reason = Reason
label-with = With
label-note = Note
label-follow-up = Follow-up
label-task = Task
label-subject = Subject
label-priority = Priority
label-order = Order
label-assignee = Assignee
label-opened = Opened
label-resolved = Resolved
label-resolution = Resolution

## Columns
column-what = What
column-example = For example
column-number = No.
column-customer = Customer
column-city = City
column-country = Country
column-owner = Owner
column-order = Order
column-ordered = Ordered
column-status = Status
column-total = Total
column-product = Product
column-quantity = Quantity
column-price = Price
column-discount = Discount
column-amount = Amount
column-deal = Deal
column-stage = Stage
column-closing = Closing
column-task = Task
column-due = Due
column-subject = Subject
column-priority = Priority
column-assignee = Assignee
column-probability = Chance
column-at-stake = At stake a year
column-why = Why

## Slots, as filters and in previews
slot-customer = customer
slot-contact = contact
slot-product = product
slot-order = order
slot-deal = deal
slot-ticket = ticket
slot-task = task
slot-alert = alert
slot-query = name
slot-city = city
slot-country = country
slot-segment = segment
slot-owner = owner
slot-assignee = assignee
slot-period = period
slot-status = status
slot-stage = stage
slot-priority = priority
slot-amount = amount
slot-amount-min = amount from
slot-amount-max = amount up to
slot-closing = closing
slot-close-date = closing
slot-name = name
slot-title = title
slot-email = e-mail
slot-phone = phone
slot-field = field
slot-value = new value
slot-kind = kind
slot-note = note
slot-follow-up = follow-up
slot-due = due
slot-subject = subject
slot-text = text
slot-reason = reason
slot-language = language
slot-code = code
slot-count = count
slot-until = until
slot-work = which
slot-topic = topic

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

## Words of the closed vocabularies
role-rep = sales rep
role-support = support
role-manager = manager
role-admin = administrator
language-en = English
language-zh = Chinese
stage-prospecting = prospecting
stage-qualified = qualified
stage-proposal = proposal
stage-negotiation = negotiation
stage-won = won
stage-lost = lost
segment-champions = champions
segment-loyal = loyal
segment-potential-loyalists = potential loyalists
segment-new-customers = new customers
segment-promising = promising
segment-need-attention = need attention
segment-about-to-sleep = about to sleep
segment-at-risk = at risk
segment-cannot-lose = cannot lose
segment-hibernating = hibernating
segment-lost = lost
priority-low = low
priority-normal = normal
priority-high = high
priority-urgent = urgent
orderstatus-pending = pending
orderstatus-paid = paid
orderstatus-shipped = shipped
orderstatus-delivered = delivered
orderstatus-returned = returned
orderstatus-cancelled = cancelled
ticketstatus-open = open
ticketstatus-pending = pending
ticketstatus-snoozed = snoozed
ticketstatus-resolved = resolved
ticketstatus-closed = closed
activitykind-call = call
activitykind-email = e-mail
activitykind-meeting = meeting
activitykind-visit = visit
activitykind-note = note

## Reasons
reason-usual-own = usually { $usual }
reason-usual-others = on average { $usual }
reason-recency = last order { $value } days ago; { $usual }
reason-overdue = last order { $value } times the usual gap ago; { $usual }
reason-orders = { $value } orders so far; { $usual }
reason-visits = orders on { $value } days; { $usual }
reason-gap = { $value } days between orders; { $usual }
reason-orders-90 = { $value } orders in the last 90 days; { $usual }
reason-orders-180 = { $value } orders in the last 180 days; { $usual }
reason-pace = the orders lie { $value } off the middle of the time; { $usual }
reason-season = { $value } orders in the same season last year; { $usual }
reason-tenure = customer for { $value } days; { $usual }
reason-span = { $value } days from first to last order; { $usual }
reason-spend = { $value } spent so far; { $usual }
reason-spend-mean = { $value } an order; { $usual }
reason-spend-median = { $value } in the middle order; { $usual }
reason-spend-std = orders vary by { $value }; { $usual }
reason-spend-90 = { $value } spent in the last 90 days; { $usual }
reason-spend-180 = { $value } spent in the last 180 days; { $usual }
reason-spend-365 = { $value } spent in the last year; { $usual }
reason-basket = { $value } lines an order; { $usual }
reason-products = { $value } different products; { $usual }
reason-returned = { $value } of the money came back; { $usual }
reason-discount = { $value } discount; { $usual }
reason-late = { $value } of the orders were late; { $usual }
reason-tickets-open = { $value } open tickets; { $usual }
reason-tickets-180 = { $value } tickets in the last 180 days; { $usual }
reason-contacts-90 = { $value } contacts with us in the last 90 days; { $usual }
reason-silence = { $value } days since we were in contact; { $usual }

## The web chat
web-who-are-you = Who are you?
web-nobody = Nobody has access yet. Import the sample company or add a person on the command line.
web-change-person = Be somebody else
web-direct = Direct chat
web-placeholder = Ask about a customer, an order, a deal …
web-send = Send
web-lost = The connection is lost. What you write is kept and sent as soon as it is back.
