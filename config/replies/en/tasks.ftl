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
