## 按钮

button-undo = 撤销
button-yes = 好的
button-no = 算了
button-more = 下一页
button-see-privately = 私下查看
button-orders = 订单
button-log-call = 记录通话
button-new-task = 新建任务
button-move-negotiation = 进入谈判
button-move-won = 赢单
button-move-lost = 输单
button-assign-me = 我来处理
button-resolve = 解决
button-claim = 我来跟进
button-snooze = 一周后再说
button-dismiss = 没有风险
button-why = 为什么？
button-customer = 客户
button-reply = 回复客户
button-note = 内部备注
button-ready-text = 模板
button-priority = 优先级
button-snooze-until = 暂停到 { $moment }
button-wake = 立即恢复
button-reopen = 重新打开
button-add-to-ticket = 并入 #{ $id }
