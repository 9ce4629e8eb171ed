"""The short form: `/deal_move Acme won`, `deal move Acme`, `/crm deal move`. The rest is asked."""

import re
from collections.abc import Callable

from bot.intent import Registry, SlotSpec
from bot.message import Command, Slot

ALIASES = {
    "start": "talk.greet",
    "help": "help.show",
    "settings": "me.show",
    "ticket": "ticket.create",
}
"""Commands that every chat platform has, and the short one for a customer's message."""
APP = "/crm "
"""The one command of a platform where an app has one; the same is understood everywhere."""
FORM = re.compile(r"/?([a-z]+)(?:[_ .]([a-z]+(?:_[a-z]+)*))?(?:\s+(.*))?", re.DOTALL)

Read = Callable[[SlotSpec, str], Slot]
"""Reads a slot's value from words."""


def _no_values(spec: SlotSpec, text: str) -> Slot:
    return Slot(text=text)


def command(text: str, registry: Registry, read: Read = _no_values) -> Command | None:
    """Read an intent's name and the words of its slots, or return None.

    The last words are taken for values, as far as they are some ("Acme won"); what stands before
    them is the first needed slot's.
    """
    found = FORM.fullmatch(text.removeprefix(APP))
    if found is None:
        return None
    noun, verb, rest = found.groups()
    name = f"{noun}.{verb}" if verb else ALIASES.get(noun, "") if text.startswith("/") else ""
    intent = registry.get(name)
    if intent is None:
        return None
    specs = sorted(intent.slots.values(), key=lambda spec: not spec.required)
    slots: dict[str, Slot] = {}
    words = (rest or "").split()
    free = next((spec for spec in specs if spec.record or spec.is_text), None)
    valued = [spec for spec in specs if not spec.record and not spec.is_text]
    while valued and len(words) > (free is not None):
        taken = next(
            ((spec, slot) for spec in valued if (slot := read(spec, words[-1])).value is not None),
            None,
        )
        if taken is None:
            break
        slots[taken[0].name] = taken[1]
        valued.remove(taken[0])
        words.pop()
    if words and free:
        slots[free.name] = Slot(text=" ".join(words))
    return Command(intent=name, slots=slots)
