## 帮助

help-title = 您作为{ $role }可以这样问
help-topics = 想了解某个主题，请说"帮助 商机"。主题：{ $topics }。
