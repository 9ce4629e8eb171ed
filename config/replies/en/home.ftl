## The Home page

intent-home-show = My day
noun-home = my day
home-title = My day, { $day }
home-updated = As of { $now }
home-tasks = { $count ->
    [0] No tasks due today
    [one] 1 task due
   *[other] { $count } tasks due
}
home-deals = { $count ->
    [0] No deals close this week
    [one] 1 deal closes this week
   *[other] { $count } deals close this week
}
home-tickets = { $count ->
    [0] No open tickets of mine
    [one] 1 open ticket of mine
   *[other] { $count } open tickets of mine
}
home-alerts = { $count ->
    [0] No open alerts
    [one] 1 open alert
   *[other] { $count } open alerts
}
home-more = … and { $count } more
home-done = Done
at-work = is thinking…
