"""A query's answer: rows of numbers, a series a currency."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision
from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor, Scope
from crm_core.models import Dimension, Metric, Order, Product, Statistic, User
from crm_core.reports.measures import COHORTS, Unit
from crm_core.reports.queries import Facts, Query, day_of, facts
from crm_core.reports.statistics import IN_SQL, major, of_sums, of_values
from crm_core.reports.timeline import STEPS, beginning, steps
from crm_core.sla import Sla
from crm_core.values import Period

CHUNK = 20_000
"""Values taken at once, so that others get their turn in between."""
YEAR = timedelta(days=365)
LONG = 200_000
"""Orders from which on a report may take seconds."""


class Row(NamedTuple):
    """One group: a step of time, a word, a name, or None for what has none."""

    key: Any
    value: float | None
    n: int
    """Facts or customers behind the value."""


@dataclass(frozen=True, slots=True)
class Series:
    """The rows in one currency (None: it is not about money), and the value over all of them."""

    currency: str | None
    rows: Sequence[Row]
    total: Row


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a query. Values are in major units of money, shares of 1, hours, days."""

    query: Query
    series: Sequence[Series]
    scope: Scope
    """Whose facts are in it."""
    ahead: int
    """Facts dated in the future, which are left out."""

    @property
    def count(self) -> int:
        return sum(series.total.n for series in self.series)


Place = tuple[int, Any, str | None]
"""A step, a key and a currency."""
Groups = Mapping[Place, Row]


async def takes_long(session: AsyncSession) -> bool:
    """Tell whether there is so much to count that nobody should wait for a report."""
    return (await session.scalar(select(func.max(Order.id))) or 0) >= LONG


async def run(
    session: AsyncSession,
    actor: Actor,
    query: Query,
    *,
    now: datetime,
    zone: tzinfo,
    currency: str,
    sla: Sla | None = None,
) -> Report:
    """Answer a query with the facts that the asker may see, up to now. Days are those of `zone`.

    Money is never added up across currencies; `currency` is that of a sum of nothing. Raises
    Invalid for what the metric doesn't have.
    """
    found = await facts(session, actor, query, now, zone)
    measure, by_time = query.measure, query.dimension in STEPS
    if query.metric in COHORTS and query.period is None and not by_time:
        end = found.today + timedelta(days=1)
        query = replace(query, period=Period(end - YEAR, end))
        found = replace(found, query=query)
    timeless = measure.ahead or query.metric is Metric.CUSTOMERS
    ahead = 0 if timeless else await session.scalar(found.ahead()) or 0
    found = replace(found, until_now=ahead > 0)
    cut = await _steps(session, found)
    groups = await _groups(session, found, cut, sla or Sla())
    whole = _pooled(query, groups)
    if whole is None:
        asked = [query.period] if query.period else None
        overall = replace(found, query=replace(query, dimension=None))
        whole = await _groups(session, overall, asked, sla or Sla())
    used = sorted({place[2] or "" for place in (*groups, *whole)})
    money = measure.unit is Unit.MONEY
    currencies = [code or None for code in used] or [currency if money else None]
    names = await _names(session, query, groups)
    series = [
        Series(code, _rows(query, groups, cut, code, names), _total(query, whole, code))
        for code in currencies
    ]
    return Report(query, series, actor.scope(measure.source.record), ahead)


async def _steps(session: AsyncSession, found: Facts) -> list[Period] | None:
    """Return the periods that facts are counted in; without a dimension of time at most one."""
    query, period = found.query, found.query.period
    if query.dimension not in STEPS:
        cut = [period] if period else None
    else:
        if period is None:
            first, last = (await session.execute(found.span())).one()
            if first is None:
                return []
            start = beginning(day_of(first, found.zone), query.dimension)
            period = Period(start, day_of(last, found.zone) + timedelta(days=1))
        cut = steps(period, query.dimension)
        if not query.measure.ahead:  # what has not begun has no numbers yet
            cut = [step for step in cut if step.start <= found.today]
    return cut


async def _groups(
    session: AsyncSession, found: Facts, cut: Sequence[Period] | None, sla: Sla
) -> Groups:
    """Return the value of every group that has facts."""
    if cut == []:
        return {}
    query, selected = found.query, found.select(cut)
    if query.measure.judge:
        groups = await _judged(session, found, selected, sla)
    elif query.of in IN_SQL:
        groups = await _grouped_in_sql(session, query, selected)
    else:
        groups = await _grouped_here(session, query, selected)
    if query.metric is Metric.CUSTOMERS and query.dimension in STEPS:
        counts = [groups.get((step, None, None)) for step in range(len(cut or []))]
        known = accumulate(row.n if row else 0 for row in counts)
        return {(step, None, None): Row(None, n, n) for step, n in enumerate(known)}
    return groups


async def _grouped_in_sql(session: AsyncSession, query: Query, selected: Select[Any]) -> Groups:
    rows = selected.subquery()
    place, value = (rows.c.step, rows.c.key, rows.c.currency), rows.c.value
    numbers = (func.count(), func.sum(value), func.min(value), func.max(value))
    found = await session.execute(select(*place, *numbers).group_by(*place))
    return {
        (step, key, currency): Row(
            key,
            major(query.of, of_sums(query.of, count, int(total), least, most), _scale(currency)),
            count,
        )
        for step, key, currency, count, total, least, most in found
    }


