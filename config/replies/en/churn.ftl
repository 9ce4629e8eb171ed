## Churn and alerts

churn-title = { $count ->
    [0] Nobody stands out as likely to leave
    [one] 1 customer likely to leave
   *[other] { $count } customers likely to leave, the costliest first
}
error-no-churn-score = There is no churn score for { $customer } yet: scores are made from the orders of customers active in the last { $days } days.
error-no-churn-model = There are no churn scores yet. They are made by the job "churn_alerts".
churn-explained = { $customer }: { $probability } chance of no order in the next { $days } days
churn-average = On average it is { $average }.
churn-track-record = Track record: of the tenth rated highest at an earlier date, { $precision } did leave; over all customers { $base } did (AUC { $auc }, { $n } customers).
alert-churn-title = { $customer } may be leaving: { $probability }
alert-churn-value = At stake: about { $value } a year
alert-task-title = { $reason ->
    [unsaid] Call { $customer } before they leave
   *[other] Call { $customer } before they leave: { $reason }
}
alert-claimed = { $who } takes care of { $customer }: task { $task }, due tomorrow.
alert-snoozed = The alert on { $customer } rests until { $until }.
alert-dismissed = Noted by { $who }: no real risk at { $customer }. The next training learns from it.
alerts-found = { $count ->
    [0] No open alerts
    [one] 1 open alert
   *[other] { $count } open alerts
}
error-model-outdated = The scores on file were made by an older version; the next run of "churn_alerts" makes them anew.
