## Me

link-how = Ask your administrator for a code, then tell me: link CODE
linked = You are linked: { $name }, { $role }. Say "help" for what I can do.
language-set = From now on I answer in { $language }.
timezone-set = From now on I go by { $timezone }. It is { $now } there.
error-no-such-timezone = I know no time zone like "{ $text }". Name a large city, or the zone itself, such as Europe/Berlin or UTC+8.
quiet-hours-set = I tell you nothing unasked between { $start } and { $end }, but for what you asked for at that time.
error-no-hours = From which hour until which other hour? For example: from 10pm to 7am.
