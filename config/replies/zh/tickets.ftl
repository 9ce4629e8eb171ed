## 工单

tickets-found = { $count ->
    [0] 没有找到工单
   *[other] { $count } 个工单
}
ticket-title = 工单 #{ $id } · { $subject }
ticket-created = 已新建工单 #{ $id }。
ticket-assigned = 工单 #{ $id } 已分配给 { $assignee }。
ticket-resolved = 工单 #{ $id } 已解决。
tickets-breaching = { $count ->
    [0] 没有即将超时的工单
   *[other] { $count } 个工单超时或即将超时
}
sla-left = { $hours ->
    [0] 还剩 { $minutes } 分钟
   *[other] 还剩 { $hours } 小时 { $minutes } 分钟
}
sla-over = ▲ { $hours ->
    [0] 超时 { $minutes } 分钟
   *[other] 超时 { $hours } 小时 { $minutes } 分钟
}
sla-due = 截止 { $due }（{ $left }）
sla-met = { $met }
sla-met-late = ▲ { $met }，超时
line-to-customer = { $when } · { $who } 对客户说：{ $text }
line-internal = { $when } · { $who }，内部备注：{ $text }
rating = { $score } 分（满分 { $best } 分）
ticket-prioritized = 工单 #{ $id } 的优先级已修改。
reply-only-recorded = 这段文字只会记录在工单上：没有设置邮件发送，不会发给 { $customer }。
ticket-replied = 已记录在工单 #{ $id }，作为对客户的回复。
ticket-noted = 已在工单 #{ $id } 添加内部备注。
ticket-reopened = 工单 #{ $id } 已重新打开。
ticket-snoozed = 工单 #{ $id } 暂停到 { $until }。
ticket-rated = 已记录工单 #{ $id } 的评分。
error-already-that-priority = 工单 { $record } 已经是这个优先级了。
error-ticket-open = 工单 { $record } 没有关闭。
error-no-such-score = { $score } 不是有效的评分：评分从 1 到 { $best }。
error-no-such-macro = 没有像"{ $text }"的模板。现有：{ $known }。
