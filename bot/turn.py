"""What a handler is given: who asks, where, when, and the means to answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.company import Company
from bot.dialog import State
from bot.intent import Registry
from bot.message import Command, Message, Slot
from bot.reply import Button, Buttons, Field, Fields, Part, Reply, Table, Text
from bot.words import Speaker, Words
from crm_core.access import Actor
from crm_core.errors import Invalid
from crm_core.lookup import Directory
from crm_core.models import Deal, Record, User
from crm_core.values import Money, When

Found = TypeVar("Found", bound=Record)

PAGE = 10
"""Rows of a list in one message."""


@dataclass
class Turn:
    """One message's way from question to answer, in one transaction."""

    session: AsyncSession
    message: Message
    now: datetime
    words: Words
    speaker: Speaker
    directory: Directory
    registry: Registry
    state: State
    currency: str
    """The company's."""
    company: Company
    work: str
    person: Actor | None = None
    page: int = 0
    examples: Mapping[str, str] = field(default_factory=dict)
    """A sentence per intent, in the reader's language."""

    @property
    def actor(self) -> Actor:
        """Return the person at work; only handlers open to strangers run without one."""
        if self.person is None:
            raise RuntimeError("a stranger got past the door")
        return self.person

    @property
    def user(self) -> User:
        return self.actor.user

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.timezone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def speak(self, language: str) -> None:
        """Go on in another language."""
        self.speaker = self.words.speaker(language, self.speaker.zone)

    def say(self, message: str, /, **data: object) -> str:
        return self.speaker.say(message, **data)

    def button(self, label: str, intent: str, /, *, once: bool = False, **values: Any) -> Button:
        """Make a button that does `intent`. Records stand for themselves by their id."""
        slots = {
            name: Slot(value=value.id if isinstance(value, Record) else value)
            for name, value in values.items()
        }
        command = Command(intent=intent, slots=slots)
        return Button(label=self.say(label), command=command, once=once)

    def reply(self, *parts: Part | str | None, provenance: str | None = None) -> Reply:
        """Put a reply together; bare strings are text, None is left out."""
        return Reply(
            parts=[Text(text=part) if isinstance(part, str) else part for part in parts if part],
            provenance=provenance,
        )

    def receipt(self, message: str, details: Fields | None = None, /, **data: object) -> Reply:
        """Say what was done, and offer to undo it."""
        undo = self.button("button-undo", "change.undo", work=self.work, once=True)
        shown = details if details and details.fields else None
        return self.reply(self.say(message, **data), shown, Buttons(buttons=[undo]))

    def change(self, before: object, after: object) -> str | None:
        """Write "before → after", or nothing where they are the same."""
        if before == after:
            return None
        return self.say("before-after", before=before, after=after)

    def amount(self, deal: Deal) -> Money | None:
        return Money(deal.amount, deal.currency) if deal.amount is not None else None

    def local_day(self, moment: datetime | None) -> date | None:
        """Return the asker's calendar day at a moment."""
        return moment.astimezone(self.zone).date() if moment else None

    def in_the_future(self, when: When) -> None:
        """Raise Invalid for a plan whose time is past."""
        if when.day < self.today or (when.at is not None and when.at < self.now):
            raise Invalid("in-the-past", when=when)

    def filters(self, **values: object) -> str:
        """Say in words which filters an answer rests on."""
        return "; ".join(
            f"{self.say('slot-' + name.replace('_', '-'))}: {self.speaker.show(value)}"
            for name, value in values.items()
            if value is not None
        )

    def fields(self, *fields: tuple[str, object] | Field) -> Fields:
        """Label values; those that are None are left out."""
        shown = [
            item
            if isinstance(item, Field)
            else Field(label=self.say(item[0]), value=self.speaker.show(item[1]))
            for item in fields
            if isinstance(item, Field) or item[1] is not None
        ]
        return Fields(fields=shown)

    def private(self, label: str, value: str | None) -> Field | tuple[str, None]:
        """Label a value that only the asker may read."""
        if value is None:
            return (label, None)
        return Field(label=self.say(label), value=value, private=True)

    def listing(
        self,
        title: str,
        records: Sequence[Found],
        columns: Sequence[str],
        cells: Callable[[Found], Sequence[object]],
        *,
        filters: str,
        numeric: tuple[int, ...] = (),
        **data: object,
    ) -> Reply:
        """Show a page of records as a table, and remember them for "the second one" and "more".

        `title` is a message with the count; `columns` are messages; `cells` makes a row.
        """
        start = self.page * PAGE
        page = records[start : start + PAGE]
        self.state.remember(page, page=self.page)
        heading = Text(text=self.say(title, count=len(records), **data), style="strong")
        rests_on = self.say(
            "provenance",
            filters=filters or self.say("no-filters"),
            count=len(records),
            now=self.now,
        )
        if not page:
            return self.reply(heading, provenance=rests_on)
        table = Table(
            columns=[self.say(column) for column in columns],
            rows=[
                ["" if cell is None else self.speaker.show(cell) for cell in cells(record)]
                for record in page
            ],
            numeric=numeric,
        )
        if len(records) <= PAGE:
            return self.reply(heading, table, provenance=rests_on)
        shown = self.say("rows-shown", first=start + 1, last=start + len(page), count=len(records))
        more = None
        if len(records) > start + PAGE:
            more = Buttons(buttons=[self.button("button-more", "result.more")])
        return self.reply(heading, table, shown, more, provenance=rests_on)
