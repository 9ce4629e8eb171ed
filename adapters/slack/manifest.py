"""What the app asks of Slack: the same as in `config/slack-manifest.yaml`."""

SCOPES = {
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "mpim:history",
    "mpim:read",
    "users:read",
}
"""What the app must be allowed."""
BY_EMAIL = {"users:read.email"}
"""What it needs besides to know people by their address."""
EVENTS = {
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "link_shared",
    "message.im",
    "tokens_revoked",
}
"""What the app hears of."""
