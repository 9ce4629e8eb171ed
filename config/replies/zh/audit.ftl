## 变更记录

audit-title = { $count ->
    [0] 没有找到改动
   *[other] { $count } 处改动
}
audit-nobody = 自动
audit-record = { $noun } { $record }
audit-field = { $field }：{ $change }
audit-created = 新增
audit-deleted = 删除
audit-undone = { $what }（已撤销）

## 记录的字段

field-active = 有效
field-address = 地址
field-amount = 金额
field-approved-by-id = 批准人
field-asked-by-id = 提出人
field-assignee-id = 处理人
field-author-id = 作者
field-category = 类别
field-city = 城市
field-close-date = 预计成交
field-code = 编码
field-consent = 同意
field-contact-id = 联系人
field-country = 国家
field-currency = 币种
field-customer-id = 客户
field-done-at = 完成
field-due-at = 到期
field-due-on = 到期日
field-email = 邮箱
field-first-response-at = 首次响应
field-freight = 运费
field-happened-at = 发生时间
field-industry = 行业
field-key = 键
field-kind = 类型
field-language = 语言
field-manager-id = 上级
field-name = 名称
field-note = 内容
field-objective = 目标
field-opened-at = 创建时间
field-opened-on = 创建日期
field-order-id = 订单
field-ordered-at = 下单时间
field-owner-id = 负责人
field-phone = 电话
field-paid-at = 付款时间
field-payment-due-at = 应付款日
field-plan = 方案
field-postal-code = 邮编
field-price = 价格
field-priority = 优先级
field-probability = 可能性
field-product-id = 产品
field-raised-at = 提出时间
field-reason = 原因
field-reasons = 原因
field-resolution = 处理结果
field-resolved-at = 解决时间
field-role = 角色
field-said-at = 时间
field-satisfaction = 满意度
field-satisfaction-comment = 客户评价
field-segment = 分群
field-shipped-at = 发货时间
field-snoozed-until = 暂停至
field-stage = 阶段
field-stage-since = 进入此阶段
field-status = 状态
field-subject = 主题
field-taken-by-id = 接手人
field-text = 内容
field-ticket-id = 工单
field-quiet-from = 免打扰开始
field-quiet-to = 免打扰结束
field-timezone = 时区
field-title = 标题
field-total = 合计
field-user-id = 同事
field-value = 金额
field-visibility = 可见范围
field-website = 网站
