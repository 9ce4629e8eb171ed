"""The text of a cell and the value meant."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.imports.cells import (
    Amount,
    Style,
    Unreadable,
    day_reader,
    discount_reader,
    line_amount,
    moment_reader,
    money_reader,
    parse_number,
    quantity_reader,
    read_code,
    read_email,
    shows_day_first,
    shows_decimal,
    text_reader,
)
from crm_core.imports.words import Words

WORDS = Words.load()


def money(text: str, style: Style | None = None, home: str = "USD") -> Amount:
    reader = money_reader(style or Style(), lambda label: WORDS.currency(label, home))
    amount = reader(text)
    assert isinstance(amount, Amount)
    return amount


def reason(reader: object, text: str) -> str:
    with pytest.raises(Unreadable) as problem:
        reader(text)  # type: ignore[operator]
    return problem.value.reason


@pytest.mark.parametrize(
    ("text", "number", "currency"),
    [
        ("12", "12", None),
        ("1,234.50", "1234.50", None),
        ("1.234,50", "1234.50", None),
        ("1 234,50", "1234.50", None),
        ("1'234.50", "1234.50", None),
        ("12,34,567", "1234567", None),
        ("1,234,567", "1234567", None),
        ("1.234.567", "1234567", None),
        ("1,234", "1234", None),
        ("99,5", "99.5", None),
        ("0.125", "0.125", None),
        ("1234.567", "1234.567", None),
        (".5", "0.5", None),
        ("€ 99", "99", "EUR"),
        ("99 €", "99", "EUR"),
        ("¥ 1200", "1200", "CNY"),
        ("￥１，２００．５０", "1200.50", "CNY"),
        ("1200元", "1200", "CNY"),
        ("$1,234.50", "1234.50", "USD"),
        ("-$5", "-5", "USD"),
        ("$ -5.00", "-5.00", "USD"),
        ("(5.00)", "-5.00", None),
        ("5.00-", "-5.00", None),
        ("GBP 10", "10", "GBP"),
        ("10 chf", "10", "CHF"),
        ("1\u00a0234,50 €", "1234.50", "EUR"),
    ],
)
def test_money(text: str, number: str, currency: str | None) -> None:
    assert money(text) == (Decimal(number), currency)


def test_a_shared_sign_means_the_home_currency() -> None:
    assert money("¥ 5", home="JPY").currency == "JPY"
    assert money("$5", home="AUD").currency == "AUD"
    assert money("$5", home="EUR").currency == "USD"


def test_a_lone_mark_before_three_digits_is_decided_by_the_column() -> None:
    assert money("1.234", Style(decimal=".")).number == Decimal("1.234")
    assert money("1.234", Style(decimal=",")).number == 1234
    assert money("1,234", Style(decimal=",")).number == Decimal("1.234")
    assert money("1.234.567", Style(decimal=".")).number == 1_234_567
    assert reason(money, "1.234") == "ambiguous-number"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twelve", "not-a-number"),
        ("1-2", "not-a-number"),
        ("12 bananas", "not-a-number"),
        ("5万", "not-a-number"),
        ("1.2.3,4", "not-a-number"),
        ("=1+1", "not-a-number"),
        ("9" * 30, "out-of-range"),
    ],
)
def test_what_is_no_money(text: str, expected: str) -> None:
    assert reason(money, text) == expected


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_every_notation_of_an_amount_is_read_alike(units: int, cents: int) -> None:
    number = Decimal(f"{units}.{cents:02}")
    english = f"{units:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    french = english.translate(str.maketrans(",.", " ,"))
    for text in (str(number), english, german, french):
        assert money(text).number == number
    assert shows_decimal(english) == "."
    assert shows_decimal(german) == ","


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    readers = [money, day_reader(Style()), discount_reader(Style()), quantity_reader(Style())]
    for reader in readers:
        with suppress(Unreadable):  # anything else is a defect
            reader(text)


def test_quantities_are_whole_and_returns_negative() -> None:
    read = quantity_reader(Style())
    assert [read(text) for text in ("12", "-3", "１２", "1,200", "3.0")] == [12, -3, 12, 1200, 3]
    assert reason(read, "1.5") == "not-a-whole-number"
    assert reason(read, "3000000000") == "out-of-range"
    assert reason(read, "€ 5") == "not-a-number"


def test_discounts_are_basis_points() -> None:
    read = discount_reader(Style())
    texts = ("15%", "15 %", "0.15", "0,15", ".15", "8.5折", "85折", "8折", "0")
    assert [read(text) for text in texts] == [1500] * 7 + [2000, 0]
    assert discount_reader(Style(percents=True))("15") == 1500
    assert discount_reader(Style(percents=True))("0.5") == 50
    assert reason(read, "120%") == "out-of-range"
    assert reason(read, "-5%") == "out-of-range"


@pytest.mark.parametrize(
    ("text", "style", "day"),
    [
        ("2025-12-31", Style(), date(2025, 12, 31)),
        ("2025/1/5", Style(), date(2025, 1, 5)),
        ("20251231", Style(), date(2025, 12, 31)),
        ("2025年12月31日", Style(), date(2025, 12, 31)),
        ("２０２５年１月５日", Style(), date(2025, 1, 5)),
        ("31.12.2025", Style(), date(2025, 12, 31)),
        ("01.02.2025", Style(day_first=False), date(2025, 2, 1)),
        ("31/12/2025", Style(day_first=False), date(2025, 12, 31)),
        ("12/31/2025", Style(day_first=True), date(2025, 12, 31)),
        ("03/04/2025", Style(day_first=True), date(2025, 4, 3)),
        ("03/04/2025", Style(day_first=False), date(2025, 3, 4)),
        ("05/05/2025", Style(), date(2025, 5, 5)),
        ("1996-07-04 00:00:00.000", Style(), date(1996, 7, 4)),
    ],
)
def test_days(text: str, style: Style, day: date) -> None:
    assert day_reader(style)(text) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-12-31", datetime(2025, 12, 31, tzinfo=UTC)),
        ("2025-12-31T10:30:00+08:00", datetime(2025, 12, 31, 2, 30, tzinfo=UTC)),
        ("12/31/2025 2:30 PM", datetime(2025, 12, 31, 14, 30, tzinfo=UTC)),
        ("12/31/2025 12:05 am", datetime(2025, 12, 31, 0, 5, tzinfo=UTC)),
        ("31.12.2025 14:30:15", datetime(2025, 12, 31, 14, 30, 15, tzinfo=UTC)),
    ],
)
def test_moments_are_utc(text: str, moment: datetime) -> None:
    assert moment_reader(Style())(text) == moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/2025", "ambiguous-date"),
        ("yesterday", "not-a-date"),
        ("31/31/2025", "not-a-date"),
        ("2025-02-30", "not-a-date"),
        ("0001-01-01", "not-a-date"),
        ("12345", "not-a-date"),
        ("1/2/25", "not-a-date"),
        ("2025-01-01T25:00", "not-a-date"),
        ("0001-01-01T00:00:00+08:00", "not-a-date"),
    ],
)
def test_what_is_no_date(text: str, expected: str) -> None:
    assert reason(moment_reader(Style()), text) == expected


def test_signs_of_the_order_of_a_date() -> None:
    assert shows_day_first("31/12/2025") is True
    assert shows_day_first("12-31-2025") is False
    assert shows_day_first("3/4/2025") is None
    assert shows_day_first("31/31/2025") is None


def test_text_is_normalised_and_limited() -> None:
    assert text_reader(10)("Mu\u0308ller") == "Müller"
    assert reason(text_reader(10), "x" * 11) == "too-long"
    assert read_code("Ａ１２") == "A12"
    assert read_email("dana＠example.com") == "dana@example.com"
    assert reason(read_email, "dana") == "not-an-email"


def test_a_line_costs_what_its_parts_say_halves_to_even() -> None:
    assert line_amount(Decimal(1400), 12, 0) == 16_800
    assert line_amount(Decimal(1680), 15, 1500) == 21_420
    assert [line_amount(Decimal(5), 1, 5000), line_amount(Decimal(15), 1, 5000)] == [2, 8]
    assert line_amount(Decimal(-250), 3, 0) == -750
    assert line_amount(Decimal("12.5"), 1000, 0) == 12_500


def test_a_number_keeps_what_stands_around_it() -> None:
    assert parse_number("about 5 %", Style()) == (Decimal(5), "about%")
