## 价值、推荐、分群、关联购买与模型

scored-on = 截至 { $day }
value-title = { $customer } 未来 12 个月预计消费约 { $money }
value-range = { $low } 到 { $high }（80% 的可能）
value-visits = { $few } 到 { $many } 天有订单（80% 的可能）
value-rests-on = { $tenure } 天内在 { $days } 天下了 { $orders } 单
value-rests-on-money = { $tenure } 天内在 { $days } 天下了 { $orders } 单，最近一单在 { $last } 天前；平均每单 { $mean }
value-how = 这类客户多久来一次、会不会再来（BG/NBD），乘以每次花多少（Gamma-Gamma）。五个这样的客户里有四个落在这个范围内。
value-track-record = 以往表现：从 { $day } 起的 { $days } 天，预测全部客户消费 { $foretold }，实际 { $actual }。
label-likely-range = 可能的范围
label-visits = 下单天数
label-alive = 仍是客户
label-rests-on = 依据
error-no-value-model = 还没有计算过客户价值。有 30 位客户下过单、其中 10 位再次下单之后，任务“score”每晚会计算。
error-no-value = 还说不出 { $customer } 的价值：上次计算时还没有订单。
offers-title = 可以向 { $customer } 推荐
offers-how = 已下架的产品不在其中。新产品来自购买历史相似的客户。
column-again = 可能再买
column-new = 对其来说是新的
error-no-offers = 暂时没有可以推荐给 { $customer } 的产品。任务“score”每晚根据全部订单计算推荐。

segments-title = { $count ->
   *[other] 共 { $count } 位客户已分群
}
segments-how = 按最近一次购买、购买次数和金额各分五档。说“看看冠军客户”可以列出其中一群。
segment-title = { $count ->
    [0] 没有这样的客户：{ $segment }
   *[other] { $count } 位客户：{ $segment }
}
error-no-segments = 还没有分群。任务“score”每晚根据全部订单计算。
column-segment = 分群
column-customers = 客户数
column-share = 占比
column-meaning = 含义
column-alike = 共同点
groups-title = 按相似程度可分为 { $count } 组（轮廓系数 { $silhouette }；重新抽样的稳定性 { $stability }，满分 1）：
meaning-champions = 刚刚买过，买得勤，花得多
meaning-loyal = 经常购买，消费可观
meaning-potential-loyalists = 最近买过，已有几次
meaning-new-customers = 刚刚第一次购买
meaning-promising = 最近买过，目前不多
meaning-need-attention = 以前买得不错，最近变少
meaning-about-to-sleep = 买得少，已有一段时间没来
meaning-at-risk = 以前常买，很久没来
meaning-cannot-lose = 曾是最好的客户之一，如今沉默
meaning-hibernating = 买得少，很久以前
meaning-lost = 买得最少，离开最久
trait-none = 没有特别之处
trait-recency-up = 很久没下单
trait-recency-down = 最近下过单
trait-visits-up = 下单频繁
trait-visits-down = 很少下单
trait-spend-up = 消费多
trait-spend-down = 消费少
trait-spend-mean-up = 单笔金额大
trait-spend-mean-down = 单笔金额小
trait-products-up = 买的产品多
trait-products-down = 买的产品少
trait-tenure-up = 老客户
trait-tenure-down = 新客户

rules-title = { $count ->
   *[other] { $count } 个并非偶然的组合，最强的在前
}
rules-none = 没有哪些产品一起购买的次数超过偶然。
rules-none-of = 没有产品与 { $product } 一起购买的次数超过偶然。
rules-how = 统计的是至少出现在 1% 订单中（订单少时为 5 单）、30% 的买家会一起买、并且考虑全部组合后偶然出现的可能不到二十分之一的组合。
column-bought = 买了
column-also = 也买
column-of-buyers = 占买家
column-lift = 是偶然的几倍

models-title = 各个模型
model-title = 模型：{ $model }
column-model = 模型
column-verdict = 以往表现
column-fitted = 训练于
column-as-of = 日期
column-top-decile = 最高一成命中
column-base = 全部客户
column-way = 方法
column-foretold = 预测
column-error = 平均每客户误差
column-correlation = 相关系数
way-lifetime = BG/NBD 与 Gamma-Gamma（采用）
way-regression = 线性回归
way-as-before = 与以前一样多
model-missing = 尚未训练：数据太少，或任务“score”还没有运行
model-untested = 历史太短，无法用以往日期检验
value-verdict = 预测 { $foretold }，实际 { $actual }
value-tested = 用从 { $first } 起的 { $days } 天检验：{ $n } 位客户共消费 { $actual }。
model-verdict = 评分最高的一成中有 { $top }，全部客户中有 { $base }：{ $lift } 倍
model-foretells-churn = 近 { $lookback } 天活跃的客户在未来 { $days } 天没有订单
model-foretells-purchase = 下过单的客户在未来 { $days } 天下单
model-foretells-risk = 近 { $lookback } 天活跃的客户在未来 { $days } 天退货或逾期付款
model-tested = 从 { $first } 起：{ $n } 位客户，发生 { $events } 次
model-auc = AUC { $auc }（{ $low } 到 { $high }）；只看最近一单 { $recency }，只看订单数 { $orders }
model-brier = { $brier }（Brier 分数）；人人都取平均值时 { $base }
model-chosen = { $n ->
    [0] { $chosen }：历史太短，没有比较其他模型
   *[other] { $chosen }，在 { $n } 个以往日期的四种模型中最好
}
estimator-logistic = 逻辑回归
estimator-vector-machine = 线性支持向量机
estimator-tree = 决策树
estimator-boosting = 梯度提升
model-calibration = 按评分从高到低五等分，预测与实际（%）
model-fifth = 第 { $number } 档
model-predicted = 预测
model-observed = 实际
label-tested = 检验
label-top-decile = 实际发生于
label-ranking = 排序
label-brier = 校准
label-chosen = 种类
label-learnt-from = 数据始于
error-no-such-model = 还没有这个模型：{ $model }。数据足够之后，任务“score”每晚会训练它。
alerts-not-settled = 已发提醒：还没有一条见分晓。
alerts-precision = 已发提醒：{ $settled } 条已见分晓，{ $precision } 正确：{ $lost } 位流失，{ $saved } 位被挽回；{ $stayed } 位本来就会留下。
