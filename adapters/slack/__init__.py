"""Slack: events in over Socket Mode or HTTP, replies out as Block Kit."""

from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings

__all__ = ["SlackAdapter", "SlackSettings"]
