## The change log

audit-title = { $count ->
    [0] No changes found
    [one] 1 change
   *[other] { $count } changes
}
audit-nobody = automatic
audit-record = { $noun } { $record }
audit-field = { $field }: { $change }
audit-created = added
audit-deleted = removed
audit-undone = { $what } (undone)

## Fields of records

field-active = active
field-address = address
field-amount = amount
field-approved-by-id = approved by
field-asked-by-id = asked for by
field-assignee-id = assignee
field-author-id = author
field-category = category
field-city = city
field-close-date = closing
field-code = code
field-consent = consent
field-contact-id = contact
field-country = country
field-currency = currency
field-customer-id = customer
field-done-at = done
field-due-at = due
field-due-on = due on
field-email = e-mail
field-first-response-at = first response
field-freight = freight
field-happened-at = happened
field-industry = industry
field-key = key
field-kind = kind
field-language = language
field-manager-id = manager
field-name = name
field-note = note
field-objective = objective
field-opened-at = opened
field-opened-on = opened
field-order-id = order
field-ordered-at = ordered
field-owner-id = owner
field-phone = phone
field-paid-at = paid
field-payment-due-at = payment due
field-plan = plan
field-postal-code = postal code
field-price = price
field-priority = priority
field-probability = probability
field-product-id = product
field-raised-at = raised
field-reason = reason
field-reasons = reasons
field-resolution = resolution
field-resolved-at = resolved
field-role = role
field-said-at = said
field-satisfaction = satisfaction
field-satisfaction-comment = comment of the customer
field-segment = segment
field-shipped-at = shipped
field-snoozed-until = snoozed until
field-stage = stage
field-stage-since = in this stage since
field-status = status
field-subject = subject
field-taken-by-id = taken by
field-text = text
field-ticket-id = ticket
field-quiet-from = quiet hours from
field-quiet-to = quiet hours until
field-timezone = time zone
field-title = title
field-total = total
field-user-id = person
field-value = value
field-visibility = visible to
field-website = website
