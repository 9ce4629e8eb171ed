## Going on from a list

intent-result-refine = Narrow or sort the last list
error-cannot-refine = This list can't be narrowed by { $what } ({ $list }). It can by { $by }.
error-cannot-refine-at-all = This list can't be narrowed by { $what } ({ $list }).
error-cannot-sort = This list doesn't show the field "{ $field }", so I can't sort by it.
nothing-to-show = I can't show a single { $noun }. Tell me what to do with it.
slot-sort = sorted by
field-owner = owner
field-created = when it was entered
field-updated = the last change
field-due = due
status-pending = pending
status-paid = paid
status-shipped = shipped
status-delivered = delivered
status-returned = returned
status-cancelled = cancelled
status-open = open
status-snoozed = snoozed
status-resolved = resolved
status-closed = closed
status-suggested = suggested
status-approved = approved
status-running = running
status-finished = finished
status-rejected = rejected
type-its-name = This can't be undone. To go on, type the name exactly as it is: { $record }
type-it = A yes is not enough here: type the name exactly as it is shown, or say "never mind".
that-was-all = That was all: { $count ->
    [one] 1 row
   *[other] { $count } rows
}.
others-not-yours = Those of others may exist, but they are not yours to see ({ $scope }).
scope-own = only your own
scope-team = only your team's
scope-all = everybody's
