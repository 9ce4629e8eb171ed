## `crm doctor` 的输出

doctor-telegram-no-token = Telegram 未启用：没有令牌。
doctor-telegram-bad-token = Telegram 不认识这个令牌。
doctor-telegram-set-token = 在 Telegram 打开 @BotFather，发送 /mybots，选择机器人，再点 API Token，把令牌填入 CRM_TELEGRAM__TOKEN。
doctor-telegram-token = 令牌属于 { $name }。
doctor-telegram-unreachable = 无法连接 { $url } 上的 Telegram：{ $problem }
doctor-telegram-check-network = 请检查网络和代理；如果设置过 CRM_TELEGRAM__BASE_URL，也请检查。
doctor-telegram-stray-webhook = 消息发到了 webhook { $url }，但当前设置是轮询。
doctor-telegram-poll = 启动助手即可：轮询会删除 webhook。如果别的程序需要它，请在 @BotFather 为那个程序另建机器人。
doctor-telegram-polled-here = 本公司自己的进程正在接收消息。
doctor-telegram-conflict = 另一个程序正在接收这个机器人的消息。
doctor-telegram-one-poller = 请停掉使用同一令牌的那个程序。找不到的话：@BotFather、/mybots、API Token、Revoke，然后在这里换上新令牌。
doctor-telegram-no-conflict = 没有其他程序接收消息；有 { $count } 条在等待。
doctor-telegram-webhook = 消息发到 { $url }；有 { $count } 条在等待。
doctor-telegram-other-webhook = 消息应该发到 { $url }，现在发到 { $found }。
doctor-telegram-start-webhook = 启动助手即可设置 webhook。如果它属于别的程序，请给那个程序另建机器人。
doctor-telegram-webhook-error = Telegram 无法送达 webhook（{ $when }）：{ $problem }
doctor-telegram-check-webhook = 地址必须公开可访问，使用有效证书的 HTTPS，端口为 443、80、88 或 8443，并由代理转发该路径。
doctor-telegram-privacy = 在群里，机器人只能看到对它说的话。
doctor-telegram-hears-all = 在群里，Telegram 会把所有消息都发给机器人。
doctor-telegram-set-privacy = @BotFather、/mybots、选择机器人、Bot Settings、Group Privacy、Turn on。然后把机器人移出群再重新加入。
doctor-telegram-groups = 可以把机器人加入群。
doctor-telegram-no-groups = 不能把机器人加入群。
doctor-telegram-allow-groups = 如果需要：@BotFather、/mybots、选择机器人、Bot Settings、Allow Groups、Turn on。
doctor-telegram-commands = { $language } 菜单显示全部 { $count } 个命令。
doctor-telegram-other-commands = { $language } 菜单不是最新的（{ $count } 个命令）。
doctor-telegram-start-commands = 启动助手即可自动更新菜单。
