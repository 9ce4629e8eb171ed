"""The text of a cell -> the value meant: dates, money, numbers and words as people write them.

A reader raises `Unreadable` with the reason. Nothing is ever guessed from one cell alone: whether
31/12 or 12/31 is meant, and whether a comma starts the cents, is decided by the whole column
(`Style`); what stays open is reported, not picked.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

YEARS = range(1900, 2200)
LARGEST = 2**63 - 1  # what a BIGINT holds
LARGEST_QUANTITY = 2**31 - 1

TIME = r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\.?)?)?"
YEAR_FIRST = re.compile(
    rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{TIME}", re.I
)
YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){TIME}", re.I)
PLAIN_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)
NUMBER = re.compile(r"([^\d.,]*)(\d[\d., '’]*\d|\d|[.,]\d+)([^\d]*)", re.ASCII)
GROUPED = re.compile(r"\d{1,3}([., '’])(?:\d{2,3}\1)*\d{3}", re.ASCII)
FOLD = re.compile(r"(\d)\.?(\d?)\s*折", re.ASCII)  # 8折: pay eight tenths

Reader = Callable[[str], Any]


class Unreadable(Exception):
    """This text is not what its column holds. `reason` names a sentence in the words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Amount(NamedTuple):
    number: Decimal
    currency: str | None  # ISO 4217, where the cell says it


@dataclass(frozen=True, slots=True)
class Style:
    """How a column writes what can be read in two ways; None where it does not show."""

    day_first: bool | None = None
    decimal: str | None = None
    percents: bool = False


def remembering(reader: Reader) -> Reader:
    """Read the same text once: prices, quantities and days come again and again."""
    return lru_cache(maxsize=4096)(reader)


def line_amount(unit_price: Decimal, quantity: int, discount: int) -> int:
    """Return what a line costs: minor units, discount in basis points.

    Halves go to the even unit. Over thousands of lines, rounding them up would add up.
    """
    return rounded(unit_price * quantity * (10_000 - discount) / 10_000, ROUND_HALF_EVEN)


def rounded(amount: Decimal, halves: str = ROUND_HALF_UP) -> int:
    if abs(amount) > LARGEST:
        raise Unreadable("out-of-range")
    return int(amount.to_integral_value(halves))


def compatible(text: str) -> str:
    """Turn full-width digits, letters and signs into plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def text_reader(limit: int | None) -> Reader:
    def read(text: str) -> str:
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        if limit is not None and len(text) > limit:
            raise Unreadable("too-long")
        return text

    return read


def read_code(text: str) -> str:
    text = compatible(text)
    if len(text) > 40:
        raise Unreadable("too-long")
    return text


def read_email(text: str) -> str:
    text = compatible(text)
    if len(text) > 320 or not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise Unreadable("not-an-email")
    return text


def word_reader(meaning: Callable[[str], Any], reason: str = "unknown-word") -> Reader:
    """Read a word of a closed vocabulary: `meaning` returns None for any other."""

    def read(text: str) -> Any:
        value = meaning(text)
        if value is None:
            raise Unreadable(reason)
        return value

    return read


def _parse_date(text: str, style: Style) -> datetime:
    """Read a day, with its time where there is one. The result has a zone only if the text has."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _parse_local_date(compatible(text), style)
    if moment.year not in YEARS:
        raise Unreadable("not-a-date")
    return moment


def _parse_local_date(text: str, style: Style) -> datetime:
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day, *time = match.groups()
    elif match := YEAR_LAST.fullmatch(text):
        day, mark, month, year, *time = match.groups()
        day_first = True if mark == "." or day == month else shows_day_first(text)
        day_first = style.day_first if day_first is None else day_first
        if day_first is None:
            raise Unreadable("ambiguous-date")
        if not day_first:
            day, month = month, day
    else:
        raise Unreadable("not-a-date")
    hour, minute, seconds = (int(part or 0) for part in time[:3])
    if time[3]:
        hour = hour % 12 + (12 if time[3] in "pP" else 0)
    try:
        return datetime(int(year), int(month), int(day), hour, minute, seconds)  # noqa: DTZ001
    except ValueError:
        raise Unreadable("not-a-date") from None


