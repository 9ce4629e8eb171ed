"""Figures, tables and charts in the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import zip_longest
from typing import Literal

from bot.intent import Text, intent
from bot.measures import label, period_name, title, written
from bot.reply import Buttons, Chart, Part, Reply, Table
from bot.reply import Series as Line
from bot.reply import Text as Words
from bot.turn import PAGE, Turn
from crm_core import reports
from crm_core.access import Scope
from crm_core.models import (
    ActivityKind,
    Customer,
    Dimension,
    Metric,
    OrderStatus,
    Priority,
    Product,
    Segment,
    Stage,
    Statistic,
    TicketStatus,
    User,
)
from crm_core.reports import STEPS, Filters, Query, Report, Row, Series, Unit
from crm_core.values import Period

FEW = 3
"""Steps of time that a table shows well enough without a chart."""
MANY = 20
"""Bars of a chart; the table has the rest."""


class ChartKind(StrEnum):
    LINE = "line"
    BAR = "bar"
    PIE = "pie"
    TABLE = "table"


class Status(StrEnum):
    """A status of orders or of tickets: the metric says of which."""

    PENDING = OrderStatus.PENDING
    PAID = OrderStatus.PAID
    SHIPPED = OrderStatus.SHIPPED
    DELIVERED = OrderStatus.DELIVERED
    RETURNED = OrderStatus.RETURNED
    CANCELLED = OrderStatus.CANCELLED
    OPEN = TicketStatus.OPEN
    SNOOZED = TicketStatus.SNOOZED
    RESOLVED = TicketStatus.RESOLVED
    CLOSED = TicketStatus.CLOSED


@dataclass(frozen=True, slots=True)
class Pair:
    """One row, and the row of the period it is compared with."""

    currency: str | None
    row: Row
    other: Row | None

    @property
    def change(self) -> float | None:
        if self.row.value is None or self.other is None or self.other.value is None:
            return None
        return self.row.value - self.other.value

    @property
    def growth(self) -> float | None:
        """Return the change as a share of what it was; None where that was nothing."""
        if self.change is None or self.other is None or not self.other.value:
            return None
        return self.change / abs(self.other.value)


@intent("report.show", long=reports.takes_long)
async def show(
    turn: Turn,
    metric: Metric,
    statistic: Statistic | None = None,
    dimension: Dimension | None = None,
    period: Period | None = None,
    compare: Period | None = None,
    customer: Customer | None = None,
    product: Product | None = None,
    category: Text | None = None,
    country: Text | None = None,
    city: Text | None = None,
    owner: User | None = None,
    stage: Stage | None = None,
    priority: Priority | None = None,
    status: Status | None = None,
    segment: Segment | None = None,
    kind: ActivityKind | None = None,
    chart: ChartKind | None = None,
) -> Reply:
    """Show a figure, by month or by anything, as a table or a chart."""
    filters = Filters(
        customer=customer,
        product=product,
        category=category,
        country=country,
        city=city,
        owner=owner,
        stage=stage,
        priority=priority,
        status=_status(metric, status) if status else None,
        segment=segment,
        kind=kind,
    )
    if compare and period is None:
        period = reports.following(compare)
    if chart not in (None, ChartKind.TABLE) and dimension is None:
        dimension = Dimension.MONTH
    query = Query(metric, statistic, dimension, period, filters)
    report = await _run(turn, query)
    other = None
    if compare:
        other = await _run(turn, replace(query, period=compare))
        report = _with_currencies_of(other, report)
    return _shown(turn, report, other, chart, await _so_far(turn, report, other))


def _status(metric: Metric, status: Status) -> OrderStatus | TicketStatus:
    """Take a status for one of the nouns that the metric is about; "pending" is one of both."""
    words = TicketStatus if reports.MEASURES[metric].each is reports.Each.TICKET else OrderStatus
    if metric is Metric.TICKETS:
        words = TicketStatus
    other = OrderStatus if words is TicketStatus else TicketStatus
    return words(status.value) if status.value in list(words) else other(status.value)


async def _run(turn: Turn, query: Query) -> Report:
    return await reports.run(
        turn.session,
        turn.actor,
        query,
        now=turn.now,
        zone=turn.zone,
        currency=turn.currency,
        sla=turn.company.sla,
    )


def _shown(
    turn: Turn,
    report: Report,
    other: Report | None,
    chart: ChartKind | None,
    so_far: str | None,
) -> Reply:
    query, counted = report.query, report.count + (other.count if other else 0)
    heading = Words(text=title(turn.speaker, query), style="strong")
    rests_on = turn.provenance(report.count, _filters(turn, query, other), report.scope)
    if not counted:
        hidden = report.scope is not Scope.ALL
        limited = turn.say("others-not-yours", scope=report.scope) if hidden else None
        return turn.reply(heading, turn.say("report-empty"), limited, provenance=rests_on)
    totals = _totals(report, other)
    pairs = _pairs(report, other) or totals
    start = turn.page * PAGE
    if start and start >= len(pairs):
        return turn.reply(turn.say("that-was-all", count=len(pairs)), provenance=rests_on)
    turn.state.remember([], turn.command, turn.page)
    alone = query.dimension is None and other is None
    figures = " + ".join(_value(turn, query, pair) for pair in totals)
    if query.dimension is None or other is None:
        heading = Words(
            text=turn.say("report-total", title=heading.text, value=figures), style="strong"
        )
    pictures = [] if start else _charts(turn, report, other, chart)
    shown = more = None
    if len(pairs) > PAGE:
        last = min(start + PAGE, len(pairs))
        shown = turn.say("rows-shown", first=start + 1, last=last, count=len(pairs))
        more = Buttons(buttons=[turn.next_page()]) if last < len(pairs) else None
    several = len(report.series) > 1
    remarks = [
        turn.say(f"metric-{query.metric.value.replace('_', '-')}-means"),
        turn.say("report-currencies") if several else None,
        turn.say("report-ahead", count=report.ahead) if report.ahead else None,
        so_far,
    ]
    parts: list[Part | str | None] = [
        heading,
        *pictures,
        None if alone and not several else _table(turn, query, other, pairs[start : start + PAGE]),
        shown,
        *(Words(text=remark, style="quiet") for remark in remarks if remark),
        more,
    ]
    return turn.reply(*parts, provenance=rests_on)


def _filters(turn: Turn, query: Query, other: Report | None) -> str:
    return turn.filters(
        period=query.period,
        compare=other.query.period if other else None,
        **query.filters.given(),
    )


def _with_currencies_of(other: Report, report: Report) -> Report:
    """Give a report a series, of nothing, for each currency that only the other one has."""
    if not other.count:
        return report
    nothing = 0 if report.query.of in (Statistic.SUM, Statistic.COUNT) else None
    own = report.series if report.count else []
    known = {series.currency for series in own}
    keys = [row.key for row in report.series[0].rows] if report.query.dimension in STEPS else []
    empty = Row(None, nothing, 0)
    added = [
        Series(series.currency, [empty._replace(key=key) for key in keys], empty)
        for series in other.series
        if series.currency not in known
    ]
    return replace(report, series=[*own, *added])


def _totals(report: Report, other: Report | None) -> list[Pair]:
    """Pair the values over all groups, a pair a currency."""
    before = {each.currency: each.total for each in other.series} if other else {}
    return [Pair(each.currency, each.total, before.get(each.currency)) for each in report.series]


def _pairs(report: Report, other: Report | None) -> list[Pair]:
    """Pair the rows of a report with those of another: steps of time by place, others by key."""
    before = {each.currency: each for each in other.series} if other else {}
    pairs: list[Pair] = []
    for series in report.series:
        known = before[series.currency].rows if series.currency in before else []
        if report.query.dimension in STEPS:
            pairs += [
                Pair(series.currency, row, was)
                for row, was in zip_longest(series.rows, known[: len(series.rows)])
            ]
            continue
        by_key = {row.key: row for row in known}
        pairs += [Pair(series.currency, row, by_key.pop(row.key, None)) for row in series.rows]
        nothing = 0 if report.query.of in (Statistic.SUM, Statistic.COUNT) else None
        pairs += [Pair(series.currency, Row(key, nothing, 0), row) for key, row in by_key.items()]
    return pairs


def _table(turn: Turn, query: Query, other: Report | None, pairs: Sequence[Pair]) -> Table:
    dimension = query.dimension
    first = turn.speaker.word(dimension) if dimension else turn.say("slot-period")
    columns = [first, turn.speaker.word(query.metric)]
    averages = query.of not in (Statistic.SUM, Statistic.COUNT)
    if averages:
        columns.append(turn.say("column-based-on"))
    if other and other.query.period:
        columns.append(period_name(turn.speaker, other.query.period))
        columns += [turn.say("column-difference"), turn.say("column-growth")]
    rows = []
    for pair in pairs:
        cells = [_label(turn, query, pair.row), _value(turn, query, pair)]
        if averages:
            cells.append(turn.speaker.show(pair.row.n))
        if other:
            was = pair.other.value if pair.other else None
            cells += [
                written(turn.speaker, query, was, pair.currency),
                written(turn.speaker, query, pair.change, pair.currency, signed=True),
                _growth(turn, query, pair),
            ]
        rows.append(cells)
    named = [each[:1].upper() + each[1:] for each in columns]
    return Table(columns=named, rows=rows, numeric=tuple(range(1, len(columns))))


def _label(turn: Turn, query: Query, row: Row) -> str:
    if query.dimension is not None:
        return label(turn.speaker, query.dimension, row.key)
    return period_name(turn.speaker, query.period) if query.period else turn.say("no-filters")


def _value(turn: Turn, query: Query, pair: Pair) -> str:
    return written(turn.speaker, query, pair.row.value, pair.currency)


def _growth(turn: Turn, query: Query, pair: Pair) -> str:
    """Write how much more it is in percent; a share's change is in points already."""
    if pair.growth is None or query.measure.unit is Unit.SHARE:
        return turn.say("nothing")
    return ("+" if pair.growth > 0 else "") + turn.speaker.percent(pair.growth, 1)


