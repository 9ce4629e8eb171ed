"""Small talk."""

from bot import asides
from bot.intent import ANYONE, intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core import outbox


@intent("talk.greet", roles=ANYONE)
async def greet(turn: Turn) -> Reply:
    """Say hello."""
    if turn.person is None:
        return turn.reply(turn.say("stranger"))
    place = turn.message.place
    if place.direct:  # the chat is open now, or again
        kept = turn.now - asides.KEPT
        who = (place.platform, place.workspace, turn.message.sender)
        await outbox.release(turn.session, *who, kept)
    return turn.reply(turn.say("hello", name=turn.user.name.partition(" ")[0]))
