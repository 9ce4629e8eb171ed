## Refusals

error-not-yours-to-see = { $record } is a colleague's and not yours to see. Ask its owner or your manager.
error-not-yours-to-change = { $record } is a colleague's and not yours to change. Ask its owner or your manager.
error-role-may-not = Your role doesn't allow this: { $what }. Your manager can do it.
error-gone = That record no longer exists.
error-nothing-to-undo = There is nothing of yours to undo.
error-already-undone = That was undone already.
error-edited-since = I can't undo this: { $record } has been edited since. Nothing was changed.
error-in-use = I can't undo this: something else now rests on { $record }. Nothing was changed.
error-button-expired = That button is too old or its question is closed. Please ask again.
error-button-not-yours = That question was asked of somebody else.
error-button-used = That was done already.
error-bad-link-code = That code is wrong, used or older than ten minutes. Ask your administrator for a new one.
error-customer-exists = There is a customer called { $record } already.
error-no-such-field = I can't change the field "{ $field }". I can change name, email, phone, city, country, address, website and industry.
error-negative-amount = An amount can't be below zero.
error-already-in-stage = { $record } is in that stage already.
error-task-done = The task "{ $record }" is done already.
error-order-of-another-customer = Order { $record } belongs to another customer.
error-not-support = { $record } doesn't work on tickets.
error-ticket-closed = Ticket { $record } is closed already.
error-alert-taken = Somebody has taken this alert already.
error-in-the-past = { $when } is in the past. Which day do you mean?
error-too-little-data = There is too little data for this: { $detail }.
