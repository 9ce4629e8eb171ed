## People with access

users-found = { $count ->
    [one] 1 person has access
   *[other] { $count } people have access
}
user-invited = { $user } is invited. Pass this on: in a chat with me, within a day, say "link { $code }".
user-role-set = { $user }'s role is changed.
