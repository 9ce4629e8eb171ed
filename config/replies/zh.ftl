# 机器人说的话，中文。按名词分组；{ $name } 处填入数据。

## 对话
hello = { $name }，您好。可以问我客户、订单或商机，也可以说"帮助"。
stranger = 我还不认识您。请向管理员要一个绑定码，然后对我说：绑定 绑定码
empty-message = 收到了一条没有文字的消息。请告诉我您需要什么，或者说"帮助"。
message-too-long = 这条消息太长了（超过 { $limit } 个字符），请用一两句话说。
out-of-scope = 我没听懂，或者这不是我能做的事。说"帮助"看看我能做什么。
did-you-mean = 我不确定您的意思。是下面哪一个？
nothing-asked = 我现在没有在等您回答。请告诉我您想做什么。
nothing-shown = 我还没有显示过可以翻页的列表。
cancelled = 好的，已取消，没有任何改动。
shall-i = 要我这样做吗？
which-one = 有好几个像"{ $text }"的，您指的是哪一个？
failed = 我这边出错了，没有任何改动。请再试一次；如果还是这样，请把这个编号告诉管理员：{ $error }
hidden = •••
nothing = –
yes = 是
no = 否
period = { $first }至{ $last }
before-after = { $before } → { $after }
no-filters = 全部
provenance = 依据：{ $filters } · { $count } 行 · 截至 { $now }
rows-shown = 第 { $first } 至 { $last } 行，共 { $count } 行。

## 缺少信息时的提问
ask-customer = 哪个客户？
ask-contact = 哪位联系人？
ask-product = 哪个产品？
ask-order = 哪个订单？
ask-deal = 哪个商机？
ask-ticket = 哪个工单？
ask-task = 哪个任务？
ask-alert = 哪条预警？
ask-assignee = 交给谁处理？
ask-owner = 谁的？
ask-stage = 哪个阶段？
ask-status = 什么状态？
ask-priority = 什么优先级？
ask-language = 哪种语言？
ask-name = 叫什么名字？
ask-title = 要记下什么？
ask-subject = 是什么问题？
ask-note = 要记下什么？
ask-field = 哪一项？
ask-value = 新的值是什么？
ask-until = 到什么时候？
no-such-customer = 没有像"{ $text }"的客户。您指的是哪一个？
no-such-contact = 没有像"{ $text }"的联系人。您指的是谁？
no-such-product = 没有像"{ $text }"的产品。您指的是哪一个？
no-such-order = 没有订单"{ $text }"。订单号是多少？
no-such-deal = 没有找到"{ $text }"的商机。您指的是哪一个？
no-such-ticket = 没有工单"{ $text }"。工单号是多少？
no-such-task = 没有任务"{ $text }"。任务号是多少？
no-such-alert = 没有预警"{ $text }"。
no-such-user = 没有像"{ $text }"的同事。您指的是谁？
not-a-when = "{ $text }"不是我认识的日期。您指的是什么时候？
not-a-period = "{ $text }"不是我认识的时间段。您指的是哪一段？
not-a-money = "{ $text }"不是我能读懂的金额。请用数字说是多少？
not-a-number = "{ $text }"不是我能读懂的数字。是多少？
not-a-word = 这里我不认识"{ $text }"。是下面哪一个？

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

## 我
link-how = 请向管理员要一个绑定码，然后对我说：绑定 绑定码
linked = 已绑定：{ $name }，{ $role }。说"帮助"看看我能做什么。
language-set = 以后我用{ $language }回答。

## 撤销
undone = 已撤销：{ $what }。
undone-created = { $noun } { $record } 已移除
undone-updated = { $noun } { $record } 已恢复原样
undone-deleted = { $noun } { $record } 已恢复

## 帮助
help-title = 您作为{ $role }可以这样问
help-topics = 想了解某个主题，请说"帮助 商机"。主题：{ $topics }。

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

## 订单和产品
orders-found = { $count ->
    [0] 没有找到订单
   *[other] { $count } 个订单，共 { $total }
}
order-title = 订单 { $order } · { $customer }
sold = { $orders } 个订单共 { $units } 件，{ $revenue }

## 商机
deals-found = { $count ->
    [0] 没有找到商机
   *[other] { $count } 个商机
}
deal-default-title = { $customer } 商机
deal-created = 已为 { $customer } 新建商机"{ $deal }"。
deal-moved = 商机"{ $deal }"已推进。

## 活动和任务
activity-logged = 已记录：{ $kind }。
follow-up-title = 跟进 { $who }：{ $note }
tasks-found = { $count ->
    [0] 没有未完成的任务
   *[other] { $count } 个未完成的任务
}
task-created = 已记下任务 #{ $id }：{ $task }
task-completed = 已完成：{ $task }

