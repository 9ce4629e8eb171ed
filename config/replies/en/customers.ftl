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
