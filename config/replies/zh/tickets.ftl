## 工单

tickets-found = { $count ->
    [0] 没有找到工单
   *[other] { $count } 个工单
}
ticket-title = 工单 #{ $id } · { $subject }
ticket-created = 已新建工单 #{ $id }。
ticket-assigned = 工单 #{ $id } 已分配给 { $assignee }。
ticket-resolved = 工单 #{ $id } 已解决。