## 工单
tickets-found = { $count ->
    [0] 没有找到工单
   *[other] { $count } 个工单
}
ticket-title = 工单 #{ $id } · { $subject }
ticket-created = 已新建工单 #{ $id }。
ticket-assigned = 工单 #{ $id } 已分配给 { $assignee }。
ticket-resolved = 工单 #{ $id } 已解决。

## 流失和预警
churn-title = { $count ->
    [0] 目前没有明显可能流失的客户
   *[other] 最可能流失的 { $count } 个客户
}
error-no-churn-score = { $customer } 还没有流失评分：评分只针对最近 { $days } 天内有订单的客户。
error-no-churn-model = 还没有流失评分，评分由任务 "churn_alerts" 生成。
churn-explained = { $customer }：未来 { $days } 天内不再下单的可能性为 { $probability }
churn-average = 平均为 { $average }。
churn-track-record = 历史表现：此前评分最高的十分之一客户中，{ $precision } 确实流失；全体为 { $base }（AUC { $auc }，{ $n } 个客户）。
alert-churn-title = { $customer } 可能流失：{ $probability }
alert-churn-value = 涉及金额：每年约 { $value }
alert-task-title = 在 { $customer } 流失之前联系他们
alert-claimed = { $who } 接手 { $customer }：任务 { $task }，明天到期。
alert-snoozed = { $customer } 的预警暂停到 { $until }。
alert-dismissed = { $who } 已标记：{ $customer } 没有真正的风险。下次训练会考虑这一点。

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

## 标签
label-name = 姓名
label-role = 角色
label-language = 语言
label-timezone = 时区
label-place = 地点
label-city = 城市
label-country = 国家
label-owner = 负责人
label-phone = 电话
label-email = 邮箱
label-address = 地址
label-website = 网站
label-industry = 行业
label-contact = 联系人
label-orders = 订单数
label-revenue = 销售额
label-last-order = 最近订单
label-segment = 分群
label-churn = 流失可能性
label-status = 状态
label-ordered = 下单日期
label-due = 到期
label-shipped = 发货日期
label-total = 合计
label-freight = 运费
label-price = 价格
label-category = 类别
label-available = 在售
label-sold-past-year = 过去一年销售
label-customer = 客户
label-stage = 阶段
label-amount = 金额
label-closing = 预计成交
label-in-stage-since = 进入此阶段
label-reason = 原因
label-with = 对方
label-note = 内容
label-follow-up = 跟进
label-task = 任务
label-subject = 主题
label-priority = 优先级
label-order = 订单
label-assignee = 处理人
label-opened = 创建时间
label-resolved = 解决时间
label-resolution = 处理结果

## 列
column-what = 功能
column-example = 例如
column-number = 编号
column-customer = 客户
column-city = 城市
column-country = 国家
column-owner = 负责人
column-order = 订单
column-ordered = 下单日期
column-status = 状态
column-total = 合计
column-product = 产品
column-quantity = 数量
column-price = 单价
column-discount = 折扣
column-amount = 金额
column-deal = 商机
column-stage = 阶段
column-closing = 预计成交
column-task = 任务
column-due = 到期
column-subject = 主题
column-priority = 优先级
column-assignee = 处理人
column-probability = 可能性
column-at-stake = 每年涉及金额
column-why = 原因

## 槽位，用于筛选条件和预览
slot-customer = 客户
slot-contact = 联系人
slot-product = 产品
slot-order = 订单
slot-deal = 商机
slot-ticket = 工单
slot-task = 任务
slot-alert = 预警
slot-query = 名称
slot-city = 城市
slot-country = 国家
slot-segment = 分群
slot-owner = 负责人
slot-assignee = 处理人
slot-period = 时间段
slot-status = 状态
slot-stage = 阶段
slot-priority = 优先级
slot-amount = 金额
slot-amount-min = 金额不低于
slot-amount-max = 金额不高于
slot-closing = 预计成交
slot-close-date = 预计成交
slot-name = 名称
slot-title = 标题
slot-email = 邮箱
slot-phone = 电话
slot-field = 字段
slot-value = 新的值
slot-kind = 类型
slot-note = 内容
slot-follow-up = 跟进
slot-due = 到期
slot-subject = 主题
slot-text = 内容
slot-reason = 原因
slot-language = 语言
slot-code = 绑定码
slot-count = 数量
slot-until = 截至
slot-work = 操作
slot-topic = 主题

## 名词
noun-customer = 客户
noun-contact = 联系人
noun-order = 订单
noun-product = 产品
noun-deal = 商机
noun-activity = 活动
noun-task = 任务
noun-ticket = 工单
noun-campaign = 营销活动
noun-alert = 预警
noun-churn = 流失
noun-change = 撤销
noun-user = 同事
noun-me = 我

