"""E-mail to customers, through an SMTP server."""
