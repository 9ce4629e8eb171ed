"""Slot text to the typed value or record that the handler declared."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from bot.intent import Files, Intent, Number, Schedule, SlotSpec
from bot.message import Command, Slot
from bot.turn import Turn
from crm_core import lookup
from crm_core.errors import Invalid, NotAllowed, NotFound
from crm_core.models import Contact, Customer, Record, User
from crm_core.values import Money, Period, When

SUBJECT = 120
"""Characters of a quoted message that become a subject."""
ME = "me"
"""The value of a User slot that means the asker."""
FOCUS = "it"
"""The value of a record slot that means what was spoken of last."""


class Unanswered(Exception):
    """A slot that needs an answer before the command can be done.

    `message` names what to say; `choices` are records or words to pick from.
    """

    def __init__(
        self,
        kind: Literal["slot", "choice"],
        slot: SlotSpec,
        message: str,
        text: str = "",
        choices: Sequence[Record | StrEnum] = (),
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.slot = slot
        self.message = message
        self.text = text
        self.choices = choices

    @property
    def records(self) -> list[Record]:
        return [choice for choice in self.choices if isinstance(choice, Record)]


def filled(command: Command, name: str, value: Record | StrEnum | Slot | bool) -> Command:
    """Return the command with one more slot."""
    if isinstance(value, Record):
        slot = Slot(text=value.label, value=value.id)
    elif isinstance(value, Slot):
        slot = value
    else:
        slot = Slot(text=str(value), value=value)
    return Command(intent=command.intent, slots={**command.slots, name: slot})


async def fill(turn: Turn, intent: Intent, command: Command) -> dict[str, Any]:
    """Turn a command's slots into the handler's arguments.

    Raises Unanswered for the first slot that somebody has to be asked about, NotAllowed for a
    record that is not the asker's, and NotFound for one that is gone.
    """
    arguments: dict[str, Any] = {}
    command = await _company_for_person(turn, intent, command)
    for spec in intent.slots.values():
        slot = command.slots.get(spec.name)
        value = await (resolve(turn, spec, slot) if slot else _unsaid(turn, spec))
        if value is not None:
            if spec.record:
                own = spec.name == intent.noun
                turn.actor.check(value, change=intent.writes and own)
            arguments[spec.name] = value
    return arguments


QUOTED = "message"
"""The slot for what somebody else said; a command with it is shown before it is done."""


async def brought(turn: Turn, intent: Intent, command: Command) -> Command:
    """Fill the slots that came with the message and not in its words: files, and a quote.

    Raises Invalid for a file that can't be had.
    """
    open_ = intent.slots.keys() - command.slots.keys()
    for spec in (intent.slots[name] for name in open_):
        if spec.type is Files and turn.message.files:
            for file in turn.message.files:
                if file.problem:
                    raise Invalid(file.problem)
            stored = [file.stored for file in turn.message.files]
            names = ", ".join(file.name for file in turn.message.files)
            command = filled(command, spec.name, Slot(text=names, value=stored))
    quote = turn.message.quote
    if quote and QUOTED in open_:
        command = filled(command, QUOTED, Slot(text=quote.text))
        if "subject" in open_:
            command = filled(command, "subject", Slot(text=_first_line(quote.text)))
        if "customer" in open_ and quote.author:
            found = await lookup.find(turn.session, turn.directory, Customer, quote.author)
            found = found or await _customers_of_contacts(turn, quote.author)
            if len(found) == 1 and turn.actor.may(found[0]):
                command = filled(command, "customer", found[0])
    return command


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), text)
    return line if len(line) <= SUBJECT else line[: SUBJECT - 1] + "…"


async def resolve(turn: Turn, spec: SlotSpec, slot: Slot) -> Any:
    """Turn one slot into its value or record. Raises Unanswered and NotFound."""
    if spec.record:
        return await _record(turn, spec, spec.record, slot)
    return _value(turn, spec, slot)


async def _company_for_person(turn: Turn, intent: Intent, command: Command) -> Command:
    """Take a name that no person bears for the company's: "a call with Bólido"."""
    slot = command.slots.get("contact")
    if slot is None or slot.value or "customer" not in intent.slots or "customer" in command.slots:
        return command
    if await lookup.find(turn.session, turn.directory, Contact, slot.text):
        return command
    if not await lookup.find(turn.session, turn.directory, Customer, slot.text):
        return command
    others = {name: other for name, other in command.slots.items() if name != "contact"}
    return Command(intent=command.intent, slots=others | {"customer": slot})


