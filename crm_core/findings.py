"""What analytics found of products and of all customers: kept after every run, asked for since."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor
from crm_core.models import (
    BasketRule,
    Cluster,
    Customer,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    ProductWeight,
    Segment,
)

if TYPE_CHECKING:  # heavy, and needed for their types only
    from crm_core.analytics.baskets import Rule
    from crm_core.analytics.clusters import Clusters
    from crm_core.analytics.recommend import Weight

SURE = 0.05
"""The chance of seeing it by accident above which a rule is not kept."""
MOST_RULES = 2_000
ROWS = 10_000  # written at once


class Offers(NamedTuple):
    """What to offer a customer, best first: known to be liked, and not bought before."""

    again: list[Product]
    new: list[Product]


async def store_rules(session: AsyncSession, found: Iterable["Rule"], as_of: date) -> None:
    """Keep the rules that are no accident, in place of the earlier ones."""
    kept = [rule for rule in found if rule.lift > 1 and rule.p_value < SURE][:MOST_RULES]
    await session.execute(delete(BasketRule))
    session.add_all(BasketRule(as_of=as_of, **rule._asdict()) for rule in kept)


async def store_weights(session: AsyncSession, weights: Iterable["Weight"]) -> None:
    """Keep the weights of a recommender, in place of the earlier ones."""
    await session.execute(delete(ProductWeight))
    rows = [
        {"product_id": weight.product, "other_id": weight.other, "weight": weight.weight}
        for weight in weights
    ]
    for start in range(0, len(rows), ROWS):
        await session.execute(insert(ProductWeight), rows[start : start + ROWS])


async def store_clusters(session: AsyncSession, found: "Clusters", as_of: date) -> None:
    """Keep the groups of customers, in place of the earlier ones."""
    await session.execute(delete(Cluster))
    session.add_all(
        Cluster(
            as_of=as_of,
            customers=group.customers,
            traits=group.traits,
            silhouette=found.silhouette,
            stability=found.stability,
        )
        for group in found.groups
    )


async def rules(session: AsyncSession, product: Product | None = None) -> list[BasketRule]:
    """Return the rules, strongest first; of a product, those in which it leads to others."""
    query = select(BasketRule).order_by(BasketRule.lift.desc(), BasketRule.id)
    found = list(await session.scalars(query))
    return [rule for rule in found if product is None or product.id in rule.products]


async def named(session: AsyncSession, ids: Iterable[int]) -> dict[int, Product]:
    """Return products by their ids."""
    found = await session.scalars(select(Product).where(Product.id.in_(set(ids))))
    return {product.id: product for product in found}


async def offers(session: AsyncSession, customer: Customer, count: int = 5) -> Offers:
    """Return what a customer is likely to buy again, and what is new and suits them.

    As `analytics.recommend` ranks them, from the newest weights and this moment's history.
    """
    bought = (
        select(OrderLine.product_id, func.count(OrderLine.order_id.distinct()))
        .join(OrderLine.order)
        .where(
            Order.customer_id == customer.id,
            Order.status != OrderStatus.CANCELLED,
            Order.total >= 0,
            OrderLine.amount >= 0,
        )
        .group_by(OrderLine.product_id)
    )
    times = dict((await session.execute(bought)).all())
    itself = ProductWeight.product_id == ProductWeight.other_id
    weights = select(ProductWeight.product_id, ProductWeight.weight).where(itself)
    popular = dict((await session.execute(weights)).all())
    if not popular:
        return Offers([], [])
    from crm_core.analytics.recommend import POPULARITY

    spoken_for = (
        select(ProductWeight.other_id, func.sum(ProductWeight.weight))
        .where(ProductWeight.product_id.in_(times), ~itself)
        .group_by(ProductWeight.other_id)
    )
    fits = {id_: POPULARITY * weight for id_, weight in popular.items()}
    for id_, weight in await session.execute(spoken_for):
        fits[id_] = fits.get(id_, 0.0) + weight
    again = {id_: number + popular.get(id_, 0.0) for id_, number in times.items()}
    fresh = {id_: weight for id_, weight in fits.items() if id_ not in times}
    products = await named(session, {*times, *fresh})
    on_sale = {id_ for id_, product in products.items() if product.active}

    def best(ranked: dict[int, float]) -> list[Product]:
        in_order = sorted(on_sale & ranked.keys(), key=lambda id_: (-ranked[id_], id_))
        return [products[id_] for id_ in in_order[:count]]

    return Offers(best(again), best(fresh))


async def clusters(session: AsyncSession) -> list[Cluster]:
    """Return the groups of customers who are alike, largest first."""
    query = select(Cluster).order_by(Cluster.customers.desc(), Cluster.id)
    return list(await session.scalars(query))


async def sizes(session: AsyncSession, actor: Actor) -> dict[Segment, int]:
    """Return how many customers that the asker may see are in each segment."""
    query = select(Customer.segment, func.count()).group_by(Customer.segment)
    rows = await session.execute(actor.limit(query, Customer))
    return {segment: number for segment, number in rows if segment}
