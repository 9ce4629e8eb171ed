"""The outside world: translates, decides nothing about the CRM."""
