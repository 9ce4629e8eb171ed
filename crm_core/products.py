"""What is sold, and how well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core import orders
from crm_core.lookup import values_like
from crm_core.models import Order, OrderLine, Product
from crm_core.values import Money, Period

_ORDERS = func.count(case((Order.total >= 0, OrderLine.order_id)).distinct())


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
            _ORDERS,
            func.coalesce(func.sum(OrderLine.quantity), 0),
            func.coalesce(func.sum(OrderLine.amount), 0),
        )
        .join(Order)
        .where(
            OrderLine.product_id == product.id,
            Order.ordered_at >= first,
            Order.ordered_at < after,
            Order.currency == product.currency,
            orders.sold(),
        )
    )
    count, units, amount = (await session.execute(query)).one()
    return Sales(count, int(units), Money(int(amount), product.currency))


async def search(session: AsyncSession, category: str | None = None) -> Sequence[Product]:
    """Return what is on sale, by category and name."""
    query = select(Product).where(Product.active).order_by(Product.category, Product.name)
    if category:
        named = await values_like(session, Product.category, category)
        query = query.where(Product.category.in_(named))
    return (await session.scalars(query)).all()


async def categories(session: AsyncSession) -> Sequence[str]:
    """Return the categories of what is on sale, by name."""
    query = select(Product.category).where(Product.active, Product.category.is_not(None))
    return [name for name in await session.scalars(query.distinct().order_by("category")) if name]


async def top(
    session: AsyncSession,
    zone: tzinfo,
    *,
    currency: str,
    now: datetime,
    period: Period | None = None,
    limit: int = 10,
) -> list[tuple[Product, Sales]]:
    """Return the products that brought most revenue in one currency; returns count as negative."""
    revenue = func.sum(OrderLine.amount)
    query = (
        select(
            Product,
            _ORDERS,
            func.sum(OrderLine.quantity),
            revenue,
        )
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(Order)
        .where(Order.currency == currency, orders.sold(), Order.ordered_at <= now)
        .group_by(Product.id)
        .order_by(revenue.desc(), Product.name)
        .limit(limit)
    )
    if period:
        first, after = period.moments(zone)
        query = query.where(Order.ordered_at >= first, Order.ordered_at < after)
    return [
        (product, Sales(count, int(units), Money(int(amount), currency)))
        for product, count, units, amount in await session.execute(query)
    ]


def past_year(today: date) -> Period:
    """Return the 365 days that end with today."""
    return Period(today - timedelta(days=364), today + timedelta(days=1))
