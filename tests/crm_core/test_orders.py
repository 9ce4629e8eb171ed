"""Orders: what a line costs, and the days that follow a status."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_core import orders
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.models import Customer, Order, OrderStatus, Product, Role, User

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


def chai(**values: object) -> Product:
    return Product(**({"name": "Chai", "currency": "EUR", "price": 1850, "active": True} | values))


@pytest.mark.parametrize(
    ("product", "quantity", "problem"),
    [
        (chai(active=False), 1, "not-on-sale"),
        (chai(price=None), 1, "no-price"),
        (chai(), 0, "not-a-quantity"),
        (chai(), -1, "not-a-quantity"),
        (chai(), 1.5, "not-a-quantity"),
        (chai(), orders.MOST + 1, "not-a-quantity"),
        (chai(), float("nan"), "not-a-quantity"),
    ],
)
def test_a_line_refuses(product: Product, quantity: float, problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        orders.line_of(product, quantity)


async def test_an_order_costs_its_line_and_is_shipped_once(db: Database) -> None:
    async with db.begin(Work("order", NOW)) as session:
        product, customer = chai(), Customer(name="Acme")
        user = User(name="Nancy", role=Role.REP)
        session.add_all([product, customer, user])
        await session.flush()
        order = await orders.create(
            session, customer=customer, product=product, quantity=20.0, owner=user
        )
        id_ = order.id
    async with db.begin(Work("ship", NOW + timedelta(days=1))) as session:
        order = await orders.whole(session, await session.get_one(Order, id_))
        assert (order.total, order.currency, order.ordered_at) == (37_000, "EUR", NOW)
        assert [(line.quantity, line.amount) for line in order.lines] == [(20, 37_000)]
        await orders.update(session, order, OrderStatus.SHIPPED)
        assert order.shipped_at == NOW + timedelta(days=1)
    async with db.begin(Work("deliver", NOW + timedelta(days=3))) as session:
        order = await session.get_one(Order, id_)
        await orders.update(session, order, OrderStatus.DELIVERED)
        assert order.shipped_at == NOW + timedelta(days=1)
        with pytest.raises(Invalid, match="already-in-status"):
            await orders.update(session, order, OrderStatus.DELIVERED)
        await orders.update(session, order, OrderStatus.PAID)
        assert order.shipped_at is None
