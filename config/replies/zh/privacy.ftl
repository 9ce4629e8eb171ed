## 客户的全部资料

intent-customer-export = 导出某客户的全部资料
intent-customer-erase = 清除某客户的个人数据
customer-export-coming = 正在汇总{ $customer }的全部资料，马上发到这里：数据（JSON）和可阅读的表格（Excel）。
customer-export-done = 这是我们保存的{ $customer }的全部资料。
customer-erase-preview = { $customer }的名称、地址、联系人、任务、提醒和评分将被永久清除；备注和消息会被清空，包括变更记录、聊天和文件（{ $count } 行）。订单金额保留，但不再有名称。
customer-erasing = 正在清除 #{ $id } 号客户的个人数据，完成后会在这里告诉您。
customer-erased = #{ $id } 号客户的个人数据已清除：自身 { $count } 行，其他地方提及 { $mentions } 处。备份请您自行清理。
error-erased = 已清除的数据无法恢复。
audit-erased = 个人数据已清除
