"""What every chat platform's adapter is: events in, deliveries out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from pydantic import Field
from starlette.routing import BaseRoute

from bot.message import Attachment, Message, Neutral, Place
from bot.reply import Reply

Receive = Callable[[Message], Awaitable[bool]]
"""Commit a message to the inbox and wake the assistant. False: that event was known already.

It returns when the message is safe, long before it is answered: acknowledge after it.
"""


class Outgoing(Neutral):
    """A delivery as the courier hands it over."""

    key: str
    """The same for every attempt at this delivery, and for no other delivery."""
    place: Place
    reply: Reply
    recipient: str | None = None
    """The platform's id of the only person who may see it, in a shared place."""
    replaces: str | None = None
    """The platform's id of the message to update in place."""
    answers: str | None = None
    """The platform's id of the event that this answers."""
    attempt: int = 1
    unsure: bool = False
    """An earlier attempt may have arrived."""
    files: Mapping[int, bytes] = Field(default_factory=dict)
    """The contents of the reply's files, by their id."""
    people: Mapping[int, str] = Field(default_factory=dict)
    """The platform's ids of the users that the reply names, as far as they have an account."""


class TryLater(Exception):
    """The platform asks for a pause, or its answer was lost; the delivery stays queued.

    `unsure`: it may have arrived.
    """

    def __init__(self, reason: str, seconds: float = 5.0, *, unsure: bool = False) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.unsure = unsure


class Refused(Exception):
    """The platform will never take this delivery; it is parked with the reason."""


class Unreachable(Refused):
    """The one person who may see a delivery can't be written to; `link` is where they allow it."""

    def __init__(self, reason: str, link: str) -> None:
        super().__init__(reason)
        self.link = link


class Adapter(Protocol):
    """One platform. It translates, and decides nothing about the CRM."""

    platform: str

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Return what the process's HTTP server is to answer for it."""

    async def start(self, receive: Receive) -> None:
        """Connect and begin to hand over events; return once running."""

    async def stop(self) -> None:
        """Disconnect; events not handed over stay with the platform."""

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver and return the platform's id of the message.

        Raises TryLater, Refused or Unreachable.
        """

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        """Bring a file that came with a message said at `place`.

        Raises TryLater, or Refused where there is no such file.
        """
