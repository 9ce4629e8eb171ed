"""Forms: a command's slots, to be filled in field by field. The signature is their schema too."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from bot import slots
from bot.intent import Files, Intent, Number, SlotSpec
from bot.message import Command, Neutral, Slot
from bot.turn import Turn
from bot.understanding import Understander
from crm_core.errors import CrmError, Invalid, NotAllowed
from crm_core.fields import checked
from crm_core.lookup import OFFERED, find
from crm_core.models import Base, Record, User
from crm_core.values import Money, When

Kind = Literal["text", "long", "number", "money", "date", "when", "choice", "record"]
LONG = {"note", "text"}
"""The texts that take more than a line."""
HINTS: Mapping[Kind, str] = {
    "record": "form-search",
    "choice": "form-choose",
    "date": "form-choose",
    "when": "form-time",
}
EMPTIED = "emptied"
"""The slot that names the fields whose values are to go."""
CAN_BE_EMPTY = {"deal": ("amount", "close_date"), "task": ("due", "customer")}
"""The fields beside texts that a record can be without."""
AFFAIRS = {"reason", "note", "text", "comment"}
"""The texts that are said of an affair and are no field of its record."""


class Option(Neutral):
    """A word, or a record by its id, that can be chosen."""

    value: str
    label: str


class Entry(Neutral):
    """One field of a form.

    `value` is what stands in it: words, a day (`2026-03-12`) or a moment (`2026-03-12T15:00`, in
    the reader's zone), or the value of `chosen`.
    """

    name: str
    label: str
    kind: Kind
    optional: bool
    value: str = ""
    hint: str = ""
    chosen: Option | None = None
    options: tuple[Option, ...] = ()


class Form(Neutral):
    """What to fill in before `command` is done. A record in its slots is the one to be edited."""

    title: str
    submit: str
    cancel: str
    command: Command
    entries: list[Entry]


async def make(turn: Turn, command: Command) -> Form:
    """Return the form for a command, filled in with its slots and with the record as it is.

    Raises CrmError where the asker may not do this, or not to this record.
    """
    intent = _allowed(turn, command)
    record = await _edited(turn, intent, command)
    fixed = {intent.noun: Slot(text=record.label, value=record.id)} if record else {}
    entries = []
    for spec in intent.slots.values():
        if spec.name in fixed or spec.type is Files or spec.name in (slots.QUOTED, EMPTIED):
            continue
        value = await _given(turn, spec, command.slots.get(spec.name))
        if value is None and record:
            value = await _held(turn, spec, record)
        entries.append(_entry(turn, spec, value))
    return Form(
        title=record.label if record else turn.say(intent.label),
        submit=turn.say("form-save"),
        cancel=turn.say("form-cancel"),
        command=Command(intent=intent.name, slots=fixed),
        entries=entries,
    )


async def suggest(turn: Turn, intent: str, slot: str, text: str) -> list[Option]:
    """Return the records that a rough name may mean, and that the asker may see."""
    kind = turn.registry[intent].slots[slot].record
    if kind is None or not text.strip():
        return []
    found = await find(turn.session, turn.directory, kind, text)
    return [_option(record) for record in found[:OFFERED] if turn.actor.may(record)]


async def read(
    turn: Turn,
    understander: Understander,
    command: Command,
    values: Mapping[str, str],
    before: Mapping[str, str],
) -> tuple[Command, dict[str, str]]:
    """Return the command as filled in, and what is wrong with it, by field.

    An edit takes only what differs from `before`, so that a colleague's edit meanwhile stays.
    """
    intent = _allowed(turn, command)
    record = await _edited(turn, intent, command)
    filled, wrong, emptied = dict(command.slots), {}, []
    for spec in intent.slots.values():
        text = values.get(spec.name, "").strip()
        if spec.name in command.slots or spec.name not in values:
            continue
        if record and text in (
            before.get(spec.name, "").strip(),
            await _stands(turn, spec, record),
        ):
            continue
        try:
            if text:
                slot = _slot(turn, understander, spec, text)
                await _check(turn, intent, spec, slot, record)
                filled[spec.name] = slot
            elif spec.required or (record and (spec.name in ("name", "title", "subject"))):
                wrong[spec.name] = turn.say("form-needed")
            elif record and spec.is_text:
                filled[spec.name] = Slot(value="")
            elif record and spec.name in CAN_BE_EMPTY.get(record.noun(), ()):
                emptied.append(spec.name)
            elif record:
                wrong[spec.name] = turn.say("form-not-emptied")
        except slots.Unanswered as gap:
            wrong[spec.name] = turn.say(gap.message, text=gap.text or text)
        except CrmError as problem:
            wrong[spec.name] = turn.say(f"error-{problem.reason}", **problem.data)
    if emptied:
        filled[EMPTIED] = Slot(value=" ".join(emptied))
    return Command(intent=intent.name, slots=filled), wrong


def _allowed(turn: Turn, command: Command) -> Intent:
    intent = turn.registry[command.intent]
    if not intent.allows(turn.user.role):
        raise NotAllowed("role-may-not", what=turn.say(intent.label))
    return intent


async def _edited(turn: Turn, intent: Intent, command: Command) -> Record | None:
    """Return the record that a command is about, if it makes no new one."""
    spec, slot = intent.slots.get(intent.noun), command.slots.get(intent.noun)
    if spec is None or spec.record is None or slot is None:
        return None
    record: Record = await slots.resolve(turn, spec, slot)
    turn.actor.check(record, change=intent.writes)
    return record


async def _given(turn: Turn, spec: SlotSpec, slot: Slot | None) -> Any:
    """Return a slot's value where it is clear and the asker may see it."""
    if slot is None:
        return None
    try:
        value = await slots.resolve(turn, spec, slot)
        if isinstance(value, Record):
            turn.actor.check(value)
    except (slots.Unanswered, CrmError):
        return None
    return value


async def held(turn: Turn, intent: str, record: Record) -> dict[str, Any]:
    """Return what a record holds in the fields of a form."""
    specs = turn.registry[intent].slots.values()
    return {
        spec.name: await _held(turn, spec, record) for spec in specs if spec.name != record.noun()
    }


async def _stands(turn: Turn, spec: SlotSpec, record: Record) -> str:
    """Return what would stand in the field if the form were opened now."""
    return _entry(turn, spec, await _held(turn, spec, record)).value.strip()


async def _held(turn: Turn, spec: SlotSpec, record: Record) -> Any:
    if spec.record:
        id_ = getattr(record, f"{spec.name}_id", None)
        return await turn.session.get(spec.record, id_) if id_ else None
    if spec.type is Money:
        amount = getattr(record, spec.name, None)
        return None if amount is None else Money(amount, getattr(record, "currency", ""))
    if spec.name == "due":
        return getattr(record, "due_at", None) or getattr(record, "due_on", None)
    return getattr(record, spec.name, None)


def _entry(turn: Turn, spec: SlotSpec, value: Any) -> Entry:
    kind = _kind(spec)
    chosen = None
    options = tuple(Option(value=word, label=turn.speaker.word(word)) for word in spec.words)
    if isinstance(value, Record):
        chosen = _option(value)
    elif spec.words and value is not None:
        chosen = next(option for option in options if option.value == value)
    return Entry(
        name=spec.name,
        label=label(turn, spec.name),
        kind=kind,
        optional=not spec.required,
        hint=turn.say(HINTS[kind]) if kind in HINTS else "",
        value=chosen.value if chosen else _written(turn, kind, value),
        chosen=chosen,
        options=options,
    )


def label(turn: Turn, slot: str) -> str:
    """Return a slot's name as a label."""
    name = turn.say(f"slot-{slot.replace('_', '-')}")
    return name[:1].upper() + name[1:]


def _kind(spec: SlotSpec) -> Kind:
    if spec.record:
        return "record"
    if spec.words:
        return "choice"
    if spec.type is When:
        return "date" if spec.name.endswith("_date") else "when"
    if spec.type in (Money, Number):
        return "money" if spec.type is Money else "number"
    return "long" if is_long(spec) else "text"


def is_long(spec: SlotSpec) -> bool:
    """Tell whether a text takes more than a line."""
    return spec.is_text and spec.name in LONG


def _written(turn: Turn, kind: Kind, value: Any) -> str:
    if isinstance(value, When):
        value = value.at or value.day
    match value:
        case None:
            return ""
        case Money():
            return f"{value.major:f} {value.currency}"
        case datetime():
            local = value.astimezone(turn.zone)
            return local.strftime("%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _option(record: Record) -> Option:
    return Option(value=str(record.id), label=record.label)


def _slot(turn: Turn, understander: Understander, spec: SlotSpec, text: str) -> Slot:
    """Make a slot of what stands in a field."""
    match _kind(spec):
        case "record":
            return Slot(text=text, value=int(text))
        case "choice" | "text" | "long":
            return Slot(text=text, value=text)
        case "date":
            return Slot(text=text, value=text)
        case "when":
            if "T" not in text:
                return Slot(text=text, value=text)
            moment = datetime.fromisoformat(text).replace(tzinfo=turn.zone)
            return Slot(text=text, value=moment.isoformat())
        case _:
            read = understander.read(spec, text, turn.context)
            # A field holds an amount and nothing else: "about 5" is not taken for 5.
            return read if read.text.strip() == text else Slot(text=text)


async def _check(
    turn: Turn, intent: Intent, spec: SlotSpec, slot: Slot, record: Record | None
) -> None:
    """Raise Unanswered or CrmError for a value that the field does not take."""
    value = await slots.resolve(turn, spec, slot)
    if isinstance(value, Record):
        turn.actor.check(value)
        if isinstance(value, User) and not value.active:
            raise Invalid("no-access", record=value)
    elif isinstance(value, Money) and value.minor < 0:
        raise Invalid("negative-amount")
    elif isinstance(value, When) and not _is_closed(record):
        turn.in_the_future(value)
    elif spec.is_text and spec.name not in AFFAIRS:
        kind = next(
            (
                mapper.class_
                for mapper in Base.registry.mappers
                if issubclass(mapper.class_, Record) and mapper.class_.noun() == intent.noun
            ),
            None,
        )
        if kind and spec.name in kind.__table__.columns:
            checked(kind, **{spec.name: str(value)})


def _is_closed(record: Record | None) -> bool:
    stage = getattr(record, "stage", None)
    return stage is not None and not stage.open
