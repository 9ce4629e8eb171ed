"""Amounts of money in two languages and several ways of writing."""

from datetime import UTC, datetime

import pytest

from bot.understanding.money import MoneyValue, find_money
from bot.understanding.spans import Context

HERE = Context(now=datetime(2026, 3, 4, 10, tzinfo=UTC))

ONE = [
    ("deals over 50k", "50k", 50_000, None),
    ("50K", "50K", 50_000, None),
    ("$1.2m", "$1.2m", 1_200_000, "USD"),
    ("€3,500.50", "€3,500.50", 3500.5, "EUR"),
    ("£20", "£20", 20, "GBP"),
    ("$ 5", "$ 5", 5, "USD"),
    ("500$", "500$", 500, "USD"),
    ("USD 500", "USD 500", 500, "USD"),
    ("USD500", "USD500", 500, "USD"),
    ("500usd", "500usd", 500, "USD"),
    ("50k EUR", "50k EUR", 50_000, "EUR"),
    ("50k€", "50k€", 50_000, "EUR"),
    ("HK$300", "HK$300", 300, "HKD"),
    ("RMB 5,000", "RMB 5,000", 5000, "CNY"),
    ("20 dollars", "20 dollars", 20, "USD"),
    ("5 US dollars", "5 US dollars", 5, "USD"),
    ("20 bucks", "20 bucks", 20, "USD"),
    ("20 quid", "20 quid", 20, "GBP"),
    ("1.5 million dollars", "1.5 million dollars", 1_500_000, "USD"),
    ("a million bucks", "a million bucks", 1_000_000, "USD"),
    ("$5 million", "$5 million", 5_000_000, "USD"),
    ("worth fifty thousand", "fifty thousand", 50_000, None),
    ("fifty grand", "fifty grand", 50_000, None),
    ("half a million", "half a million", 500_000, None),
    ("two hundred dollars", "two hundred dollars", 200, "USD"),
    ("3.500,50 €", "3.500,50 €", 3500.5, "EUR"),
    ("3.500 €", "3.500 €", 3500, "EUR"),
    ("1 200 €", "1 200 €", 1200, "EUR"),
    ("€3500,50", "€3500,50", 3500.5, "EUR"),
    ("1,5 million euros", "1,5 million euros", 1_500_000, "EUR"),
    ("超过5万的商机", "5万", 50_000, None),
    ("五十万", "五十万", 500_000, None),
    ("金额50万元", "50万元", 500_000, "CNY"),
    ("1.2亿", "1.2亿", 120_000_000, None),
    ("¥300", "¥300", 300, "CNY"),
    ("￥３００", "￥３００", 300, "CNY"),
    ("¥5万", "¥5万", 50_000, "CNY"),
    ("300块", "300块", 300, "CNY"),
    ("300块钱", "300块钱", 300, "CNY"),
    ("12块5", "12块5", 12.5, "CNY"),
    ("5万美元", "5万美元", 50_000, "USD"),
    ("100日元", "100日元", 100, "JPY"),
    ("人民币5000元", "人民币5000元", 5000, "CNY"),
    ("5万元人民币", "5万元人民币", 50_000, "CNY"),
    ("三千五百块", "三千五百块", 3500, "CNY"),
    ("两百万", "两百万", 2_000_000, None),
    ("５万", "５万", 50_000, None),
    ("5w的单子", "5w", 50_000, None),
    ("top 10 deals over 50k", "50k", 50_000, None),
    ("move deal 12 to 50k", "50k", 50_000, None),
]


@pytest.mark.parametrize(("sentence", "words", "value", "currency"), ONE)
def test_one_amount(sentence: str, words: str, value: float, currency: str | None) -> None:
    (span,) = find_money(sentence, HERE)
    assert span.of(sentence) == words
    assert span.value == MoneyValue(value, currency)
    assert type(span.value.value) is type(value)


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("deals of 50-60k", [(50_000, None), (60_000, None)]),
        ("$50-60k", [(50_000, "USD"), (60_000, "USD")]),
        ("1.5-2m", [(1_500_000, None), (2_000_000, None)]),
        ("500-1k", [(500, None), (1000, None)]),
        ("between 20k and 50", [(20_000, None), (50_000, None)]),
        ("between $20 and 30", [(20, "USD"), (30, "USD")]),
        ("from 50 to 60k", [(50_000, None), (60_000, None)]),
        ("20到50万的商机", [(200_000, None), (500_000, None)]),
        ("over $50k but under €1m", [(50_000, "USD"), (1_000_000, "EUR")]),
    ],
)
def test_two_amounts(sentence: str, amounts: list[tuple[float, str | None]]) -> None:
    found = [(span.value.value, span.value.currency) for span in find_money(sentence, HERE)]
    assert found == amounts


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "20",
        "order 10248",
        "30 days",
        "50%",
        "5万个订单",
        "千万别",
        "task #50k",
        "won",
        "第5万",
        "B2B",
    ],
)
def test_no_amount(sentence: str) -> None:
    assert find_money(sentence, HERE) == []


@pytest.mark.parametrize(
    ("sentence", "value"), [("20", 20), ("change it to 10,248", 10248), ("两百", 200)]
)
def test_plain_number_counts_where_money_is_expected(sentence: str, value: float) -> None:
    (span,) = find_money(sentence, HERE, bare=True)
    assert span.value == MoneyValue(value, None)


def test_yen_sign_belongs_to_the_asker() -> None:
    yen = Context(now=HERE.now, currency="JPY")
    assert find_money("¥300", yen)[0].value.currency == "JPY"
    chinese = Context(now=HERE.now, currency="JPY", language="zh")
    assert find_money("¥300", chinese)[0].value.currency == "CNY"
