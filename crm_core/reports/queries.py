"""From a question to a SELECT of facts: a step of time, a key, a currency and a value each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import (
    CTE,
    Date,
    Integer,
    Null,
    Select,
    and_,
    case,
    column,
    distinct,
    func,
    literal_column,
    null,
    select,
    values,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm_core.access import Actor
from crm_core.errors import Invalid
from crm_core.lookup import countries_like, values_like
from crm_core.models import (
    ActivityKind,
    Customer,
    Deal,
    Dimension,
    Metric,
    Order,
    OrderLine,
    OrderStatus,
    Priority,
    Product,
    Segment,
    Stage,
    Statistic,
    Ticket,
    TicketStatus,
    User,
)
from crm_core.models.base import UtcDateTime
from crm_core.reports.measures import (
    COHORTS,
    CUSTOMERS,
    DEALS,
    FIRST,
    GOODS,
    MEASURES,
    ORDERS,
    Column,
    Each,
    Measure,
    Unit,
)
from crm_core.reports.timeline import STEPS, before
from crm_core.values import Period

LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which facts are meant; what is None filters nothing."""

    customer: Customer | None = None
    product: Product | None = None
    category: str | None = None
    country: str | None = None
    city: str | None = None
    owner: User | None = None
    stage: Stage | None = None
    priority: Priority | None = None
    status: OrderStatus | TicketStatus | None = None
    segment: Segment | None = None
    kind: ActivityKind | None = None

    def given(self) -> dict[str, Any]:
        pairs = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True)
class Query:
    """metric × statistic × dimension × period × filters."""

    metric: Metric
    statistic: Statistic | None = None
    dimension: Dimension | None = None
    period: Period | None = None
    filters: Filters = field(default_factory=Filters)

    @property
    def measure(self) -> Measure:
        return MEASURES[self.metric]

    @property
    def of(self) -> Statistic:
        """Return the statistic asked for, or the metric's own."""
        return self.statistic or self.measure.own

    @property
    def per_customer(self) -> bool:
        """Tell whether a customer's facts are added up before the statistic is made."""
        own = self.of in (Statistic.SUM, self.measure.own)
        return self.measure.each is Each.CUSTOMER and not own

    def check(self) -> None:
        """Raise Invalid for what the metric doesn't have, naming what it has."""
        measure = self.measure
        if self.of not in measure.statistics:
            raise Invalid(
                "no-such-statistic",
                metric=self.metric,
                statistic=self.of,
                others=[each for each in Statistic if each in measure.statistics],
            )
        asked = {Dimension(name) for name in self.filters.given() if name != "customer"}
        for dimension in [*([self.dimension] if self.dimension else []), *sorted(asked)]:
            if dimension not in measure.keys:
                raise Invalid(
                    "no-such-dimension",
                    metric=self.metric,
                    dimension=dimension,
                    others=[each for each in Dimension if each in measure.keys],
                )


