"""What each metric is: whose facts, of which moment, in which unit, and what one value of it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, null, select
from sqlalchemy.orm import InstrumentedAttribute

from crm_core import orders
from crm_core.models import (
    Customer,
    Deal,
    Dimension,
    Metric,
    Order,
    OrderLine,
    Record,
    Stage,
    Statistic,
    Ticket,
)
from crm_core.reports.timeline import STEPS
from crm_core.sla import Sla

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
EVERY = frozenset(Statistic)
PLACES = frozenset({Dimension.SEGMENT, Dimension.COUNTRY, Dimension.CITY, Dimension.OWNER})
GOODS = frozenset({Dimension.PRODUCT, Dimension.CATEGORY})


class Unit(StrEnum):
    """In what a metric is counted."""

    MONEY = "money"
    COUNT = "count"
    SHARE = "share"
    HOURS = "hours"
    DAYS = "days"
    POINTS = "points"


class Each(StrEnum):
    """What a single value belongs to, where values are not just added up or counted."""

    CUSTOMER = "customer"
    ORDER = "order"
    DEAL = "deal"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Source:
    """The facts that metrics count: a table, whom its rows belong to, and what tells them apart."""

    record: type[Record]
    customer: Column
    owner: Column
    keys: frozenset[Dimension]


Judge = Callable[[Sequence[Any], Sla, datetime], float | None]
"""Makes the value of a fact from its `parts`; None: it has none (yet)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a metric is computed.

    `at` is the moment or day that puts a fact into a period. A fact has a `value`, or `parts` of
    which a `judge` makes one where the databases have no common way to. `own` is what is made of
    the values when nobody says otherwise.
    """

    source: Source
    at: Column
    own: Statistic
    unit: Unit
    each: Each
    value: Column | None = None
    parts: tuple[Column, ...] = ()
    judge: Judge | None = None
    where: tuple[Column, ...] = ()
    statistics: frozenset[Statistic] = EVERY
    dated: bool = False
    """`at` is a day, and no moment."""
    ahead: bool = False
    """It may lie in the future."""

    @property
    def keys(self) -> frozenset[Dimension]:
        """Return what it can be grouped by."""
        return self.source.keys | STEPS

    @property
    def currency(self) -> Column:
        if self.unit is not Unit.MONEY:
            return null()
        return Deal.currency if self.source is DEALS else Order.currency


ORDERS = Source(
    Order, Order.customer_id, Order.owner_id, PLACES | GOODS | frozenset({Dimension.STATUS})
)
CUSTOMERS = Source(Customer, Customer.id, Customer.owner_id, PLACES)
DEALS = Source(Deal, Deal.customer_id, Deal.owner_id, PLACES | GOODS | frozenset({Dimension.STAGE}))
TICKETS = Source(
    Ticket,
    Ticket.customer_id,
    Ticket.assignee_id,
    PLACES | frozenset({Dimension.PRIORITY, Dimension.STATUS}),
)

FIRST = (
    select(Order.customer_id, func.min(Order.ordered_at).label("at"))
    .where(orders.purchased())
    .group_by(Order.customer_id)
    .subquery("first_orders")
)
"""When each customer ordered for the first time."""

SINCE = case((FIRST.c.at < Customer.created_at, FIRST.c.at), else_=Customer.created_at)
"""When somebody became known as a customer: by an order, or by being entered."""

CLOSED = Deal.stage.in_([Stage.WON, Stage.LOST])
RATE = frozenset({Statistic.MEAN})
NUMBER = frozenset({Statistic.COUNT, Statistic.SUM})
ONE = literal(1)


def _hours(moments: Sequence[Any], sla: Sla, now: datetime) -> float | None:
    start, end = moments
    return float(max(end - start, timedelta()) / timedelta(hours=1))


def _days(days: Sequence[date], sla: Sla, now: datetime) -> float | None:
    opened, closed = days
    return float(max((closed - opened).days, 0))


def _attained(parts: Sequence[Any], sla: Sla, now: datetime) -> float | None:
    """1 where all was in time, 0 where something was late, None while that is open."""
    opened_at, priority, first_response_at, resolved_at = parts
    deadlines = sla.deadlines(
        Ticket(
            opened_at=opened_at,
            priority=priority,
            first_response_at=first_response_at,
            resolved_at=resolved_at,
        )
    )
    if any(deadline.breached(now) for deadline in deadlines):
        return 0.0
    return 1.0 if deadlines and all(deadline.met for deadline in deadlines) else None


def _ordered(own: Statistic, each: Each, value: Column, unit: Unit, **more: Any) -> Measure:
    return Measure(ORDERS, Order.ordered_at, own, unit, each, value, **more)


def _dealt(at: Column, own: Statistic, unit: Unit, each: Each = Each.DEAL, **more: Any) -> Measure:
    return Measure(DEALS, at, own, unit, each, dated=True, **more)


def _supported(at: Column, own: Statistic, unit: Unit, each: Each, **more: Any) -> Measure:
    return Measure(TICKETS, at, own, unit, each, **more)


def _counted(at: Column, own: Statistic, unit: Unit, **more: Any) -> Measure:
    return Measure(CUSTOMERS, at, own, unit, Each.CUSTOMER, ONE, **more)


SUM, COUNT, MEAN = Statistic.SUM, Statistic.COUNT, Statistic.MEAN

MEASURES: dict[Metric, Measure] = {
    Metric.REVENUE: _ordered(SUM, Each.CUSTOMER, Order.total, Unit.MONEY, where=(orders.sold(),)),
    Metric.ORDERS: _ordered(COUNT, Each.CUSTOMER, ONE, Unit.COUNT, where=(orders.purchased(),)),
    Metric.AVERAGE_ORDER_VALUE: _ordered(
        MEAN, Each.ORDER, Order.total, Unit.MONEY, where=(orders.purchased(),)
    ),
    Metric.UNITS: _ordered(
        SUM, Each.CUSTOMER, OrderLine.quantity, Unit.COUNT, where=(orders.sold(),)
    ),
    Metric.CUSTOMERS: _counted(SINCE, COUNT, Unit.COUNT, statistics=NUMBER),
    Metric.NEW_CUSTOMERS: _counted(FIRST.c.at, COUNT, Unit.COUNT, statistics=NUMBER),
    Metric.ACTIVE_CUSTOMERS: _counted(
        Order.ordered_at, COUNT, Unit.COUNT, where=(orders.purchased(),), statistics=NUMBER
    ),
    Metric.RETENTION_RATE: _counted(
        Order.ordered_at, MEAN, Unit.SHARE, where=(orders.purchased(),), statistics=RATE
    ),
    Metric.CHURN_RATE: _counted(
        Order.ordered_at, MEAN, Unit.SHARE, where=(orders.purchased(),), statistics=RATE
    ),
    Metric.PIPELINE_VALUE: _dealt(
        Deal.close_date,
        SUM,
        Unit.MONEY,
        value=Deal.amount,
        where=(Deal.stage.not_in([Stage.WON, Stage.LOST]), Deal.amount.is_not(None)),
        ahead=True,
    ),
    Metric.DEALS: _dealt(Deal.opened_on, COUNT, Unit.COUNT, Each.CUSTOMER, value=ONE),
    Metric.DEALS_WON: _dealt(
        Deal.close_date,
        COUNT,
        Unit.COUNT,
        Each.CUSTOMER,
        value=ONE,
        where=(Deal.stage == Stage.WON,),
    ),
    Metric.WIN_RATE: _dealt(
        Deal.close_date,
        MEAN,
        Unit.SHARE,
        value=case((Deal.stage == Stage.WON, 1), else_=0),
        where=(CLOSED,),
        statistics=RATE,
    ),
    Metric.SALES_CYCLE: _dealt(
        Deal.close_date,
        MEAN,
        Unit.DAYS,
        parts=(Deal.opened_on, Deal.close_date),
        judge=_days,
        where=(Deal.stage == Stage.WON, Deal.close_date.is_not(None)),
    ),
    Metric.TICKETS: _supported(Ticket.opened_at, COUNT, Unit.COUNT, Each.CUSTOMER, value=ONE),
    Metric.FIRST_RESPONSE_TIME: _supported(
        Ticket.first_response_at,
        MEAN,
        Unit.HOURS,
        Each.TICKET,
        parts=(Ticket.opened_at, Ticket.first_response_at),
        judge=_hours,
        where=(Ticket.first_response_at.is_not(None),),
    ),
    Metric.RESOLUTION_TIME: _supported(
        Ticket.resolved_at,
        MEAN,
        Unit.HOURS,
        Each.TICKET,
        parts=(Ticket.opened_at, Ticket.resolved_at),
        judge=_hours,
        where=(Ticket.resolved_at.is_not(None),),
    ),
    Metric.SLA_ATTAINMENT: _supported(
        Ticket.opened_at,
        MEAN,
        Unit.SHARE,
        Each.TICKET,
        parts=(
            Ticket.opened_at,
            Ticket.priority,
            Ticket.first_response_at,
            Ticket.resolved_at,
        ),
        judge=_attained,
        statistics=RATE,
    ),
    Metric.SATISFACTION: _supported(
        func.coalesce(Ticket.resolved_at, Ticket.opened_at),
        MEAN,
        Unit.POINTS,
        Each.TICKET,
        value=Ticket.satisfaction,
        where=(Ticket.satisfaction.is_not(None),),
    ),
}
COHORTS = (Metric.RETENTION_RATE, Metric.CHURN_RATE)
"""The metrics that ask whether those who ordered in one period came back in the next."""
