"""What each kind of file holds. The model is the schema: a field's column says how to read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import sqlalchemy as sa

from crm_core.models import Contact, Customer, Deal, Order, OrderLine, Product, Record, User
from crm_core.models.base import UtcDateTime

REFERENCES: dict[str, type[Record]] = {
    "customer": Customer,
    "product": Product,
    "owner": User,
    "manager": User,
}


class Nature(StrEnum):
    """How the text of a field is to be read."""

    TEXT = "text"
    CODE = "code"
    EMAIL = "email"
    REFERENCE = "reference"
    CURRENCY = "currency"
    WORD = "word"
    FLAG = "flag"
    MONEY = "money"
    QUANTITY = "quantity"
    DISCOUNT = "discount"
    DAY = "day"
    MOMENT = "moment"


BY_NAME = {"code": Nature.CODE, "email": Nature.EMAIL, "currency": Nature.CURRENCY}
BY_NAME |= {"discount": Nature.DISCOUNT, "product_name": Nature.TEXT}
BY_NAME |= dict.fromkeys(REFERENCES, Nature.REFERENCE)
BY_TYPE: Sequence[tuple[type, Nature]] = (
    (sa.Enum, Nature.WORD),  # before String, which it is too
    (sa.String, Nature.TEXT),
    (sa.Boolean, Nature.FLAG),
    (sa.BigInteger, Nature.MONEY),
    (sa.Integer, Nature.QUANTITY),
    (sa.Date, Nature.DAY),
    (UtcDateTime, Nature.MOMENT),
)


@dataclass(frozen=True)
class Shape:
    """A kind of file: its record, and the columns it cannot do without (one of each group)."""

    model: type[Record]
    required: Sequence[Sequence[str]]
    of_line: frozenset[str] = frozenset()  # fields of an order's lines, not of the order

    def nature(self, field: str) -> Nature:
        if field in BY_NAME:
            return BY_NAME[field]
        column = self.column(field)
        return next(nature for kind, nature in BY_TYPE if isinstance(column.type, kind))

    def column(self, field: str) -> sa.ColumnElement[Any]:
        model = OrderLine if field in self.of_line else self.model
        return model.__table__.columns[field]

    def limit(self, field: str) -> int:
        """Return how many characters a text field holds."""
        if field == "product_name" or self.nature(field) is Nature.REFERENCE:
            return 200
        length: int | None = getattr(self.column(field).type, "length", None)
        return length or 200


Kind = Literal["customers", "contacts", "products", "orders", "deals"]

SHAPES: dict[Kind, Shape] = {
    "customers": Shape(Customer, [["name"]]),
    "contacts": Shape(Contact, [["customer"], ["name"]]),
    "products": Shape(Product, [["name"]]),
    "orders": Shape(
        Order,
        [
            ["code"],
            ["customer"],
            ["ordered_at"],
            ["product", "product_name"],
            ["quantity"],
            ["unit_price"],
        ],
        frozenset({"product", "product_name", "quantity", "unit_price", "discount"}),
    ),
    "deals": Shape(Deal, [["title"]]),
}

KINDS: Sequence[Kind] = tuple(SHAPES)
