## Campaigns

campaign-name = { $objective }, { $day }
campaigns-found = { $count ->
    [0] No campaigns
    [one] One campaign
   *[other] { $count } campaigns
}
campaign-audience = { $count } customers, { $control } of them held back
campaign-expected = { $base } would order anyway; { $rise } points [{ $low }, { $high }]
campaign-extra = about { $orders } orders, { $money }
campaign-power = { $power } chance to see it; { $needed } customers are needed for 80 %
campaign-guess = The expected effect is a guess: no campaign of this kind has been measured yet.
campaign-measured = The expected effect rests on { $count ->
    [one] one campaign
   *[other] { $count } campaigns
} measured before.
campaign-approved = { $campaign } is approved.
campaign-rejected = { $campaign } is turned down.
campaign-excluded = { $customer } is left out of { $campaign }.
campaign-launched = { $campaign } runs: { $count } customers get it, { $control } are held back. { $tasks } tasks went to the owners. Orders count until { $until }.
campaign-for-good = Once it runs, it can't be undone: the owners get their tasks, and the hold-out is frozen.
campaign-task = Call { $customer } and offer { $offer }
campaign-no-offer = something that suits them
campaign-results = { $campaign }: what it changed
campaign-share = { $treated } against { $control }: { $difference } points [{ $low }, { $high }]
campaign-money = { $treated } against { $control }: { $difference } [{ $low }, { $high }]
campaign-groups = { $treated } got it, { $control } were held back; 95 % intervals; as of { $now }
campaign-too-early = Not enough data yet: orders count until { $until }.
campaign-too-little = Not enough data: the groups or their orders are too few to tell.
campaign-works = It works: more of them ordered, beyond chance.
campaign-harms = It harms: fewer of them ordered, beyond chance.
campaign-unclear = No effect is shown: the difference may well be chance.
campaign-aimed = Those ranked first gained more than the others: the ranking aims well.
campaign-not-aimed = No targeting evidence: those ranked first did not gain more than the others, beyond chance.
notice-campaign = { $campaign }: { $count } of your customers are in it, each with a task
left-out-no-consent = no consent
left-out-urgent-ticket = open urgent ticket
left-out-contacted-lately = contacted lately
left-out-veto = owner's veto
error-empty-audience = Nobody is left for this campaign: { $left_out } customers are to be left in peace.
error-holdout-too-large = I can't hold back { $holdout } of { $customers } customers: at least one must get it, and one must not.
error-campaign-decided = { $record } is { $status } already.
error-approver-is-asker = You suggested { $record } yourself: somebody else has to approve it.
error-campaign-launched = { $record } was launched already.
error-launch-stands = { $record } was launched, and a launch can't be undone.
error-campaign-not-approved = { $record } is { $status }: it has to be approved first.
error-campaign-not-launched = { $record } was not launched yet.
error-not-in-campaign = { $customer } is not in { $record }.
column-campaign = Campaign
column-offer = Offer
label-audience = Audience
label-left-out = Left in peace
label-offer = Offer
label-expected = Expected
label-extra = Extra
label-cost = Cost
label-power = Test
label-ordered-share = Ordered
label-money-each = Money a customer
button-approve = Approve
button-reject = Turn down
button-launch = Launch
button-results = Results
button-tasks = My tasks
intent-campaign-suggest = Suggest a campaign
intent-campaign-list = List campaigns
intent-campaign-show = Show a campaign
intent-campaign-approve = Approve a campaign
intent-campaign-reject = Turn a campaign down
intent-campaign-exclude = Leave a customer out of a campaign
intent-campaign-launch = Launch a campaign
intent-campaign-results = What a campaign changed
slot-objective = objective
slot-holdout = held back
slot-campaign = campaign
ask-campaign = Which campaign?
no-such-campaign = There is no campaign "{ $text }". Which number is it?
field-launched-at = launched
field-ends-at = ends
