## 撤销

undone = 已撤销：{ $what }。
undone-created = { $noun } { $record } 已移除
undone-updated = { $noun } { $record } 已恢复原样
undone-deleted = { $noun } { $record } 已恢复
