## Activities and tasks

activity-logged = Logged: { $kind }.
follow-up-title = Follow up with { $who }: { $note }
tasks-found = { $count ->
    [0] No open tasks
    [one] 1 open task
   *[other] { $count } open tasks
}
task-created = Task #{ $id } noted: { $task }
task-completed = Done: { $task }
task-assigned = Task #{ $id } goes to { $owner }: { $task }
task-snoozed = Task #{ $id } can wait: { $task }
error-task-theirs = The task "{ $record }" is { $owner }'s already.
