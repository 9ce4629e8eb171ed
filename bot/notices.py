"""What people are told without asking: drafted in no language, said in the receiver's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import Field as Setting
from sqlalchemy.ext.asyncio import AsyncSession

from bot import buttons
from bot.company import Company
from bot.message import Command, Neutral, Slot
from bot.reasons import in_words
from bot.reply import Button, Buttons, Part, Reply, Table, Text
from bot.words import Speaker, Words
from crm_core import notifications, outbox, quiet
from crm_core.models import Alert, AlertStatus, Notification, Record
from crm_core.receivers import Address
from crm_core.values import Money

SHOWN = 10
"""Rows of the message that stands for what is over the cap."""


class Phrase(Neutral):
    """A message of the words and its data, plain enough for JSON."""

    say: str
    data: Mapping[str, Any] = Setting(default_factory=dict)


class Why(Neutral):
    """The reasons of a model for what it foretells."""

    reasons: list[Any]
    currency: str


class Action(Neutral):
    """A button to be."""

    label: str
    command: Command


class Draft(Neutral):
    """A message in no language yet. The title alone must say what it is about."""

    title: Phrase
    lines: tuple[Phrase | Why, ...] = ()
    actions: tuple[Action, ...] = ()

    def plain(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


def phrase(say: str, /, **data: object) -> Phrase:
    """Make a phrase of values that are shown per reader: money, days, vocabularies, records."""
    return Phrase(say=say, data={name: _plain(value) for name, value in data.items()})


def action(label: str, intent: str, **values: object) -> Action:
    """Make a button that does `intent`. Records stand for themselves by their id."""
    slots = {
        name: Slot(value=value.id if isinstance(value, Record) else value)
        for name, value in values.items()
    }
    return Action(label=label, command=Command(intent=intent, slots=slots))


@dataclass(frozen=True)
class Percent:
    """A share that is shown as a percentage."""

    share: float


def _plain(value: object) -> Any:
    match value:
        case StrEnum():
            return {"word": [type(value).__name__, value.value]}
        case Record():
            return value.label
        case Money():
            return {"money": [value.minor, value.currency]}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Percent():
            return {"percent": value.share}
        case _:
            return value


def _shown(speaker: Speaker, value: Any) -> Any:
    match value:
        case {"word": [kind, word]}:
            return speaker.word_of(kind, word)
        case {"money": [minor, currency]}:
            return Money(minor, currency)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"percent": share}:
            return speaker.percent(share)
        case _:
            return value


def said(speaker: Speaker, one: Phrase) -> str:
    """Say a phrase."""
    data = {name: _shown(speaker, value) for name, value in one.data.items()}
    return speaker.say(one.say, **data)


def reply_of(speaker: Speaker, draft: Draft) -> Reply:
    """Say a draft, with its buttons."""
    lines: list[str] = []
    for line in draft.lines:
        if isinstance(line, Why):
            reasons = in_words(speaker, line.reasons, line.currency, "up")
            lines += [f"• {reason}" for reason in reasons]
        else:
            lines.append(said(speaker, line))
    shown = [Button(label=speaker.say(each.label), command=each.command) for each in draft.actions]
    parts: list[Part] = [Text(text=said(speaker, draft.title), style="strong")]
    if lines:
        parts.append(Text(text="\n".join(lines)))
    if shown:
        parts.append(Buttons(buttons=shown))
    return Reply(parts=parts)


async def send_due(session: AsyncSession, words: Words, company: Company, now: datetime) -> int:
    """Put what is due on its way, in this transaction; return how many notifications that were.

    What has settled meanwhile is dropped, what a muted person may not be told waits, and what is
    over the day's cap goes as one message the next morning.
    """
    by_receiver: dict[Address, list[Notification]] = defaultdict(list)
    rows = await notifications.due(session, now)
    for row in rows:
        if _settled(row.alert, now):
            notifications.drop(row, "settled")
        elif not quiet.postpone(row, company.policy, now):
            by_receiver[Address.of(row)].append(row)
    for address, own in by_receiver.items():
        user, policy = own[0].user, company.policy
        zone = quiet.zone_of(user, policy)
        speaker = words.speaker(user.language.value if user else policy.language, zone)
        left = policy.daily_cap - await notifications.sent_today(session, address, zone, now)
        if over := [row for row in own if row.over]:
            await _send(session, over, _together(speaker, over), now)
            left -= 1
        for row in (row for row in own if not row.over):
            if row.urgent or left > 0:
                draft = Draft.model_validate(row.draft)
                await _send(session, [row], reply_of(speaker, draft), now)
                left -= not row.urgent
            else:
                quiet.hold(row, policy, now)
    await session.flush()
    return len(rows)


def _settled(alert: Alert | None, now: datetime) -> bool:
    """Tell whether somebody has seen to an alert before everybody was told."""
    if alert is None or alert.status is AlertStatus.OPEN:
        return False
    return alert.status is not AlertStatus.SNOOZED or (alert.snoozed_until or now) > now


def _together(speaker: Speaker, rows: Sequence[Notification]) -> Reply:
    """Say in one message what was over the cap, the most valuable first."""
    titles = [said(speaker, Draft.model_validate(row.draft).title) for row in rows]
    table = Table(
        columns=[speaker.say("column-message")], rows=[[title] for title in titles[:SHOWN]]
    )
    parts: list[Part] = [
        Text(text=speaker.say("notices-together", count=len(rows)), style="strong"),
        table,
    ]
    if len(titles) > SHOWN:
        parts.append(Text(text=speaker.say("notices-more", count=len(titles) - SHOWN)))
    return Reply(parts=parts)


async def _send(
    session: AsyncSession, rows: Sequence[Notification], reply: Reply, now: datetime
) -> None:
    reply = await buttons.store(session, reply, now)
    first = rows[0]
    delivery_id = await outbox.queue(
        session,
        key=f"notice:{first.id}",
        platform=first.platform,
        workspace=first.workspace,
        channel=first.channel,
        reply=reply.model_dump(mode="json"),
        now=now,
    )
    for row in rows:
        notifications.told(row, delivery_id, now)
