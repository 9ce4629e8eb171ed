"""A digest: what changed, in one screen, by what somebody does for a living."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.company import Company
from bot.reply import Chart, Part, Reply, Series, Text
from bot.words import Speaker
from crm_core import churn, customers, deals, digests, orders, tasks, tickets
from crm_core.access import Actor
from crm_core.models import Role
from crm_core.values import Money, Period, midnight

WEEK = timedelta(days=7)
SHOWN = 3
"""Names a line has at the most."""
QUIET = timedelta(days=30)


@dataclass(frozen=True)
class Reader:
    """For whom and when a digest is, and of which time."""

    actor: Actor
    speaker: Speaker
    company: Company
    zone: ZoneInfo
    period: Period

    def say(self, message: str, **data: object) -> str:
        return self.speaker.say(message, **data)


async def digest(session: AsyncSession, reader: Reader) -> Reply | None:
    """Put together what changed; None where nothing did."""
    role = reader.actor.user.role
    parts: list[Part] = []
    lines: list[str] = []
    if role in (Role.MANAGER, Role.ADMIN):
        lines = await _company(session, reader)
        parts = await _revenue(session, reader)
    if role is Role.REP:
        lines = await _rep(session, reader)
    if role in (Role.SUPPORT, Role.MANAGER, Role.ADMIN):
        lines += await _queue(session, reader)
    if not lines and not parts:
        return None
    title = reader.say("digest-title", name=reader.actor.user.name, day=reader.period.last_day)
    body: list[Part] = [Text(text="\n".join(f"• {line}" for line in lines))] if lines else []
    return Reply(parts=[Text(text=title, style="strong"), *body, *parts])


async def _company(session: AsyncSession, reader: Reader) -> list[str]:
    since, until = reader.period.moments(reader.zone)
    lines = [
        reader.say(
            "digest-moves",
            stage=one.stage,
            count=one.deals,
            worth=one.worth or reader.say("nothing"),
        )
        for one in await digests.moves(session, reader.actor, since, until)
    ]
    raised, left = await digests.new_alerts(session, since, until)
    if raised:
        lines.append(reader.say("digest-alerts", raised=raised, left=left))
    record = await churn.track_record(session, until - WEEK, until)
    if record.precision is not None:
        saved = Money(record.saved_value, record.currency or reader.company.currency)
        lines.append(
            reader.say(
                "digest-outcomes",
                settled=record.settled,
                precision=reader.speaker.percent(record.precision),
                saved=record.saved,
                value=saved,
                lost=record.lost,
            )
        )
    return lines


async def _revenue(session: AsyncSession, reader: Reader) -> list[Part]:
    last = reader.period.end
    week = Period(last - WEEK, last)
    currency = await orders.main_currency(session, reader.company.currency)
    found = await digests.revenue(session, reader.actor, week, reader.zone, currency)
    if not found.total and not found.before:
        return []
    change = (found.total - found.before) / found.before if found.before else None
    said = reader.say(
        "digest-revenue",
        total=Money(found.total, currency),
        before=Money(found.before, currency),
        change=reader.speaker.percent(change) if change is not None else reader.say("nothing"),
    )
    major = [float(Money(total, currency).major) for _, total in found.days]
    chart = Chart(
        shape="bar",
        title=said,
        labels=[reader.speaker.day(day) for day, _ in found.days],
        series=[Series(name=reader.say("metric-revenue"), values=list(major))],
        unit=currency,
    )
    return [Text(text=said), chart]


async def _rep(session: AsyncSession, reader: Reader) -> list[str]:
    user, today = reader.actor.user, reader.period.end
    lines = []
    due = await tasks.search(
        session, reader.actor, owner=user, period=Period(today, today + timedelta(days=1))
    )
    due = [task for task in due if task.due_on]
    if due:
        lines.append(reader.say("digest-tasks", count=len(due), names=_names(due)))
    closing = Period(today, today + WEEK)
    soon = await deals.search(session, reader.actor, owner=user, closing=closing)
    if soon:
        lines.append(reader.say("digest-closing", count=len(soon), names=_names(soon)))
    quiet = await customers.untouched(
        session, reader.actor, reader.zone, Period(today - QUIET, today), owner=user
    )
    if quiet:
        names = _names([customer for customer, _ in quiet])
        lines.append(reader.say("digest-quiet", count=len(quiet), names=names))
    return lines


async def _queue(session: AsyncSession, reader: Reader) -> list[str]:
    user, today = reader.actor.user, reader.period.end
    now = midnight(today, reader.zone)
    own = user if user.role is Role.SUPPORT else None
    lines = []
    late = await tickets.breaching(
        session,
        reader.actor,
        reader.company.sla,
        now,
        now,
        midnight(today + timedelta(days=1), reader.zone),
        assignee=own,
    )
    if late:
        names = ", ".join(ticket.label for ticket in late[:SHOWN])
        lines.append(reader.say("digest-late", count=len(late), names=names))
    if own:
        waiting = await tickets.search(
            session, reader.actor, reader.zone, now, reader.company.sla, assignee=own
        )
        if waiting:
            names = ", ".join(f"{one.label} {one.subject}" for one in waiting[:SHOWN])
            lines.append(reader.say("digest-queue", count=len(waiting), names=names))
    return lines


def _names(records: Sequence[object]) -> str:
    names = [str(getattr(record, "label", record)) for record in records[:SHOWN]]
    return ", ".join([*names, "…"] if len(records) > SHOWN else names)
