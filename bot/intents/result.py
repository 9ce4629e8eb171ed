"""Going on from the list shown last."""

from bot import slots
from bot.intent import intent
from bot.reply import Reply
from bot.turn import Turn


@intent("result.more")
async def more(turn: Turn) -> Reply:
    """Show the next page."""
    last, shown = turn.state.last, turn.state.shown
    if last is None or shown is None:
        return turn.reply(turn.say("nothing-shown"))
    asked = turn.registry[last.intent]
    turn.page = shown.page + 1
    return await asked.handler(turn, **await slots.fill(turn, asked, last))
