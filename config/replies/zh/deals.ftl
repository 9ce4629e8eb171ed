## 商机

deals-found = { $count ->
    [0] 没有找到商机
   *[other] { $count } 个商机
}
deal-default-title = { $customer } 商机
deal-created = 已为 { $customer } 新建商机"{ $deal }"。
deal-moved = 商机"{ $deal }"已推进。
deal-updated = 商机"{ $deal }"已修改。
pipeline-title = { $count ->
    [0] 没有进行中的商机
   *[other] 销售漏斗：{ $count } 个进行中的商机
}
total = 合计
deals-unpriced = { $count } 个商机没有金额：计入数量，不计入合计。
deals-undated = { $count } 个进行中的商机没有预计成交日期，未计入。
deals-stale = { $count ->
    [0] { $since } 以来，进行中的商机都有进展
   *[other] { $count } 个商机自 { $since } 以来没有进展
}
forecast-title = { $count ->
    [0] 业绩预测：没有进行中的商机
   *[other] 业绩预测：根据 { $count } 个进行中的商机
}
forecast-rate = { $stage } { $rate }（{ $closed } 个先例）
forecast-history = 赢单率来自 { $closed } 个已关闭的商机：{ $rates }。先例少的阶段参考全部商机。十次中有八次结果会落在低值与高值之间。
error-too-little-history = 历史数据太少，无法预测：目前只有 { $closed } 个已关闭的商机，至少需要 { $needed } 个。
error-not-sales = { $record } 不负责商机。
forecast-backtest = 回测：按总体赢单率，在过去 { $trials } 个月每月 1 日预测，其中 { $held } 次实际赢单数落在区间内；共预测 { $expected } 单，实际 { $won } 单。
