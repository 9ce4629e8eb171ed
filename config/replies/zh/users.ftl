## 有权限的同事

users-found = { $count } 人有权限
user-invited = 已邀请 { $user }。请转告：在一天之内对我说"绑定 { $code }"。
user-role-set = 已修改 { $user } 的角色。
