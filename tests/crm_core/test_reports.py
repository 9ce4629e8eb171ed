"""Reports: what each metric counts, beside plain Python over the same little company."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_core import reports
from crm_core.access import Actor, Rules, Scope
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.models import (
    Customer,
    Deal,
    Dimension,
    Metric,
    Order,
    OrderLine,
    OrderStatus,
    Priority,
    Product,
    Role,
    Segment,
    Stage,
    Statistic,
    Ticket,
    TicketStatus,
    User,
)
from crm_core.reports import Filters, Query, Report
from crm_core.sla import Goal, Sla
from crm_core.values import Period

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
JANUARY, FEBRUARY, MARCH = (
    Period(date(2026, 1, 1), date(2026, 2, 1)),
    Period(date(2026, 2, 1), date(2026, 3, 1)),
    Period(date(2026, 3, 1), date(2026, 4, 1)),
)
QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))
EVERYTHING = Rules({}, {})


@dataclass
class Firm:
    """A little company in a database."""

    db: Database
    people: list[User]
    customers: list[Customer]
    products: list[Product]

    def actor(self, person: int = 0, rules: Rules = EVERYTHING) -> Actor:
        user = self.people[person]
        return Actor(user, frozenset({user.id}), rules)

    async def ask(
        self, metric: Metric, *, actor: Actor | None = None, zone: str = "UTC", **asked: object
    ) -> Report:
        query = Query(metric, **asked)  # type: ignore[arg-type]
        async with self.db.read() as session:
            return await reports.run(
                session,
                actor or self.actor(),
                query,
                now=NOW,
                zone=ZoneInfo(zone),
                currency="USD",
                sla=Sla(targets={Goal.RESOLUTION: dict.fromkeys(Priority, 60)}),
            )

    async def rows(self, metric: Metric, **asked: object) -> dict[object, float | None]:
        """Return the only series' rows."""
        (series,) = (await self.ask(metric, **asked)).series  # type: ignore[arg-type]
        return {row.key: row.value for row in series.rows}

    async def value(self, metric: Metric, **asked: object) -> float | None:
        (series,) = (await self.ask(metric, **asked)).series  # type: ignore[arg-type]
        return series.total.value


@pytest.fixture
async def firm(db: Database) -> Firm:
    people = [User(name="Ann", role=Role.MANAGER), User(name="Bob", role=Role.REP)]
    products = [
        Product(name="Chai", category="Tea", price=1000, currency="USD"),
        Product(name="Mate", category="Tea", price=2000, currency="USD"),
        Product(name="Brie", category="Cheese", price=3000, currency="USD"),
    ]
    customers = [
        Customer(name="One", country="Germany", city="Berlin", segment=Segment.LOYAL),
        Customer(name="Two", country="Germany", city="Bonn", segment=Segment.LOST),
        Customer(name="Three", country="China", city="北京"),
    ]
    async with db.begin(Work("people", NOW)) as session:
        session.add_all([*people, *products, *customers])
    return Firm(db, people, customers, products)


