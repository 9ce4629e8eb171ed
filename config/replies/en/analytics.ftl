## Value, offers, segments, baskets and models

scored-on = as of { $day }
value-title = { $customer } is likely to spend about { $money } in the next 12 months
value-range = { $low } to { $high } (80% chance)
value-visits = { $few } to { $many } days with an order (80% chance)
value-rests-on = { $orders } orders on { $days } days in { $tenure } days
value-rests-on-money = { $orders } orders on { $days } days in { $tenure } days, the last { $last } days ago; { $mean } an order
value-how = How often customers like this come and go on (BG/NBD), times what they spend (Gamma-Gamma). The range is where four out of five such customers end up.
value-track-record = Track record: for the { $days } days from { $day }, { $foretold } was foretold for all customers, and { $actual } came.
label-likely-range = Likely range
label-visits = Visits
label-alive = Still a customer
label-rests-on = Rests on
error-no-value-model = Nobody's value has been computed yet. The job "score" does it every night, once 30 customers have ordered and 10 of them again.
error-no-value = I can't say what { $customer } is worth yet: there was no order when the values were last computed.
offers-title = What to offer { $customer }
offers-how = Left out is what is not on sale. New products are those bought by customers with a similar history.
column-again = Likely to buy again
column-new = New for them
error-no-offers = I have nothing to suggest for { $customer } yet. Suggestions are computed from all orders by the job "score", every night.

segments-title = { $count ->
    [one] 1 customer in segments
   *[other] { $count } customers in segments
}
segments-how = By how lately, how often and for how much they bought, each in fifths. "Show the champions" lists one.
segment-title = { $count ->
    [0] No customers are: { $segment }
    [one] 1 customer: { $segment }
   *[other] { $count } customers: { $segment }
}
error-no-segments = There are no segments yet. They are computed from all orders by the job "score", every night.
column-segment = Segment
column-customers = Customers
column-share = Share
column-meaning = Meaning
column-alike = Alike in
groups-title = By likeness there are { $count } groups (silhouette { $silhouette }; stability when drawn again { $stability } of 1):
meaning-champions = bought just now, often and for much
meaning-loyal = buy regularly and spend well
meaning-potential-loyalists = bought lately, a few times already
meaning-new-customers = bought for the first time just now
meaning-promising = bought lately, little so far
meaning-need-attention = used to buy well, now quieter
meaning-about-to-sleep = bought little, some time ago
meaning-at-risk = bought often, but not for a long time
meaning-cannot-lose = among the best once, gone quiet
meaning-hibernating = bought little, long ago
meaning-lost = bought least and longest ago
trait-none = nothing special
trait-recency-up = long since the last order
trait-recency-down = ordered lately
trait-visits-up = order often
trait-visits-down = order seldom
trait-spend-up = spent much
trait-spend-down = spent little
trait-spend-mean-up = large orders
trait-spend-mean-down = small orders
trait-products-up = many products
trait-products-down = few products
trait-tenure-up = long-standing
trait-tenure-down = new with us

rules-title = { $count ->
    [one] 1 combination that is no accident
   *[other] { $count } combinations that are no accident, the strongest first
}
rules-none = Nothing is bought together more often than chance would have it.
rules-none-of = Nothing is bought with { $product } more often than chance would have it.
rules-how = Counted are combinations in at least 1% of the orders (in 5, where there are few) that 30% of the buyers put together, and that chance would bring about in less than 1 case in 20, all combinations considered.
column-bought = Who buys
column-also = also buys
column-of-buyers = Of the buyers
column-lift = Times chance

models-title = The models
model-title = The model: { $model }
column-model = Model
column-verdict = At past dates
column-fitted = Fitted
column-as-of = As of
column-top-decile = Top tenth right
column-base = All customers
column-way = Way
column-foretold = Foretold
column-error = Error a customer
column-correlation = Correlation
way-lifetime = BG/NBD and Gamma-Gamma (used)
way-regression = linear regression
way-as-before = as much as before
model-missing = not fitted: too little data so far, or the job "score" has not run
model-untested = too little history to be tried on past days
value-verdict = { $foretold } foretold, { $actual } came
value-tested = Tried on the { $days } days from { $first }: { $n } customers spent { $actual }.
model-verdict = { $top } of the tenth rated highest, { $base } of all: { $lift } times as many
model-foretells-churn = No order in the next { $days } days, of customers active in the last { $lookback }
model-foretells-purchase = An order in the next { $days } days, of all who ever ordered
model-foretells-risk = A return or a late payment in the next { $days } days, of customers active in the last { $lookback }
model-tested = from { $first }: { $n } customers, { $events } times it happened
model-auc = AUC { $auc } ({ $low } to { $high }); last order alone { $recency }, number of orders alone { $orders }
model-brier = { $brier } (Brier score); giving everybody the average { $base }
model-chosen = { $n ->
    [0] { $chosen }: too little history to try others
    [one] { $chosen }, the best of four at an earlier date
   *[other] { $chosen }, the best of four at { $n } earlier dates
}
estimator-logistic = logistic regression
estimator-vector-machine = linear support vector machine
estimator-tree = decision tree
estimator-boosting = gradient boosting
model-calibration = Foretold and seen, by fifths from the highest score (%)
model-fifth = Fifth { $number }
model-predicted = foretold
model-observed = seen
label-tested = Tested
label-top-decile = It happened to
label-ranking = Ranking
label-brier = Calibration
label-chosen = Kind
label-learnt-from = Data since
error-no-such-model = There is no model for this yet: { $model }. The job "score" fits it every night, once there is enough data.
alerts-not-settled = Alerts sent: none has shown yet whether it was right.
alerts-precision = Alerts sent: of { $settled } that have shown it, { $precision } were right: { $lost } left, { $saved } were saved; { $stayed } stayed anyway.
