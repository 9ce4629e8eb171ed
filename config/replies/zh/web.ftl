## 网页聊天

web-who-are-you = 您是谁？
web-nobody = 还没有人有权限。请导入示例公司，或在命令行添加人员。
web-change-person = 换一个人
web-direct = 私聊
web-placeholder = 问问客户、订单、商机……
web-send = 发送
web-lost = 连接已断开。您写的内容会保留，恢复后立即发送。
web-log = 通知记录
web-back = 返回聊天
web-newer = 较新
web-older = 较早
