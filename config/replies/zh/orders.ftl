## 订单和产品

orders-found = { $count ->
    [0] 没有找到订单
   *[other] { $count } 个订单，共 { $total }
}
order-title = 订单 { $order } · { $customer }
sold = { $orders } 个订单共 { $units } 件，{ $revenue }
order-created = 已为 { $customer } 下单 { $order }。
order-updated = 订单 { $order } 已更新。
order-line = { $quantity } × { $product }，单价 { $price }，共 { $total }
