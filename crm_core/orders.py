"""What was bought."""

from collections.abc import Sequence
from datetime import tzinfo

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from crm_core.access import Actor
from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.models import Customer, Order, OrderLine, OrderStatus, Product, User
from crm_core.values import Period

MOST = 1_000_000
"""Pieces of a product in one order."""


def sold() -> ColumnElement[bool]:
    """Say as a condition which orders make revenue: all but those cancelled or sent back.

    A credit note, an order with a negative total, lowers it.
    """
    cancelled = Order.status == OrderStatus.CANCELLED
    sent_back = and_(Order.status == OrderStatus.RETURNED, Order.total >= 0)
    return not_(or_(cancelled, sent_back))


PURCHASES = func.count(case((Order.total >= 0, Order.id)))
"""Of orders that make revenue: how many there are, credit notes aside."""
PURCHASED = func.coalesce(func.sum(case((Order.total >= 0, Order.total))), 0)
"""Of orders that make revenue: what they came to, before credit notes."""


def purchased() -> ColumnElement[bool]:
    """Say as a condition which orders count as orders: those of `sold` but credit notes."""
    return and_(sold(), Order.total >= 0)


async def search(
    session: AsyncSession,
    actor: Actor,
    zone: tzinfo,
    *,
    customer: Customer | None = None,
    product: Product | None = None,
    period: Period | None = None,
    status: OrderStatus | None = None,
) -> Sequence[Order]:
    """Return the orders that match all that is given, newest first. Days are those of `zone`."""
    conditions: list[ColumnElement[bool]] = []
    if customer:
        conditions.append(Order.customer_id == customer.id)
    if product:
        with_product = select(OrderLine.order_id).where(OrderLine.product_id == product.id)
        conditions.append(Order.id.in_(with_product))
    if period:
        first, after = period.moments(zone)
        conditions += [Order.ordered_at >= first, Order.ordered_at < after]
    if status:
        conditions.append(Order.status == status)
    query = select(Order).where(*conditions).options(joinedload(Order.customer))
    query = actor.limit(query, Order).order_by(Order.ordered_at.desc(), Order.id.desc())
    return (await session.scalars(query)).all()


async def whole(session: AsyncSession, order: Order) -> Order:
    """Load an order with its customer, owner, lines and their products."""
    query = (
        select(Order)
        .where(Order.id == order.id)
        .options(
            joinedload(Order.customer),
            joinedload(Order.owner),
            selectinload(Order.lines).joinedload(OrderLine.product),
        )
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one()


async def main_currency(session: AsyncSession, own: str) -> str:
    """Return the company's `own` currency, or where no order is in it the one most orders are in.

    Rankings count in it, as sums of different currencies mean nothing.
    """
    query = select(Order.currency).group_by(Order.currency).order_by(func.count().desc())
    used = (await session.scalars(query)).all()
    return own if own in used or not used else used[0]


def line_of(product: Product, quantity: float) -> OrderLine:
    """Make the line of an order for some of a product at its price.

    Raises Invalid for a product that has no price or is not on sale, and for a quantity that is
    no whole number above zero.
    """
    if not product.active:
        raise Invalid("not-on-sale", record=product)
    if product.price is None:
        raise Invalid("no-price", record=product)
    if quantity not in range(1, MOST + 1):
        raise Invalid("not-a-quantity", most=MOST)
    pieces = int(quantity)
    return OrderLine(
        position=1,
        product=product,
        quantity=pieces,
        unit_price=product.price,
        amount=pieces * product.price,
    )


async def create(
    session: AsyncSession, *, customer: Customer, product: Product, quantity: float, owner: User
) -> Order:
    """Order some of a product at its price. Raises Invalid as `line_of` does."""
    line = line_of(product, quantity)
    order = Order(
        customer=customer,
        owner=owner,
        status=OrderStatus.PENDING,
        ordered_at=work_of(session).now,
        total=line.amount,
        currency=product.currency,
        lines=[line],
    )
    session.add(order)
    await session.flush()
    return order


async def update(session: AsyncSession, order: Order, status: OrderStatus) -> None:
    """Bring an order to another status. Raises Invalid where it is there already.

    It counts as shipped now where no earlier day is known, and as not shipped when put back.
    """
    if status is order.status:
        raise Invalid("already-in-status", record=order, status=status)
    order.status = status
    if status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        order.shipped_at = order.shipped_at or work_of(session).now
    elif status in (OrderStatus.PENDING, OrderStatus.PAID):
        order.shipped_at = None
    await session.flush()
