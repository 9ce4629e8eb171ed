"""Who said what where, in neutral terms."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Neutral(BaseModel):
    """A value that adapters and the conversation exchange; it survives a trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(Neutral):
    """Where in the outside world something is said. `direct`: nobody else reads along."""

    platform: str
    workspace: str = ""
    channel: str
    thread: str = ""
    direct: bool = False


class Attachment(Neutral):
    """A file that came with a message: named at once, fetched before the message is answered."""

    name: str
    media_type: str = ""
    size: int
    """In bytes, as the platform says."""
    reference: str
    """Where the platform keeps it."""
    stored: int | None = None
    """Where we keep it (`crm_core/files.py`), once it is fetched."""
    problem: str | None = None
    """Why it can't be had: the name of a message in the words."""


class Quote(Neutral):
    """A message of somebody else that this one is about: answered, or forwarded."""

    text: str
    author: str = ""
    """The name that the platform shows."""


class Slot(Neutral):
    """A slot as filled: the words it came from, and the value where one is known.

    The value is plain JSON: a record's id, a vocabulary's word, an ISO date.
    """

    text: str = ""
    value: Any = None


class Command(Neutral):
    """Anything a person can do: an intent and its slots."""

    intent: str
    slots: dict[str, Slot] = {}


class Message(Neutral):
    """One event from a chat. `press` is the token of the button pressed, if it was one."""

    event: str
    place: Place
    sender: str
    text: str = ""
    press: str | None = None
    command: Command | None = None
    """What is to be done, where it needs no understanding: a form was sent, a page was opened."""
    pressed_on: str | None = None
    """The platform's id of the message that carried the button."""
    at: datetime
    language: str | None = None
    """What the platform says of the sender's language; used until the person is known."""
    files: tuple[Attachment, ...] = ()
    quote: Quote | None = None
    answering: str | None = None
    """The platform's id of the bot's own message that this one answers."""
    said: str | None = None
    """The platform's id of what was said, which its later versions share."""
    edited: bool = False
    """This is a later version."""
    email: str | None = None
    """The sender's address, where the platform has checked it and it may tell who they are."""
