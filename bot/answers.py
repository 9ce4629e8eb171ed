"""An answer in words to the question that is open."""

from bot import slots
from bot.dialog import Question
from bot.message import Command, Slot
from bot.pointing import pick, place, pointed
from bot.turn import Turn
from bot.understanding import Understander, Understanding
from bot.understanding.spans import Context
from crm_core.models import Record
from crm_core.names import NameIndex, choose

SURE = 0.75
"""Below this confidence a write is shown first, and an open question goes on."""
BARE = 0.8
"""A sentence of which a slot takes this share is a bare name, and may be an answer."""


def is_new_command(heard: Understanding) -> bool:
    """Tell whether a sentence is a request of its own, which abandons the open question."""
    clear = heard.how == "grammar" and heard.confidence >= SURE
    return heard.intent is not None and clear and not is_name(heard)


def is_name(heard: Understanding) -> bool:
    """Tell whether a sentence is a bare name."""
    longest = max((len(slot.text) for slot in heard.slots.values()), default=0)
    return longest >= BARE * len(heard.text.strip(" ?？!！.。"))


async def answer(
    turn: Turn, question: Question, text: str, understander: Understander, context: Context
) -> list[Command] | None:
    """Return the commands that go on with the answer, or None where `text` is none."""
    if question.kind in ("confirm", "typed"):
        return None
    spec = turn.registry[question.command.intent].slots[question.slot]
    if question.kind == "choice" and spec.record:
        picked = await _picked(turn, question, spec.record, text)
        slot = Slot(text=text, value=picked) if picked else Slot(text=text)
    elif spec.record or spec.is_text:
        seen = pointed(text, turn.state.shown) if spec.record else None
        same = seen is not None and spec.record is not None and seen.noun == spec.record.noun()
        slot = Slot(text=text, value=seen.record if seen and same else None)
    else:
        slot = understander.read(spec, text, context)
    return [slots.filled(question.command, question.slot, slot), *question.rest]


async def _picked(turn: Turn, question: Question, kind: type[Record], text: str) -> int | None:
    """Return the candidate meant by "the second one", "2" or part of its name."""
    picked = pick(question.candidates, place(text))
    if picked is not None:
        return picked
    records = [await turn.session.get(kind, id_) for id_ in question.candidates]
    index = NameIndex.build([(record.id, record.label) for record in records if record])
    matches = choose(index.search(text))
    return matches[0].key if len(matches) == 1 else None
