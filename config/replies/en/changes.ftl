## Undo

undone = Undone: { $what }.
undone-created = { $noun } { $record } removed
undone-updated = { $noun } { $record } is as it was
undone-deleted = { $noun } { $record } is back
