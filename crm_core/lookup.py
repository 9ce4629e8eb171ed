"""A rough name, in any script, to the record meant."""

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from babel import Locale
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_core.models import (
    Alert,
    Change,
    ChangeKind,
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
NUMBERED = (Order, Ticket, Task, Deal, Alert)
"""Records that people call by number: `#1042`, "ticket 1042", 工单1042."""

OVERLAP = 64  # transactions may commit in another order than their changes were numbered
OFFERED = 8
NUMBER = re.compile(r"\D{0,12}?(\d{1,18})")


class Directory:
    """The names of all records, in memory; kept up by reading the change log."""

    def __init__(self) -> None:
        self._names: dict[type[Record], NameIndex] = {}
        self._last = 0
        self._seen: set[int] = set()
        self._loading = asyncio.Lock()

    async def refresh(self, session: AsyncSession) -> None:
        """Take in what was written since the last time, by whichever process."""
        async with self._loading:
            if not self._names:
                await self._load(session)
                return
            query = (
                select(Change.id, Change.noun, Change.record_id, Change.kind)
                .where(Change.id > self._last - OVERLAP)
                .order_by(Change.id)
            )
            for id_, noun, record_id, kind in (await session.execute(query)).all():
                if id_ not in self._seen:
                    await self._take_in(session, noun, record_id, kind)
                    self._seen.add(id_)
                    self._last = max(self._last, id_)
            self._seen = {id_ for id_ in self._seen if id_ > self._last - OVERLAP}

    async def _load(self, session: AsyncSession) -> None:
        self._last = await session.scalar(select(func.max(Change.id))) or 0
        recent = select(Change.id).where(Change.id > self._last - OVERLAP)
        self._seen = set(await session.scalars(recent))
        names = {}
        for kind, column in NAMED.items():
            rows = (await session.execute(select(kind.id, column))).all()
            names[kind] = await asyncio.to_thread(NameIndex.build, rows)
        self._names = names

    async def _take_in(
        self, session: AsyncSession, noun: str, record_id: int, kind: ChangeKind
    ) -> None:
        for record_type, column in NAMED.items():
            if record_type.noun() == noun:
                index = self._names[record_type]
                name = None
                if kind is not ChangeKind.DELETED:
                    name = await session.scalar(select(column).where(record_type.id == record_id))
                if name is None:
                    index.discard(record_id)
                else:
                    index.add(record_id, name)

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
