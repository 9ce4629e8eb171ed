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
customer-assigned = { $customer } 已转给 { $owner }。
customer-history = { $customer }：{ $count ->
    [0] 没有记录
   *[other] { $count } 条记录
}
event-order = 订单 { $order } · { $total } · { $status }
event-activity = { $who } { $kind }：{ $note }
event-task = 完成任务：{ $task }
customers-untouched = { $count ->
    [0] 所有客户都联系过
   *[other] { $count } 个客户无人联系
}
customers-top = { $count ->
    [0] 没有找到订单
   *[other] 按{ $metric }排名前 { $count } 的客户
}
customers-duplicates = { $count ->
    [0] 没有发现重复客户
   *[other] { $count } 个客户像是重复的
}
duplicate-name = 名称相似度 { $alike }
duplicate-email = 邮箱相同
duplicate-phone = 电话相同
merge-into = 把 { $duplicate } 并入 { $customer }
merge-preview = { $duplicate } 会被删除，它的所有记录转到 { $customer }：{ $moved }
customer-merged = 已把 { $duplicate } 并入 { $customer }。
merged-noun = { $noun }：{ $count }
