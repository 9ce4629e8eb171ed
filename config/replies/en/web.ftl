## The web chat

web-who-are-you = Who are you?
web-nobody = Nobody has access yet. Import the sample company or add a person on the command line.
web-change-person = Be somebody else
web-direct = Direct chat
web-placeholder = Ask about a customer, an order, a deal …
web-send = Send
web-lost = The connection is lost. What you write is kept and sent as soon as it is back.
web-log = What was told
web-back = Back to the chat
web-newer = Newer
web-older = Older
