## 首页

intent-home-show = 我的一天
noun-home = 我的一天
home-title = 我的一天，{ $day }
home-updated = 截至 { $now }
home-tasks = { $count ->
    [0] 今天没有到期的任务
   *[other] { $count } 个到期任务
}
home-deals = { $count ->
    [0] 本周没有要成交的商机
   *[other] 本周 { $count } 个商机要成交
}
home-tickets = { $count ->
    [0] 我没有未解决的工单
   *[other] 我的 { $count } 个未解决工单
}
home-alerts = { $count ->
    [0] 没有待处理的预警
   *[other] { $count } 条待处理预警
}
home-more = ……还有 { $count } 项
home-done = 完成
at-work = 正在思考…
