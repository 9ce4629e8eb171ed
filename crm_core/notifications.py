"""Who is told what, and when: subscriptions and defaults, quiet hours, cap, mute, and once only.

A Notice is what happened; it becomes one Notification a receiver, in the transaction of its cause.
`bot/notices.py` says those that are due, in the receiver's language.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core import access
from crm_core.changes import work_of
from crm_core.db import insert_all_new
from crm_core.models import (
    AlertKind,
    ChatIdentity,
    Customer,
    Delivery,
    Notification,
    NotificationStatus,
    OutboxStatus,
    Record,
    Role,
    Subscription,
    User,
)
from crm_core.timetable import Timetable
from crm_core.values import Money

OWNER, LEAD = "owner", "lead"
"""Who may be told by default, beside roles and `platform:channel`."""
ROWS = 500  # written at once
LATE = timedelta(minutes=5)
"""After so long, what was asked for at a time is no longer on time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How much anybody is disturbed, and who is told without having asked for it."""

    quiet_from: time = time(20)
    quiet_to: time = time(8)
    daily_cap: int = 12
    platforms: Sequence[str] = ("slack", "telegram", "web")
    """Where somebody with several chat accounts is written to; the first comes first."""
    to: Mapping[AlertKind, Sequence[str]] = field(default_factory=dict)
    fallback: Sequence[str] = ()
    """`platform:channel` for what none of the defaults could be told."""
    rules: access.Rules = field(default_factory=lambda: access.Rules({}, {}))
    language: str = "en"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened. `to`: whom it concerns; None: the defaults of its kind."""

    key: str
    kind: AlertKind | None
    draft: dict[str, Any]
    about: Record | None = None
    """What it is about: told only to those who may see it."""
    customer: Customer | None = None
    owner_id: int | None = None
    value: Money | None = None
    alert_id: int | None = None
    urgent: bool = False
    to: Sequence[str | int] | None = None
    """Words as in the policy, or ids of people."""
    subscribers: bool = True
    """False: only for those in `to`."""
    by: int | None = None
    """Who did it, and need not be told."""


@dataclass(frozen=True, slots=True)
class Address:
    """A place of the outside world."""

    platform: str
    workspace: str
    channel: str

    @classmethod
    def of(cls, row: Subscription | Notification) -> "Address":
        return cls(row.platform, row.workspace, row.channel)

    @classmethod
    def parse(cls, word: str) -> "Address":
        """Read `platform:channel`, or `platform:workspace/channel` where there are several."""
        platform, _, place = word.partition(":")
        workspace, _, channel = place.rpartition("/")
        return cls(platform, workspace, channel)

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}:{self.channel}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person or a channel, and how it wants to be told."""

    address: Address
    user: User | None = None
    subscription: Subscription | None = None


class Router:
    """Finds the receivers of notices. It reads people and subscriptions once, for a transaction."""

    def __init__(
        self,
        session: AsyncSession,
        policy: Policy,
        people: Sequence[User],
        accounts: Mapping[int, Address],
        subscriptions: Sequence[Subscription],
    ) -> None:
        self.policy = policy
        self._session = session
        self._people = {user.id: user for user in people}
        self._accounts = accounts
        self._by_kind: dict[AlertKind, list[Subscription]] = defaultdict(list)
        for each in subscriptions:
            self._by_kind[each.kind].append(each)
        self._actors: dict[int, access.Actor] = {}

    @classmethod
    async def load(cls, session: AsyncSession, policy: Policy) -> "Router":
        people = (await session.scalars(select(User).where(User.active).order_by(User.id))).all()
        identities = await session.scalars(select(ChatIdentity).order_by(ChatIdentity.linked_at))
        order = {name: -rank for rank, name in enumerate(policy.platforms)}
        accounts: dict[int, ChatIdentity] = {}
        for one in identities:  # the newest on the platform that is preferred
            known, rank = accounts.get(one.user_id), order.get(one.platform, -len(order))
            if known is None or rank >= order.get(known.platform, -len(order)):
                accounts[one.user_id] = one
        addresses = {
            user_id: Address(one.platform, one.workspace, one.sender)
            for user_id, one in accounts.items()
        }
        subscriptions = (await session.scalars(select(Subscription))).all()
        return cls(session, policy, people, addresses, subscriptions)

    async def receivers(self, notice: Notice) -> list[Receiver]:
        """Return whom to tell of a notice, each once; only those who may see what it is about."""
        found: dict[Address, Receiver] = {}
        by_kind = self._by_kind[notice.kind] if notice.kind else []
        said = {Address.of(one): one for one in by_kind if one.owner_id is None}
        for one in by_kind if notice.subscribers else []:
            if one.wanted and _matches(one, notice):
                user = self._people.get(one.user_id) if one.user_id else None
                if user is not None or one.user_id is None:
                    found.setdefault(Address.of(one), Receiver(Address.of(one), user, one))
        words: Sequence[str | int] | None = notice.to
        if words is None:
            words = self.policy.to.get(notice.kind, ()) if notice.kind else ()
        told_by_word = [each for word in words for each in self._meant(word, notice.owner_id)]
        if notice.subscribers and not told_by_word and not found:
            told_by_word = [Receiver(Address.parse(word)) for word in self.policy.fallback]
        for receiver in told_by_word:
            # What somebody said about this kind stands in for the default.
            own = said.get(receiver.address)
            if own is None or (notice.to is not None and own.wanted):
                found.setdefault(receiver.address, receiver)
        return [
            each
            for each in found.values()
            if (each.user is None or each.user.id != notice.by)
            and await self._may_see(each.user, notice)
        ]

    def _meant(self, word: str | int, owner_id: int | None) -> list[Receiver]:
        if isinstance(word, int):
            people: list[int | None] = [word]
        elif ":" in word:
            return [Receiver(Address.parse(word))]
        elif word == OWNER:
            people = [owner_id]
        elif word == LEAD:
            people = self._leads(owner_id)
        else:
            people = [each.id for each in self._people.values() if each.role == word]
        return [
            Receiver(self._accounts[each], self._people[each])
            for each in people
            if each in self._accounts and each in self._people
        ]

    def _leads(self, owner_id: int | None) -> list[int | None]:
        """Return the owner's manager; all managers where there is none."""
        owner = self._people.get(owner_id) if owner_id else None
        if owner and owner.manager_id in self._people:
            return [owner.manager_id]
        return [each.id for each in self._people.values() if each.role is Role.MANAGER]

    async def _may_see(self, user: User | None, notice: Notice) -> bool:
        if user is None:
            return True
        if user.id not in self._actors:
            self._actors[user.id] = await access.actor(self._session, user, self.policy.rules)
        actor = self._actors[user.id]
        return all(actor.may(each) for each in (notice.about, notice.customer) if each)

    def due(self, receiver: Receiver, now: datetime, *, urgent: bool = False) -> datetime:
        """Return when to tell: by the receiver's schedule, after quiet hours and a mute."""
        when, one = now, receiver.subscription
        if one and one.schedule and not urgent:
            timetable = Timetable(one.schedule, ZoneInfo(one.schedule["timezone"]))
            when = timetable.next(now - timedelta(seconds=1)) or now
        elif not urgent:
            when = loud(when, zone_of(receiver.user, self.policy), self.policy)
        return _unmuted(when, receiver.user)


