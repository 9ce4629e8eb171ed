## Contacts

contact-created = { $contact } at { $customer } added.
contact-updated = { $contact } is updated.
