"""One transaction of an import: records are found by code or by name, and written in bulk.

Rows go through SQLAlchemy Core, many to a statement; each write leaves the same Change that the
session would have left for an object.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Select, Table, bindparam, func, or_, select, update
from sqlalchemy import text as statement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from crm_core.access import Actor
from crm_core.changes import BOOKKEEPING, Work, plain
from crm_core.imports.bulk import insert_many
from crm_core.imports.cells import compatible
from crm_core.imports.reading import Draft
from crm_core.imports.report import Problem, Report
from crm_core.imports.rules import IDENTITY, Found, Values, alike, following, name_of, newborn
from crm_core.imports.shapes import REFERENCES
from crm_core.models import (
    Change,
    ChangeKind,
    Record,
    Row,
)

IMPORTING = 7_166_081  # number of PostgreSQL's advisory lock
CACHE = 65_536  # KiB


class Batch:
    """The drafts written together. `report` and `seen` count only once it has committed."""

    def __init__(
        self,
        session: AsyncSession,
        work: Work,
        currency: str,
        before: Mapping[Hashable, int],
        actor: Actor | None = None,
    ) -> None:
        self.actor = actor  # whose rights count; None: everything may be changed
        self.session = session
        self.work = work
        self.currency = currency  # of new records that say none
        self.report = Report(work.id)
        self.seen: dict[Hashable, int] = {}
        self._before = before
        self._sqlite = session.get_bind().dialect.name == "sqlite"

    async def prepare(self) -> None:
        """Let one import write at a time, so that two of one file do not collide."""
        if self._sqlite:  # where every writer is alone, and a large import touches every index
            await self.session.execute(statement(f"PRAGMA cache_size = {-CACHE}"))
        else:
            await self.session.execute(select(func.pg_advisory_xact_lock(IMPORTING)))

    def bad(self, model: type[Record], problem: Problem) -> None:
        self.report.counts[model.noun()].bad += 1
        self.report.complain([problem])

    def once(self, key: Hashable, line: int) -> bool:
        """Take note of a key, or return False where the file had it before."""
        if key in self._before or key in self.seen:
            return False
        self.seen[key] = line
        return True

    async def put(self, model: type[Record], drafts: Sequence[Draft]) -> None:
        """Create the records that are not there, update those that differ."""
        new: list[Values] = []
        there: list[tuple[Found, Values]] = []
        linked = await self.link(model, drafts)
        by_code = await self.find_codes(model, linked)
        by_name = await self._find_names(model, linked)
        for draft in linked:
            values = draft.values
            code, email = values.get("code"), values.get("email")
            name = name_of(model, values)
            if not self.once((model.noun(), code or (name, email)), draft.line):
                self.bad(model, Problem(draft.line, None, "duplicate", code or name[-1]))
                continue
            if code:
                same = [by_code[code]] if code in by_code else []
            else:
                free = [row for row in by_name[name] if self._unclaimed(model, row["id"])]
                same = alike(free, email)
            if len(same) > 1:
                self.bad(model, Problem(draft.line, None, "several-of-this-name", name[-1]))
            elif same and not self.may_change(model, same[0], draft.line):
                continue
            elif same:
                there.append((same[0], values))
                self._claim(model, [same[0]["id"]], [values])
            else:
                new.append(values)
        self._claim(model, await self.create(model, new), new)
        await self.update(model, there)

    def may_change(self, model: type[Record], found: Found, line: int) -> bool:
        """Tell whether a record is the importer's to change; report it where it is not."""
        if self.actor is None or self.actor.may_with(model, found.get("owner_id"), change=True):
            return True
        self.bad(model, Problem(line, None, "not-yours", found.get("name") or found.get("code")))
        return False

    def _claim(self, model: type[Record], ids: Iterable[int], rows: Sequence[Values]) -> None:
        """Remember whom the nameless rows of this file meant: no two mean the same record."""
        for record_id, values in zip(ids, rows, strict=True):
            if not values.get("code"):
                self.seen[model.noun(), record_id] = 0

    def _unclaimed(self, model: type[Record], record_id: int) -> bool:
        key = (model.noun(), record_id)
        return key not in self._before and key not in self.seen

    async def link(self, model: type[Record], drafts: Sequence[Draft]) -> list[Draft]:
        """Put ids where drafts name other records, by code or exact name; drop what finds none."""
        named: dict[str, set[str]] = defaultdict(set)
        for draft in drafts:
            for field in REFERENCES:
                if field in draft.values:
                    named[field].add(draft.values[field])
        found = {field: await self.find(REFERENCES[field], names) for field, names in named.items()}
        linked = []
        for draft in drafts:
            values = dict(draft.values)
            unknown = None
            for field, ids_of in found.items():
                if field not in values:
                    continue
                text = values.pop(field)
                ids = ids_of[text]
                if len(ids) == 1:
                    values[f"{field}_id"] = ids[0]
                else:
                    what = "several" if ids else "unknown"
                    reason = f"{what}-{REFERENCES[field].noun()}"
                    unknown = Problem(draft.line, field, reason, text)
            if unknown:
                self.bad(model, unknown)
            else:
                linked.append(Draft(draft.line, values, draft.lines))
        return linked

    async def find(self, model: type[Record], texts: set[str]) -> dict[str, list[int]]:
        """Return the ids that each text may mean: the record with this code, else of this name."""
        table = table_of(model)
        found: dict[str, list[int]] = {text: [] for text in texts}
        codes: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            codes[compatible(text)].append(text)
        for some in _pieces(codes):
            query = select(table.c.code, table.c.id).where(table.c.code.in_(some))
            for code, record_id in (await self.session.execute(query)).all():
                for text in codes[code]:
                    found[text] = [record_id]
        for some in _pieces([text for text in texts if not found[text]]):
            query = select(table.c.name, table.c.id).where(table.c.name.in_(some))
            for name, record_id in (await self.session.execute(query)).all():
                found[name].append(record_id)
        return found

    async def find_codes(self, model: type[Record], drafts: Sequence[Draft]) -> dict[str, Found]:
        """Read the records that have the drafts' codes, and keep them from changing."""
        codes = {draft.values["code"] for draft in drafts if draft.values.get("code")}
        if not codes:
            return {}
        table = table_of(model)
        rows = await self._rows(select(table).where(table.c.code.in_(codes)))
        return {row["code"]: row for row in rows}

    async def _find_names(
        self, model: type[Record], drafts: Sequence[Draft]
    ) -> dict[tuple[Any, ...], list[Found]]:
        """Read the records that are named like the drafts without a code."""
        found: dict[tuple[Any, ...], list[Found]] = defaultdict(list)
        names = {name_of(model, draft.values) for draft in drafts if not draft.values.get("code")}
        if not names:
            return found
        table = table_of(model)
        query = select(table)
        for field, values in zip(IDENTITY[model], zip(*names, strict=True), strict=True):
            column = table.c[field]
            given = column.in_({value for value in values if value is not None})
            query = query.where(or_(given, column.is_(None)) if None in values else given)
        for row in await self._rows(query):
            found[name_of(model, row)].append(row)
        return found

    async def _rows(self, query: Select[Any]) -> list[Found]:
        rows = await self.session.execute(query.with_for_update())
        return [row._mapping for row in rows.all()]

    async def create(self, model: type[Record], rows: Sequence[Values]) -> Sequence[int]:
        """Insert records and log them; return their ids."""
        if not rows:
            return []
        table, now = table_of(model), self.work.now
        blank = {column.name: _default(column) for column in table.columns}
        blank |= {"version": 1, "created_at": now, "updated_at": now}
        if "currency" in blank:
            blank["currency"] = self.currency
        ids = await self._reserve(table, len(rows))
        records = [
            blank | values | newborn(model, values, now) | {"id": record_id}
            for record_id, values in zip(ids, rows, strict=True)
        ]
        await insert_many(self.session, table, records)
        logged = [name for name in blank if name not in BOOKKEEPING]
        await self._log(
            self._change(model, ChangeKind.CREATED, record["id"], 1, {}, after)
            for record in records
            for after in [{n: plain(record[n]) for n in logged if record[n] is not None}]
        )
        self.report.counts[model.noun()].created += len(rows)
        return ids

    async def update(self, model: type[Record], rows: Sequence[tuple[Found, Values]]) -> None:
        """Write and log the values that differ from what is there."""
        table, now = table_of(model), self.work.now
        changes = []
        same_fields: dict[tuple[str, ...], list[Values]] = defaultdict(list)
        for found, values in rows:
            differing = {n: value for n, value in values.items() if found[n] != value}
            if not differing:
                self.report.counts[model.noun()].unchanged += 1
                continue
            differing |= following(model, found, differing, now)
            version = found["version"] + 1
            before = {name: plain(found[name]) for name in differing}
            after = {name: plain(value) for name, value in differing.items()}
            changes.append(
                self._change(model, ChangeKind.UPDATED, found["id"], version, before, after)
            )
            stamp = {"version": version, "updated_at": now}
            same_fields[tuple(differing)].append(differing | stamp | {"this": found["id"]})
        for records in same_fields.values():
            rewrite = update(table).where(table.c.id == bindparam("this"))
            await self.session.execute(rewrite, records)
        await self._log(changes)
        self.report.counts[model.noun()].updated += len(changes)

    async def _reserve(self, table: Table, count: int) -> Sequence[int]:
        """Take ids for new rows: far quicker than to read back what the database gave each."""
        if self._sqlite:  # this transaction holds the write lock
            last = await self.session.scalar(select(func.max(table.c.id))) or 0
            return range(last + 1, last + 1 + count)
        number = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        numbers = select(number).select_from(func.generate_series(1, count))
        return (await self.session.scalars(numbers)).all()

    def _change(
        self,
        model: type[Record],
        kind: ChangeKind,
        record_id: int,
        version: int,
        before: Values,
        after: Values,
    ) -> Values:
        return {
            "at": self.work.now,
            "user_id": self.work.user_id,
            "work": self.work.id,
            "kind": kind,
            "noun": model.noun(),
            "record_id": record_id,
            "version": version,
            "before": before,
            "after": after,
        }

    async def _log(self, changes: Iterable[Values]) -> None:
        await insert_many(self.session, table_of(Change), list(changes))


def table_of(model: type[Row]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _pieces(texts: Iterable[str], size: int = 10_000) -> Iterator[list[str]]:
    """Split what a huge order names: a statement takes some 30,000 parameters."""
    left = iter(texts)
    while piece := list(islice(left, size)):
        yield piece


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
