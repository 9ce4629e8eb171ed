## Reports

report-statistic = { $metric }, { $statistic }
report-statistic-per = { $metric }, { $statistic } per { $each }
report-by = { $what } by { $dimension }
report-in = { $what }, { $period }
report-total = { $title }: { $value }
report-week = week of { $day }
report-quarter = Q{ $number } { $year }
report-year = { $year }
report-none = (none)
report-rest = other
report-hours = { $value } h
report-days = { $value } d
report-unit-hours = hours
report-unit-days = days
report-points = { $value } points
report-empty = There is nothing to count here.
report-currencies = Currencies are never added up: each has rows of its own.
report-ahead = { $count ->
    [one] 1 entry is dated in the future and left out.
   *[other] { $count } entries are dated in the future and left out.
}
report-running = The period is still running: { $days } of { $all } days so far.
report-same-days = The period is still running. In the first { $days } days of { $period } it was { $value }.
column-based-on = based on
column-difference = difference
column-growth = in percent
error-no-such-statistic = There is no { $statistic } of { $metric }. I can show: { $others }.
error-no-such-dimension = I can't split or filter { $metric } by { $dimension }. What I can use: { $others }.
error-nothing-called = Nothing I know is called "{ $text }". How is it spelled?
error-too-many-steps = That is more than { $most } steps. Please choose longer steps or a shorter period.

## What each measure counts

metric-revenue-means = Orders without those cancelled or returned, less credit notes; before freight.
metric-orders-means = Orders placed, without those cancelled or returned.
metric-average-order-value-means = What an order comes to, without those cancelled or returned.
metric-units-means = Pieces in orders, without those cancelled or returned.
metric-customers-means = Customers known by the end of the period.
metric-new-customers-means = Customers by the day of their first order.
metric-active-customers-means = Customers with at least one order in the time.
metric-retention-rate-means = Of those who ordered in the time before, the share that ordered again.
metric-churn-rate-means = Of those who ordered in the time before, the share that did not order again.
metric-pipeline-value-means = Amounts of open deals, by the day they are expected to close.
metric-deals-means = Deals by the day they were opened, whatever became of them.
metric-deals-won-means = Deals won, by the day they closed.
metric-win-rate-means = Deals won of those won or lost, by the day they closed.
metric-sales-cycle-means = Days from opening a deal to winning it, by the day it was won.
metric-tickets-means = Tickets by the day they were opened.
metric-first-response-time-means = Hours from opening a ticket to the first answer, nights and weekends included.
metric-resolution-time-means = Hours from opening a ticket to solving it, nights and weekends included.
metric-sla-attainment-means = Of tickets that are decided, the share answered and solved in time.
metric-satisfaction-means = Customers' ratings of tickets, from 1 to 5.

## Statistics, dimensions, charts

statistic-sum = sum
statistic-count = count
statistic-mean = mean
statistic-median = median
statistic-variance = variance
statistic-std = standard deviation
statistic-min = minimum
statistic-max = maximum
dimension-day = day
dimension-week = week
dimension-month = month
dimension-quarter = quarter
dimension-year = year
dimension-segment = segment
dimension-category = category
dimension-product = product
dimension-country = country
dimension-city = city
dimension-owner = owner
dimension-stage = stage
dimension-priority = priority
dimension-status = status
dimension-kind = kind
chartkind-line = line
chartkind-bar = bars
chartkind-pie = pie
chartkind-table = table
slot-statistic = statistic
slot-dimension = split by
slot-compare = compared with
slot-chart = chart
intent-report-show = Report
noun-report = reports
ask-metric = What shall I measure? For example revenue, orders or tickets.
