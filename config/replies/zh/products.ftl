## 产品

products-found = { $count ->
    [0] 没有找到产品
   *[other] { $count } 个产品
}
categories = 现有类别：{ $names }。
products-top = { $count ->
    [0] 没有销售记录
   *[other] 最畅销的 { $count } 个产品
}
