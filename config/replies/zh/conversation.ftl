## 对话

hello = { $name }，您好。可以问我客户、订单或商机，也可以说"帮助"。
stranger = 我还不认识您。请向管理员要一个绑定码，然后对我说：绑定 绑定码
empty-message = 收到了一条没有文字的消息。请告诉我您需要什么，或者说"帮助"。
message-too-long = 这条消息太长了（超过 { $limit } 个字符），请用一两句话说。
out-of-scope = 我没听懂，或者这不是我能做的事。说"帮助"看看我能做什么。
declined = 这件事我做不了，什么都没有改动。说“帮助”看看我能做什么。
did-you-mean = 我不确定您的意思。是下面哪一个？
nothing-asked = 我现在没有在等您回答。请告诉我您想做什么。
nothing-shown = 我还没有显示过可以翻页的列表。
cancelled = 好的，已取消，没有任何改动。
shall-i = 要我这样做吗？
which-one = 有好几个像"{ $text }"的，您指的是哪一个？
answer-follows = 要统计的数据很多，结果稍后发给您。
failed = 我这边出错了，没有任何改动。请再试一次；如果还是这样，请把这个编号告诉管理员：{ $error }
hidden = •••
nothing = –
yes = 是
no = 否
period = { $first }至{ $last }
before-after = { $before } → { $after }
no-filters = 全部
provenance = 依据：{ $filters } · { $count } 行 · 截至 { $now }
rows-shown = 第 { $first } 至 { $last } 行，共 { $count } 行。
edited-too-late = 您修改之前，我已经按原来的消息处理了，所以这次修改没有生效。请把新的内容作为新消息发给我。
