"""What the Slack adapter must be told."""

from typing import Literal, Self

from pydantic import BaseModel, SecretStr, model_validator


class SlackSettings(BaseModel):
    """How to reach one Slack app. Secrets show as stars wherever they are printed."""

    bot_token: SecretStr
    """`xoxb-…`: what the app may do in the workspace."""
    app_token: SecretStr = SecretStr("")
    """`xapp-…`: opens the socket; needed with the socket only."""
    signing_secret: SecretStr = SecretStr("")
    """Proves that a request is Slack's; needed with HTTP only."""
    link_by_email: bool = False
    """Whether a person of the workspace is known by the address that Slack has checked."""
    console_url: str = ""
    """Where the CRM's own pages are, as people link to them; without it links have no previews."""
    transport: Literal["socket", "http"] = "socket"
    base_url: str = "https://slack.com/api/"
    seconds_per_message: float = 1.0
    """The pace Slack asks for in one channel."""
    ping_seconds: float = 5.0
    """How often the socket is tested; a dead one is replaced within six of these at the most."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = "app_token" if self.transport == "socket" else "signing_secret"
        if not getattr(self, needed).get_secret_value():
            raise ValueError(f"{needed} is needed when transport is {self.transport}")
        return self
