## Files in and out

intent-data-import = Import a file
intent-data-export = Export records
slot-file = file
slot-checked = checked
slot-format = format
recordkind-customers = customers
recordkind-contacts = contacts
recordkind-products = products
recordkind-orders = orders
recordkind-deals = deals
recordkind-tickets = tickets
recordkind-campaigns = campaigns
fileformat-xlsx = Excel
fileformat-csv = CSV
errandstatus-waiting = waiting
errandstatus-done = done
errandstatus-failed = failed
changekind-erased = erased
error-files-directly = I send such files only where nobody reads along: please ask me in our direct chat.
error-unknown-file = I can't tell what this file holds. Its first line should name the columns, for example "name, email, city" for customers. Or tell me: "import these customers".
error-not-imported = I can't import { $kind }: I can take in customers, contacts, products, orders and deals.
export-coming = I'm writing the file with the { $kind }. It comes here in a moment.
export-done = Here are { $count ->
    [one] 1 row
   *[other] { $count } rows
} of { $kind }.
export-empty = There are no { $kind } to export.
import-how = Send me a CSV or Excel file, with or without words; its first line names the columns. I show you what it would do before anything is changed.
import-reading = I'm reading the file. Nothing is changed yet.
import-running = I'm taking the file in, and tell you here when it is done.
import-title = This file holds { $kind }: { $count ->
    [one] 1 row
   *[other] { $count } rows
}
import-as = As { $kind } instead
import-would = { $noun }: { $created } would be new, { $updated } changed, { $unchanged } are as they are, { $bad } left out
import-unread = { $noun }: { $bad } can't be read and would be left out
import-done = Imported: { $kind }
import-more-problems = … and { $count } more like these
import-not-undoable = That was too much to be undone by a button. The change log has every record as it was before.
import-not-yours = is a colleague's and not yours to change
