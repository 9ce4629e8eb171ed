## Products

products-found = { $count ->
    [0] No products found
    [one] 1 product
   *[other] { $count } products
}
categories = We have: { $names }.
products-top = { $count ->
    [0] Nothing was sold
    [one] The best seller
   *[other] The { $count } best sellers
}