## 意图名称
intent-talk-greet = 打招呼
intent-help-show = 我能做什么
intent-me-show = 您是谁
intent-me-link = 绑定账号
intent-me-set-language = 切换语言
intent-change-undo = 撤销上一步操作
intent-dialog-confirm = 好的
intent-dialog-cancel = 算了
intent-result-more = 下一页
intent-customer-show = 查看客户
intent-customer-find = 查找客户
intent-customer-create = 添加客户
intent-customer-update = 修改客户资料
intent-order-show = 查看订单
intent-order-list = 列出订单
intent-product-show = 查看产品
intent-deal-list = 列出商机
intent-deal-show = 查看商机
intent-deal-create = 新建商机
intent-deal-move = 推进商机
intent-activity-log = 记录活动
intent-task-create = 记下任务
intent-task-list = 列出任务
intent-task-complete = 完成任务
intent-ticket-create = 新建工单
intent-ticket-list = 列出工单
intent-ticket-show = 查看工单
intent-ticket-assign = 分配工单
intent-ticket-resolve = 解决工单
intent-churn-list = 可能流失的客户
intent-churn-explain = 客户为何有风险
intent-alert-claim = 接手预警
intent-alert-snooze = 暂停预警
intent-alert-dismiss = 忽略预警

## 固定词汇
role-rep = 销售
role-support = 客服
role-manager = 经理
role-admin = 管理员
language-en = 英文
language-zh = 中文
stage-prospecting = 初步接触
stage-qualified = 已确认需求
stage-proposal = 报价
stage-negotiation = 谈判
stage-won = 赢单
stage-lost = 输单
segment-champions = 冠军客户
segment-loyal = 忠诚客户
segment-potential-loyalists = 潜在忠诚客户
segment-new-customers = 新客户
segment-promising = 有潜力客户
segment-need-attention = 需关注客户
segment-about-to-sleep = 即将沉睡客户
segment-at-risk = 有风险客户
segment-cannot-lose = 不能失去的客户
segment-hibernating = 沉睡客户
segment-lost = 已流失客户
priority-low = 低
priority-normal = 普通
priority-high = 高
priority-urgent = 紧急
orderstatus-pending = 待处理
orderstatus-paid = 已付款
orderstatus-shipped = 已发货
orderstatus-delivered = 已送达
orderstatus-returned = 已退货
orderstatus-cancelled = 已取消
ticketstatus-open = 未处理
ticketstatus-pending = 等待中
ticketstatus-snoozed = 已暂停
ticketstatus-resolved = 已解决
ticketstatus-closed = 已关闭
activitykind-call = 通话
activitykind-email = 邮件
activitykind-meeting = 会议
activitykind-visit = 拜访
activitykind-note = 备注

## 原因
reason-usual-own = 通常 { $usual }
reason-usual-others = 平均 { $usual }
reason-recency = 距上次下单 { $value } 天（{ $usual }）
reason-overdue = 距上次下单为平时间隔的 { $value } 倍（{ $usual }）
reason-orders = 累计 { $value } 个订单（{ $usual }）
reason-visits = 在 { $value } 天里下过单（{ $usual }）
reason-gap = 两次下单相隔 { $value } 天（{ $usual }）
reason-orders-90 = 近 90 天 { $value } 个订单（{ $usual }）
reason-orders-180 = 近 180 天 { $value } 个订单（{ $usual }）
reason-pace = 订单时间偏离中点 { $value }（{ $usual }）
reason-season = 去年同期 { $value } 个订单（{ $usual }）
reason-tenure = 成为客户 { $value } 天（{ $usual }）
reason-span = 首次到最近一次下单 { $value } 天（{ $usual }）
reason-spend = 累计消费 { $value }（{ $usual }）
reason-spend-mean = 每单平均 { $value }（{ $usual }）
reason-spend-median = 每单中位数 { $value }（{ $usual }）
reason-spend-std = 每单金额波动 { $value }（{ $usual }）
reason-spend-90 = 近 90 天消费 { $value }（{ $usual }）
reason-spend-180 = 近 180 天消费 { $value }（{ $usual }）
reason-spend-365 = 近一年消费 { $value }（{ $usual }）
reason-basket = 每单 { $value } 行（{ $usual }）
reason-products = { $value } 种产品（{ $usual }）
reason-returned = 退款占 { $value }（{ $usual }）
reason-discount = 折扣 { $value }（{ $usual }）
reason-late = 延迟交付占 { $value }（{ $usual }）
reason-tickets-open = { $value } 个未解决工单（{ $usual }）
reason-tickets-180 = 近 180 天 { $value } 个工单（{ $usual }）
reason-contacts-90 = 近 90 天联系 { $value } 次（{ $usual }）
reason-silence = 距上次联系 { $value } 天（{ $usual }）

## 网页聊天
web-who-are-you = 您是谁？
web-nobody = 还没有人有权限。请导入示例公司，或在命令行添加人员。
web-change-person = 换一个人
web-direct = 私聊
web-placeholder = 问问客户、订单、商机……
web-send = 发送
web-lost = 连接已断开。您写的内容会保留，恢复后立即发送。
