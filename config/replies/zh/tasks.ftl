## 活动和任务

activity-logged = 已记录：{ $kind }。
follow-up-title = 跟进 { $who }：{ $note }
tasks-found = { $count ->
    [0] 没有未完成的任务
   *[other] { $count } 个未完成的任务
}
task-created = 已记下任务 #{ $id }：{ $task }
task-completed = 已完成：{ $task }
task-assigned = 任务 #{ $id } 已交给 { $owner }：{ $task }
task-snoozed = 任务 #{ $id } 已延期：{ $task }
error-task-theirs = 任务"{ $record }"本来就由 { $owner } 负责。
