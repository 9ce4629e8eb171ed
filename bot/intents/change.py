"""Taking back what was done."""

from bot.intent import Text, intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core import changes
from crm_core.errors import NotFound


@intent("change.undo", writes=True)
async def undo(turn: Turn, work: Text | None = None) -> Reply:
    """Undo what you did last."""
    last = work or await changes.last_work(turn.session, turn.user.id)
    if last is None:
        raise NotFound("nothing-to-undo")
    undone = await changes.undo(turn.session, last, turn.user.id)
    what = [
        turn.say(f"undone-{change.kind.value}", noun=turn.say(f"noun-{change.noun}"), record=record)
        for change, record in undone
    ]
    return turn.reply(turn.say("undone", what="; ".join(what)))
