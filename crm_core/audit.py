"""Who changed what, read from the change log."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import ColumnElement, and_, func, inspect, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_core.changes import RECORDS, restored
from crm_core.models import Change, ChangeKind, Customer, Record, User
from crm_core.values import Money, Period

MONEY = {"amount", "freight", "price", "total", "value"}
"""Columns that hold minor units of the record's currency."""
Key = tuple[str, int]
"""A record's noun and id."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in plain terms. `author` is None for a job or an import."""

    change: Change
    author: User | None
    record: Record
    """The record as it is, or as it was when it was deleted."""
    fields: list[tuple[str, Any, Any]]
    """Of an update, each column with its values before and after."""


async def search(
    session: AsyncSession,
    zone: tzinfo,
    *,
    customer: Customer | None = None,
    user: User | None = None,
    period: Period | None = None,
    offset: int = 0,
    limit: int = 10,
) -> tuple[int, list[Entry]]:
    """Return how many changes match all that is given, and some of them, newest first.

    Those of a customer are the ones of the record itself and of all that belongs to it.
    """
    conditions: list[ColumnElement[bool]] = []
    if customer:
        conditions.append(_about(customer))
    if user:
        conditions.append(Change.user_id == user.id)
    if period:
        first, after = period.moments(zone)
        conditions += [Change.at >= first, Change.at < after]
    count = await session.scalar(select(func.count(Change.id)).where(*conditions))
    query = select(Change).where(*conditions).order_by(Change.id.desc())
    changes = (await session.scalars(query.offset(offset).limit(limit))).all()
    return count or 0, await _entries(session, changes)


def _about(customer: Customer) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    for noun, kind in RECORDS.items():
        columns = kind.__table__.c
        if "customer_id" in columns:
            ids = select(kind.id).where(columns.customer_id == customer.id)
            parts.append(and_(Change.noun == noun, Change.record_id.in_(ids)))
    itself = and_(Change.noun == customer.noun(), Change.record_id == customer.id)
    log = aliased(Change)
    gone = select(log.noun, log.record_id).where(
        log.kind == ChangeKind.DELETED, log.before["customer_id"].as_integer() == customer.id
    )
    return or_(itself, *parts, tuple_(Change.noun, Change.record_id).in_(gone))


async def _entries(session: AsyncSession, changes: Sequence[Change]) -> list[Entry]:
    wanted: set[Key] = set()
    for change in changes:
        wanted.add((change.noun, change.record_id))
        if change.user_id:
            wanted.add((User.noun(), change.user_id))
        for name, values in _values(change):
            noun = _refers(RECORDS[change.noun], name)
            if noun:
                wanted.update((noun, value) for value in values if value is not None)
    records = await _load(session, wanted)
    entries = []
    for change in changes:
        author = records.get((User.noun(), change.user_id or 0))
        record = records[change.noun, change.record_id]
        fields = [
            (name, *(_typed(record, name, value, records) for value in values))
            for name, values in _values(change)
        ]
        assert author is None or isinstance(author, User)
        entries.append(Entry(change, author, record, fields))
    return entries


def _values(change: Change) -> Iterable[tuple[str, tuple[Any, Any]]]:
    if change.kind is ChangeKind.UPDATED:
        for name, before in change.before.items():
            yield name, (before, change.after[name])


def _refers(kind: type[Record], name: str) -> str | None:
    """Return the noun of the records that a column refers to, if it does."""
    for key in inspect(kind).columns[name].foreign_keys:
        return next(noun for noun, other in RECORDS.items() if other.__table__ is key.column.table)
    return None


def _typed(record: Record, name: str, value: Any, records: dict[Key, Record]) -> Any:
    """Turn a logged value into what it stands for: a record, money, a moment, a word."""
    noun = _refers(type(record), name)
    if noun and value is not None:
        return records.get((noun, value), f"#{value}")
    currency = getattr(record, "currency", None)
    if name in MONEY and value is not None and currency:
        return Money(int(value), currency)
    return restored(type(record), name, value)


async def _load(session: AsyncSession, wanted: Iterable[Key]) -> dict[Key, Record]:
    """Load records; those that are gone are made up again from the log."""
    by_noun: dict[str, set[int]] = defaultdict(set)
    for noun, id_ in wanted:
        by_noun[noun].add(id_)
    found: dict[Key, Record] = {}
    for noun, ids in by_noun.items():
        kind = RECORDS[noun]
        for record in await session.scalars(select(kind).where(kind.id.in_(ids))):
            found[noun, record.id] = record
        gone = ids - {id_ for of, id_ in found if of == noun}
        deleted = select(Change).where(
            Change.kind == ChangeKind.DELETED, Change.noun == noun, Change.record_id.in_(gone)
        )
        for change in await session.scalars(deleted.order_by(Change.id)) if gone else ():
            before = {name: restored(kind, name, value) for name, value in change.before.items()}
            found[noun, change.record_id] = kind(id=change.record_id, **before)
        for id_ in gone - {id_ for of, id_ in found if of == noun}:
            found[noun, id_] = kind(id=id_)  # erased: only its number is left
    return found
