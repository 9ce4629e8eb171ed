## What `crm doctor` says

doctor-telegram-no-token = Telegram is off: there is no token.
doctor-telegram-bad-token = Telegram does not know this token.
doctor-telegram-set-token = In Telegram open @BotFather, send /mybots, choose the bot, then API Token. Put it into CRM_TELEGRAM__TOKEN.
doctor-telegram-token = The token is { $name }'s.
doctor-telegram-unreachable = Telegram can't be reached at { $url }: { $problem }
doctor-telegram-check-network = Check the network, a proxy, and CRM_TELEGRAM__BASE_URL if you set it.
doctor-telegram-stray-webhook = Updates go to a webhook, { $url }, but polling is set.
doctor-telegram-poll = Start the assistant: polling removes the webhook. If another program needs it, make a bot of its own for that in @BotFather.
doctor-telegram-polled-here = This company's own process asks for updates.
doctor-telegram-conflict = Another program asks for this bot's updates.
doctor-telegram-one-poller = Stop it, wherever it runs with this token. If you can't find it: @BotFather, /mybots, API Token, Revoke, and set the new token here.
doctor-telegram-no-conflict = Nobody else asks for updates; { $count } wait.
doctor-telegram-webhook = Updates go to { $url }; { $count } wait.
doctor-telegram-other-webhook = Updates should go to { $url } and go to { $found }.
doctor-telegram-start-webhook = Start the assistant: it sets the webhook. If it is another program's, give that one a bot of its own.
doctor-telegram-webhook-error = Telegram could not deliver to the webhook ({ $when }): { $problem }
doctor-telegram-check-webhook = The address must be public, HTTPS with a valid certificate, on port 443, 80, 88 or 8443, and the proxy must pass the path on.
doctor-telegram-privacy = In groups the bot hears only what is said to it.
doctor-telegram-hears-all = In groups Telegram sends the bot everything that is said.
doctor-telegram-set-privacy = @BotFather, /mybots, the bot, Bot Settings, Group Privacy, Turn on. Then remove the bot from its groups and add it again.
doctor-telegram-groups = The bot may be added to groups.
doctor-telegram-no-groups = The bot can't be added to groups.
doctor-telegram-allow-groups = If you want it there: @BotFather, /mybots, the bot, Bot Settings, Allow Groups, Turn on.
doctor-telegram-commands = The menu in { $language } shows all { $count } commands.
doctor-telegram-other-commands = The menu in { $language } is not up to date ({ $count } commands).
doctor-telegram-start-commands = Start the assistant: it sets the menu by itself.
