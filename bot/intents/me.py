"""The asker: who they are, in which language they want answers and when it is for them."""

from zoneinfo import ZoneInfo

from bot.intent import ANYONE, Text, intent
from bot.reply import Reply
from bot.timezones import zone_named
from bot.turn import Turn
from crm_core import users
from crm_core.errors import Invalid
from crm_core.models import Language
from crm_core.values import When


@intent("me.show")
async def show(turn: Turn) -> Reply:
    """Show who you are to me."""
    user = turn.user
    return turn.reply(
        turn.fields(
            ("label-name", user.name),
            ("label-role", user.role),
            ("label-language", user.language),
            ("label-timezone", user.timezone),
            turn.private("label-email", user.email),
        )
    )


@intent("me.link", roles=ANYONE, writes=True)
async def link(turn: Turn, code: Text | None = None) -> Reply:
    """Link this chat account to you with a one-time code."""
    if code is None:
        return turn.reply(turn.say("link-how"))
    place = turn.message.place
    user = await users.redeem_code(
        turn.session, code, place.platform, place.workspace, turn.message.sender
    )
    return turn.reply(turn.say("linked", name=user.name, role=user.role))


@intent("me.set_language", writes=True)
async def set_language(turn: Turn, language: Language) -> Reply:
    """Choose the language I answer in."""
    turn.user.language = language
    turn.state.language = language.value
    await turn.session.flush()
    turn.speak(language.value)
    return turn.receipt("language-set", language=language)


@intent("me.set_timezone", writes=True)
async def set_timezone(turn: Turn, timezone: Text) -> Reply:
    """Choose the time zone that "tomorrow at 3" is meant in."""
    before, turn.user.timezone = turn.user.timezone, zone_named(timezone)
    await turn.session.flush()
    turn.speaker = turn.words.speaker(turn.speaker.language, ZoneInfo(turn.user.timezone))
    changed = turn.fields(("label-timezone", turn.change(before, turn.user.timezone)))
    return turn.receipt("timezone-set", changed, timezone=turn.user.timezone, now=turn.now)


@intent("me.set_quiet_hours", writes=True)
async def set_quiet_hours(turn: Turn, start: When, end: When) -> Reply:
    """Choose the hours in which I tell you nothing unasked."""
    if start.at is None or end.at is None:
        raise Invalid("no-hours")
    hours = [f"{moment.astimezone(turn.zone):%H:%M}" for moment in (start.at, end.at)]
    if hours[0] == hours[1]:
        raise Invalid("no-hours")
    turn.user.quiet_from, turn.user.quiet_to = hours
    await turn.session.flush()
    return turn.receipt("quiet-hours-set", start=hours[0], end=hours[1])
