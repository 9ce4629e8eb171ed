"""Who is told what: by subscription, by default, and only what they may see."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core import access
from crm_core.models import (
    AlertKind,
    ChatIdentity,
    Customer,
    Notification,
    Record,
    Role,
    Subscription,
    User,
)
from crm_core.values import Money

OWNER, LEAD = "owner", "lead"
"""Who may be told by default, beside roles and `platform:channel`."""


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
    """The most valuable comes first."""
    stake: Money | None = None
    """What it says is at stake, and a subscription's least amount means; None: the value."""
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


def _matches(one: Subscription, notice: Notice) -> bool:
    if one.owner_id is not None and one.owner_id != notice.owner_id:
        return False
    if one.segment and (notice.customer is None or notice.customer.segment is not one.segment):
        return False
    if one.least is None:
        return True
    value = notice.stake or notice.value
    return value is not None and value.currency == one.currency and value.minor >= one.least
