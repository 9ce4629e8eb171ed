"""What happened that somebody should hear of: read from the change log, so that no write is missed.

Whatever wrote it (a sentence, a button, an undo, another process), its Change is in its own
transaction; nothing has to remember to announce it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.models import Change, ChangeKind, Deal, Stage, Ticket, TicketStatus
from crm_core.tickets import CLOSED
from crm_core.values import Money

UNHAPPY = 2
"""A satisfaction of so much or less is low."""


class EventKind(StrEnum):
    DEAL_WON = "deal_won"
    DEAL_MOVED = "deal_moved"
    TICKET_REOPENED = "ticket_reopened"
    TICKET_UNHAPPY = "ticket_unhappy"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a record. `change` is the log's number of it."""

    kind: EventKind
    record: Deal | Ticket
    change: int
    by: int | None


async def since(session: AsyncSession, moment: datetime, big: Money) -> list[Event]:
    """Return what happened since a moment and still stands, oldest first.

    `big`: from which amount on a deal that moves is worth a word. Imports tell of the past.
    """
    undos = select(Change.undone_by).where(Change.undone_by.is_not(None))
    query = (
        select(Change)
        .where(
            Change.at > moment,
            Change.noun.in_([Deal.noun(), Ticket.noun()]),
            Change.kind == ChangeKind.UPDATED,
            Change.undone_by.is_(None),
            Change.work.not_in(undos),
            Change.work.not_like("import:%"),
        )
        .order_by(Change.id)
    )
    changes = (await session.scalars(query)).all()
    deals = await _records(session, Deal, changes)
    tickets = await _records(session, Ticket, changes)
    return [
        Event(kind, record, change.id, change.user_id)
        for change in changes
        if (record := (deals if change.noun == Deal.noun() else tickets).get(change.record_id))
        for kind in _kinds(change, record, big)
    ]


async def _records(
    session: AsyncSession, kind: type[Deal] | type[Ticket], changes: Sequence[Change]
) -> dict[int, Deal | Ticket]:
    ids = {change.record_id for change in changes if change.noun == kind.noun()}
    if not ids:
        return {}
    query = select(kind).where(kind.id.in_(ids)).options(joinedload(kind.customer))
    found: dict[int, Deal | Ticket] = {one.id: one for one in await session.scalars(query)}  # type: ignore[misc]
    return found


def _kinds(change: Change, record: Deal | Ticket, big: Money) -> Iterator[EventKind]:
    after = change.after
    if isinstance(record, Deal) and "stage" in after:
        if after["stage"] == Stage.WON:
            yield EventKind.DEAL_WON
        elif record.currency == big.currency and (record.amount or 0) >= big.minor:
            yield EventKind.DEAL_MOVED
    if isinstance(record, Ticket):
        closed = change.before.get("status") in set(CLOSED)
        if closed and after.get("status") == TicketStatus.OPEN:
            yield EventKind.TICKET_REOPENED
        if (after.get("satisfaction") or UNHAPPY + 1) <= UNHAPPY:
            yield EventKind.TICKET_UNHAPPY
