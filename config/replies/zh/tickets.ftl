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
error-ticket-open = 工单 { $record } 已经是打开的。
error-no-such-score = { $score } 不是有效的评分：评分从 1 到 { $best }。
error-no-such-macro = 没有像"{ $text }"的模板。现有：{ $known }。
reply-without-address = 这段文字只会记录在工单上：我们没有 { $customer } 的邮箱。
reply-by-mail = { $customer } 会看到这段文字：将通过邮件发出。
reply-by-mail-to = { $customer } 会看到这段文字：将通过邮件发到 { $address }。
ticket-reply-posted = 工单 #{ $id } 给 { $customer } 的邮件马上发出；发出之前可以撤销。
ticket-added = 已记录在工单 #{ $id }，作为客户说的话。
ticket-attached = { $count ->
   *[other] 已在工单 #{ $id } 保存 { $count } 个文件，仅同事可见。
}
ticket-open-already = { $customer } 有一个未解决的工单可能是同一件事：#{ $id } · { $subject }
line-from-customer = { $when } · 客户说（{ $who } 记录）：{ $text }
with-files = [{ $files }]
snooze-keeps-target = 暂停期间继续计时。{ $goal }截止 { $due }，恢复时{ $left }。
snooze-misses-target = ▲ 暂停期间继续计时。{ $goal }截止 { $due }，早于恢复时间。
mail-subject = [#{ $id }] { $subject }
mail-footer =
    --
    { $agent } · 工单 #{ $id }。如需联系我们，直接回复此邮件即可。
rating-request =
    { $customer }，您好：
    您的工单已经解决。您对我们的服务满意吗？请回复此邮件，打 1 分（很不满意）到 { $best } 分（非常满意）。
    如果还有问题，请告诉我们，我们会重新处理。
    { $agent } 敬上
error-customer-has-it = 无法撤销：邮件已经发给客户了。没有做任何修改。
queue-mine = 我的
queue-unassigned = 未分配
queue-breached = 超时
