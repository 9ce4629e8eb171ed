"""Slack: events in over Socket Mode or HTTP, replies out as Block Kit."""
