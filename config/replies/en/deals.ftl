## Deals

deals-found = { $count ->
    [0] No deals found
    [one] 1 deal
   *[other] { $count } deals
}
deal-default-title = { $customer } deal
deal-created = Deal "{ $deal }" opened for { $customer }.
deal-moved = Deal "{ $deal }" moved.
deal-updated = Deal "{ $deal }" changed.
pipeline-title = { $count ->
    [0] No open deals
    [one] Pipeline: 1 open deal
   *[other] Pipeline: { $count } open deals
}
total = Total
deals-unpriced = { $count ->
    [one] 1 deal has no amount: it is counted, but in no sum.
   *[other] { $count } deals have no amount: they are counted, but in no sum.
}
deals-undated = { $count ->
    [one] 1 open deal has no closing date and is left out.
   *[other] { $count } open deals have no closing date and are left out.
}
deals-stale = { $count ->
    [0] Every open deal has moved since { $since }
    [one] 1 open deal has not moved since { $since }
   *[other] { $count } open deals have not moved since { $since }
}
forecast-title = { $count ->
    [0] Forecast: no open deals
    [one] Forecast from 1 open deal
   *[other] Forecast from { $count } open deals
}
forecast-rate = { $stage } { $rate } ({ $closed } seen)
forecast-history = Chances of winning learnt from { $closed } closed deals: { $rates }. A stage with few of its own leans on all of them. The result lies between low and high in 8 of 10 cases.
error-too-little-history = There is too little history for a forecast: { $closed } deals closed so far, and it takes { $needed }.
error-not-sales = { $record } doesn't work on deals.
forecast-backtest = Tried on the first of each of the past { $trials } months, by the overall win rate: the number of deals won lay in the interval { $held } of { $trials } times; { $expected } were foretold in all, { $won } came.
