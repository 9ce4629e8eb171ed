## Forms

form-save = Save
form-cancel = Cancel
form-needed = Please fill this in.
form-not-emptied = This can't be left empty once it is set.
form-choose = Choose
form-search = Type a name
form-time = at
record-edited = { $record } changed.
button-edit = Edit
