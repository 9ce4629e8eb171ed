"""Small talk."""

from bot.intent import ANYONE, intent
from bot.reply import Reply
from bot.turn import Turn


@intent("talk.greet", roles=ANYONE)
async def greet(turn: Turn) -> Reply:
    """Say hello."""
    if turn.person is None:
        return turn.reply(turn.say("stranger"))
    return turn.reply(turn.say("hello", name=turn.user.name.partition(" ")[0]))
