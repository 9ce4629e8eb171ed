"""What a conversation is in the middle of: a question, what was shown last, the language."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from bot.message import Command
from crm_core.models import Record

PATIENCE = timedelta(minutes=15)
ABOUT = {"focus", "shown", "last"}
"""What of a conversation's memory belongs to what was shown."""


class Question(BaseModel):
    """A command that waits for an answer.

    `slot`: its value is missing. `choice`: several records were meant, `candidates` are their ids.
    `confirm`: it waits for a yes, `typed` for a name typed out. `rest` are the commands said in
    the same breath.
    """

    kind: Literal["slot", "choice", "confirm", "typed"]
    command: Command
    slot: str = ""
    candidates: list[int] = []
    rest: list[Command] = []
    covers: int = 1
    """How many of the commands the answer agrees to."""
    asked_at: datetime


class Shown(BaseModel):
    """The list shown last, so that "the second one" and "next page" mean something."""

    noun: str
    ids: list[int]
    page: int = 0
    command: Command | None = None
    """What it answered."""
    fresh: bool = True
    """No single record was spoken of since: "them" means the list."""


class State(BaseModel):
    """The conversation's memory. It survives a restart."""

    language: str | None = None
    question: Question | None = None
    focus: dict[str, int] = {}
    """The record spoken of last, a noun each."""
    shown: Shown | None = None
    last: Command | None = None
    """The question over data that was answered last."""

    @classmethod
    def load(cls, data: dict[str, Any], now: datetime) -> "State":
        """Read it back; a question that was left alone too long is forgotten."""
        state = cls.model_validate(data)
        if state.question and now - state.question.asked_at > PATIENCE:
            state.question = None
        return state

    @property
    def about(self) -> dict[str, Any] | None:
        """Return what is spoken of now, to be kept with the message that says so."""
        return self.model_dump(mode="json", include=ABOUT) if self.focus or self.shown else None

    def return_to(self, about: dict[str, Any], said_at: datetime) -> None:
        """Speak again of what a message was about; a question asked in another one is dropped."""
        then = State.model_validate(about)
        self.focus, self.shown, self.last = then.focus, then.shown, then.last
        if self.question and self.question.asked_at != said_at:
            self.question = None

    def point_at(self, noun: str, id_: int) -> None:
        """Make one record the one that "it" means."""
        others = {other: known for other, known in self.focus.items() if other != noun}
        self.focus = others | {noun: id_}
        if self.shown:
            self.shown.fresh = False

    def look_at(self, *records: Record | None) -> None:
        """Make records the ones that "it" and "that deal" mean."""
        for record in records:
            if record is not None:
                self.point_at(record.noun(), record.id)

    def remember(self, records: Sequence[Record], command: Command | None, page: int = 0) -> None:
        """Keep what a list showed; a list of one is that one. Of several kinds none is meant."""
        nouns = {record.noun() for record in records}
        noun = nouns.pop() if len(nouns) == 1 else ""
        ids = [record.id for record in records] if noun else []
        self.shown = Shown(noun=noun, ids=ids, page=page, command=command)
        if len(ids) == 1:
            self.look_at(records[0])
