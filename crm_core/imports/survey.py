"""A first reading of a whole file: how each column writes, and how many rows each order has."""

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from crm_core.imports.cells import (
    Style,
    above_one,
    compatible,
    remembering,
    shows_day_first,
    shows_decimal,
)
from crm_core.imports.files import Row, Table
from crm_core.imports.shapes import Nature, Shape
from crm_core.imports.words import Column
from crm_core.models import Order

T = TypeVar("T")

DATES = {Nature.DAY, Nature.MOMENT}
NUMBERS = {Nature.MONEY, Nature.QUANTITY, Nature.DISCOUNT}


class Survey:
    """`style` of each field and, of orders, `sizes`: the number of rows by order code."""

    def __init__(
        self,
        table: Table,
        shape: Shape,
        columns: Mapping[str, Column],
        day_first: bool | None = None,
    ) -> None:
        natures = {name: shape.nature(name) for name in columns}
        dates = [(name, columns[name].place) for name in columns if natures[name] in DATES]
        numbers = [columns[name].place for name in columns if natures[name] in NUMBERS]
        discount = columns.get("discount")
        percents = discount is not None and discount.remark == "%"
        orders: dict[str, set[bool | None]] = {name: set() for name, _ in dates}
        marks: set[str | None] = set()
        order_of_date, mark_of_number, exceeds_one = map(
            remembering, (shows_day_first, shows_decimal, above_one)
        )
        self.sizes: Counter[str] = Counter()
        self.rows = 0
        self._code = columns["code"].place if shape.model is Order else None
        for row in table.rows():
            self.rows += 1
            self.sizes[self.order_of(row)] += 1
            if row.fault:
                continue
            for name, place in dates:
                orders[name].add(order_of_date(row.cells[place]))
            for place in numbers:
                marks.add(mark_of_number(row.cells[place]))
            if discount is not None and not percents:
                percents = exceeds_one(row.cells[discount.place])
        decimal = _only(marks)
        self.style = {name: Style(decimal=decimal, percents=percents) for name in columns}
        for name, seen in orders.items():
            undecided = seen <= {None}
            self.style[name] = Style(day_first if undecided else _only(seen), decimal)

    def order_of(self, row: Row) -> str:
        """Return the code of the order that a row belongs to; all rows of other files are one."""
        if self._code is None or self._code >= len(row.cells):
            return ""
        return compatible(row.cells[self._code].strip())


def _only(signs: set[T | None]) -> T | None:
    """Return the one thing that all signs say, None where they say nothing or contradict."""
    said = [sign for sign in signs if sign is not None]
    return said[0] if len(said) == 1 else None
