"""A rough name, in any script, to the record meant."""

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from babel import Locale
from sqlalchemy import false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_core.models import (
    Alert,
    Campaign,
    Change,
    Contact,
    Customer,
    Deal,
    Order,
    Product,
    Record,
    Stage,
    Task,
    Ticket,
    User,
)
from crm_core.names import NameIndex, choose

NAMED: dict[type[Record], InstrumentedAttribute[str]] = {
    Customer: Customer.name,
    Contact: Contact.name,
    Product: Product.name,
    User: User.name,
    Deal: Deal.title,
}
CODED: dict[type[Record], InstrumentedAttribute[str | None]] = {
    Customer: Customer.code,
    Product: Product.code,
    Order: Order.code,
    Deal: Deal.code,
}
NUMBERED = (Order, Ticket, Task, Deal, Alert, Campaign)
"""Records that people call by number: `#1042`, "ticket 1042", 工单1042."""

OVERLAP = 64  # transactions may commit in another order than their changes were numbered
MANY = 1000  # changes from which on it is quicker to load all names anew
OFFERED = 8
NUMBER = re.compile(r"\D{0,12}?(\d{1,18})")


class Directory:
    """The names of all records, in memory; kept up by reading the change log."""

    def __init__(self) -> None:
        self._names: dict[type[Record], NameIndex] = {}
        self._last = 0
        self._seen: set[int] = set()
        self._unsure: set[tuple[str, int]] = set()
        self._loading = asyncio.Lock()

    async def refresh(self, session: AsyncSession) -> None:
        """Take in what was written since the last time, by whichever process."""
        async with self._loading:
            if not self._names:
                await self._load(session)
                return
            query = (
                select(Change.id, Change.work, Change.noun, Change.record_id)
                .where(Change.id > self._last - OVERLAP)
                .order_by(Change.id)
                .limit(OVERLAP + MANY + 1)
            )
            rows = (await session.execute(query)).all()
            fresh = [row for row in rows if row.id not in self._seen]
            if len(fresh) > MANY:
                await self._load(session)
                return
            work = session.info.get("work")
            own = {row.id for row in fresh if work and row.work == work.id}
            unsure, self._unsure = self._unsure, set()
            for kind, column in NAMED.items():
                noun = kind.noun()
                ids = {row.record_id for row in fresh if row.noun == noun}
                ids |= {id_ for unsure_noun, id_ in unsure if unsure_noun == noun}
                if ids:
                    await self._take_in(session, kind, column, ids)
            # What this transaction wrote may yet be rolled back: it is looked at again.
            self._unsure = {(row.noun, row.record_id) for row in fresh if row.id in own}
            self._seen |= {row.id for row in fresh} - own
            self._last = max(self._seen, default=self._last)
            self._seen = {id_ for id_ in self._seen if id_ > self._last - OVERLAP}

    async def _load(self, session: AsyncSession) -> None:
        work = session.info.get("work")
        own = Change.work == work.id if work else false()
        last = await session.scalar(select(func.max(Change.id)).where(~own)) or 0
        seen = select(Change.id).where(Change.id > last - OVERLAP, ~own)
        unsure = select(Change.noun, Change.record_id).where(own)
        names = {}
        for kind, column in NAMED.items():
            rows = (await session.execute(select(kind.id, column))).all()
            names[kind] = await asyncio.to_thread(NameIndex.build, rows)
        self._names, self._last = names, last
        self._seen = set(await session.scalars(seen))
        self._unsure = set((await session.execute(unsure)).all())

    async def _take_in(
        self,
        session: AsyncSession,
        kind: type[Record],
        column: InstrumentedAttribute[str],
        ids: set[int],
    ) -> None:
        rows = await session.execute(select(kind.id, column).where(kind.id.in_(ids)))
        names: dict[int, str] = dict(rows.all())
        for id_ in ids:
            if id_ in names:
                self._names[kind].add(id_, names[id_])
            else:
                self._names[kind].discard(id_)

    def named(self, kind: type[Record], text: str, *, all_near: bool = False) -> list[int]:
        """Return the ids meant by a rough name, best first: one where there is a clear winner."""
        matches = self._names[kind].search(text, limit=OFFERED)
        return [match.key for match in (matches if all_near else choose(matches))]


async def find(
    session: AsyncSession, directory: Directory, kind: type[Record], text: str
) -> Sequence[Record]:
    """Return the records of a kind that `text` may mean, best first.

    One where the name is clear, several where somebody has to choose, none where nothing is near.
    """
    await directory.refresh(session)
    exact = await _by_code(session, kind, text)
    if exact or kind not in NAMED:
        return exact
    if kind is Deal:
        return await _deals(session, directory, text)
    return await _records(session, kind, directory.named(kind, text))


async def _by_code(session: AsyncSession, kind: type[Record], text: str) -> Sequence[Record]:
    words = unicodedata.normalize("NFKC", text).strip()
    column = CODED.get(kind)
    if column is not None:
        codes = {words, words.upper(), words.lstrip("#")}
        number = NUMBER.fullmatch(words)
        if number and kind in NUMBERED:
            codes.add(number[1])
        found = (await session.scalars(select(kind).where(column.in_(codes)))).all()
        if found:
            return found
    if kind in NUMBERED:
        number = NUMBER.fullmatch(words)
        if number:
            return await _records(session, kind, [int(number[1])])
    return []


async def _deals(session: AsyncSession, directory: Directory, text: str) -> Sequence[Record]:
    """A deal is called by its title or, more often, by its customer: then the open ones count."""
    titled = directory.named(Deal, text)
    if len(titled) == 1:
        return await _records(session, Deal, titled)
    customers = directory.named(Customer, text)
    query = (
        select(Deal)
        .where(Deal.customer_id.in_(customers), Deal.stage.not_in([Stage.WON, Stage.LOST]))
        .order_by(Deal.id.desc())
        .limit(OFFERED)
    )
    of_customer = (await session.scalars(query)).all() if customers else []
    return of_customer or await _records(session, Deal, titled)


async def _records(
    session: AsyncSession, kind: type[Record], ids: Sequence[int]
) -> Sequence[Record]:
    found = {
        record.id: record for record in await session.scalars(select(kind).where(kind.id.in_(ids)))
    }
    return [found[id_] for id_ in ids if id_ in found]


def folded(text: str) -> str:
    """Return text without case, accents and full width, for comparing words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip()


async def values_like(
    session: AsyncSession, column: InstrumentedAttribute[Any], text: str
) -> list[str]:
    """Return the values in a column that begin like `text`: "mexico" finds "México D.F."."""
    values = (await session.scalars(select(column).where(column.is_not(None)).distinct())).all()
    wanted = folded(text)
    exact = [value for value in values if folded(value) == wanted]
    return exact or [value for value in values if folded(value).startswith(wanted)]


async def countries_like(session: AsyncSession, text: str) -> list[str]:
    """Return the spellings in use for a country named in English or Chinese: 德国, "uk"."""
    column = Customer.country
    wanted = _territory(text)
    values = (await session.scalars(select(column).where(column.is_not(None)).distinct())).all()
    same = [value for value in values if value and wanted and _territory(value) == wanted]
    return same or await values_like(session, column, text)


def _territory(name: str) -> str | None:
    return _territories().get(folded(name))


@cache
def _territories() -> dict[str, str]:
    names = {
        folded(name): code
        for language in ("en", "zh")
        for code, name in Locale.parse(language).territories.items()
        if code.isalpha()
    }
    return names | {"usa": "US", "us": "US", "america": "US", "uk": "GB", "england": "GB"}
