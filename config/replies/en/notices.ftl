## What people are told without asking

error-never-fires = That time never comes. When shall I post it?

## Subscriptions

alert-subscribed = From now on: alerts on "{ $kind }".
alert-unsubscribed = No more alerts on "{ $kind }" for { $where }.
alert-muted = I stay quiet until { $until }. What comes up meanwhile I tell you then.
error-not-subscribed = There are no alerts on "{ $kind }" there.
subscriptions-title = Who is told of what
quiet-hours = Quiet hours { $start } to { $end }, at most { $cap } messages a day for each; the rest comes together the next morning.
at-once = at once
scheduled = by schedule; next { $following }
not-wanted = stopped
to-you = you
to-a-person = a colleague
told-to-owner = the owner
told-to-lead = the owner's lead
told-to-rep = sales reps
told-to-support = support
told-to-manager = managers
told-to-admin = administrators
alert-log-title = { $count ->
    [0] Nobody was told anything
    [one] One notification
   *[other] { $count } notifications
}
told-waiting = waits
told-queued = on its way
told-arrived = arrived
told-refused = refused by the platform
told-dropped = settled before
told-together = waits for the morning
notices-together = { $count ->
    [one] One more from yesterday
   *[other] { $count } more from yesterday
}
notices-more = … and { $count } more
notice-refused = I can't post { $kind } alerts in { $channel }
notice-refused-how = Invite me to that channel, or choose another one.
notice-refused-new = So I have dropped it. Invite me to that channel and say it again, or choose another one.
alert-announced = { $who } has asked for alerts on "{ $kind }" to be posted here.
column-told = Told
column-outcome = Outcome
label-where = Where
label-schedule = When
label-from = From
slot-schedule = when
slot-channel = where
ask-kind = Which kind?
ask-schedule = At which times?
ask-channel = In which channel?
not-a-schedule = "{ $text }" never comes, or I can't read it as a time that recurs. When shall it come?
intent-alert-subscribe = Have alerts posted
intent-alert-unsubscribe = Stop alerts
intent-alert-mute = Be quiet for a while
intent-alert-subscriptions = Who is told of what
intent-alert-log = What was told to whom
noun-subscription = subscription
field-muted-from = muted from
field-muted-until = muted until

## Churn alerts

alert-churn-before = It was { $before } on { $day }
alert-churn-step = What helped most with such customers: { $step } ({ $share } of { $n } were followed by an order)
ask-reason = Why not?
button-script = Call script
button-seasonal = Buys by season
button-agreed-pause = A pause was agreed
button-orders-elsewhere = Orders through another channel
button-wrong-data = The data is wrong
intent-alert-script = What to say on the phone
error-no-script = There is nobody to call about { $record }.
script-title = Calling { $customer }
script-hello = Ask for { $contact }, and whether it is a good moment.
script-somebody = the person who orders
script-last = Start from the last order: { $product }, on { $day }. Did everything arrive as it should?
script-ticket = Ticket { $ticket } is still open: say where it stands before anything else.
script-listen = Ask what has changed on their side, and listen.
script-offer = Offer something they know: { $product }.
script-close = Agree on the next step and a date.
script-background = Background: { $reasons }
alertoutcome-saved = saved
alertoutcome-stayed = would have stayed
alertoutcome-lost = lost
notificationstatus-waiting = waiting
notificationstatus-sent = sent
notificationstatus-dropped = not needed any more
runstatus-running = running
runstatus-retrying = tried again
runstatus-done = done
runstatus-failed = failed
field-details = details
field-platform = platform
field-workspace = workspace
field-channel = channel
field-least = from amount
field-schedule = schedule
field-wanted = wanted
field-created-by-id = set up by
field-taken-at = taken
field-escalated-at = escalated
field-settles-on = settles
field-settled-at = settled
field-outcome = outcome

## What happened

notice-task = Due { $due }: { $title }
notice-task-customer = For { $customer }
notice-sla-warning = Ticket { $ticket } is about to miss its target ({ $due }): { $subject }
notice-sla-breach = Ticket { $ticket } has missed its target ({ $due }): { $subject }
notice-ticket = { $customer }, { $priority }, with { $assignee }
notice-customer = Customer: { $customer }
notice-deal-won = Won: { $deal }{ $amount ->
    [none] {""}
   *[other] , { $amount }
}
notice-deal-moved = { $deal } ({ $amount }) is now in { $stage }
notice-import = { $who } imported { $kind }: { $created } new, { $updated } changed{ $bad ->
    [0] {""}
   *[other] , { $bad } that could not be read
}
notice-ticket-reopened = Ticket { $ticket } is open again: { $subject }
notice-ticket-unhappy = Ticket { $ticket } was rated { $score } of 5: { $subject }
notice-untaken = Nobody has taken the alert on { $customer }
notice-untaken-since = Raised { $raised }
notice-job-failed = The job { $job } failed. The log has it as { $error }.
button-done = Done
button-snooze-task = Later
button-ticket = Show ticket
button-deal = Show deal

## Digests and ideas

digest-title = For { $name }: what changed up to { $day }
digest-nothing = Nothing has changed.
digest-moves = Deals now in { $stage }: { $count } ({ $worth })
digest-alerts = Churn alerts: { $raised } new, { $left } of them not taken
digest-outcomes = Alerts settled in a week: { $settled }, { $precision } were right; { $saved } saved ({ $value } a year), { $lost } lost
digest-revenue = Revenue of 7 days: { $total }, { $change } against { $before }
digest-tasks = Due today: { $count } ({ $names })
digest-closing = Deals closing within a week: { $count } ({ $names })
digest-quiet = Not talked to in 30 days: { $count } ({ $names })
digest-late = Tickets that miss a target today: { $count } ({ $names })
digest-queue = Your queue: { $count } ({ $names })
notice-idea = An idea for a campaign: { $campaign }
notice-over = { $campaign } is over: see what it changed
button-campaign = Show the plan
intent-digest-show = What changed
noun-digest = digest
from-amount = from { $amount }
in-the-morning = in their morning
