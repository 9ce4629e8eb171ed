"""A first reading of a whole file: how each column writes, and how many rows each order has."""

from collections import Counter
from collections.abc import Mapping

from crm_core.imports.files import Row, Table
from crm_core.imports.shapes import Nature, Shape
from crm_core.imports.values import (
    PLAIN_NUMBER,
    Style,
    above_one,
    compatible,
    shows_day_first,
    shows_decimal,
)
from crm_core.imports.words import Column
from crm_core.models import Order

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
        orders: dict[str, set[bool]] = {name: set() for name, _ in dates}
        marks: set[str] = set()
        self.sizes: Counter[str] = Counter()
        self.rows = 0
        self._code = columns["code"].place if shape.model is Order else None
        for row in table.rows():
            self.rows += 1
            self.sizes[self.order_of(row)] += 1
            if row.fault:
                continue
            for name, place in dates:
                text = row.cells[place]
                if text[4:5] != "-":  # not ISO 8601
                    first = shows_day_first(compatible(text.strip()))
                    if first is not None:
                        orders[name].add(first)
            for place in numbers:
                text = row.cells[place]
                if "." in text and PLAIN_NUMBER.fullmatch(text):
                    marks.add(".")
                elif "." in text or "," in text or not text.isascii():
                    mark = shows_decimal(text.strip())
                    if mark:
                        marks.add(mark)
            if discount is not None and not percents:
                percents = above_one(row.cells[discount.place])
        decimal = marks.pop() if len(marks) == 1 else None
        self.style = {name: Style(decimal=decimal, percents=percents) for name in columns}
        for name, seen in orders.items():
            first = seen.pop() if len(seen) == 1 else None if seen else day_first
            self.style[name] = Style(first, decimal)

    def order_of(self, row: Row) -> str:
        """Return the code of the order that a row belongs to; all rows of other files are one."""
        if self._code is None or self._code >= len(row.cells):
            return ""
        return row.cells[self._code].strip()
