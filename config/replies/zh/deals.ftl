## 商机

deals-found = { $count ->
    [0] 没有找到商机
   *[other] { $count } 个商机
}
deal-default-title = { $customer } 商机
deal-created = 已为 { $customer } 新建商机"{ $deal }"。
deal-moved = 商机"{ $deal }"已推进。
