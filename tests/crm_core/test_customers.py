"""Questions about customers: what happened, who was left alone, who is best."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core import customers, orders, products
from crm_core.access import Actor, Rules, Scope
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.models import (
    Activity,
    ActivityKind,
    Customer,
    Deal,
    Metric,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Role,
    Stage,
    Task,
    Ticket,
    User,
)
from crm_core.values import Money, Period

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


async def company(session: AsyncSession) -> tuple[User, Customer, Customer]:
    user = User(name="Nancy", role=Role.REP)
    acme, globex = Customer(name="Acme", owner=user), Customer(name="Globex")
    session.add_all([user, acme, globex])
    await session.flush()
    return user, acme, globex


def anybody(user: User) -> Actor:
    return Actor(user, frozenset({user.id}), Rules({}, {}))


def bought(
    customer: Customer,
    product: Product,
    *,
    units: int,
    total: int,
    currency: str = "USD",
    status: OrderStatus = OrderStatus.PAID,
    at: datetime = NOW,
) -> Order:
    half = units // 2
    lines = [
        OrderLine(position=1, product=product, quantity=half, unit_price=1, amount=total - 1),
        OrderLine(position=2, product=product, quantity=units - half, unit_price=1, amount=1),
    ]
    return Order(
        customer=customer,
        status=status,
        ordered_at=at,
        total=total,
        currency=currency,
        lines=lines,
    )


async def test_top_counts_one_currency_without_cancelled_orders(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        user, acme, globex = await company(session)
        chai = Product(name="Chai", currency="USD")
        cancelled = OrderStatus.CANCELLED
        early = NOW - timedelta(days=90)
        session.add_all(
            [
                bought(acme, chai, units=10, total=1000),
                bought(acme, chai, units=3, total=501),
                bought(acme, chai, units=99, total=99_000, currency="EUR"),
                bought(acme, chai, units=99, total=99_000, status=cancelled),
                bought(globex, chai, units=2, total=1400),
                bought(globex, chai, units=50, total=900, at=early),
            ]
        )
        await session.flush()

        async def top(metric: Metric, period: Period | None = None) -> list[customers.Standing]:
            return await customers.top(
                session, anybody(user), UTC, currency="USD", now=NOW, metric=metric, period=period
            )

        best, second = await top(Metric.REVENUE)
        assert (best.customer, best.revenue, best.orders) == (globex, Money(2300, "USD"), 2)
        assert (second.units, second.average) == (13, Money(750, "USD"))
        assert [each.customer for each in await top(Metric.REVENUE, MARCH)] == [acme, globex]
        assert [each.units for each in await top(Metric.UNITS)] == [52, 13]
        by_average = await top(Metric.AVERAGE_ORDER_VALUE)
        assert [each.customer for each in by_average] == [globex, acme]
        assert [each.orders for each in await top(Metric.ORDERS, MARCH)] == [2, 1]
        with pytest.raises(Invalid, match="no-metric-of-customers"):
            await top(Metric.WIN_RATE)
        assert await orders.main_currency(session, "USD") == "USD"
        assert await orders.main_currency(session, "CNY") == "USD"
        (sold,) = await products.top(session, UTC, currency="USD", now=NOW, period=MARCH)
        assert sold == (chai, products.Sales(3, 15, Money(2901, "USD")))


async def test_history_keeps_to_the_askers_days_and_rights(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        user, acme, globex = await company(session)
        other = User(name="Anne", role=Role.REP)
        session.add(other)
        await session.flush()
        last_moment = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
        mine = {"customer_id": acme.id}
        opened = {"stage_since": NOW, "currency": "USD", "opened_on": date(2026, 3, 1)}
        call = {"kind": ActivityKind.CALL, "user_id": user.id, "note": "hello"}
        session.add_all(
            [
                Activity(happened_at=last_moment, **call, **mine),
                Activity(happened_at=last_moment + timedelta(minutes=1), **call, **mine),
                Activity(happened_at=NOW, **call, customer_id=globex.id),
                Ticket(subject="Broken", opened_at=NOW, **mine),
                Deal(title="Mine", stage=Stage.WON, owner_id=user.id, **opened, **mine),
                Deal(title="Anne's", stage=Stage.WON, owner_id=other.id, **opened, **mine),
                Task(title="Call", owner_id=user.id, done_at=NOW - timedelta(days=1), **mine),
                Task(title="Not done", owner_id=user.id, **mine),
            ]
        )
        await session.flush()
        rules = Rules({Role.REP: {"deal": Scope.OWN}}, {})
        actor = Actor(user, frozenset({user.id}), rules)
        events = await customers.history(session, actor, SHANGHAI, acme, MARCH)
    assert [record.label for _, record in events[1:]] == ["#1", "Call", "Mine"]
    assert [at for at, _ in events] == [
        last_moment,
        NOW,
        NOW - timedelta(days=1),
        datetime(2026, 2, 28, 16, tzinfo=UTC),
    ]


async def test_untouched_puts_those_nobody_ever_talked_to_first(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        user, acme, globex = await company(session)
        initech = Customer(name="Initech")
        session.add(initech)
        await session.flush()
        call = {"kind": ActivityKind.CALL, "user_id": user.id, "note": "hello"}
        long_ago = NOW - timedelta(days=60)
        session.add_all(
            [
                Activity(happened_at=long_ago, customer_id=acme.id, **call),
                Activity(happened_at=NOW, customer_id=globex.id, **call),
                Activity(happened_at=NOW, **call),
            ]
        )
        await session.flush()
        actor = anybody(user)
        assert await customers.untouched(session, actor, UTC, MARCH) == [
            (initech, None),
            (acme, long_ago),
        ]
        assert await customers.untouched(session, actor, UTC, MARCH, owner=user) == [
            (acme, long_ago)
        ]


async def test_assign_refuses_who_is_gone_and_who_has_it(sqlite_db: Database) -> None:
    async with sqlite_db.begin(Work("setup", NOW)) as session:
        user, acme, globex = await company(session)
        gone = User(name="Anne", role=Role.REP, active=False)
        session.add(gone)
        await session.flush()
        with pytest.raises(Invalid, match="no-access"):
            await customers.assign(session, acme, gone)
        with pytest.raises(Invalid, match="already-owner"):
            await customers.assign(session, acme, user)
        assert await customers.assign(session, globex, user) is None
        assert globex.owner_id == user.id
