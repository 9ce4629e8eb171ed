## 联系人

contact-created = 已添加 { $customer } 的联系人 { $contact }。
contact-updated = 联系人 { $contact } 已更新。
