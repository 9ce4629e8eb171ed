## 没有送达的消息

notice-unreachable = 在 { $platform } 上联系不到 { $who }。
notice-unreachable-why = { $platform } 返回：{ $problem }。发给对方的消息已保留。请让对方在那里重新给我发一条消息。
notice-letter-refused = 工单 #{ $id } 的邮件没有送达。
notice-letter-refused-why = 邮件服务器对 { $to } 返回：{ $problem }。请检查邮箱地址后重新回复。
open-private-chat = { $who }，这部分内容只能您本人查看，但我还不能给您发私信。请打开 { $link } 并点“开始”，我会在那里发给您。
