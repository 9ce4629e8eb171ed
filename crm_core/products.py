"""What is sold, and how well."""

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.models import Order, OrderLine, OrderStatus, Product
from crm_core.values import Money, Period


@dataclass(frozen=True, slots=True)
class Sales:
    orders: int
    units: int
    revenue: Money


async def sales(session: AsyncSession, product: Product, period: Period, zone: tzinfo) -> Sales:
    """Add up what was sold of a product in its currency; returns count as negative."""
    first, after = period.moments(zone)
    query = (
        select(
            func.count(OrderLine.order_id.distinct()),
            func.coalesce(func.sum(OrderLine.quantity), 0),
            func.coalesce(func.sum(OrderLine.amount), 0),
        )
        .join(Order)
        .where(
            OrderLine.product_id == product.id,
            Order.ordered_at >= first,
            Order.ordered_at < after,
            Order.currency == product.currency,
            Order.status != OrderStatus.CANCELLED,
        )
    )
    orders, units, amount = (await session.execute(query)).one()
    return Sales(orders, int(units), Money(int(amount), product.currency))


def past_year(today: date) -> Period:
    """Return the 365 days that end with today."""
    return Period(today - timedelta(days=364), today + timedelta(days=1))
