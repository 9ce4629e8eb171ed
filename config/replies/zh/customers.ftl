## 客户

customers-found = { $count ->
    [0] 没有找到客户
   *[other] { $count } 个客户
}
customer-created = 已添加客户 { $customer }。
customer-updated = { $customer } 已更新。
line-deal = 商机：{ $deal } · { $stage } · { $amount }
line-ticket = 工单 #{ $id }：{ $subject } · { $status }
line-activity = { $when } { $who } { $kind }：{ $note }
order-in-brief = { $order } · { $day } · { $total }
