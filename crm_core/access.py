"""Who may see and change which records: own, the team's, or all.

Which *intents* a role may use is said where they are declared; which *records*, here.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.errors import NotAllowed
from crm_core.models import Customer, Deal, Order, Record, Role, Task, User
from crm_core.models.base import Id

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])

OWNER: dict[type[Record], Any] = {
    Customer: Customer.owner_id,
    Deal: Deal.owner_id,
    Order: Order.owner_id,
    Task: Task.owner_id,
}
"""The records that somebody owns. All others belong to the company."""


class Scope(StrEnum):
    OWN = "own"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rules:
    """Per role and noun the scope to `see` and to `change`; what is not named is `all`."""

    see: dict[Role, dict[str, Scope]]
    change: dict[Role, dict[str, Scope]]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work, with the colleagues whose records count as the team's."""

    user: User
    team: frozenset[int]
    rules: Rules

    def scope(self, kind: type[Record], *, change: bool = False) -> Scope:
        """Return how far this person's rights reach over one kind of record."""
        rules = self.rules.change if change else self.rules.see
        return rules.get(self.user.role, {}).get(kind.noun(), Scope.ALL)

    def may(self, record: Record, *, change: bool = False) -> bool:
        """Tell whether the record is this person's to see or to change."""
        owner = OWNER.get(type(record))
        owner_id = getattr(record, owner.key) if owner is not None else None
        return self.may_with(type(record), owner_id, change=change)

    def may_with(self, kind: type[Record], owner_id: int | None, *, change: bool = False) -> bool:
        """Tell whether a record of a kind, owned by somebody, is this person's to see or change."""
        if kind not in OWNER:
            return True
        match self.scope(kind, change=change):
            case Scope.ALL:
                return True
            case Scope.TEAM:
                return owner_id is None or owner_id in self.team
            case Scope.OWN:
                return bool(owner_id == self.user.id)

    def check(self, record: Record, *, change: bool = False) -> None:
        """Raise NotAllowed where the record is not theirs. Seeing comes before changing."""
        if not self.may(record):
            raise NotAllowed("not-yours-to-see", record=record)
        if change and not self.may(record, change=True):
            raise NotAllowed("not-yours-to-change", record=record)

    def owners(self, kind: type[Record]) -> list[int] | None:
        """Return whose records of a kind this person may see; None: everybody's."""
        match self.scope(kind):
            case Scope.ALL:
                return None
            case Scope.TEAM:
                return sorted(self.team)
            case Scope.OWN:
                return [self.user.id]

    def limit(self, query: Query, kind: type[Record]) -> Query:
        """Narrow a query to the records that this person may see."""
        owner = OWNER.get(kind)
        if owner is None:
            return query
        owners = self.owners(kind)
        if owners is None:
            return query
        if self.scope(kind) is Scope.TEAM:
            return query.where(or_(owner.is_(None), owner.in_(owners)))
        return query.where(owner.in_(owners))


async def actor(session: AsyncSession, user: User, rules: Rules) -> Actor:
    """Find the person's team: those with the same manager, and everybody below."""
    who = {"user": user.id, "manager": user.manager_id}
    return Actor(user, frozenset(await session.scalars(TEAM, who)), rules)


def _team() -> Select[int]:
    me = select(User.id).where(User.id == bindparam("user", type_=Id))
    below = me.cte("below", recursive=True)
    below = below.union(select(User.id).join(below, User.manager_id == below.c.id))
    # Never true where there is no manager.
    same_manager = User.manager_id == bindparam("manager", type_=Id)
    return select(User.id).where(or_(User.id.in_(select(below.c.id)), same_manager))


TEAM = _team()
