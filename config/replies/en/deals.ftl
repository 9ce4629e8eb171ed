## Deals

deals-found = { $count ->
    [0] No deals found
    [one] 1 deal
   *[other] { $count } deals
}
deal-default-title = { $customer } deal
deal-created = Deal "{ $deal }" opened for { $customer }.
deal-moved = Deal "{ $deal }" moved.
