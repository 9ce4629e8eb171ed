## Me

link-how = Ask your administrator for a code, then tell me: link CODE
linked = You are linked: { $name }, { $role }. Say "help" for what I can do.
language-set = From now on I answer in { $language }.
