"""What one can ask for, with sentences that work as they stand."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.intent import Intent, Text, intent
from bot.message import Command
from bot.reply import Button, Buttons, Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn

SILENT = {"dialog", "talk", "help"}
"""Nouns that need no explaining."""
NEAR, FEW = 60, 5
"""How alike a topic and an intent must be (of 100), and how many of those are shown."""


@intent("help.show")
async def show(turn: Turn, topic: Text | None = None) -> Reply:
    """Show what I can do, all of it or on one topic."""
    usable = [
        entry
        for entry in turn.registry.values()
        if entry.allows(turn.user.role) and entry.noun not in SILENT and entry.name in turn.examples
    ]
    nouns = list(dict.fromkeys(entry.noun for entry in usable))
    chosen = _about(turn, usable, topic) if topic else _one_each(usable)
    title = turn.say("help-title", role=turn.user.role)
    if topic:
        title = turn.say("help-about" if chosen else "help-about-nothing", topic=topic)
    rows = [[turn.say(entry.label), turn.examples[entry.name]] for entry in chosen]
    table = Table(columns=[turn.say("column-what"), turn.say("column-example")], rows=rows)
    tries = _try(turn, chosen)
    topics = turn.say("help-topics", topics=", ".join(turn.say(f"noun-{noun}") for noun in nouns))
    return turn.reply(
        Words(text=title, style="strong"),
        table if rows else None,
        topics,
        Buttons(buttons=tries) if topic and tries else None,
    )


def _about(turn: Turn, usable: Sequence[Intent], topic: str) -> list[Intent]:
    """Return all intents of a noun, or those most like a description: "close a ticket"."""
    wanted = topic.casefold().strip(" ?？.!。！")
    of_noun = [entry for entry in usable if _names(turn, entry.noun, wanted)]
    if of_noun:
        return of_noun
    guessed = turn.guess(topic)
    if found := [entry for name in guessed for entry in usable if entry.name == name]:
        return found
    scored = [(_likeness(turn, entry, wanted), entry) for entry in usable]
    near = sorted((item for item in scored if item[0] >= NEAR), key=lambda item: -item[0])
    return [entry for _, entry in near[:FEW]]


def _names(turn: Turn, noun: str, wanted: str) -> bool:
    said = {noun, turn.say(f"noun-{noun}").casefold()}
    return wanted in said or wanted.removesuffix("s") in said


def _likeness(turn: Turn, entry: Intent, wanted: str) -> float:
    """Compare a topic with how an intent is called and asked for, from 0 to 100."""
    texts = (turn.say(entry.label), turn.examples[entry.name], entry.name.replace(".", " "))
    return max(fuzz.token_set_ratio(wanted, text.casefold()) for text in texts)


def _one_each(usable: Sequence[Intent]) -> list[Intent]:
    """Pick an intent of every noun: a first page that fits a screen."""
    first: dict[str, Intent] = {}
    for entry in usable:
        first.setdefault(entry.noun, entry)
    return list(first.values())


def _try(turn: Turn, chosen: Sequence[Intent]) -> list[Button]:
    """Offer what needs no more words: lists and overviews."""
    ready = [
        entry
        for entry in chosen
        if not entry.writes and not any(slot.required for slot in entry.slots.values())
    ]
    return [
        Button(label=turn.say(entry.label), command=Command(intent=entry.name))
        for entry in ready[:FEW]
    ]
