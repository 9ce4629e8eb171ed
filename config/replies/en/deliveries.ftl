## What could not be delivered

notice-unreachable = { $who } can't be reached on { $platform }.
notice-unreachable-why = { $platform } says: { $problem }. What I had for them is kept aside. Please ask them to write to me there again.
notice-letter-refused = The e-mail on ticket #{ $id } did not arrive.
notice-letter-refused-why = The mail server says about { $to }: { $problem }. Please check the address, then reply again.
open-private-chat = { $who }, this is for your eyes only, and I may not write to you yet. Open { $link } and press Start: it waits for you there.
