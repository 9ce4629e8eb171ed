"""What was bought."""

from collections.abc import Sequence
from datetime import tzinfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from crm_core.access import Actor
from crm_core.models import Customer, Order, OrderLine, OrderStatus, Product
from crm_core.values import Period


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
