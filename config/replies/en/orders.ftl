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
order-created = Order { $order } placed for { $customer }.
order-updated = Order { $order } is updated.
order-line = { $quantity } × { $product } at { $price } = { $total }