@dataclass(frozen=True, slots=True)
class Facts:
    """Builds the SELECT of one query's facts, as far as the asker may see them."""

    query: Query
    actor: Actor
    now: datetime
    zone: tzinfo
    conditions: Sequence[Column]
    until_now: bool = True
    """Facts dated in the future are left out. To say so where there are none would cost time."""

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def select(self, steps: Sequence[Period] | None) -> Select[Any]:
        """Select `step key currency value`, or the parts of a value that is judged later.

        `step` is the place in `steps`; without steps, facts of all times.
        """
        if self.query.metric in COHORTS:
            return self._returning(steps or [])
        measure = self.query.measure
        if self.query.metric is Metric.CUSTOMERS and steps:
            # What counts is who was known by the end of each step.
            steps = [Period(LONG_AGO, steps[0].end), *steps[1:]]
        if measure.judge:
            return self._rows(steps, *measure.parts)
        value = self._value()
        if self.query.per_customer:
            counted = self._per_order and self.query.metric is Metric.ORDERS
            added = func.count(distinct(Order.id)) if counted else func.sum(value)
            rows = self._rows(steps, added.label("value"), grain=measure.source.customer)
            return rows.where(measure.source.customer.is_not(None))
        if self._per_order:
            whole = func.min(value) if self.query.metric is Metric.ORDERS else func.sum(value)
            return self._rows(steps, whole.label("value"), grain=Order.id)
        if self.query.metric is Metric.ACTIVE_CUSTOMERS:
            one: Column = literal_column("1").label("value")
            return self._rows(steps, one, grain=Order.customer_id)
        return self._rows(steps, value.label("value"))

    def span(self) -> Select[Any]:
        """Select the first and the last moment or day of the facts."""
        at = self.query.measure.at
        return self._narrowed(select(func.min(at), func.max(at)).select_from(self._tables()))

    def ahead(self) -> Select[Any]:
        """Count the facts of the period that lie in the future and are left out for that."""
        at, period = self.query.measure.at, self.query.period
        rows = select(func.count()).select_from(self._tables()).where(at > self._limit)
        if period:
            rows = rows.where(at >= self._bounds(period)[0], at < self._bounds(period)[1])
        return self._narrowed(rows, future=True)

    def _rows(
        self, steps: Sequence[Period] | None, *columns: Column, grain: Column | None = None
    ) -> Select[Any]:
        measure, key = self.query.measure, self._key()
        known = [key.label("key"), measure.currency.label("currency")]
        if steps is not None and len(steps) > 1:
            cut = self._cut(steps)
            inside = and_(measure.at >= cut.c.start, measure.at < cut.c.after)
            rows = (
                select(cut.c.step, *known, *columns).select_from(cut).join(self._tables(), inside)
            )
            step: list[Column] = [cut.c.step]
        else:
            rows = select(literal_column("0").label("step"), *known, *columns).select_from(
                self._tables()
            )
            step = []
            if steps:
                start, after = self._bounds(steps[0])
                rows = rows.where(measure.at >= start, measure.at < after)
        if grain is not None:
            groups = [*step, grain] if isinstance(key, Null) else [*step, key, grain]
            if measure.unit is Unit.MONEY:
                groups.append(measure.currency)
            rows = rows.group_by(*groups)
        return self._narrowed(rows)

    def _returning(self, steps: Sequence[Period]) -> Select[Any]:
        """Select who ordered in the step before one: 1 where they did in that one too, else 0."""
        earlier = [before(steps[0]), *steps]
        buyer = Order.customer_id
        rows = self._rows(earlier, buyer.label("customer_id"), grain=buyer)
        buyers: CTE = rows.cte("buyers")
        again = aliased(buyers, name="again")
        came = and_(again.c.customer_id == buyers.c.customer_id, again.c.step == buyers.c.step + 1)
        yes, no = (1, 0) if self.query.metric is Metric.RETENTION_RATE else (0, 1)
        return (
            select(
                buyers.c.step,
                buyers.c.key.label("key"),
                null().label("currency"),
                case((again.c.customer_id.is_not(None), yes), else_=no).label("value"),
            )
            .select_from(buyers)
            .outerjoin(again, came)
            .where(buyers.c.step < len(steps))
        )

    def _value(self) -> Column:
        of_lines = self._lines and self.query.measure.unit is Unit.MONEY
        value = OrderLine.amount if of_lines else self.query.measure.value
        if value is None:
            raise ValueError(f"{self.query.metric} has no value of its own")
        return value

    @property
    def _lines(self) -> bool:
        """Tell whether the facts are lines of orders."""
        asked = {self.query.dimension, *map(Dimension, self._named() - {"customer"})}
        by_goods = bool(asked & GOODS)
        return self.query.measure.source is ORDERS and (
            by_goods or self.query.metric is Metric.UNITS
        )

    @property
    def _per_order(self) -> bool:
        """Tell whether the lines of an order are one fact together."""
        return self._lines and self.query.metric in (Metric.ORDERS, Metric.AVERAGE_ORDER_VALUE)

    def _named(self) -> set[str]:
        return set(self.query.filters.given())

    def _tables(self) -> Any:
        query, source = self.query, self.query.measure.source
        asked = self._named() | ({query.dimension.value} if query.dimension else set())
        if source is CUSTOMERS:
            if query.metric is Metric.CUSTOMERS:
                table = Customer.__table__
                return table.outerjoin(FIRST, FIRST.c.customer_id == Customer.id)
            if query.metric is Metric.NEW_CUSTOMERS:
                return FIRST.join(Customer.__table__, FIRST.c.customer_id == Customer.id)
            if not asked - set(STEPS) and self.actor.owners(Customer) is None:
                return Order.__table__
            return Order.__table__.join(Customer.__table__, Order.customer_id == Customer.id)
        tables: Any = source.record.__table__
        if self._lines:
            tables = tables.join(OrderLine.__table__, OrderLine.order_id == Order.id)
        if "category" in asked:
            product = Deal.product_id if source is DEALS else OrderLine.product_id
            tables = tables.join(Product.__table__, Product.id == product, isouter=source is DEALS)
        if asked & {"segment", "country", "city"}:
            same = source.customer == Customer.id
            tables = tables.join(Customer.__table__, same, isouter=source is DEALS)
        return tables

    def _key(self) -> Column:
        """Return the column that the facts are grouped by."""
        dimension, source = self.query.dimension, self.query.measure.source
        match dimension:
            case Dimension.SEGMENT | Dimension.COUNTRY | Dimension.CITY:
                found: Any = getattr(Customer, dimension.value)
            case Dimension.CATEGORY:
                found = Product.category
            case Dimension.PRODUCT:
                found = Deal.product_id if source is DEALS else OrderLine.product_id
            case Dimension.OWNER:
                found = source.owner
            case Dimension.STAGE:
                found = Deal.stage
            case Dimension.PRIORITY:
                found = Ticket.priority
            case Dimension.STATUS:
                found = Order.status if source is ORDERS else Ticket.status
            case _:
                found = null()
        return found  # type: ignore[no-any-return]

    def _narrowed(self, rows: Select[Any], *, future: bool = False) -> Select[Any]:
        measure, query = self.query.measure, self.query
        own = measure.where
        if query.dimension is Dimension.STATUS or query.filters.status:
            own = ()  # who asks by status wants to see those cancelled, too
        rows = rows.where(*own, *self.conditions)
        unbounded = measure.ahead or query.metric is Metric.CUSTOMERS
        if self.until_now and not future and not unbounded:
            rows = rows.where(measure.at <= self._limit)
        return self.actor.limit(rows, measure.source.record)

    @property
    def _limit(self) -> date | datetime:
        return self.today if self.query.measure.dated else self.now

    def _bounds(self, period: Period) -> tuple[Any, Any]:
        if self.query.measure.dated:
            return period.start, period.end
        return period.moments(self.zone)

    def _cut(self, steps: Sequence[Period]) -> CTE:
        """Return the steps as a table, which facts are joined to by their moments."""
        kind = Date() if self.query.measure.dated else UtcDateTime()
        table = values(
            column("step", Integer), column("start", kind), column("after", kind), name="steps"
        )
        return table.data([(place, *self._bounds(step)) for place, step in enumerate(steps)]).cte()