async def _so_far(turn: Turn, report: Report, other: Report | None) -> str | None:
    """Say that the period is still running, and what it was by this day of the other one."""
    query, period = report.query, report.query.period
    tomorrow = turn.today + timedelta(days=1)
    if period is None or not period.start < tomorrow < period.end or query.measure.ahead:
        return None
    days = (tomorrow - period.start).days
    if other is None or other.query.period is None:
        return turn.say("report-running", days=days, all=(period.end - period.start).days)
    was = other.query.period
    same = Period(was.start, min(was.start + timedelta(days=days), was.end))
    fair = await _run(turn, replace(query, period=same, dimension=None))
    values = [
        (_value(turn, query, Pair(pair.currency, pair.other, None)), _growth(turn, query, pair))
        for pair in _totals(report, fair)
        if pair.other
    ]
    if not values:
        return None
    shown = " + ".join(
        f"{value} ({growth})" if growth != turn.say("nothing") else value
        for value, growth in values
    )
    return turn.say(
        "report-same-days", days=days, period=period_name(turn.speaker, was), value=shown
    )


def _charts(
    turn: Turn, report: Report, other: Report | None, asked: ChartKind | None
) -> list[Part]:
    """Draw what was asked for, or else the course of time; a chart a currency."""
    query = report.query
    steps = max((len(series.rows) for series in report.series), default=0)
    if asked is ChartKind.TABLE or not steps or (asked is None and query.dimension not in STEPS):
        return []
    if asked is None and steps <= FEW:
        return []
    return [
        drawn
        for series in report.series
        if any(row.value is not None for row in series.rows)
        for drawn in [_chart(turn, report, other, asked, series.currency)]
    ]


