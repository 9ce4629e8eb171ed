"""What the operator says about Telegram."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
SECRET = re.compile(r"[\w-]{16,256}", re.ASCII)


class TelegramSettings(BaseModel):
    """How to reach Telegram."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    token: SecretStr
    """As @BotFather gave it: the bot's number, a colon, a secret."""
    base_url: str = "https://api.telegram.org"
    transport: Literal["polling", "webhook"] = "polling"
    webhook_url: str = ""
    """This service's public address, without a path."""
    topics_in: str = ""
    """The number of a group with topics, in which every ticket has one."""
    webhook_secret: SecretStr = SecretStr("")
    """What Telegram shows with each update: 16 to 256 letters, digits, `_` and `-`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not TOKEN.fullmatch(self.token.get_secret_value()):
            raise ValueError("a Telegram token is a number, a colon and letters")
        if self.transport == "webhook":
            if not self.webhook_url:
                raise ValueError("a webhook needs a webhook_url")
            if not SECRET.fullmatch(self.webhook_secret.get_secret_value()):
                raise ValueError("a webhook_secret is 16 to 256 letters, digits, _ and -")
        return self

    @property
    def bot_id(self) -> str:
        return self.token.get_secret_value().partition(":")[0]

    @property
    def lease(self) -> str:
        """Name the right to poll, one a token."""
        return f"telegram:{self.bot_id}"

    @property
    def webhook_path(self) -> str:
        """Where on this service Telegram posts updates."""
        return f"/telegram/{self.bot_id}"
