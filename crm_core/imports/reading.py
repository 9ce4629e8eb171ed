"""The rows of a table -> drafts of records, chunk by chunk; what cannot be read is left out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from crm_core.errors import Invalid
from crm_core.imports import cells as read
from crm_core.imports.cells import Reader, Unreadable, line_amount, rounded
from crm_core.imports.files import Row, Table
from crm_core.imports.report import VALUE_SHOWN, Problem
from crm_core.imports.shapes import SHAPES, Kind, Nature
from crm_core.imports.survey import Survey
from crm_core.imports.words import Column, Words, folded
from crm_core.models import Order

CHUNK = 10_000  # rows to a transaction: others wait for it some tenths of a second
GUARDED = ("'=", "'+", "'-", "'@")
FUTURE = timedelta(days=1)  # an order may be dated tomorrow: it is, somewhere on earth


@dataclass(slots=True)
class Draft:
    """A record as a file has it: typed values, other records by the name that the file gives.

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


Plan = Sequence[tuple[str, int, str, Reader]]  # field, place, heading, how to read it


class Reading:
    """One file of one kind. Raises Invalid: missing-columns, no-rows."""

    def __init__(
        self,
        kind: Kind,
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
            group[0]
            for group in self.shape.required
            if not any(name in self.columns for name in group)
        ]
        if missing:
            raise Invalid("missing-columns", columns=missing)
        self.survey = Survey(table, self.shape, self.columns, day_first)
        if not self.survey.rows:
            raise Invalid("no-rows")
        of_line = self.shape.of_line
        plan = [
            (name, at.place, at.heading, read.remembering(self._reader(name, at, now + FUTURE)))
            for name, at in self.columns.items()
        ]
        self.head = [part for part in plan if part[0] not in of_line]
        self.line = [part for part in plan if part[0] in of_line]
        groups = [frozenset(group) for group in self.shape.required]
        self.needed_of_line = [group for group in groups if group <= of_line]
        self.needed = [group for group in groups if not group <= of_line]
        self.money = [part[0] for part in self.head if self.shape.nature(part[0]) is Nature.MONEY]

    @property
    def ignored(self) -> list[str]:
        """The headings that mean nothing here."""
        places = {column.place for column in self.columns.values()}
        return [name for at, name in enumerate(self.table.header) if name and at not in places]

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

        Only the orders whose last line is still to come are held in memory.
        """
        if self.shape.model is not Order:
            yield from ([row] for row in self.table.rows())
            return
        waiting: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.table.rows():
            code = self.survey.order_of(row)
            if not code:
                yield [row]
                continue
            rows = waiting[code]
            rows.append(row)
            if len(rows) == self.survey.sizes[code]:
                yield waiting.pop(code)

    def _draft(self, rows: Sequence[Row]) -> tuple[Draft, list[Problem]]:
        """Read one record. Where there are problems the draft is not to be used."""
        first = rows[0]
        draft = Draft(first.line, {})
        problems = [Problem(row.line, None, row.fault) for row in rows if row.fault]
        if problems:
            return draft, problems
        draft.values = self._values(first, self.head, self.needed, problems)
        if self.line:
            for row in rows:
                line = self._values(row, self.line, self.needed_of_line, problems)
                line["line"] = row.line
                draft.lines.append(line)
                if row is not first:
                    self._compare(first, row, problems)
        if not problems:
            self._price(draft, problems)
        return draft, problems

    def _values(
        self, row: Row, plan: Plan, needed: Sequence[frozenset[str]], problems: list[Problem]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        cells, nothing = row.cells, self.words.nothing
        for name, place, heading, reader in plan:
            text = cells[place].strip()
            if text.startswith(GUARDED):
                text = text[1:]  # as our own exports keep office programs from running it
            if text in nothing:
                continue
            try:
                values[name] = reader(text)
            except Unreadable as problem:
                shown = text[:VALUE_SHOWN]
                problems.append(Problem(row.line, heading, problem.reason, shown))
                values[name] = None
        for group in needed:
            if group.isdisjoint(values):
                lacking = next(part[2] for part in plan if part[0] in group)
                problems.append(Problem(row.line, lacking, "missing"))
        return values

    def _compare(self, first: Row, row: Row, problems: list[Problem]) -> None:
        """Demand that the lines of an order agree on the order."""
        for name, place, heading, _ in self.head:
            if row.cells[place] == first.cells[place] or name == "code":
                continue
            text = row.cells[place].strip()
            if text != first.cells[place].strip() and text not in self.words.nothing:
                shown = text[:VALUE_SHOWN]
                problems.append(Problem(row.line, heading, "differs-in-order", shown))

    def _price(self, draft: Draft, problems: list[Problem]) -> None:
        """Turn money into minor units of the record's one currency, and price an order's lines."""
        values = draft.values
        moneys = [(values, name) for name in self.money if name in values]
        moneys += [(line, "unit_price") for line in draft.lines]
        labels = [part[name].currency for part, name in moneys] + [values.get("currency")]
        said: set[str] = set(filter(None, labels))
        if len(said) > 1:
            listed = " ".join(sorted(said))
            problems.append(Problem(draft.line, None, "mixed-currencies", listed))
            return
        currency = said.pop() if said else self.currency
        if moneys:
            values["currency"] = currency
        digits = get_currency_precision(currency)
        try:
            for part, name in moneys:
                exact = part[name].number.scaleb(digits)
                part[name] = rounded(exact)
                if name == "unit_price":
                    discount = part.setdefault("discount", 0)
                    part["amount"] = line_amount(exact, part["quantity"], discount)
            if draft.lines:
                values["total"] = rounded(Decimal(sum([line["amount"] for line in draft.lines])))
        except Unreadable as problem:
            problems.append(Problem(draft.line, None, problem.reason))

    def _reader(self, name: str, column: Column, latest: datetime) -> Reader:
        style, words = self.survey.style[name], self.words
        match self.shape.nature(name):
            case Nature.CODE:
                return read.read_code
            case Nature.EMAIL:
                return read.read_email
            case Nature.CURRENCY:
                return read.word_reader(self._currency, "not-a-currency")
            case Nature.WORD:
                return read.word_reader(lambda text: words.choices[name].get(folded(text)))
            case Nature.FLAG:
                return read.word_reader(lambda text: words.flags.get(folded(text)))
            case Nature.MONEY:
                usual = self._currency(column.remark) if column.remark else None
                return read.money_reader(style, self._currency, usual)
            case Nature.QUANTITY:
                return read.quantity_reader(style)
            case Nature.DISCOUNT:
                return read.discount_reader(style)
            case Nature.DAY:
                return read.day_reader(style)
            case Nature.MOMENT:
                return read.moment_reader(style, latest if name == "ordered_at" else None)
        return read.text_reader(self.shape.limit(name))

    def _currency(self, text: str) -> str | None:
        return self.words.currency(text, self.currency)