def zone_of(user: User | None, policy: Policy) -> ZoneInfo:
    """Return a person's time zone; a channel's is the company's."""
    return ZoneInfo(user.timezone if user else policy.timezone)


def loud(moment: datetime, zone: ZoneInfo, policy: Policy) -> datetime:
    """Return the moment, or the end of the quiet hours it lies in."""
    local = moment.astimezone(zone)
    start, end, at = policy.quiet_from, policy.quiet_to, local.time()
    quiet = start <= at < end if start <= end else at >= start or at < end
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1 if start > end and at >= start else 0)
    return datetime.combine(day, end, zone).astimezone(moment.tzinfo)


def _unmuted(moment: datetime, user: User | None) -> datetime:
    if user and user.muted_from and user.muted_until and moment >= user.muted_from:
        return max(moment, user.muted_until)
    return moment


def _matches(one: Subscription, notice: Notice) -> bool:
    if one.owner_id is not None and one.owner_id != notice.owner_id:
        return False
    if one.segment and (notice.customer is None or notice.customer.segment is not one.segment):
        return False
    return one.least is None or (notice.value is not None and notice.value.minor >= one.least)


async def notify(session: AsyncSession, router: Router, notices: Iterable[Notice]) -> int:
    """Note what each receiver is to be told; what a receiver was told before is left out.

    Return how many notifications are new.
    """
    now = work_of(session).now
    rows = [
        {
            "key": f"{notice.key}>{receiver.address}",
            "kind": notice.kind,
            "platform": receiver.address.platform,
            "workspace": receiver.address.workspace,
            "channel": receiver.address.channel,
            "user_id": receiver.user.id if receiver.user else None,
            "subscription_id": receiver.subscription.id if receiver.subscription else None,
            "alert_id": notice.alert_id,
            "value": notice.value.minor if notice.value else 0,
            "urgent": notice.urgent,
            "draft": notice.draft,
            "created_at": now,
            "due_at": router.due(receiver, now, urgent=notice.urgent),
            "over": False,
            "status": NotificationStatus.WAITING,
        }
        for notice in notices
        for receiver in await router.receivers(notice)
    ]
    new = 0
    for start in range(0, len(rows), ROWS):
        new += len(await insert_all_new(session, Notification, rows[start : start + ROWS]))
    return new


