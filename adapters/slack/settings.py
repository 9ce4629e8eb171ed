"""What the Slack adapter must be told."""

from typing import Literal, Self

from pydantic import BaseModel, SecretStr, model_validator


class SlackSettings(BaseModel):
    """How to reach one Slack app. Secrets show as stars wherever they are printed.

    It is either one workspace's, by its bot token, or anybody's who installs it, by its client id.
    """

    bot_token: SecretStr = SecretStr("")
    """`xoxb-…`: what the app may do in its one workspace."""
    client_id: str = ""
    """With `client_secret`: several workspaces install the app at `/slack/install`."""
    client_secret: SecretStr = SecretStr("")
    redirect_url: str = ""
    """Where Slack sends an installer back to, if the app has several such addresses."""
    workspaces: list[str] = []
    """The ids (`T…`) of those that may install it; empty: any."""
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
        if bool(self.bot_token.get_secret_value()) == bool(self.client_id):
            raise ValueError("either bot_token or client_id is needed")
        if self.client_id and not self.client_secret.get_secret_value():
            raise ValueError("client_secret is needed with client_id")
        if self.client_id and self.link_by_email and not self.workspaces:
            raise ValueError("link_by_email trusts workspaces: name them in workspaces")
        needed = "app_token" if self.transport == "socket" else "signing_secret"
        if not getattr(self, needed).get_secret_value():
            raise ValueError(f"{needed} is needed when transport is {self.transport}")
        return self
