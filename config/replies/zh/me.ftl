## 我

link-how = 请向管理员要一个绑定码，然后对我说：绑定 绑定码
linked = 已绑定：{ $name }，{ $role }。说"帮助"看看我能做什么。
language-set = 以后我用{ $language }回答。
