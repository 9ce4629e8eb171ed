"""The short form: `/deal_move Acme`, `deal move Acme`. What it leaves out is asked."""

import re

from bot.intent import Registry
from bot.message import Command, Slot

ALIASES = {
    "start": "talk.greet",
    "help": "help.show",
    "settings": "me.show",
    "ticket": "ticket.create",
}
"""Commands that every chat platform has, and the short one for a customer's message."""
FORM = re.compile(r"/?([a-z]+)(?:[_ .]([a-z]+(?:_[a-z]+)*))?(?:\s+(.*))?", re.DOTALL)


def command(text: str, registry: Registry) -> Command | None:
    """Read an intent's name and the words for its first needed slot, or return None."""
    found = FORM.fullmatch(text)
    if found is None:
        return None
    noun, verb, rest = found.groups()
    name = f"{noun}.{verb}" if verb else ALIASES.get(noun, "") if text.startswith("/") else ""
    intent = registry.get(name)
    if intent is None:
        return None
    needed = [slot for slot in intent.slots.values() if slot.required] or list(
        intent.slots.values()
    )
    takes_words = [slot for slot in needed if slot.record or slot.is_text]
    slots = {takes_words[0].name: Slot(text=rest)} if rest and takes_words else {}
    return Command(intent=name, slots=slots)
