"""Who is told what when: asked for in words, taken back, muted, and looked up."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.intent import Channel, Schedule, intent
from bot.notices import Draft, phrase, reply_of, said
from bot.reply import Reply, Table
from bot.reply import Text as Words
from bot.turn import PAGE, Turn
from crm_core import notifications, outbox, quiet, subscriptions, users
from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.models import (
    AlertKind,
    Notification,
    NotificationStatus,
    OutboxStatus,
    Role,
    Segment,
    Subscription,
    User,
)
from crm_core.receivers import Address, Receiver
from crm_core.subscriptions import Wish
from crm_core.timetable import Timetable
from crm_core.values import Money, Period

HERE = "here"
LATELY = timedelta(days=7)


@intent("alert.subscribe", roles={Role.MANAGER}, writes=True)
async def subscribe(
    turn: Turn,
    kind: AlertKind,
    schedule: Schedule | None = None,
    channel: Channel | None = None,
    owner: User | None = None,
    segment: Segment | None = None,
    amount_min: Money | None = None,
) -> Reply:
    """Have alerts of a kind posted to you or to a channel, at once or at set times."""
    address, user = _place(turn, channel)
    wish = Wish(owner, segment, amount_min, schedule)
    one = await subscriptions.subscribe(turn.session, kind, address, user, wish)
    if user is None and address.channel != turn.message.place.channel:
        await _announce(turn, one)
    details = turn.fields(
        ("label-where", _where(turn, one)),
        ("label-schedule", _times(turn, one)),
        ("label-owner", owner),
        ("label-segment", segment),
        ("label-from", amount_min),
    )
    return turn.receipt("alert-subscribed", details, kind=kind)


@intent("alert.unsubscribe", roles={Role.MANAGER}, writes=True)
async def unsubscribe(turn: Turn, kind: AlertKind, channel: Channel | None = None) -> Reply:
    """Stop alerts of a kind, for you or in a channel."""
    address, user = _place(turn, channel)
    default = user is not None or kind in turn.company.policy.to
    await subscriptions.unsubscribe(turn.session, kind, address, user, default)
    where = turn.say("to-you") if user else address.channel
    return turn.receipt("alert-unsubscribed", kind=kind, where=where)


@intent("alert.mute", writes=True)
async def mute(turn: Turn, period: Period) -> Reply:
    """Be told nothing unasked for a while; what comes up then is told after it."""
    since, until = period.moments(turn.zone)
    if until <= turn.now:
        raise Invalid("in-the-past", when=period.last_day)
    await users.mute(turn.session, turn.user, max(since, turn.now), until)
    return turn.receipt("alert-muted", until=until)


@intent("alert.subscriptions", roles={Role.MANAGER})
async def list_(turn: Turn, kind: AlertKind | None = None) -> Reply:
    """Show who is told of which alerts, and when."""
    everyone = await subscriptions.everyone(turn.session)
    people: dict[int | None, User] = {user.id: user for user in await users.everybody(turn.session)}
    rows = [
        [
            turn.speaker.word(each),
            ", ".join(_default(turn, word) for word in turn.company.policy.to.get(each, ())),
            turn.say("in-the-morning" if each is AlertKind.DIGEST else "at-once"),
        ]
        for each in AlertKind
        if each in turn.company.policy.to and kind in (None, each)
    ]
    rows += [
        [
            turn.speaker.word(one.kind),
            _narrowed(turn, one, people),
            _times(turn, one) if one.wanted else turn.say("not-wanted"),
        ]
        for one in everyone
        if kind in (None, one.kind)
    ]
    columns = [turn.say(name) for name in ("column-kind", "column-told", "column-when")]
    policy = turn.company.policy
    start, end = quiet.hours_of(turn.user, policy)
    hours = turn.say(
        "quiet-hours", start=f"{start:%H:%M}", end=f"{end:%H:%M}", cap=policy.daily_cap
    )
    return turn.reply(
        Words(text=turn.say("subscriptions-title"), style="strong"),
        Table(columns=columns, rows=rows) if rows else None,
        Words(text=hours, style="quiet"),
    )


@intent("alert.log", roles={Role.MANAGER})
async def log(turn: Turn, kind: AlertKind | None = None, period: Period | None = None) -> Reply:
    """Show what was told to whom, and whether it arrived."""
    since, until = (
        period.moments(turn.zone) if period else (turn.now - LATELY, turn.now + timedelta(days=1))
    )
    start, speaker = turn.page * PAGE, turn.speaker
    count, found = await notifications.log(
        turn.session, since, until, kind, start=start, limit=PAGE
    )
    rows = [
        [
            speaker.show(row.sent_at or row.due_at),
            speaker.word(row.kind) if row.kind else "",
            row.user.name if row.user else row.channel,
            said(speaker, Draft.model_validate(row.draft).title) if row.draft else "",
            turn.say(f"told-{_outcome(row)}"),
        ]
        for row in found
    ]
    names = ("column-when", "column-kind", "column-told", "column-message", "column-outcome")
    return turn.reply(
        Words(text=turn.say("alert-log-title", count=count), style="strong"),
        Table(columns=[turn.say(name) for name in names], rows=rows) if rows else None,
        provenance=turn.say(
            "provenance",
            filters=turn.filters(kind=kind, period=period) or turn.say("no-filters"),
            count=count,
            now=turn.now,
        ),
    )


def _outcome(row: Notification) -> str:
    if row.status is NotificationStatus.DROPPED:
        return "dropped"
    if row.delivery is None:
        return "together" if row.over else "waiting"
    return {
        OutboxStatus.QUEUED: "queued",
        OutboxStatus.SENT: "arrived",
        OutboxStatus.PARKED: "refused",
    }[row.delivery.status]


def _place(turn: Turn, channel: str | None) -> tuple[Address, User | None]:
    """Return the channel meant, or the asker's own place where none was said."""
    place = turn.message.place
    if channel is None or (channel == HERE and place.direct):
        return Address(place.platform, place.workspace, turn.message.sender), turn.user
    named = place.channel if channel == HERE else channel
    return Address(place.platform, place.workspace, named), None


