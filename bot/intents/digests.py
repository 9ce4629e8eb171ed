"""The digest on demand."""

from datetime import timedelta

from bot.digests import Reader, digest
from bot.intent import intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core.values import Period


@intent("digest.show")
async def show(turn: Turn, period: Period | None = None) -> Reply:
    """Show what changed since yesterday, or in a period."""
    meant = period or Period(turn.today - timedelta(days=1), turn.today + timedelta(days=1))
    end = min(meant.end, turn.today + timedelta(days=1))
    if end <= meant.start:
        return turn.reply(turn.say("digest-nothing"))
    reader = Reader(turn.actor, turn.speaker, turn.company, turn.zone, Period(meant.start, end))
    found = await digest(turn.session, reader)
    if found is None:
        return turn.reply(turn.say("digest-nothing"))
    return found.model_copy(update={"private": True})
