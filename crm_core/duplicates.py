"""Customers who are in the books twice: find them, and make one of two."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from rapidfuzz.distance import OSA
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor
from crm_core.changes import RECORDS
from crm_core.errors import Invalid
from crm_core.models import Customer, Record, Score
from crm_core.names import NameIndex
from crm_core.names_text import core, fold

ALIKE = 86.0
"""From this score on two names are one: a typo in a longer name, another legal form."""
NEAR = 0.8
"""Below this similarity of letters two names are not looked at more closely."""
WINDOW = 5
"""How many followers in sorted order a name is compared with."""
SHARED_BY = 5
"""An e-mail or phone that more customers share is a switchboard's and tells nothing."""
PHONE_DIGITS = 9
"""Digits from the end that make a phone number, whatever the prefix is written like."""


@dataclass
class Pair:
    """Two customers that may be one: `customer` is the older, why, and how alike the names are."""

    customer: Customer
    duplicate: Customer
    same: list[str] = field(default_factory=list)
    """Fields that are equal: `email`, `phone`."""
    alike: float = 0.0
    """How alike the names are, from 0 to 1; 0 where they are not."""


async def find(session: AsyncSession, actor: Actor) -> list[Pair]:
    """Return pairs of customers that look like one, each duplicate once, the surest first.

    Equal e-mails and phones are looked up. Near-equal names are sought among neighbours in sorted
    order (Hernández and Stolfo 1995, the merge/purge problem), so that it takes n log n steps.
    """
    query = actor.limit(select(Customer), Customer).order_by(Customer.id)
    customers = (await session.scalars(query)).all()
    pairs: dict[tuple[int, int], Pair] = {}

    def pair(a: Customer, b: Customer) -> Pair:
        first, second = sorted((a, b), key=lambda customer: customer.id)
        return pairs.setdefault((first.id, second.id), Pair(first, second))

    for name, key_of in (("email", _email), ("phone", _phone)):
        for a, b in _equal(customers, [key_of(customer) for customer in customers]):
            pair(a, b).same.append(name)
    names = [customer.name for customer in customers]
    for i, j, alike in await asyncio.to_thread(near_names, names):
        pair(customers[i], customers[j]).alike = alike / 100
    ranked = sorted(pairs.values(), key=lambda each: (len(each.same), each.alike), reverse=True)
    surest: dict[int, Pair] = {}
    for each in ranked:
        surest.setdefault(each.duplicate.id, each)
    return list(surest.values())


def _email(customer: Customer) -> str:
    return (customer.email or "").strip().casefold()


def _phone(customer: Customer) -> str:
    digits = "".join(filter(str.isdigit, customer.phone or ""))
    return digits[-PHONE_DIGITS:] if len(digits) > 5 else ""


def _equal(
    customers: Sequence[Customer], keys: Iterable[str]
) -> Iterator[tuple[Customer, Customer]]:
    groups: dict[str, list[Customer]] = defaultdict(list)
    for customer, key in zip(customers, keys, strict=True):
        if key:
            groups[key].append(customer)
    for group in groups.values():
        if len(group) <= SHARED_BY:
            yield from combinations(group, 2)


def near_names(names: Sequence[str]) -> list[tuple[int, int, float]]:
    """Return the places of names that are nearly equal, and how alike they are, `ALIKE` to 100."""
    scored = ((i, j, _alike(names[i], names[j])) for i, j in _neighbours(names))
    return [(i, j, alike) for i, j, alike in scored if alike >= ALIKE]


def _neighbours(names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that stand side by side: read forwards, backwards, with words sorted."""
    cores = [core(fold(name)) for name in names]
    plain = [name.replace(" ", "") for name in cores]
    backwards = [name[::-1] for name in plain]
    words = [" ".join(sorted(name.split(" "))) for name in cores]
    digits = [_digits(name) for name in cores]
    seen: set[tuple[int, int]] = set()
    for keys in (plain, backwards, words):
        order = sorted(range(len(names)), key=keys.__getitem__)
        for place, i in enumerate(order):
            for j in order[place + 1 : place + 1 + WINDOW]:
                at = (min(i, j), max(i, j))
                if at in seen or digits[i] != digits[j]:
                    continue
                if OSA.normalized_similarity(keys[i], keys[j]) >= NEAR:
                    seen.add(at)
                    yield at


def _digits(name: str) -> str:
    """Store 12 is not store 13, however alike their names are."""
    return "".join(filter(str.isdigit, name))


def _alike(a: str, b: str) -> float:
    """Return how alike two names are, from 0 to 100, whichever of them was typed first."""
    return min(_score(a, b), _score(b, a))


def _score(text: str, name: str) -> float:
    return next((match.score for match in NameIndex.build([(0, name)]).search(text)), 0.0)


async def belongings(session: AsyncSession, customer: Customer) -> dict[str, Sequence[Record]]:
    """Return all records of a customer by their noun; nouns without any are left out."""
    found = {}
    for noun, kind in RECORDS.items():
        columns = kind.__table__.c
        if "customer_id" in columns:
            query = select(kind).where(columns.customer_id == customer.id)
            found[noun] = (await session.scalars(query)).all()
    return {noun: records for noun, records in found.items() if records}


async def merge(
    session: AsyncSession, customer: Customer, duplicate: Customer
) -> tuple[dict[str, int], list[str]]:
    """Make one customer of two: everything of `duplicate` becomes `customer`'s, and it goes.

    Returns how many records of each noun moved and which empty fields were filled from the
    duplicate. Undo brings all records back; scores are derived, the next scoring makes them anew.
    Raises Invalid for a customer and itself.
    """
    if customer.id == duplicate.id:
        raise Invalid("same-customer", record=customer)
    theirs = await belongings(session, duplicate)
    for records in theirs.values():
        for record in records:
            record.customer_id = customer.id  # type: ignore[attr-defined]
    await _move_scores(session, customer, duplicate)
    values = {name: getattr(duplicate, name) for name in FILLED}
    await session.flush()
    await session.delete(duplicate)
    await session.flush()
    filled = [name for name, value in values.items() if value and not getattr(customer, name)]
    for name in filled:
        setattr(customer, name, values[name])
    await session.flush()
    return {noun: len(records) for noun, records in theirs.items()}, filled


FILLED = (
    *("code", "email", "phone", "address", "postal_code", "city", "country"),
    *("website", "industry", "owner_id"),
)


async def _move_scores(session: AsyncSession, customer: Customer, duplicate: Customer) -> None:
    """Give the customer the duplicate's scores of the models and days that it has none of."""
    mine = select(Score.name, Score.as_of).where(Score.customer_id == customer.id)
    scored = set((await session.execute(mine)).all())
    for score in await session.scalars(select(Score).filter_by(customer_id=duplicate.id)):
        if (score.name, score.as_of) in scored:
            await session.delete(score)
        else:
            score.customer_id = customer.id
    await session.flush()
