## 拒绝

error-not-yours-to-see = { $record } 归同事负责，您无权查看。请联系负责人或您的经理。
error-not-yours-to-change = { $record } 归同事负责，您无权修改。请联系负责人或您的经理。
error-role-may-not = 您的角色不能做这件事：{ $what }。您的经理可以。
error-gone = 这条记录已经不存在了。
error-nothing-to-undo = 没有可以撤销的操作。
error-already-undone = 这个操作已经撤销过了。
error-edited-since = 无法撤销：{ $record } 之后又被修改过。没有任何改动。
error-in-use = 无法撤销：已有其他记录依赖 { $record }。没有任何改动。
error-button-expired = 这个按钮已经过期，或者它的问题已经结束。请重新提问。
error-button-not-yours = 这个问题问的是别人。
error-button-used = 这件事已经做过了。
error-bad-link-code = 绑定码不对、已被使用或超过了十分钟。请向管理员要一个新的。
error-customer-exists = 已经有名为 { $record } 的客户了。
error-no-such-field = 我不能修改"{ $field }"。可以修改名称、邮箱、电话、城市、国家、地址、网站和行业。
error-negative-amount = 金额不能小于零。
error-already-in-stage = { $record } 已经在这个阶段了。
error-task-done = 任务"{ $record }"已经完成了。
error-order-of-another-customer = 订单 { $record } 属于另一个客户。
error-not-support = { $record } 不处理工单。
error-ticket-closed = 工单 { $record } 已经关闭了。
error-alert-taken = 这条预警已经有人接手了。
error-in-the-past = { $when } 已经过去了。您指的是哪一天？
error-too-little-data = 数据太少，无法得出结论：{ $detail }。
