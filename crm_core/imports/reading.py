"""A table's rows -> drafts of records: the model is the schema, the words name the columns."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_core.errors import Invalid
from crm_core.imports import values as read
from crm_core.imports.files import Row, Table
from crm_core.imports.report import VALUE_SHOWN, Problem
from crm_core.imports.values import Money, Style, Unreadable
from crm_core.imports.words import Column, Words, folded
from crm_core.models import Contact, Customer, Deal, Order, OrderLine, Product, Record

CHUNK = 2000  # rows; a chunk is one transaction, short enough for others to write in between
FUTURE = timedelta(days=1)  # a day, for the time zones
LINE_FIELDS = ("product", "product_name", "quantity", "unit_price", "discount")


@dataclass(frozen=True)
class Shape:
    """What a kind of file holds, and the columns it cannot do without (one of each group)."""

    model: type[Record]
    required: Sequence[Sequence[str]]


SHAPES = {
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
    ),
    "deals": Shape(Deal, [["title"]]),
}


@dataclass(slots=True)
class Draft:
    """A record as a file has it: typed values, other records still by the name the file gives.

    What a file leaves empty is not in `values`: it changes nothing.
    """

    line: int
    values: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)  # of an order


@dataclass(slots=True)
class Chunk:
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bad: int = 0  # records left out
    rows: int = 0


class Reading:
    """One file of one kind, surveyed: its columns, how each is written, the size of each order."""

    def __init__(
        self,
        kind: str,
        table: Table,
        words: Words,
        *,
        now: datetime,
        currency: str,
        day_first: bool | None = None,
    ) -> None:
        self.shape = SHAPES[kind]
        self.table = table
        self.words = words
        self.currency = currency
        self.columns = words.columns(kind, table.header)
        missing = [
            group[0] for group in self.shape.required if not any(f in self.columns for f in group)
        ]
        if missing:
            raise Invalid("missing-columns", columns=missing)
        self.latest = now + FUTURE
        self.styles, self.sizes = self._survey(day_first)
        plans = {name: self._plan(name, column) for name, column in self.columns.items()}
        of_line = LINE_FIELDS if self.shape.model is Order else ()
        self.head = [plan for name, plan in plans.items() if name not in of_line]
        self.line = [plan for name, plan in plans.items() if name in of_line]

    @property
    def ignored(self) -> list[str]:
        """The headings that mean nothing here."""
        places = {column.place for column in self.columns.values()}
        return [
            text for place, text in enumerate(self.table.header) if text and place not in places
        ]

    def chunks(self) -> Iterator[Chunk]:
        """Yield the file in pieces of whole records."""
        chunk = Chunk()
        for rows in self._wholes():
            draft, problems = self._draft(rows)
            chunk.rows += len(rows)
            if problems:
                chunk.problems += problems
                chunk.bad += 1
            else:
                chunk.drafts.append(draft)
            if chunk.rows >= CHUNK:
                yield chunk
                chunk = Chunk()
        if chunk.rows:
            yield chunk

    def _wholes(self) -> Iterator[list[Row]]:
        """Yield the rows of each record: one, or all lines of an order wherever they stand.

        Only orders whose last line has not come yet are held in memory.
        """
        if self.shape.model is not Order:
            for row in self.table.rows():
                yield [row]
            return
        sizes, waiting = self.sizes, defaultdict[str, list[Row]](list)
        for row in self.table.rows():
            code = self._order_of(row)
            rows = waiting[code]
            rows.append(row)
            if len(rows) == sizes[code]:
                yield waiting.pop(code)

    def _order_of(self, row: Row) -> str:
        place = self.columns["code"].place
        return row.cells[place].strip() if place < len(row.cells) else ""

    def _survey(self, day_first: bool | None) -> tuple[dict[str, Style], Counter[str]]:
        """Read the file once to see how it writes dates and numbers, and count order lines."""
        kinds = {name: _column_of(self.shape.model, name) for name in self.columns}
        places = {name: column.place for name, column in self.columns.items()}
        dates = [(n, places[n]) for n, c in kinds.items() if _is_date(c)]
        numbers = [places[n] for n, c in kinds.items() if _is_number(c)]
        discount = self.columns.get("discount")
        orders: dict[str, set[bool | None]] = {name: set() for name, _ in dates}
        marks: set[str | None] = set()
        percents = discount is not None and discount.remark == "%"
        sizes: Counter[str] = Counter()
        empty = True
        for row in self.table.rows():
            empty = False
            if self.shape.model is Order:
                sizes[self._order_of(row)] += 1
            if row.fault:
                continue
            for name, place in dates:
                text = row.cells[place]
                if text[4:5] != "-":
                    orders[name].add(read.shows_day_first(read.compatible(text.strip())))
            for place in numbers:
                text = row.cells[place]
                if "." in text or "," in text or not text.isascii():
                    marks.add(read.shows_decimal(text.strip()))
            if discount is not None and not percents:
                percents = _above_one(row.cells[discount.place].strip())
        if empty:
            raise Invalid("no-rows")
        decimal = _only(marks)
        styles = {name: Style(decimal=decimal, percents=percents) for name in self.columns}
        for name, seen in orders.items():
            styles[name] = replace(styles[name], day_first=_only(seen, day_first))
        return styles, sizes

    def _plan(self, name: str, column: Column) -> tuple[str, Column, read.Reader]:
        return name, column, self._reader(name, column)

    def _reader(self, name: str, column: Column) -> read.Reader:
        style, kind = self.styles[name], _column_of(self.shape.model, name)
        if name == "code":
            return read.read_code
        if name == "email":
            return read.read_email
        if name == "currency":
            return read.word_reader(_Currencies(self.words), str)
        if name == "discount":
            return read.discount_reader(style)
        if kind is None or kind.foreign_keys:
            return read.text_reader(200)
        match kind.type:
            case sa.Enum():
                return read.word_reader(self.words.choices[name], folded)
            case sa.String():
                return read.text_reader(kind.type.length)
            case sa.Boolean():
                return read.word_reader(self.words.flags, folded)
            case sa.BigInteger():
                money = read.money_reader(style, self.words.currency)
                return money
            case sa.Integer():
                return read.quantity_reader(style)
            case sa.Date():
                return read.day_reader(style)
        return read.moment_reader(style, self.latest if name == "ordered_at" else None)
