## What is held on a customer

intent-customer-export = Export all that is held on a customer
intent-customer-erase = Erase a customer's personal data
customer-export-coming = I'm gathering all that is held on { $customer }. It comes here in a moment, as data (JSON) and to read (Excel).
customer-export-done = This is everything that is held on { $customer }.
customer-erase-preview = Names, addresses, contacts, tasks, alerts and scores of { $customer } go for good; notes and messages are emptied, here, in the change log, in chats and in files ({ $count } rows). Orders stay with their sums, without a name.
customer-erasing = I'm erasing the personal data of customer #{ $id }, and tell you here when it is done.
customer-erased = The personal data of customer #{ $id } is erased: { $count } rows of its own, { $mentions } mentions elsewhere. Backups are yours to clean.
error-erased = What was erased can't be brought back.
audit-erased = personal data erased
