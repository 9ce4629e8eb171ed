"""What a conversation is in the middle of: a question, what was shown last, the language."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from bot.message import Command
from crm_core.models import Record

PATIENCE = timedelta(minutes=15)


class Question(BaseModel):
    """A command that waits for an answer.

    `slot`: its value is missing. `choice`: several records were meant, `candidates` are their ids.
    `confirm`: it waits for a yes. `rest` are the commands said in the same breath.
    """

    kind: Literal["slot", "choice", "confirm"]
    command: Command
    slot: str = ""
    candidates: list[int] = []
    rest: list[Command] = []
    asked_at: datetime


class Shown(BaseModel):
    """The list shown last, so that "the second one" and "next page" mean something."""

    noun: str
    ids: list[int]
    page: int = 0


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

    def look_at(self, *records: Record | None) -> None:
        """Make records the ones that "it" and "that deal" mean."""
        for record in records:
            if record is not None:
                self.focus = {
                    noun: id_ for noun, id_ in self.focus.items() if noun != record.noun()
                } | {record.noun(): record.id}

    def remember(self, records: Sequence[Record], page: int = 0) -> None:
        """Keep what a list showed; a list of one is that one."""
        if records:
            ids = [record.id for record in records]
            self.shown = Shown(noun=records[0].noun(), ids=ids, page=page)
        if len(records) == 1:
            self.look_at(records[0])
