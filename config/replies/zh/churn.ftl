## 流失和预警

churn-title = { $count ->
    [0] 目前没有明显可能流失的客户
   *[other] { $count } 个可能流失的客户，损失最大的在前
}
error-no-churn-score = { $customer } 还没有流失评分：评分只针对最近 { $days } 天内有订单的客户。
error-no-churn-model = 还没有流失评分，评分由任务 "churn_alerts" 生成。
churn-explained = { $customer }：未来 { $days } 天内不再下单的可能性为 { $probability }
churn-average = 平均为 { $average }。
churn-track-record = 历史表现：此前评分最高的十分之一客户中，{ $precision } 确实流失；全体为 { $base }（AUC { $auc }，{ $n } 个客户）。
alert-churn-title = { $customer } 可能流失：{ $probability }
alert-churn-value = 涉及金额：每年约 { $value }
alert-task-title = { $reason ->
    [unsaid] 在 { $customer } 流失之前联系他们
   *[other] 在 { $customer } 流失之前联系他们：{ $reason }
}
alert-claimed = { $who } 接手 { $customer }：任务 { $task }，明天到期。
alert-snoozed = { $customer } 的预警暂停到 { $until }。
alert-dismissed = { $who } 已标记：{ $customer } 没有真正的风险。下次训练会参考这一点。
alerts-found = { $count ->
    [0] 没有待处理的预警
   *[other] { $count } 条待处理的预警
}
error-model-outdated = 现有评分由旧版本生成，下次运行 "churn_alerts" 会重新生成。
