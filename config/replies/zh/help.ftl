## 帮助

help-title = 您作为{ $role }可以这样问
help-topics = 想了解某个主题，请说"帮助 商机"。主题：{ $topics }。
help-about = 关于“{ $topic }”，您可以这样问
help-about-nothing = 没有找到您可用的与“{ $topic }”有关的功能。
noun-result = 上一个列表
noun-data = 导入和导出
