"""The CRM. Knows no chat, no HTTP, no scheduler."""