async def _grouped_here(session: AsyncSession, query: Query, selected: Select[Any]) -> Groups:
    """Take every value, for medians and deviations: whole numbers, strung together by group."""
    import numpy as np

    rows = selected.subquery()
    place = (rows.c.step, rows.c.key, rows.c.currency)
    strung = func.aggregate_strings(cast(rows.c.value, String), ",")
    found = (await session.execute(select(*place, strung).group_by(*place))).all()

    def finish() -> Groups:
        groups = {}
        for step, key, currency, text in found:
            values = np.fromstring(text, dtype=np.int64, sep=",")
            value = major(query.of, of_values(query.of, values), _scale(currency))
            groups[step, key, currency] = Row(key, value, len(values))
        return groups

    return await asyncio.to_thread(finish)


async def _judged(session: AsyncSession, found: Facts, selected: Select[Any], sla: Sla) -> Groups:
    """Take every fact, for values that databases can't make alike: durations, targets met."""
    of, judge = found.query.of, found.query.measure.judge
    values: dict[Place, list[float]] = defaultdict(list)

    def take(chunk: Sequence[Any]) -> None:
        for step, key, currency, *parts in chunk:
            value = judge(parts, sla, found.now) if judge else None
            if value is not None:
                values[step, key, currency].append(value)

    for chunk in (await session.execute(selected)).partitions(CHUNK):
        await asyncio.to_thread(take, chunk)
    return {place: Row(place[1], of_values(of, own), len(own)) for place, own in values.items()}


def _scale(currency: str | None) -> int:
    """Return how many minor units are a major one."""
    return 10 ** int(get_currency_precision(currency)) if currency else 1


def _pooled(query: Query, groups: Groups) -> Groups | None:
    """Return the values over all groups, None where they don't follow from the groups' own."""
    if query.dimension is None:
        return groups
    of = query.of
    by_goods = query.dimension in (Dimension.PRODUCT, Dimension.CATEGORY)
    repeated = (  # one order in several categories, one customer in several months
        (by_goods and query.metric in (Metric.ORDERS, Metric.AVERAGE_ORDER_VALUE))
        or (
            query.dimension in STEPS and query.metric in (Metric.CUSTOMERS, Metric.ACTIVE_CUSTOMERS)
        )
        or query.per_customer
    )
    if repeated or of in (Statistic.MEDIAN, Statistic.VARIANCE, Statistic.STD):
        return None
    pooled: dict[Place, Row] = {}
    for (_, _, currency), row in groups.items():
        place = (0, None, currency)
        earlier, value = pooled.get(place), row.value or 0.0
        if earlier is None:
            pooled[place] = Row(None, row.value, row.n)
            continue
        count, known = earlier.n + row.n, earlier.value or 0.0
        match of:
            case Statistic.MEAN:
                value = (known * earlier.n + value * row.n) / count
            case Statistic.MIN:
                value = min(known, value)
            case Statistic.MAX:
                value = max(known, value)
            case _:
                value = known + value
        pooled[place] = Row(None, value, count)
    return pooled


def _rows(
    query: Query,
    groups: Groups,
    cut: Sequence[Period] | None,
    currency: str | None,
    names: Mapping[Any, str],
) -> list[Row]:
    """Put the rows of one currency in order: of time, of a vocabulary, or the largest first."""
    mine = {place: row for place, row in groups.items() if place[2] == currency}
    if query.dimension is None:
        return []
    if query.dimension in STEPS:
        nothing = _nothing(query)
        found = {place[0]: row for place, row in mine.items()}
        return [
            Row(step, *(found[place][1:] if place in found else (nothing, 0)))
            for place, step in enumerate(cut or [])
        ]
    rows = [row._replace(key=names.get(row.key, row.key)) for row in mine.values()]
    if any(isinstance(row.key, StrEnum) for row in rows):
        return sorted(rows, key=lambda row: _rank(row.key))
    return sorted(rows, key=lambda row: (row.value is None, -(row.value or 0), str(row.key)))


def _rank(word: StrEnum | None) -> int:
    return list(type(word)).index(word) if word is not None else 1_000


def _total(query: Query, whole: Groups, currency: str | None) -> Row:
    found = next((row for place, row in whole.items() if place[2] == currency), None)
    return found._replace(key=None) if found else Row(None, _nothing(query), 0)


def _nothing(query: Query) -> float | None:
    """Return the value of no facts at all: a sum is 0, a mean has none."""
    return 0 if query.of in (Statistic.SUM, Statistic.COUNT) else None


async def _names(session: AsyncSession, query: Query, groups: Groups) -> dict[Any, str]:
    """Return what people call the products or colleagues that are the groups' keys."""
    kind: Any = {Dimension.PRODUCT: Product, Dimension.OWNER: User}.get(query.dimension)  # type: ignore[arg-type]
    if kind is None:
        return {}
    ids = {place[1] for place in groups if place[1] is not None}
    found = await session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))
    return dict(found.all())
