"""Who wants to be told what: by kind, and by owner, segment, value and schedule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.models import AlertKind, Segment, Subscription, User
from crm_core.receivers import Address
from crm_core.timetable import Timetable
from crm_core.values import Money


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be told of one kind: whose customers, which of them, and when."""

    owner: User | None = None
    segment: Segment | None = None
    least: Money | None = None
    schedule: dict[str, Any] | None = None


async def subscribe(
    session: AsyncSession, kind: AlertKind, address: Address, user: User | None, wish: Wish
) -> Subscription:
    """Tell a place of a kind from now on; said again it is changed. `user`: whose own place it is.

    Raises Invalid for a schedule that never comes.
    """
    if wish.schedule:
        Timetable(wish.schedule, ZoneInfo(wish.schedule["timezone"]))
    one = await _known(session, kind, address, wish)
    if one is None:
        one = _new(kind, address)
        session.add(one)
    one.user_id = user.id if user else None
    one.owner_id = wish.owner.id if wish.owner else None
    one.segment, one.schedule = wish.segment, wish.schedule
    one.least = wish.least.minor if wish.least else None
    one.currency = wish.least.currency if wish.least else None
    one.wanted, one.created_by_id = True, work_of(session).user_id
    await session.flush()
    return one


async def unsubscribe(
    session: AsyncSession, kind: AlertKind, address: Address, user: User | None, default: bool
) -> None:
    """Tell a place of a kind no longer. `default`: without having asked it is told too.

    Raises Invalid where it is not told.
    """
    query = _at(kind, address).where(Subscription.wanted)
    known = (await session.scalars(query)).all()
    everything = await _known(session, kind, address, Wish())
    if not known and (not default or everything is not None):
        raise Invalid("not-subscribed", kind=kind)
    for one in known:
        one.wanted = False
    if everything is None and default:
        off = _new(kind, address)
        off.user_id, off.wanted = user.id if user else None, False
        off.created_by_id = work_of(session).user_id
        session.add(off)
    await session.flush()


async def everyone(session: AsyncSession) -> Sequence[Subscription]:
    """Return all that is wanted, and what is not wanted though it is the default."""
    query = select(Subscription).order_by(Subscription.kind, Subscription.id)
    return (await session.scalars(query)).all()


async def wanted(session: AsyncSession, kind: AlertKind) -> Sequence[Subscription]:
    """Return the subscriptions to one kind."""
    query = select(Subscription).where(Subscription.kind == kind).order_by(Subscription.id)
    return (await session.scalars(query)).all()


async def creator(session: AsyncSession, one: Subscription | None) -> User | None:
    """Return who set a subscription up: a channel sees what that person may see."""
    if one is None or one.created_by_id is None:
        return None
    return await session.get(User, one.created_by_id)


def _new(kind: AlertKind, address: Address) -> Subscription:
    return Subscription(
        kind=kind,
        platform=address.platform,
        workspace=address.workspace,
        channel=address.channel,
    )


def _at(kind: AlertKind, address: Address) -> Any:
    return select(Subscription).where(
        Subscription.kind == kind,
        Subscription.platform == address.platform,
        Subscription.workspace == address.workspace,
        Subscription.channel == address.channel,
    )


async def _known(
    session: AsyncSession, kind: AlertKind, address: Address, wish: Wish
) -> Subscription | None:
    owner_id = wish.owner.id if wish.owner else None
    query = _at(kind, address).where(
        Subscription.owner_id.is_(owner_id)
        if owner_id is None
        else Subscription.owner_id == owner_id,
        Subscription.segment.is_(None)
        if wish.segment is None
        else Subscription.segment == wish.segment,
    )
    found: Subscription | None = (await session.scalars(query)).first()
    return found
