"""Yes and no, where nothing was asked. Where something was, the assistant takes the answer."""

from bot.intent import intent
from bot.reply import Reply
from bot.turn import Turn


@intent("dialog.confirm")
async def confirm(turn: Turn) -> Reply:
    """Say yes to what I asked."""
    return turn.reply(turn.say("nothing-asked"))


@intent("dialog.cancel")
async def cancel(turn: Turn) -> Reply:
    """Drop what I asked."""
    return turn.reply(turn.say("nothing-asked"))
