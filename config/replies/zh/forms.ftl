## 表单

form-save = 保存
form-cancel = 取消
form-needed = 请填写此项。
form-not-emptied = 此项填过之后不能留空。
form-choose = 请选择
form-search = 输入名称
form-time = 时间
record-edited = { $record }已修改。
button-edit = 编辑
