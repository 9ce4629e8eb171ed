"""What the operator says about e-mail."""

from datetime import timedelta
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.company import Mail


class MailSettings(BaseModel):
    """How to reach the SMTP server, and in whose name."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: str
    """Whom customers see and answer: `Support <support@example.com>`."""
    hold_seconds: float = Field(ge=0)
    ask_rating: bool

    @field_validator("sender")
    @classmethod
    def _an_address(cls, sender: str) -> str:
        named, address = parseaddr(sender)
        if not address or not Address(named, addr_spec=address).domain:
            raise ValueError("the sender is an address, with a name or without")
        return sender

    @property
    def address(self) -> Address:
        named, address = parseaddr(self.sender)
        return Address(named, addr_spec=address)

    @property
    def policy(self) -> Mail:
        """Return what the conversation needs to know of it."""
        return Mail(hold=timedelta(seconds=self.hold_seconds), ask_rating=self.ask_rating)
