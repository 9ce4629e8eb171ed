## 主动通知

error-never-fires = 这个时间永远不会到来。您想什么时候收到？

## 订阅

alert-subscribed = 今后会推送“{ $kind }”类预警。
alert-unsubscribed = 不再向 { $where } 推送“{ $kind }”类预警。
alert-muted = 在 { $until } 之前我不打扰您，期间的消息到时一并告诉您。
error-not-subscribed = 那里没有“{ $kind }”类预警。
subscriptions-title = 谁会收到什么
quiet-hours = 免打扰时段 { $start } 至 { $end }；每人每天最多 { $cap } 条，其余次日早上合并发送。
at-once = 立即
scheduled = 定时；下一次 { $following }
not-wanted = 已停止
to-you = 您
to-a-person = 同事
told-to-owner = 负责人
told-to-lead = 负责人的主管
told-to-rep = 销售
told-to-support = 客服
told-to-manager = 经理
told-to-admin = 管理员
alert-log-title = { $count ->
    [0] 没有发出过通知
   *[other] { $count } 条通知
}
told-waiting = 等待中
told-queued = 发送中
told-arrived = 已送达
told-refused = 被平台拒绝
told-dropped = 发送前已处理
told-together = 次日早上合并发送
notices-together = 昨天还有 { $count } 条
notices-more = ……还有 { $count } 条
notice-refused = 我无法在 { $channel } 发布“{ $kind }”类预警
notice-refused-how = 请邀请我加入该频道，或换一个频道。
notice-refused-new = 因此没有订阅。请先邀请我加入该频道再说一次，或换一个频道。
alert-announced = { $who } 要求把“{ $kind }”类预警发到这里。
column-told = 接收者
column-outcome = 结果
label-where = 位置
label-schedule = 时间
label-from = 起点金额
slot-schedule = 时间
slot-channel = 位置
ask-kind = 哪一类？
ask-schedule = 什么时间？
ask-channel = 哪个频道？
not-a-schedule = “{ $text }”不会到来，或者我看不懂这个周期时间。您想什么时候收到？
intent-alert-subscribe = 订阅预警
intent-alert-unsubscribe = 停止预警
intent-alert-mute = 暂时免打扰
intent-alert-subscriptions = 谁会收到什么
intent-alert-log = 通知记录
noun-subscription = 订阅
field-muted-from = 免打扰开始
field-muted-until = 免打扰结束

## 流失预警

alert-churn-before = { $day } 时为 { $before }
alert-churn-step = 对这类客户最有效的做法：{ $step }（{ $n } 次中有 { $share } 带来订单）
ask-reason = 为什么不是？
button-script = 通话要点
button-seasonal = 季节性采购
button-agreed-pause = 已约定暂停
button-orders-elsewhere = 通过其他渠道下单
button-wrong-data = 数据有误
intent-alert-script = 电话里说什么
error-no-script = { $record } 没有可以联系的客户。
script-title = 致电 { $customer }
script-hello = 找 { $contact }，先问现在是否方便。
script-somebody = 负责下单的人
script-last = 从最近一次订单说起：{ $day } 的 { $product }，是否一切顺利？
script-ticket = 工单 { $ticket } 还没有解决：先说明进展。
script-listen = 问问对方最近有什么变化，认真听。
script-offer = 推荐他们熟悉的产品：{ $product }。
script-close = 约好下一步和时间。
script-background = 背景：{ $reasons }
alertoutcome-saved = 已挽回
alertoutcome-stayed = 本来就会留下
alertoutcome-lost = 已流失
notificationstatus-waiting = 等待中
notificationstatus-sent = 已发送
notificationstatus-dropped = 已不需要
runstatus-running = 运行中
runstatus-retrying = 重试中
runstatus-done = 完成
runstatus-failed = 失败
field-details = 详情
field-platform = 平台
field-workspace = 工作区
field-channel = 频道
field-least = 起点金额
field-schedule = 时间表
field-wanted = 是否接收
field-created-by-id = 设置人
field-taken-at = 接手时间
field-escalated-at = 升级时间
field-settles-on = 结果日期
field-settled-at = 结案时间
field-outcome = 结果

## 刚刚发生

notice-task = { $due } 到期：{ $title }
notice-task-customer = 客户：{ $customer }
notice-sla-warning = 工单 { $ticket } 即将超时（{ $due }）：{ $subject }
notice-sla-breach = 工单 { $ticket } 已超时（{ $due }）：{ $subject }
notice-ticket = { $customer }，{ $priority }，处理人 { $assignee }
notice-customer = 客户：{ $customer }
notice-deal-won = 赢单：{ $deal }{ $amount ->
    [none] {""}
   *[other] ，{ $amount }
}
notice-deal-moved = { $deal }（{ $amount }）进入{ $stage }阶段
notice-import = { $who } 导入了{ $kind }：新增 { $created } 条，更新 { $updated } 条{ $bad ->
    [0] {""}
   *[other] ，{ $bad } 条无法读取
}
notice-ticket-reopened = 工单 { $ticket } 重新打开：{ $subject }
notice-ticket-unhappy = 工单 { $ticket } 评分 { $score }/5：{ $subject }
notice-untaken = 还没有人接手 { $customer } 的预警
notice-untaken-since = 发出时间 { $raised }
notice-job-failed = 任务 { $job } 失败，日志编号 { $error }。
button-done = 完成
button-snooze-task = 稍后
button-ticket = 查看工单
button-deal = 查看商机

## 简报和建议

digest-title = { $name } 的简报：截至 { $day } 的变化
digest-nothing = 没有变化。
digest-moves = 进入{ $stage }阶段的商机：{ $count } 个（{ $worth }）
digest-alerts = 流失预警：新增 { $raised } 条，其中 { $left } 条无人接手
digest-outcomes = 一周内有结果的预警：{ $settled } 条，{ $precision } 判断正确；挽回 { $saved } 个（每年 { $value }），流失 { $lost } 个
digest-revenue = 7 天销售额：{ $total }，较此前的 { $before } 变化 { $change }
digest-tasks = 今天到期：{ $count } 个（{ $names }）
digest-closing = 一周内成交的商机：{ $count } 个（{ $names }）
digest-quiet = 30 天没有联系：{ $count } 个（{ $names }）
digest-late = 今天会超时的工单：{ $count } 个（{ $names }）
digest-queue = 您的待办工单：{ $count } 个（{ $names }）
notice-idea = 营销活动建议：{ $campaign }
notice-over = { $campaign } 已结束，看看效果如何
button-campaign = 查看方案
intent-digest-show = 有什么变化
noun-digest = 简报
from-amount = { $amount } 起
in-the-morning = 每天早上