async def facts(
    session: AsyncSession, actor: Actor, query: Query, now: datetime, zone: tzinfo
) -> Facts:
    """Look up what the filters mean. Raises Invalid for a place or category that nobody has."""
    query.check()
    given, source = query.filters.given(), query.measure.source
    conditions: list[Column] = []
    for name, value in given.items():
        match name:
            case "customer":
                found: Any = source.customer == value.id
            case "owner":
                found = source.owner == value.id
            case "product":
                sold = Deal.product_id if source is DEALS else OrderLine.product_id
                found = sold == value.id
            case "category":
                found = await _like(session, Product.category, value)
            case "city":
                found = await _like(session, Customer.city, value)
            case "country":
                same = await countries_like(session, value)
                found = Customer.country.in_(_known(same, value))
            case "segment":
                found = Customer.segment == value
            case "stage":
                found = Deal.stage == value
            case "priority":
                found = Ticket.priority == value
            case _:
                status: Any = Order.status if source is ORDERS else Ticket.status
                found = status == value
        conditions.append(found)
    return Facts(query, actor, now, zone, conditions)


async def _like(session: AsyncSession, column: Any, text: str) -> Column:
    return column.in_(_known(await values_like(session, column, text), text))  # type: ignore[no-any-return]


def _known(found: list[str], text: str) -> list[str]:
    if not found:
        raise Invalid("nothing-called", text=text)
    return found


def day_of(at: date | datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date() if isinstance(at, datetime) else at
