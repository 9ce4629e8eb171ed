"""Every write of a record leaves a Change in its own transaction; undo reads it back.

Nobody has to remember to log: the session does it when it flushes.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, UOWTransaction

from crm_core.errors import Conflict, NotFound
from crm_core.models import Change, ChangeKind, Record

BOOKKEEPING = {"id", "version", "created_at", "updated_at"}


@dataclass(frozen=True, slots=True)
class Work:
    """On whose behalf, when and for what a transaction is made."""

    id: str
    now: datetime
    user_id: int | None = None


class TrackedSession(Session):
    """A session whose writes of records are stamped and logged."""

    @property
    def work(self) -> Work:
        work: Work | None = self.info.get("work")
        if work is None:
            raise RuntimeError("a write outside of Database.begin")
        return work


def work_of(session: AsyncSession) -> Work:
    """Return what this transaction is made for."""
    tracked = session.sync_session
    assert isinstance(tracked, TrackedSession)
    return tracked.work


@event.listens_for(TrackedSession, "before_flush")
def _stamp(session: TrackedSession, _context: UOWTransaction, _instances: object) -> None:
    for record in session.new:
        if isinstance(record, Record):
            record.created_at = record.updated_at = session.work.now
    for record in session.dirty:
        if isinstance(record, Record) and session.is_modified(record):
            record.updated_at = session.work.now


@event.listens_for(TrackedSession, "after_flush")
def _log(session: TrackedSession, _context: UOWTransaction) -> None:
    rows = []
    for kind, records in (
        (ChangeKind.CREATED, session.new),
        (ChangeKind.UPDATED, session.dirty),
        (ChangeKind.DELETED, session.deleted),
    ):
        for record in records:
            if isinstance(record, Record):
                before, after = _difference(record, kind)
                if before or after:
                    rows.append(row(session.work, kind, record, before, after))
    if rows:
        session.connection().execute(insert(Change), rows)


def row(
    work: Work, kind: ChangeKind, record: Record, before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    """Make one row of the change log; imports use it to write many at once."""
    return {
        "at": work.now,
        "user_id": work.user_id,
        "work": work.id,
        "kind": kind,
        "noun": record.noun(),
        "record_id": record.id,
        "version": record.version,
        "before": before,
        "after": after,
    }


def _difference(record: Record, kind: ChangeKind) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    state = inspect(record)
    for column in state.mapper.column_attrs:
        name = column.key
        if name in BOOKKEEPING:
            continue
        current = getattr(record, name)
        if kind is ChangeKind.CREATED:
            if current is not None:
                after[name] = plain(current)
        elif kind is ChangeKind.DELETED:
            if current is not None:
                before[name] = plain(current)
        else:
            history = state.attrs[name].history
            if history.has_changes() and history.deleted:
                before[name], after[name] = plain(history.deleted[0]), plain(current)
    return before, after


def plain(value: Any) -> Any:
    """Turn a column's value into what JSON can hold."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def restored(record_type: type[Record], name: str, value: Any) -> Any:
    """Turn a logged value back into what the column holds."""
    if value is None:
        return None
    kind = inspect(record_type).columns[name].type.python_type
    if issubclass(kind, datetime):
        return datetime.fromisoformat(value)
    if issubclass(kind, date):
        return date.fromisoformat(value)
    return kind(value) if issubclass(kind, StrEnum) else value


async def of_work(session: AsyncSession, work_id: str) -> Sequence[Change]:
    """Return the changes that one piece of work made, first to last."""
    query = select(Change).where(Change.work == work_id).order_by(Change.id)
    return (await session.scalars(query)).all()


async def last_work(session: AsyncSession, user_id: int) -> str | None:
    """Return the newest work of a person that can be undone: not undone, and itself no undo."""
    undos = select(Change.undone_by).where(Change.undone_by.is_not(None))
    query = (
        select(Change.work)
        .where(
            Change.user_id == user_id,
            Change.undone_by.is_(None),
            Change.work.not_in(undos),
            Change.kind != ChangeKind.ERASED,
        )
        .order_by(Change.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def _edited_since(session: AsyncSession, change: Change) -> bool:
    """Tell whether a later piece of work on the record still stands."""
    undos = select(Change.undone_by).where(Change.undone_by.is_not(None))
    later = select(Change.id).where(
        Change.noun == change.noun,
        Change.record_id == change.record_id,
        Change.id > change.id,
        Change.work != change.work,
        Change.undone_by.is_(None),
        Change.work.not_in(undos),
    )
    return (await session.scalars(later.limit(1))).first() is not None


Check = Callable[[Change, Record], Awaitable[None]]
"""Raises where somebody may not take a change of a record back."""


async def _anybody(change: Change, record: Record) -> None:
    """Let everything be taken back: for work that nobody asks for in a conversation."""


async def undo(
    session: AsyncSession, work_id: str, user_id: int, check: Check = _anybody
) -> list[tuple[Change, Record]]:
    """Restore the exact values from before a piece of work.

    `check` is asked about each change, with the record as it is.

    Raises NotFound where that work changed nothing of this person's, and Conflict where it was
    undone already, a record was edited since, or something else now rests on it.
    """
    log = [change for change in await of_work(session, work_id) if change.user_id == user_id]
    if not log:
        raise NotFound("nothing-to-undo")
    if any(change.undone_by for change in log):
        raise Conflict("already-undone")
    if any(change.kind is ChangeKind.ERASED for change in log):
        raise Conflict("erased")
    undone = []
    with session.no_autoflush:  # one flush at the end: it deletes in the order of dependence
        for change in reversed(log):
            undone.append((change, await _restore(session, change, check)))
    try:
        await session.flush()
    except IntegrityError as problem:
        raise Conflict("in-use", record=undone[-1][1]) from problem
    return undone


async def _restore(session: AsyncSession, change: Change, check: Check) -> Record:
    record_type = RECORDS[change.noun]
    record = await session.get(record_type, change.record_id)
    if record is not None:
        await check(change, record)
    if await _edited_since(session, change):
        raise Conflict("edited-since", record=record)
    if record is None:
        record = record_type(id=change.record_id)
        session.add(record)
    if change.kind is ChangeKind.CREATED:
        parts = [each.key for each in inspect(record_type).relationships if each.cascade.delete]
        if parts:
            await session.refresh(record, parts)
        await session.delete(record)
    else:
        for name, value in change.before.items():
            setattr(record, name, restored(record_type, name, value))
    change.undone_by = work_of(session).id
    return record


RECORDS: dict[str, type[Record]] = {kind.noun(): kind for kind in Record.__subclasses__()}
