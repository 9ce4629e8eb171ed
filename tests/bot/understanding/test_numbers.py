"""Numbers as people write them."""

import pytest

from bot.understanding.numbers import find_numbers, parse_number

ONE = [
    ("top 12 customers", "12", 12),
    ("order 1,200 units", "1,200", 1200),
    ("3.5", "3.5", 3.5),
    ("10248", "10248", 10248),
    ("our ten best customers this year", "ten", 10),
    ("twelve", "twelve", 12),
    ("twenty-five chairs", "twenty-five", 25),
    ("seventy six", "seventy six", 76),
    ("a hundred tickets", "a hundred", 100),
    ("two hundred and fifty", "two hundred and fifty", 250),
    ("two hundred and fifty thousand", "two hundred and fifty thousand", 250_000),
    ("one million two hundred thousand", "one million two hundred thousand", 1_200_000),
    ("a dozen Chai", "a dozen", 12),
    ("two dozen Chai", "two dozen", 24),
    ("half a dozen", "half a dozen", 6),
    ("a couple of deals", "a couple", 2),
    ("half a million", "half a million", 500_000),
    ("one and a half million", "one and a half million", 1_500_000),
    ("2.5k", "2.5k", 2500),
    ("50 grand", "50 grand", 50_000),
    ("minus: -5", "-5", -5),
    ("1.234.567", "1.234.567", 1_234_567),
    ("1,5 million", "1,5 million", 1_500_000),
    ("1,00,000", "1,00,000", 100_000),
    ("zero", "zero", 0),
    ("90%", "90", 90),
    ("十二个客户", "十二", 12),
    ("两百", "两百", 200),
    ("三千五", "三千五", 3500),
    ("一万二", "一万二", 12_000),
    ("一百零五个", "一百零五", 105),
    ("一百五", "一百五", 150),
    ("二十万", "二十万", 200_000),
    ("一亿三千万", "一亿三千万", 130_000_000),
    ("1.2亿", "1.2亿", 120_000_000),
    ("3万5", "3万5", 35_000),
    ("5百万", "5百万", 5_000_000),
    ("二〇二四", "二〇二四", 2024),
    ("前十名客户", "十", 10),
    ("前10名客户", "10", 10),
    ("订20箱茶", "20", 20),
    ("２０箱", "２０", 20),
    ("超过百万的单子", "百万", 1_000_000),
]


@pytest.mark.parametrize(("sentence", "words", "value"), ONE)
def test_one_number(sentence: str, words: str, value: float) -> None:
    (span,) = find_numbers(sentence)
    assert (span.of(sentence), span.value) == (words, value)
    assert type(span.value) is type(value)


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("rated 4 out of 5", [4, 5]),
        ("rated 4/5", [4, 5]),
        ("between 3-5 items", [3, 5]),
        ("20 Chai and two Chang", [20, 2]),
    ],
)
def test_several_numbers(sentence: str, values: list[float]) -> None:
    assert [span.value for span in find_numbers(sentence)] == values


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "nothing here",
        "on 2026-03-13",
        "at 10:30",
        "the 3rd one",
        "invoice INV-1042",
        "task #12",
        "B2B",
        "Q3",
        "the second one",
        "this one please",
        "one of them",
        "3月5日",
        "第二个",
        "第3个",
        "周三",
        "查一下百度",
        "万科的情况",
        "三一重工",
        "千万别发",
        "9" * 40,
    ],
)
def test_no_number(sentence: str) -> None:
    assert find_numbers(sentence) == []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("half an", 0.5),
        ("a", 1),
        ("半", 0.5),
        ("两", 2),
        ("1.5", 1.5),
        ("二十五", 25),
        ("soon", None),
    ],
)
def test_parse_number(words: str, value: float | None) -> None:
    assert parse_number(words) == value
