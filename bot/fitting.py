"""Which command a sentence means, given who is known and what was shown before."""

from collections.abc import Mapping, Sequence

from bot import pointing, slots
from bot.intent import Intent, SlotSpec
from bot.message import Command, Slot
from bot.slots import FOCUS
from bot.turn import Turn


async def known(turn: Turn, first: Command, others: Sequence[Command]) -> Command:
    """Return the reading whose names are known: "Blue Sky's phone is …" may be a contact's."""
    for command in [first, *others] if others else []:
        doubt = await slots.doubt(turn, turn.registry[command.intent], command)
        if doubt is None or not doubt.startswith("no-such"):
            return command
    return first


def about_focus(turn: Turn, command: Command) -> Command:
    """Do to what was shown last what was said of "it": "assign it to me" of a ticket or a task."""
    intent = turn.registry[command.intent]
    name = next((name for name, slot in command.slots.items() if _is_bare(slot)), None)
    spec = intent.slots.get(name) if name else None
    if spec is None or spec.record is None:
        return command
    shown = turn.state.shown
    listed = shown if pointing.is_all(command.slots[spec.name].text, shown) else None
    noun = listed.noun if listed else next(reversed(turn.state.focus), None)
    if noun is None or noun == spec.record.noun():
        return command
    verb = intent.name.partition(".")[2]
    for other in (f"{noun}.{verb}", f"{noun}.update"):
        if (meant := turn.registry.get(other)) and (moved := _moved(command, intent, spec, meant)):
            return moved
    return command


def is_about_focus(turn: Turn, command: Command) -> bool:
    """Tell whether a command is about "it", and something was shown that it can mean."""
    return bool(turn.state.focus) and any(_is_bare(slot) for slot in command.slots.values())


def is_of_focus(noun: str, said: Mapping[str, Slot]) -> bool:
    """Tell whether slots leave it to what was spoken of last which record is meant."""
    return noun not in said or said[noun].value == FOCUS


def _is_bare(slot: Slot) -> bool:
    return slot.value == FOCUS and slot.text.casefold().strip() in pointing.load().bare


def _moved(command: Command, intent: Intent, about: SlotSpec, other: Intent) -> Command | None:
    """Say a command of another intent, slot by slot of the same type; None where one has no place.

    The slot that `about` filled is the other intent's own noun.
    """
    if other.noun not in other.slots:
        return None
    moved = {other.noun: command.slots[about.name]}
    for name, slot in command.slots.items():
        if name == about.name:
            continue
        spec = intent.slots[name]
        place = next((s for s in other.slots.values() if s.type is spec.type), None)
        if place is None or place.name in moved:
            return None
        moved[place.name] = slot
    return Command(intent=other.name, slots=moved)


def spread(turn: Turn, command: Command) -> list[Command]:
    """Make one command of each record that "these" means."""
    intent, shown = turn.registry[command.intent], turn.state.shown
    for name, slot in command.slots.items():
        spec = intent.slots.get(name)
        if (
            spec is not None
            and spec.record is not None
            and shown is not None
            and not isinstance(slot.value, int)
            and spec.record.noun() == shown.noun
            and pointing.is_all(slot.text, shown)
        ):
            return [
                slots.filled(command, name, Slot(text=slot.text, value=id_)) for id_ in shown.ids
            ]
    return [command]
