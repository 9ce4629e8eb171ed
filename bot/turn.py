"""What a handler is given: who asks, where, when, and the means to answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot import sorting
from bot.company import Company
from bot.dialog import State
from bot.intent import Registry
from bot.message import Command, Message, Slot
from bot.reply import Button, Buttons, Field, Fields, Part, Reply, Table, Text
from bot.understanding.spans import Context
from bot.words import Speaker, Words
from crm_core import errands
from crm_core.access import Actor, Scope
from crm_core.errors import Invalid
from crm_core.lookup import Directory
from crm_core.models import Deal, Record, User
from crm_core.values import Money, When

Found = TypeVar("Found", bound=Record)

PAGE = 10
"""Rows of a list in one message."""
PAGED, SORT, COUNT = "page", "sort", "count"
"""Slots of a command that say how its list is to be shown; no handler needs to know them."""


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
    event_id: int = 0
    """The message in the inbox."""
    person: Actor | None = None
    command: Command | None = None
    """What is being done."""
    aside: bool = False
    """The answer is made on a snapshot, while other messages are answered."""
    examples: Mapping[str, str] = field(default_factory=dict)
    """A sentence per intent, in the reader's language."""
    guess: Callable[[str], Sequence[str]] = lambda text: ()
    """The intents that words may ask for, likeliest first."""

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

    @property
    def page(self) -> int:
        """Return which page of a list is asked for, from 0."""
        return int(self.view(PAGED) or 0)

    def view(self, name: str) -> Any:
        """Return a slot that says how a list is to be shown, None where it is not said."""
        slot = self.command.slots.get(name) if self.command else None
        return slot.value if slot else None

    @property
    def context(self) -> Context:
        """Return what words mean that depend on who says them, and when."""
        return Context(
            now=self.now.astimezone(self.speaker.zone),
            language=self.speaker.language,
            currency=self.currency,
        )

    def speak(self, language: str) -> None:
        """Go on in another language."""
        self.speaker = self.words.speaker(language, self.speaker.zone)

    def say(self, message: str, /, **data: object) -> str:
        return self.speaker.say(message, **data)

    def button(
        self, label: str, intent: str, /, *, once: bool = False, form: bool = False, **values: Any
    ) -> Button:
        """Make a button that does `intent`, labelled with a message."""
        command = self.command_for(intent, **values)
        return Button(label=self.say(label), command=command, once=once, form=form)

    def edit(self, record: Record) -> Button:
        """Make a button that opens the record's form."""
        noun = record.noun()
        slots = {noun: Slot(text=record.label, value=record.id)}
        command = Command(intent=f"{noun}.edit", slots=slots)
        return Button(label=self.say("button-edit"), command=command, form="only")

    def command_for(self, intent: str, /, **values: Any) -> Command:
        """Make a command of known values. Records stand for themselves by their id."""
        slots = {
            name: Slot(value=value.id if isinstance(value, Record) else value)
            for name, value in values.items()
        }
        return Command(intent=intent, slots=slots)

    def reply(self, *parts: Part | str | None, provenance: str | None = None) -> Reply:
        """Put a reply together; bare strings are text, None is left out."""
        return Reply(
            parts=[Text(text=part) if isinstance(part, str) else part for part in parts if part],
            provenance=provenance,
        )

    def receipt(
        self,
        message: str,
        details: Fields | None = None,
        /,
        *onward: Button,
        **data: object,
    ) -> Reply:
        """Say what was done, and offer to undo it and what else can be done now."""
        undo = self.button("button-undo", "change.undo", work=self.work, once=True)
        shown = details if details and details.fields else None
        return self.reply(self.say(message, **data), shown, Buttons(buttons=[undo, *onward]))

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

    async def later(self, kind: str, /, **arguments: Any) -> None:
        """Leave work that takes its time to be done after this message; its outcome is told."""
        await errands.put(self.session, kind, self.event_id, arguments, self.now)

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
        of: type[Record] | None = None,
        **data: object,
    ) -> Reply:
        """Show a page of records as a table, and remember them for "the second one" and "more".

        `title` is a message with the count; `columns` are messages; `cells` makes a row. The
        records are in the list's own order, unless the asker wants another. `of` is the kind that
        was searched for: where the asker doesn't see all of it, the list says so.
        """
        field, most = self.view(SORT), self.view(COUNT)
        if field:
            records = sorting.by_field(field, records, columns, cells)
            order = self.filters(sort=self.say(f"field-{field.replace('_', '-')}"))
            filters = f"{filters or self.say('no-filters')}; {order}"
        if most is not None:
            records = records[: max(1, int(most))]
        start = self.page * PAGE
        page = records[start : start + PAGE]
        self.state.remember(page, self.command, self.page)
        heading = Text(text=self.say(title, count=len(records), **data), style="strong")
        scope = self.actor.scope(of) if of else Scope.ALL
        rests_on = self.provenance(len(records), filters, scope)
        if not records and scope is not Scope.ALL:
            others = Text(text=self.say("others-not-yours", scope=scope))
            return self.reply(heading, others, provenance=rests_on)
        if records and not page:
            return self.reply(self.say("that-was-all", count=len(records)), provenance=rests_on)
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
            more = Buttons(buttons=[self.next_page()])
        return self.reply(heading, table, shown, more, provenance=rests_on)

    def next_page(self) -> Button:
        """Make the button that goes on with the list, for whoever presses it and however late."""
        assert self.command is not None
        onward = Slot(value=self.page + 1)
        slots = {**self.command.slots, PAGED: onward}
        command = Command(intent=self.command.intent, slots=slots)
        return Button(label=self.say("button-more"), command=command)

    def provenance(self, count: int, filters: str, scope: Scope = Scope.ALL) -> str:
        """Say what an answer over data rests on: the filters, how many rows, as of when."""
        limits = "" if scope is Scope.ALL else self.speaker.word(scope)
        filters = "; ".join(filter(None, [limits, filters])) or self.say("no-filters")
        return self.say("provenance", filters=filters, count=count, now=self.now)