async def _announce(turn: Turn, one: Subscription) -> None:
    """Say it in the channel: who reads it knows why, and whether I can post there shows at once."""
    receiver = Receiver(Address.of(one), None, one)
    key = f"{notifications.ANNOUNCED}{work_of(turn.session).id}"
    row = await notifications.note(turn.session, key, one.kind, receiver)
    if row is None:
        return
    speaker = turn.words.speaker(turn.company.language, ZoneInfo(turn.company.timezone))
    draft = Draft(title=phrase("alert-announced", kind=one.kind, who=turn.user.name))
    row.draft = draft.plain()
    delivery = await outbox.queue(
        turn.session,
        key=f"notice:{row.id}",
        platform=one.platform,
        workspace=one.workspace,
        channel=one.channel,
        reply=reply_of(speaker, draft).model_dump(mode="json"),
        now=turn.now,
    )
    notifications.told(row, delivery, turn.now)


def _where(turn: Turn, one: Subscription) -> str:
    if one.user_id is None:
        return one.channel
    return turn.say("to-you") if one.user_id == turn.user.id else turn.say("to-a-person")


def _narrowed(turn: Turn, one: Subscription, people: Mapping[int | None, User]) -> str:
    """Say where, and what alone is told there."""
    owner, receiver = people.get(one.owner_id), people.get(one.user_id)
    least = None if one.least is None else Money(one.least, one.currency or turn.currency)
    only = [
        owner and owner.name,
        one.segment and turn.speaker.word(one.segment),
        least and turn.say("from-amount", amount=least),
    ]
    place = receiver.name if receiver else one.channel
    narrowing = ", ".join(each for each in only if each)
    return f"{place} ({narrowing})" if narrowing else place


def _times(turn: Turn, one: Subscription) -> str:
    """Say when: at once, or the next time of the schedule."""
    if not one.schedule:
        return turn.say("at-once")
    zone = ZoneInfo(one.schedule["timezone"])
    following = Timetable(one.schedule, zone).next(turn.now)
    return turn.say("scheduled", following=following)


def _default(turn: Turn, word: str) -> str:
    return word if ":" in word else turn.say(f"told-to-{word}")