async def untold(session: AsyncSession, router: Router, notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices of which somebody has not been told yet; it writes nothing."""
    keys = {
        f"{notice.key}>{receiver.address}": notice
        for notice in notices
        for receiver in await router.receivers(notice)
    }
    known: set[str] = set()
    names = list(keys)
    for start in range(0, len(names), ROWS):
        query = select(Notification.key).where(Notification.key.in_(names[start : start + ROWS]))
        known.update(await session.scalars(query))
    return list({id(keys[key]): keys[key] for key in names if key not in known}.values())


async def is_known(session: AsyncSession, key: str) -> bool:
    """Tell whether something of this key was told already."""
    return await session.scalar(select(Notification.id).filter_by(key=key)) is not None


async def note(
    session: AsyncSession, key: str, kind: AlertKind, receiver: Receiver
) -> Notification | None:
    """Note that a receiver is told something at once; None where it was already."""
    now = work_of(session).now
    address, one = receiver.address, receiver.subscription
    row: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "platform": address.platform,
        "workspace": address.workspace,
        "channel": address.channel,
        "user_id": receiver.user.id if receiver.user else None,
        "subscription_id": one.id if one else None,
        "draft": {},
        "created_at": now,
        "due_at": now,
    }
    new = await insert_all_new(session, Notification, [row])
    return await session.get_one(Notification, new[0]) if new else None


def is_muted(receiver: Receiver, now: datetime) -> bool:
    """Tell whether a person wants to be told nothing now."""
    return _unmuted(now, receiver.user) > now


def _todo(now: datetime) -> Any:
    return (Notification.status == NotificationStatus.WAITING) & (Notification.due_at <= now)


async def any_due(session: AsyncSession, now: datetime) -> bool:
    """Tell whether somebody is to be told something by now."""
    return await session.scalar(select(Notification.id).where(_todo(now)).limit(1)) is not None


async def due(session: AsyncSession, now: datetime, limit: int = 200) -> list[Notification]:
    """Lock what is due, the most valuable first; another process's share is left alone."""
    query = (
        select(Notification)
        .where(_todo(now))
        .order_by(Notification.urgent.desc(), Notification.value.desc(), Notification.id)
        .limit(limit)
        .options(
            joinedload(Notification.user),
            joinedload(Notification.alert),
            joinedload(Notification.subscription),
        )
        .with_for_update(skip_locked=True, of=Notification)
    )
    return list(await session.scalars(query))


async def sent_today(session: AsyncSession, address: Address, zone: ZoneInfo, now: datetime) -> int:
    """Count the messages a receiver had on this day of its own, but for digests and urgent ones."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count(func.distinct(Notification.delivery_id))).where(
        Notification.platform == address.platform,
        Notification.workspace == address.workspace,
        Notification.channel == address.channel,
        Notification.sent_at >= midnight,
        Notification.urgent.is_(False),
        Notification.kind.is_distinct_from(AlertKind.DIGEST),
    )
    return await session.scalar(query) or 0


def postpone(row: Notification, policy: Policy, now: datetime) -> bool:
    """Put off what its receiver must not hear now, and tell whether that was so.

    What became due while somebody was muted waits, and what could not be sent at its time does not
    come in quiet hours instead.
    """
    asked_for = row.subscription and row.subscription.schedule and now - row.due_at < LATE
    quiet = not (row.urgent or asked_for)
    later = loud(now, zone_of(row.user, policy), policy) if quiet else now
    later = _unmuted(later, row.user)
    if later > now:
        row.due_at = later
        return True
    return False


def hold(row: Notification, policy: Policy, now: datetime) -> None:
    """Keep what is over the cap for the next morning, when it goes with others as one message."""
    zone = zone_of(row.user, policy)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    row.due_at = datetime.combine(tomorrow, policy.quiet_to, zone)
    row.over = True


def told(row: Notification, delivery_id: int | None, now: datetime) -> None:
    """Note that it is on its way."""
    row.status, row.sent_at, row.delivery_id = NotificationStatus.SENT, now, delivery_id


def drop(row: Notification, problem: str) -> None:
    """Note that it was not said, and why."""
    row.status, row.problem = NotificationStatus.DROPPED, problem


async def log(
    session: AsyncSession, since: datetime, until: datetime, kind: AlertKind | None = None
) -> Sequence[Notification]:
    """Return what was and is to be told, newest first, with receivers and deliveries."""
    query = select(Notification).where(
        Notification.created_at >= since, Notification.created_at < until
    )
    if kind:
        query = query.where(Notification.kind == kind)
    query = query.options(joinedload(Notification.user), joinedload(Notification.delivery))
    return (await session.scalars(query.order_by(Notification.id.desc()))).all()


async def refused(session: AsyncSession, since: datetime) -> Sequence[Notification]:
    """Return what a platform refused to post for a subscription, and nobody was told of yet."""
    query = (
        select(Notification)
        .join(Notification.delivery)
        .where(Notification.subscription_id.is_not(None), Notification.sent_at >= since)
        .where(Delivery.status == OutboxStatus.PARKED, Notification.problem.is_(None))
        .options(joinedload(Notification.subscription))
        .order_by(Notification.id.desc())
    )
    return (await session.scalars(query)).all()
