## Me

link-how = Ask your administrator for a code, then tell me: link CODE
linked = You are linked: { $name }, { $role }. Say "help" for what I can do.
language-set = From now on I answer in { $language }.
timezone-set = From now on I go by { $timezone }. It is { $now } there.
error-no-such-timezone = I know no time zone like "{ $text }". Name a large city, or the zone itself, such as Europe/Berlin or UTC+8.
