## 我

link-how = 请向管理员要一个绑定码，然后对我说：绑定 绑定码
linked = 已绑定：{ $name }，{ $role }。说"帮助"看看我能做什么。
language-set = 以后我用{ $language }回答。
timezone-set = 以后我按 { $timezone } 的时间。那里现在是 { $now }。
error-no-such-timezone = 没有像"{ $text }"的时区。请说一个大城市，或时区本身，例如 Asia/Shanghai 或 UTC+8。
quiet-hours-set = { $start } 到 { $end } 之间我不会主动打扰您，您指定时间的推送除外。
error-no-hours = 从几点到几点？例如：晚上10点到早上7点。