async def doubt(turn: Turn, intent: Intent, command: Command) -> str | None:
    """Return the message with which a command would be asked about, None where all is clear."""
    try:
        await fill(turn, intent, command)
    except Unanswered as gap:
        return gap.message
    except NotAllowed:
        return None
    return None


async def _unsaid(turn: Turn, spec: SlotSpec) -> Record | None:
    """What was spoken of last stands in for a record nobody named."""
    if not spec.required:
        return None
    record = await _focus(turn, spec)
    if record is not None:
        return record
    # Whom "take 1042" means is most often who says so.
    choices = [turn.user] if spec.record is User else spec.words
    raise Unanswered("slot", spec, f"ask-{_hyphens(spec.name)}", choices=choices)


async def about(turn: Turn, intent: Intent, command: Command) -> Record | None:
    """Return the record of the intent's own noun, where it is clear which one."""
    spec = intent.slots.get(intent.noun)
    if spec is None or spec.record is None:
        return None
    try:
        slot = command.slots.get(spec.name)
        found = await (resolve(turn, spec, slot) if slot else _focus(turn, spec))
    except (Unanswered, NotFound):
        return None
    return found if isinstance(found, Record) else None


async def _focus(turn: Turn, spec: SlotSpec) -> Record | None:
    if spec.record is None or spec.record.noun() not in turn.state.focus:
        return None
    return await turn.session.get(spec.record, turn.state.focus[spec.record.noun()])


async def _record(turn: Turn, spec: SlotSpec, kind: type[Record], slot: Slot) -> Record:
    if slot.value == ME and kind is User:
        return turn.user
    if slot.value == FOCUS:
        record = await _focus(turn, spec)
        if record is None:
            raise Unanswered("slot", spec, f"ask-{_hyphens(spec.name)}")
        return record
    if isinstance(slot.value, int):
        record = await turn.session.get(kind, slot.value)
        if record is None:
            raise NotFound("gone", noun=kind.noun())
        return record
    found = await lookup.find(turn.session, turn.directory, kind, slot.text)
    if not found and kind is Customer:
        found = await _customers_of_contacts(turn, slot.text)
    if not found:
        raise Unanswered("slot", spec, f"no-such-{kind.noun()}", slot.text)
    if len(found) == 1:
        return found[0]
    allowed = [record for record in found if turn.actor.may(record)]
    if len(allowed) <= 1:
        return (allowed or found)[0]
    raise Unanswered("choice", spec, "which-one", slot.text, allowed)


async def _customers_of_contacts(turn: Turn, text: str) -> Sequence[Record]:
    """People say who they talked to and mean the company."""
    contacts = await lookup.find(turn.session, turn.directory, Contact, text)
    ids = {contact.customer_id for contact in contacts if isinstance(contact, Contact)}
    found = [await turn.session.get(Customer, id_) for id_ in sorted(ids)]
    return [customer for customer in found if customer is not None]


def _value(turn: Turn, spec: SlotSpec, slot: Slot) -> Any:
    if slot.value is None and not spec.is_text:
        # Words that are no such value: "31 February", "as soon as pigs fly".
        raise Unanswered("slot", spec, f"not-a-{_kind(spec)}", slot.text, spec.words)
    value = slot.value
    if spec.words:
        if value not in spec.words:
            raise Unanswered("slot", spec, "not-a-word", slot.text, spec.words)
        return spec.type(value)
    if spec.type is Money:
        said = value if isinstance(value, dict) else {"value": value}
        return Money.of(said["value"], said.get("currency") or turn.currency)
    if spec.type is When:
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        return When.of(moment)
    if spec.type is Period:
        return Period(date.fromisoformat(value["start"]), date.fromisoformat(value["end"]))
    if spec.type is Files:
        return tuple(value)
    if spec.type in (Number, Schedule):
        return value
    if value == "":
        return ""  # emptied in a form
    return str(value if value is not None else slot.text).strip() or None


def _kind(spec: SlotSpec) -> str:
    return "word" if spec.words else spec.type_name.lower()


def _hyphens(name: str) -> str:
    return name.replace("_", "-")
