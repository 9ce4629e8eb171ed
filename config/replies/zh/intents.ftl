## 名词

noun-customer = 客户
noun-contact = 联系人
noun-order = 订单
noun-product = 产品
noun-deal = 商机
noun-activity = 活动
noun-task = 任务
noun-ticket = 工单
noun-campaign = 营销活动
noun-alert = 预警
noun-churn = 流失
noun-change = 撤销
noun-user = 同事
noun-me = 我
noun-audit = 变更记录

## 意图名称

intent-talk-greet = 打招呼
intent-help-show = 我能做什么
intent-me-show = 您是谁
intent-me-link = 绑定账号
intent-me-set-language = 切换语言
intent-change-undo = 撤销上一步操作
intent-dialog-confirm = 好的
intent-dialog-cancel = 算了
intent-result-more = 下一页
intent-customer-show = 查看客户
intent-customer-find = 查找客户
intent-customer-create = 添加客户
intent-customer-update = 修改客户资料
intent-order-show = 查看订单
intent-order-list = 列出订单
intent-product-show = 查看产品
intent-deal-list = 列出商机
intent-deal-show = 查看商机
intent-deal-create = 新建商机
intent-deal-move = 推进商机
intent-activity-log = 记录活动
intent-task-create = 记下任务
intent-task-list = 列出任务
intent-task-complete = 完成任务
intent-ticket-create = 新建工单
intent-ticket-list = 列出工单
intent-ticket-show = 查看工单
intent-ticket-assign = 分配工单
intent-ticket-resolve = 解决工单
intent-churn-list = 可能流失的客户
intent-churn-explain = 客户为何有风险
intent-alert-claim = 接手预警
intent-alert-snooze = 暂停预警
intent-alert-dismiss = 忽略预警
intent-contact-show = 查看联系人
intent-contact-update = 修改联系人
intent-contact-create = 添加联系人
