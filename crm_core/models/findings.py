"""What analytics found that is not about one customer; made anew by every run."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.models.base import Row


class BasketRule(Row):
    """Whoever buys all of `products` often buys `also` in the same order."""

    __tablename__ = "basket_rules"

    as_of: Mapped[date]
    products: Mapped[list[Any]] = mapped_column(doc="ids, ascending")
    also: Mapped[list[Any]] = mapped_column(doc="ids, ascending")
    orders: Mapped[int] = mapped_column(doc="with all of them")
    support: Mapped[float] = mapped_column(doc="share of the orders with all of them")
    confidence: Mapped[float] = mapped_column(doc="share of the orders with `products`")
    lift: Mapped[float] = mapped_column(index=True, doc="confidence over the share of `also`")
    p_value: Mapped[float] = mapped_column(doc="of chance alone, corrected for all rules tested")


class ProductWeight(Row):
    """How much one product bought speaks for another."""

    __tablename__ = "product_weights"
    __table_args__ = (UniqueConstraint("product_id", "other_id"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    weight: Mapped[float]


class Cluster(Row):
    """A group of customers who are alike, by k-means."""

    __tablename__ = "clusters"

    as_of: Mapped[date]
    customers: Mapped[int]
    traits: Mapped[list[Any]] = mapped_column(doc="what sets it apart, most first")
    silhouette: Mapped[float] = mapped_column(doc="of all clusters: how far apart they are")
    stability: Mapped[float] = mapped_column(doc="of all clusters: adjusted Rand, resampled")