def shows_day_first(text: str) -> bool | None:
    """Tell which of 31/12/2025 and 12/31/2025 a date is; None where both could be meant."""
    match = YEAR_LAST.fullmatch(compatible(text.strip()))
    if not match or match[2] == ".":
        return None
    first, second = int(match[1]), int(match[3])
    return first > 12 if (first > 12) != (second > 12) else None


def day_reader(style: Style) -> Reader:
    def read(text: str) -> date:
        return _parse_date(text, style).date()

    return read


def moment_reader(style: Style, latest: datetime | None = None) -> Reader:
    """Read moments in UTC; a day is its first moment. After `latest` is a mistake."""

    def read(text: str) -> datetime:
        moment = _parse_date(text, style)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if latest is not None and moment > latest:
            raise Unreadable("in-the-future")
        return moment

    return read


def money_reader(
    style: Style, currency_of: Callable[[str], str | None], usual: str | None = None
) -> Reader:
    """Read amounts with or without a currency; `usual` is the column's, where it says one."""

    def read(text: str) -> Amount:
        if PLAIN_NUMBER.fullmatch(text):
            return Amount(Decimal(text), usual)
        amount, label = parse_number(text, style)
        currency = currency_of(label) if label else usual
        if label and currency is None:
            raise Unreadable("not-a-number")
        return Amount(amount, currency)

    return read


def quantity_reader(style: Style) -> Reader:
    def read(text: str) -> int:
        number, label = parse_number(text, style)
        if label:
            raise Unreadable("not-a-number")
        if number % 1:
            raise Unreadable("not-a-whole-number")
        if abs(number) > LARGEST_QUANTITY:
            raise Unreadable("out-of-range")
        return int(number)

    return read


def discount_reader(style: Style) -> Reader:
    """Read a discount as basis points: "15 %", ".15", "8.5折", and "15" in a column of percents."""

    def read(text: str) -> int:
        if fold := FOLD.fullmatch(compatible(text)):
            return 10_000 - 100 * int(fold[1] + (fold[2] or "0"))
        number, label = parse_number(text, style)
        if label not in ("", "%"):
            raise Unreadable("not-a-number")
        points = int((number * (100 if label or style.percents else 10_000)).to_integral_value())
        if not 0 <= points <= 10_000:
            raise Unreadable("out-of-range")
        return points

    return read


def parse_number(text: str, style: Style) -> tuple[Decimal, str]:
    """Read a number, "1,234.50", "1.234,50" or "(1 234,50)", and what stands around it."""
    match = NUMBER.fullmatch(compatible(text))
    if match is None:
        raise Unreadable("not-a-number")
    before, digits, after = match.groups()
    mark = _decimal_mark(digits) or style.decimal
    if mark and digits.count(mark) == 1:
        whole, _, cents = digits.partition(mark)
    else:
        whole, cents = digits, ""
        if mark is None and "." in whole and whole.count(".") == 1:
            raise Unreadable("ambiguous-number")  # 1.234: a thousand, or one and a bit?
    if GROUPED.fullmatch(whole):
        whole = re.sub(r"\D", "", whole)
    if not f"{whole}{cents}".isdecimal():
        raise Unreadable("not-a-number")
    if len(whole) > 18 or len(cents) > 18:
        raise Unreadable("out-of-range")
    number = Decimal(f"{whole or 0}.{cents or 0}")
    negative = set("-−(") & set(before) or "-" in after
    return -number if negative else number, re.sub(r"[-−+()\s]", "", before + after)


def shows_decimal(text: str) -> str | None:
    """Return the mark that starts the decimals in a cell, None where it does not show."""
    match = NUMBER.fullmatch(compatible(text.strip()))
    return _decimal_mark(match[2]) if match else None


def _decimal_mark(digits: str) -> str | None:
    marks = [mark for mark in digits if mark in ".,"]
    if not marks or marks.count(marks[-1]) > 1:
        return None
    before, _, after = digits.rpartition(marks[-1])
    # A lone mark before exactly three digits may as well group thousands.
    thousands = len(marks) == 1 and len(after) == 3 and before != "0" and 1 <= len(before) <= 3
    return None if thousands else marks[-1]


def above_one(text: str) -> bool:
    """Tell whether a discount must be a percentage, since no fraction is above one."""
    try:
        number, label = parse_number(text.strip(), Style(decimal="."))
    except Unreadable:
        return False
    return not label and number > 1
