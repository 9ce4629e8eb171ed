## 报表

report-statistic = { $metric }（{ $statistic }）
report-statistic-per = { $metric }（按{ $each }的{ $statistic }）
report-by = { $what }，按{ $dimension }
report-in = { $what }，{ $period }
report-total = { $title }：{ $value }
report-week = { $day }起的一周
report-quarter = { $year }年第{ $number }季度
report-year = { $year }年
report-none = （无）
report-rest = 其他
report-hours = { $value } 小时
report-days = { $value } 天
report-unit-hours = 小时
report-unit-days = 天
report-points = { $value } 个百分点
report-empty = 这里没有可统计的数据。
report-currencies = 不同币种不会相加，各列各行。
report-ahead = 有 { $count } 条记录的日期在未来，未计入。
report-running = 这段时间尚未结束：目前是 { $all } 天中的第 { $days } 天。
report-same-days = 这段时间尚未结束。{ $period }的前 { $days } 天为 { $value }。
column-based-on = 样本数
column-difference = 差额
column-growth = 增幅
error-no-such-statistic = { $metric }没有{ $statistic }。可以看：{ $others }。
error-no-such-dimension = { $metric }不能按{ $dimension }划分或筛选。可以按：{ $others }。
error-nothing-called = 没有找到叫“{ $text }”的。请确认一下写法？
error-too-many-steps = 超过 { $most } 个时间段了。请选更长的间隔或更短的时间。

## 指标口径

metric-revenue-means = 已下订单的金额，不含取消和退货的订单，扣除红字单；不含运费。
metric-orders-means = 已下的订单，不含取消和退货的。
metric-average-order-value-means = 每张订单的金额，不含取消和退货的。
metric-units-means = 订单中的件数，不含取消和退货的。
metric-customers-means = 到期末为止的全部客户。
metric-new-customers-means = 按首次下单的日期统计的客户。
metric-active-customers-means = 这段时间内至少下过一单的客户。
metric-retention-rate-means = 上一期下过单的客户中，本期又下单的比例。
metric-churn-rate-means = 上一期下过单的客户中，本期没有下单的比例。
metric-pipeline-value-means = 在谈商机的金额，按预计成交日期统计。
metric-deals-means = 按创建日期统计的商机，不论结果。
metric-deals-won-means = 按成交日期统计的赢单。
metric-win-rate-means = 已赢单占已结束商机（赢单加输单）的比例，按结束日期统计。
metric-sales-cycle-means = 从创建商机到赢单的天数，按赢单日期统计。
metric-tickets-means = 按创建日期统计的工单。
metric-first-response-time-means = 从创建工单到首次回复的小时数，含夜间和周末。
metric-resolution-time-means = 从创建工单到解决的小时数，含夜间和周末。
metric-sla-attainment-means = 已有结果的工单中，按时回复并解决的比例。
metric-satisfaction-means = 客户对工单的评分，1 到 5 分。

## 统计量、维度、图表

statistic-sum = 合计
statistic-count = 个数
statistic-mean = 平均值
statistic-median = 中位数
statistic-variance = 方差
statistic-std = 标准差
statistic-min = 最小值
statistic-max = 最大值
dimension-day = 日
dimension-week = 周
dimension-month = 月
dimension-quarter = 季度
dimension-year = 年
dimension-segment = 客户分群
dimension-category = 类别
dimension-product = 产品
dimension-country = 国家
dimension-city = 城市
dimension-owner = 负责人
dimension-stage = 阶段
dimension-priority = 优先级
dimension-status = 状态
dimension-kind = 种类
chartkind-line = 折线图
chartkind-bar = 柱状图
chartkind-pie = 饼图
chartkind-table = 表格
slot-statistic = 统计量
slot-dimension = 维度
slot-compare = 对比
slot-chart = 图表
intent-report-show = 报表
noun-report = 报表
ask-metric = 您想看什么指标？比如销售额、订单数或工单数。
