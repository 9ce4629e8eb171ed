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
customer-assigned = { $customer } goes to { $owner }.
customer-history = { $customer }: { $count ->
    [0] nothing recorded
    [one] 1 event
   *[other] { $count } events
}
event-order = Order { $order } · { $total } · { $status }
event-activity = { $kind } by { $who }: { $note }
event-task = Task done: { $task }
customers-untouched = { $count ->
    [0] Every customer was contacted
    [one] 1 customer not contacted
   *[other] { $count } customers not contacted
}
customers-top = { $count ->
    [0] No orders found
    [one] The best customer by { $metric }
   *[other] The { $count } best customers by { $metric }
}
customers-duplicates = { $count ->
    [0] No duplicates found
    [one] 1 customer looks like another
   *[other] { $count } customers look like others
}
duplicate-name = names { $alike } alike
duplicate-email = same e-mail
duplicate-phone = same phone number
merge-into = Merge { $duplicate } into { $customer }
merge-preview = { $duplicate } goes; all that belongs to it moves to { $customer }: { $moved }
customer-merged = { $duplicate } is merged into { $customer }.
merged-noun = { $noun }: { $count }