def _chart(
    turn: Turn, report: Report, other: Report | None, asked: ChartKind | None, currency: str | None
) -> Chart:
    query = report.query
    own = [pair for pair in _pairs(report, other) if pair.currency == currency]
    if query.dimension not in STEPS:
        own = own[:MANY]
    scale = 100 if query.measure.unit is Unit.SHARE else 1
    units = {
        Unit.MONEY: currency or "",
        Unit.SHARE: "%",
        Unit.HOURS: turn.say("report-unit-hours"),
        Unit.DAYS: turn.say("report-unit-days"),
    }
    what = title(turn.speaker, query)
    name = turn.speaker.word(query.metric)
    if other and query.period:
        name = period_name(turn.speaker, query.period)
    lines = [Line(name=name, values=[_scaled(pair.row, scale) for pair in own])]
    if other and other.query.period:
        lines.append(
            Line(
                name=period_name(turn.speaker, other.query.period),
                values=[_scaled(pair.other, scale) for pair in own],
            )
        )
    return Chart(
        shape=_shape(query, asked, lines),
        title=what,
        labels=[label(turn.speaker, query.dimension, pair.row.key) for pair in own],
        series=lines,
        unit=units.get(query.measure.unit, ""),
        language=turn.speaker.language,
        rest=turn.say("report-rest"),
    )


def _scaled(row: Row | None, scale: int) -> float | None:
    return None if row is None or row.value is None else row.value * scale


def _shape(
    query: Query, asked: ChartKind | None, lines: Sequence[Line]
) -> Literal["line", "bar", "pie"]:
    """Choose the shape: a pie is for parts of one whole, a line for the course of time."""
    whole = query.of in (Statistic.SUM, Statistic.COUNT) and len(lines) == 1
    if asked is ChartKind.PIE and whole:
        return "pie"
    if asked in (ChartKind.LINE, None) and query.dimension in STEPS:
        return "line"
    return "bar"
