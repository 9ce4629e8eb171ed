"""What one can ask for, with sentences that work as they stand."""

from bot.intent import Intent, Text, intent
from bot.reply import Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn

SILENT = {"dialog", "result", "talk", "help", "alert"}
"""Nouns that need no explaining."""


@intent("help.show")
async def show(turn: Turn, topic: Text | None = None) -> Reply:
    """Show what I can do."""
    usable = [
        entry
        for entry in turn.registry.values()
        if entry.allows(turn.user.role) and entry.noun not in SILENT
    ]
    nouns = list(dict.fromkeys(entry.noun for entry in usable))
    about = next((noun for noun in nouns if topic and _names(turn, noun, topic)), None)
    chosen = [entry for entry in usable if entry.noun == about] if about else _one_each(usable)
    rows = [
        [turn.say(entry.label), example]
        for entry in chosen
        if (example := turn.examples.get(entry.name))
    ]
    return turn.reply(
        Words(text=turn.say("help-title", role=turn.user.role), style="strong"),
        Table(columns=[turn.say("column-what"), turn.say("column-example")], rows=rows),
        turn.say("help-topics", topics=", ".join(turn.say(f"noun-{noun}") for noun in nouns)),
    )


def _names(turn: Turn, noun: str, topic: str) -> bool:
    wanted = topic.casefold().strip()
    return wanted.rstrip("s") == noun or turn.say(f"noun-{noun}").casefold() in wanted


def _one_each(usable: list[Intent]) -> list[Intent]:
    """Pick two intents of every noun: a first page that fits a screen."""
    seen: dict[str, int] = {}
    chosen = []
    for entry in usable:
        seen[entry.noun] = seen.get(entry.noun, 0) + 1
        if seen[entry.noun] <= 2:
            chosen.append(entry)
    return chosen