def at(day: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


async def order(
    firm: Firm,
    customer: int,
    moment: datetime,
    *lines: tuple[int, int],
    status: OrderStatus = OrderStatus.DELIVERED,
    currency: str = "USD",
    owner: int = 0,
) -> None:
    """Place an order of (product, amount in minor units) lines."""
    async with firm.db.begin(Work(f"{moment} {lines}", NOW)) as session:
        session.add(
            Order(
                customer_id=firm.customers[customer].id,
                owner_id=firm.people[owner].id,
                status=status,
                ordered_at=moment,
                total=sum(amount for _, amount in lines),
                currency=currency,
                lines=[
                    OrderLine(
                        position=place,
                        product_id=firm.products[product].id,
                        quantity=amount // firm.products[product].price,  # type: ignore[operator]
                        unit_price=firm.products[product].price,
                        amount=amount,
                    )
                    for place, (product, amount) in enumerate(lines)
                ],
            )
        )


@pytest.fixture
async def sales(firm: Firm) -> Firm:
    await order(firm, 0, at("2026-01-05"), (0, 1000), (2, 3000))
    await order(firm, 0, at("2026-01-31", 23), (1, 2000), owner=1)  # 1 February in Shanghai
    await order(firm, 1, at("2026-01-20"), (0, 5000), (1, 4000))
    await order(firm, 0, at("2026-03-02"), (2, 9000))
    await order(firm, 2, at("2026-03-03"), (2, 6000), currency="EUR")
    await order(firm, 1, at("2026-03-04"), (0, 7000), status=OrderStatus.CANCELLED)
    await order(firm, 1, at("2026-03-05"), (0, 8000), status=OrderStatus.RETURNED)
    await order(firm, 1, at("2026-03-06"), (0, -1000), status=OrderStatus.RETURNED)
    await order(firm, 1, at("2026-03-20"), (0, 500_000))  # has not happened yet
    return firm


def of(report: Report, currency: str | None) -> dict[object, float | None]:
    series = next(series for series in report.series if series.currency == currency)
    return {row.key: row.value for row in series.rows}


async def test_revenue_by_month_has_a_row_for_a_month_of_nothing(sales: Firm) -> None:
    report = await sales.ask(Metric.REVENUE, dimension=Dimension.MONTH, period=QUARTER)
    assert of(report, "USD") == {JANUARY: 150, FEBRUARY: 0, MARCH: 80}
    assert of(report, "EUR") == {JANUARY: 0, FEBRUARY: 0, MARCH: 60}
    assert [series.total.value for series in report.series] == [60, 230]
    assert report.ahead == 1


async def test_days_are_those_of_the_asker(sales: Firm) -> None:
    report = await sales.ask(
        Metric.REVENUE, dimension=Dimension.MONTH, period=QUARTER, zone="Asia/Shanghai"
    )
    assert of(report, "USD") == {JANUARY: 130, FEBRUARY: 20, MARCH: 80}


async def test_without_a_period_the_steps_are_those_of_the_data(sales: Firm) -> None:
    report = await sales.ask(Metric.ORDERS, dimension=Dimension.MONTH)
    last = Period(date(2026, 3, 1), date(2026, 3, 4))
    assert of(report, None) == {JANUARY: 3, FEBRUARY: 0, last: 2}


@pytest.mark.parametrize(
    ("dimension", "rows"),
    [
        (Dimension.CATEGORY, {"Tea": 110, "Cheese": 120}),
        (Dimension.PRODUCT, {"Chai": 50, "Mate": 60, "Brie": 120}),
        (Dimension.COUNTRY, {"Germany": 230}),
        (Dimension.CITY, {"Berlin": 150, "Bonn": 80}),
        (Dimension.SEGMENT, {Segment.LOYAL: 150, Segment.LOST: 80}),
        (Dimension.OWNER, {"Ann": 210, "Bob": 20}),
    ],
)
async def test_revenue_by_anything(
    sales: Firm, dimension: Dimension, rows: dict[object, float]
) -> None:
    report = await sales.ask(Metric.REVENUE, dimension=dimension)
    assert of(report, "USD") == rows
    assert {series.currency: series.total.value for series in report.series} == {
        "EUR": 60,
        "USD": 230,
    }


async def test_who_asks_by_status_sees_the_cancelled_too(sales: Firm) -> None:
    report = await sales.ask(Metric.ORDERS, dimension=Dimension.STATUS)
    assert of(report, None) == {
        OrderStatus.DELIVERED: 5,
        OrderStatus.RETURNED: 2,
        OrderStatus.CANCELLED: 1,
    }
    cancelled = Filters(status=OrderStatus.CANCELLED)
    assert await sales.value(Metric.REVENUE, filters=cancelled) == 70


async def test_an_order_of_two_categories_counts_once_in_all(sales: Firm) -> None:
    (series,) = (await sales.ask(Metric.ORDERS, dimension=Dimension.CATEGORY)).series
    assert {row.key: row.value for row in series.rows} == {"Tea": 3, "Cheese": 3}
    assert series.total.value == 5


async def test_averages_of_a_category_are_revenue_by_orders_with_it(sales: Firm) -> None:
    january = {"dimension": Dimension.CATEGORY, "period": JANUARY}
    rows = await sales.rows(Metric.AVERAGE_ORDER_VALUE, **january)
    assert rows == {"Tea": pytest.approx(40), "Cheese": 30}
    assert await sales.value(Metric.AVERAGE_ORDER_VALUE, **january) == 50


SPENDS = [60.0, 90.0]  # of customers One and Two in January
TOTALS = [40.0, 20.0, 90.0]  # of the orders in January


@pytest.mark.parametrize(
    ("statistic", "spend", "order"),
    [
        (Statistic.SUM, 150, 150),
        (Statistic.COUNT, 2, 3),
        (Statistic.MEAN, 75, 50),
        (Statistic.MEDIAN, 75, 40),
        (Statistic.VARIANCE, statistics.variance(SPENDS), statistics.variance(TOTALS)),
        (Statistic.STD, statistics.stdev(SPENDS), statistics.stdev(TOTALS)),
        (Statistic.MIN, 60, 20),
        (Statistic.MAX, 90, 90),
    ],
)
async def test_every_statistic(
    sales: Firm, statistic: Statistic, spend: float, order: float
) -> None:
    asked = {"statistic": statistic, "period": JANUARY}
    assert await sales.value(Metric.REVENUE, **asked) == pytest.approx(spend)
    assert await sales.value(Metric.AVERAGE_ORDER_VALUE, **asked) == pytest.approx(order)
    by = {"dimension": Dimension.MONTH, **asked}
    assert await sales.rows(Metric.REVENUE, **by) == {JANUARY: pytest.approx(spend)}
    assert await sales.value(Metric.REVENUE, **by) == pytest.approx(spend)


async def test_one_value_has_no_spread_and_none_no_mean(sales: Firm) -> None:
    by = {"dimension": Dimension.MONTH, "period": QUARTER, "filters": Filters(country="germany")}
    spread = await sales.rows(Metric.AVERAGE_ORDER_VALUE, statistic=Statistic.STD, **by)
    assert spread == {JANUARY: pytest.approx(statistics.stdev(TOTALS)), FEBRUARY: None, MARCH: None}
    mean = await sales.rows(Metric.AVERAGE_ORDER_VALUE, **by)
    assert mean == {JANUARY: 50, FEBRUARY: None, MARCH: 90}


async def test_orders_of_each_customer(sales: Firm) -> None:
    assert await sales.value(Metric.ORDERS, statistic=Statistic.MAX) == 3
    assert await sales.value(Metric.ORDERS, statistic=Statistic.MEAN) == pytest.approx(5 / 3)
    tea = Filters(category="tea")
    assert await sales.value(Metric.ORDERS, statistic=Statistic.MEAN, filters=tea) == 1.5


async def test_units_are_those_kept(sales: Firm) -> None:
    assert await sales.rows(Metric.UNITS, dimension=Dimension.PRODUCT) == {
        "Chai": 5,
        "Brie": 6,
        "Mate": 3,
    }


@pytest.mark.parametrize(
    ("filters", "value"),
    [
        ({"country": "德国"}, 230),
        ({"city": "berlin"}, 150),
        ({"category": "tea"}, 110),
        ({"segment": Segment.LOST}, 80),
        ({"category": "cheese", "country": "Germany"}, 120),
    ],
)
async def test_filters(sales: Firm, filters: dict[str, object], value: float) -> None:
    assert await sales.value(Metric.REVENUE, filters=Filters(**filters)) == value  # type: ignore[arg-type]


async def test_filters_by_record(sales: Firm) -> None:
    one = Filters(customer=sales.customers[0])
    assert await sales.value(Metric.REVENUE, filters=one) == 150
    assert await sales.value(Metric.REVENUE, filters=Filters(product=sales.products[1])) == 60
    assert await sales.value(Metric.REVENUE, filters=Filters(owner=sales.people[1])) == 20


@pytest.mark.parametrize(
    "asked",
    [
        {"metric": Metric.REVENUE, "dimension": Dimension.STAGE},
        {"metric": Metric.REVENUE, "filters": Filters(priority=Priority.HIGH)},
        {"metric": Metric.WIN_RATE, "statistic": Statistic.MEDIAN},
        {"metric": Metric.CUSTOMERS, "statistic": Statistic.STD},
        {"metric": Metric.REVENUE, "filters": Filters(country="Atlantis")},
        {"metric": Metric.REVENUE, "dimension": Dimension.KIND},
    ],
)
async def test_what_makes_no_sense_is_refused(sales: Firm, asked: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        await sales.ask(**asked)  # type: ignore[arg-type]


async def test_too_many_steps_are_refused(sales: Firm) -> None:
    long = Period(date(1900, 1, 1), date(2026, 1, 1))
    with pytest.raises(Invalid, match="too-many-steps"):
        await sales.ask(Metric.REVENUE, dimension=Dimension.DAY, period=long)


async def test_new_active_and_known_customers(sales: Firm) -> None:
    by = {"dimension": Dimension.MONTH, "period": QUARTER}
    assert await sales.rows(Metric.NEW_CUSTOMERS, **by) == {JANUARY: 2, FEBRUARY: 0, MARCH: 1}
    assert await sales.rows(Metric.ACTIVE_CUSTOMERS, **by) == {JANUARY: 2, FEBRUARY: 0, MARCH: 2}
    assert await sales.value(Metric.ACTIVE_CUSTOMERS, **by) == 3
    assert await sales.rows(Metric.CUSTOMERS, **by) == {JANUARY: 2, FEBRUARY: 2, MARCH: 3}
    assert await sales.rows(Metric.CUSTOMERS, dimension=Dimension.COUNTRY) == {
        "Germany": 2,
        "China": 1,
    }


async def test_retention_and_churn(firm: Firm) -> None:
    for customer, days in enumerate([["2026-01-05", "2026-02-03"], ["2026-01-06"], ["2026-02-07"]]):
        for day in days:
            await order(firm, customer, at(day), (0, 1000))
    by = {"dimension": Dimension.MONTH, "period": QUARTER}
    assert await firm.rows(Metric.RETENTION_RATE, **by) == {JANUARY: None, FEBRUARY: 0.5, MARCH: 0}
    assert await firm.rows(Metric.CHURN_RATE, **by) == {JANUARY: None, FEBRUARY: 0.5, MARCH: 1}
    assert await firm.value(Metric.RETENTION_RATE, period=FEBRUARY) == 0.5
    assert await firm.rows(Metric.RETENTION_RATE, period=FEBRUARY, dimension=Dimension.COUNTRY) == {
        "Germany": 0.5
    }
    assert await firm.value(Metric.RETENTION_RATE) is None


async def deal(firm: Firm, stage: Stage, amount: int | None, closing: str, owner: int = 0) -> None:
    async with firm.db.begin(Work(f"{stage} {amount}", NOW)) as session:
        session.add(
            Deal(
                title="a deal",
                customer_id=firm.customers[0].id,
                owner_id=firm.people[owner].id,
                stage=stage,
                stage_since=NOW,
                amount=amount,
                currency="USD",
                opened_on=date(2026, 1, 10),
                close_date=date.fromisoformat(closing),
            )
        )


async def test_deals(firm: Firm) -> None:
    await deal(firm, Stage.PROPOSAL, 5_000, "2026-05-01")
    await deal(firm, Stage.NEGOTIATION, 10_000, "2026-06-01", owner=1)
    await deal(firm, Stage.NEGOTIATION, None, "2026-06-01")
    await deal(firm, Stage.WON, 7_000, "2026-01-20")
    await deal(firm, Stage.WON, 9_000, "2026-02-09")
    await deal(firm, Stage.LOST, 9_000, "2026-02-01")
    assert await firm.rows(Metric.PIPELINE_VALUE, dimension=Dimension.STAGE) == {
        Stage.PROPOSAL: 50,
        Stage.NEGOTIATION: 100,
    }
    assert await firm.value(Metric.PIPELINE_VALUE, statistic=Statistic.MEAN) == 75
    assert await firm.value(Metric.DEALS, period=JANUARY) == 6
    assert await firm.rows(Metric.DEALS_WON, dimension=Dimension.MONTH, period=QUARTER) == {
        JANUARY: 1,
        FEBRUARY: 1,
        MARCH: 0,
    }
    assert await firm.value(Metric.WIN_RATE) == pytest.approx(2 / 3)
    assert await firm.rows(Metric.WIN_RATE, dimension=Dimension.MONTH, period=QUARTER) == {
        JANUARY: 1,
        FEBRUARY: 0.5,
        MARCH: None,
    }
    assert await firm.value(Metric.SALES_CYCLE) == 20
    assert await firm.value(Metric.SALES_CYCLE, statistic=Statistic.MAX) == 30
    own = Rules({Role.REP: {"deal": Scope.OWN}}, {})
    report = await firm.ask(Metric.PIPELINE_VALUE, actor=firm.actor(1, own))
    assert report.series[0].total.value == 100
    assert report.scope is Scope.OWN


async def test_tickets(firm: Firm) -> None:
    opened = at("2026-03-02")  # a Monday, noon
    async with firm.db.begin(Work("tickets", NOW)) as session:
        for minutes, priority, rating in (
            (30, Priority.HIGH, 5),
            (90, Priority.HIGH, 2),
            (None, Priority.LOW, None),
        ):
            done = opened + timedelta(minutes=minutes) if minutes else None
            session.add(
                Ticket(
                    customer_id=firm.customers[0].id,
                    subject="help",
                    priority=priority,
                    status=TicketStatus.RESOLVED if done else TicketStatus.OPEN,
                    opened_at=opened if done else NOW - timedelta(minutes=5),
                    first_response_at=opened + timedelta(minutes=6) if done else None,
                    resolved_at=done,
                    satisfaction=rating,
                )
            )
    assert await firm.rows(Metric.TICKETS, dimension=Dimension.PRIORITY) == {
        Priority.LOW: 1,
        Priority.HIGH: 2,
    }
    assert await firm.value(Metric.RESOLUTION_TIME) == 1
    assert await firm.value(Metric.RESOLUTION_TIME, statistic=Statistic.MIN) == 0.5
    assert await firm.value(Metric.FIRST_RESPONSE_TIME) == pytest.approx(0.1)
    assert await firm.value(Metric.SLA_ATTAINMENT) == 0.5
    assert await firm.value(Metric.SATISFACTION) == 3.5
    assert await firm.rows(Metric.SATISFACTION, dimension=Dimension.MONTH, period=QUARTER) == {
        JANUARY: None,
        FEBRUARY: None,
        MARCH: 3.5,
    }


@pytest.mark.parametrize("metric", Metric)
async def test_nothing_at_all_is_nothing_or_unknown(firm: Firm, metric: Metric) -> None:
    for asked in ({}, {"dimension": Dimension.MONTH}, {"period": QUARTER}):
        report = await firm.ask(metric, **asked)  # type: ignore[arg-type]
        assert report.count == 0 or metric is Metric.CUSTOMERS
        values: Sequence[float | None] = [series.total.value for series in report.series]
        assert values in ([0], [None]) or metric is Metric.CUSTOMERS
