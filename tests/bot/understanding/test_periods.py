"""Periods, looking back and ahead, on Wednesday 4 March 2026."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.understanding.periods import PeriodValue, find_periods
from bot.understanding.spans import Context, NotADate, Span

AHEAD = Context(now=datetime(2026, 3, 4, 10, tzinfo=ZoneInfo("Europe/Berlin")))
BACK = replace(AHEAD, looking="back")

# The sentence, the words of the span ("" for the whole sentence), the first day and the end,
# which is exclusive.
LOOKING_BACK = [
    # days and whole units
    ("what's on my plate today", "today", "2026-03-04", "2026-03-05"),
    ("yesterday", "", "2026-03-03", "2026-03-04"),
    ("last Friday", "", "2026-02-27", "2026-02-28"),
    ("on 3 May", "3 May", "2025-05-03", "2025-05-04"),
    ("3 days ago", "", "2026-03-01", "2026-03-02"),
    ("this week", "", "2026-03-02", "2026-03-09"),
    ("last week", "", "2026-02-23", "2026-03-02"),
    ("next week", "", "2026-03-09", "2026-03-16"),
    ("week before last", "", "2026-02-16", "2026-02-23"),
    ("over the weekend", "weekend", "2026-02-28", "2026-03-02"),
    ("this weekend", "", "2026-03-07", "2026-03-09"),
    ("this month", "", "2026-03-01", "2026-04-01"),
    ("what happened with Acme last month", "last month", "2026-02-01", "2026-03-01"),
    ("this quarter", "", "2026-01-01", "2026-04-01"),
    ("what did Acme buy last quarter", "last quarter", "2025-10-01", "2026-01-01"),
    ("previous quarter", "", "2025-10-01", "2026-01-01"),
    ("chart revenue by month this year", "this year", "2026-01-01", "2027-01-01"),
    ("last year", "", "2025-01-01", "2026-01-01"),
    ("今天", "", "2026-03-04", "2026-03-05"),
    ("昨天", "", "2026-03-03", "2026-03-04"),
    ("上周五", "", "2026-02-27", "2026-02-28"),
    ("本周", "", "2026-03-02", "2026-03-09"),
    ("这个星期", "", "2026-03-02", "2026-03-09"),
    ("上周", "", "2026-02-23", "2026-03-02"),
    ("上上周", "", "2026-02-16", "2026-02-23"),
    ("上周末", "", "2026-02-28", "2026-03-02"),
    ("本月畅销产品", "本月", "2026-03-01", "2026-04-01"),
    ("这个月", "", "2026-03-01", "2026-04-01"),
    ("上个月", "", "2026-02-01", "2026-03-01"),
    ("上季度各类别销售额", "上季度", "2025-10-01", "2026-01-01"),
    ("本季度", "", "2026-01-01", "2026-04-01"),
    ("今年", "", "2026-01-01", "2027-01-01"),
    ("去年", "", "2025-01-01", "2026-01-01"),
    # named units
    ("Q1", "", "2026-01-01", "2026-04-01"),
    ("Q3", "", "2025-07-01", "2025-10-01"),
    ("Q3 2024", "", "2024-07-01", "2024-10-01"),
    ("Q3'24", "", "2024-07-01", "2024-10-01"),
    ("2024 Q3", "", "2024-07-01", "2024-10-01"),
    ("third quarter", "", "2025-07-01", "2025-10-01"),
    ("second quarter of last year", "", "2025-04-01", "2025-07-01"),
    ("H1", "", "2026-01-01", "2026-07-01"),
    ("first half of 2025", "", "2025-01-01", "2025-07-01"),
    ("2024", "", "2024-01-01", "2025-01-01"),
    ("revenue in 2024", "2024", "2024-01-01", "2025-01-01"),
    ("in January", "January", "2026-01-01", "2026-02-01"),
    ("in march", "march", "2026-03-01", "2026-04-01"),
    ("in April", "April", "2025-04-01", "2025-05-01"),
    ("January 2025", "", "2025-01-01", "2025-02-01"),
    ("May sales", "May", "2025-05-01", "2025-06-01"),
    ("last January", "", "2026-01-01", "2026-02-01"),
    ("January last year", "", "2025-01-01", "2025-02-01"),
    ("第三季度", "", "2025-07-01", "2025-10-01"),
    ("三季度", "", "2025-07-01", "2025-10-01"),
    ("去年Q3", "", "2025-07-01", "2025-10-01"),
    ("去年第三季度", "", "2025-07-01", "2025-10-01"),
    ("上半年", "", "2026-01-01", "2026-07-01"),
    ("下半年", "", "2025-07-01", "2026-01-01"),
    ("2024年", "", "2024-01-01", "2025-01-01"),
    ("24年的营收", "24年", "2024-01-01", "2025-01-01"),
    ("二〇二四年", "", "2024-01-01", "2025-01-01"),
    ("2024年3月", "", "2024-03-01", "2024-04-01"),
    ("去年一月", "", "2025-01-01", "2025-02-01"),
    ("三月份", "", "2026-03-01", "2026-04-01"),
    ("四月的订单", "四月", "2025-04-01", "2025-05-01"),
    # so many days up to today
    ("past 30 days", "", "2026-02-03", "2026-03-05"),
    ("over the last 7 days", "last 7 days", "2026-02-26", "2026-03-05"),
    ("last two weeks", "", "2026-02-19", "2026-03-05"),
    ("last couple of weeks", "", "2026-02-19", "2026-03-05"),
    ("last 3 months", "", "2025-12-05", "2026-03-05"),
    ("the past week", "past week", "2026-02-26", "2026-03-05"),
    ("in the past year", "past year", "2025-03-05", "2026-03-05"),
    ("past 2 quarters", "", "2025-09-05", "2026-03-05"),
    ("last 24 hours", "", "2026-03-03", "2026-03-05"),
    ("30 days", "", "2026-02-03", "2026-03-05"),
    ("who haven't I talked to in 30 days", "30 days", "2026-02-03", "2026-03-05"),
    ("which deals haven't moved in a month", "a month", "2026-02-05", "2026-03-05"),
    ("no contact for two weeks", "two weeks", "2026-02-19", "2026-03-05"),
    ("half a year", "", "2025-09-05", "2026-03-05"),
    ("最近30天", "", "2026-02-03", "2026-03-05"),
    ("过去两周", "", "2026-02-19", "2026-03-05"),
    ("近三个月", "", "2025-12-05", "2026-03-05"),
    ("近一年", "", "2025-03-05", "2026-03-05"),
    ("最近半年", "", "2025-09-05", "2026-03-05"),
    ("这三天", "", "2026-03-02", "2026-03-05"),
    ("最近24小时", "", "2026-03-03", "2026-03-05"),
    ("30天没联系的客户", "30天", "2026-02-03", "2026-03-05"),
    ("一个月没动的商机", "一个月", "2026-02-05", "2026-03-05"),
    ("超过半年没下单", "半年", "2025-09-05", "2026-03-05"),
    # from one day to another
    ("year to date", "", "2026-01-01", "2026-03-05"),
    ("YTD", "", "2026-01-01", "2026-03-05"),
    ("MTD", "", "2026-03-01", "2026-03-05"),
    ("so far this year", "", "2026-01-01", "2026-03-05"),
    ("since January", "", "2026-01-01", "2026-03-05"),
    ("since Monday", "", "2026-03-02", "2026-03-05"),
    ("since last week", "", "2026-02-23", "2026-03-05"),
    ("what did I miss since yesterday", "since yesterday", "2026-03-03", "2026-03-05"),
    ("from January to now", "", "2026-01-01", "2026-03-05"),
    ("from January to today", "", "2026-01-01", "2026-03-05"),
    ("from March to May", "", "2025-03-01", "2025-06-01"),
    ("March–May", "", "2025-03-01", "2025-06-01"),
    ("March to May 2024", "", "2024-03-01", "2024-06-01"),
    ("November 2024 to February", "", "2024-11-01", "2025-03-01"),
    ("November to February", "", "2025-11-01", "2026-03-01"),
    ("between May and July", "", "2025-05-01", "2025-08-01"),
    ("between 1 March and 15 April", "", "2025-03-01", "2025-04-16"),
    ("from Monday to Friday", "", "2026-02-23", "2026-02-28"),
    ("下周一到周三别给我推消息", "下周一到周三", "2026-03-09", "2026-03-12"),
    ("上周五到周日", "", "2026-02-27", "2026-03-02"),
    ("next Monday to Wednesday", "", "2026-03-09", "2026-03-12"),
    ("3号到5号", "", "2026-03-03", "2026-03-06"),
    ("Q1 to Q3 2024", "", "2024-01-01", "2024-10-01"),
    ("2023-2024", "", "2023-01-01", "2025-01-01"),
    ("2026-02-01 to 2026-02-15", "", "2026-02-01", "2026-02-16"),
    ("1-15 February", "", "2026-02-01", "2026-02-16"),
    ("February 3-15", "", "2026-02-03", "2026-02-16"),
    ("before June", "", "0001-01-01", "2025-06-01"),
    ("after June", "", "2025-07-01", "2026-03-05"),
    ("今年以来", "", "2026-01-01", "2026-03-05"),
    ("一月以来", "", "2026-01-01", "2026-03-05"),
    ("年初至今", "", "2026-01-01", "2026-03-05"),
    ("从三月到现在", "", "2026-03-01", "2026-03-05"),
    ("周一以来", "", "2026-03-02", "2026-03-05"),
    ("从三月到五月", "", "2025-03-01", "2025-06-01"),
    ("1-3月", "", "2026-01-01", "2026-04-01"),
    ("去年一月到三月", "", "2025-01-01", "2025-04-01"),
    ("3月1日到3月15日", "", "2025-03-01", "2025-03-16"),
    ("3月1日到15日", "", "2026-03-01", "2026-03-16"),
    ("3月和4月之间", "", "2025-03-01", "2025-05-01"),
    ("６月之前", "", "0001-01-01", "2025-06-01"),
]

LOOKING_AHEAD = [
    ("mute me until Monday", "until Monday", "2026-03-04", "2026-03-09"),
    ("until Wednesday", "", "2026-03-04", "2026-03-11"),
    ("till tomorrow", "", "2026-03-04", "2026-03-05"),
    ("until next week", "", "2026-03-04", "2026-03-09"),
    ("until June", "", "2026-03-04", "2026-06-01"),
    ("until the end of the month", "", "2026-03-04", "2026-04-01"),
    ("mute me for a week", "a week", "2026-03-04", "2026-03-11"),
    ("for 3 days", "3 days", "2026-03-04", "2026-03-07"),
    ("for the rest of the week", "the rest of the week", "2026-03-04", "2026-03-09"),
    ("by Friday", "", "2026-03-04", "2026-03-07"),
    ("through Friday", "", "2026-03-04", "2026-03-07"),
    ("due before Friday", "before Friday", "2026-03-04", "2026-03-06"),
    ("closing before June", "before June", "2026-03-04", "2026-06-01"),
    ("closing after June", "after June", "2026-07-01", "9999-12-31"),
    ("deals over 50k closing this month", "this month", "2026-03-01", "2026-04-01"),
    ("forecast for April", "April", "2026-04-01", "2026-05-01"),
    ("April forecast", "April", "2026-04-01", "2026-05-01"),
    ("in January", "January", "2027-01-01", "2027-02-01"),
    ("for May", "May", "2026-05-01", "2026-06-01"),
    ("Q1", "", "2026-01-01", "2026-04-01"),
    ("Q3", "", "2026-07-01", "2026-10-01"),
    ("next quarter", "", "2026-04-01", "2026-07-01"),
    ("closing between April and June", "between April and June", "2026-04-01", "2026-07-01"),
    ("January to March", "", "2026-01-01", "2026-04-01"),
    ("between Monday and Friday", "", "2026-03-09", "2026-03-14"),
    ("closing in 30 days", "30 days", "2026-03-04", "2026-04-03"),
    ("next 7 days", "", "2026-03-04", "2026-03-11"),
    ("mon-wed next week", "", "2026-03-09", "2026-03-12"),
    ("周五到下周二", "", "2026-03-06", "2026-03-11"),
    ("the next 3 months", "next 3 months", "2026-03-04", "2026-06-04"),
    ("静音到下周一", "到下周一", "2026-03-04", "2026-03-09"),
    ("到周一", "", "2026-03-04", "2026-03-09"),
    ("到月底", "", "2026-03-04", "2026-04-01"),
    ("静音一周", "一周", "2026-03-04", "2026-03-11"),
    ("周五前", "", "2026-03-04", "2026-03-06"),
    ("月底前", "", "2026-03-04", "2026-04-01"),
    ("未来7天", "", "2026-03-04", "2026-03-11"),
    ("接下来两周", "", "2026-03-04", "2026-03-18"),
    ("下季度", "", "2026-04-01", "2026-07-01"),
    ("4月预测", "4月", "2026-04-01", "2026-05-01"),
    ("明年", "", "2027-01-01", "2028-01-01"),
]


def _only(sentence: str, context: Context) -> Span[PeriodValue | NotADate]:
    (span,) = find_periods(sentence, context)
    return span


def _days(value: PeriodValue | NotADate) -> tuple[str, str]:
    assert isinstance(value, PeriodValue)
    return value.start.isoformat(), value.end.isoformat()


@pytest.mark.parametrize(("sentence", "words", "start", "end"), LOOKING_BACK)
def test_looking_back(sentence: str, words: str, start: str, end: str) -> None:
    span = _only(sentence, BACK)
    assert span.of(sentence) == (words or sentence)
    assert _days(span.value) == (start, end)


@pytest.mark.parametrize(("sentence", "words", "start", "end"), LOOKING_AHEAD)
def test_looking_ahead(sentence: str, words: str, start: str, end: str) -> None:
    span = _only(sentence, AHEAD)
    assert span.of(sentence) == (words or sentence)
    assert _days(span.value) == (start, end)


@pytest.mark.parametrize(
    ("sentence", "periods"),
    [
        ("this month and last month", [("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")]),
        ("Q2 or Q3", [("2025-04-01", "2025-07-01"), ("2025-07-01", "2025-10-01")]),
        (
            "this quarter versus the same quarter last year",
            [("2026-01-01", "2026-04-01"), ("2025-01-01", "2025-04-01")],
        ),
        ("上个月和去年同期对比", [("2026-02-01", "2026-03-01"), ("2025-02-01", "2025-03-01")]),
    ],
)
def test_two_periods(sentence: str, periods: list[tuple[str, str]]) -> None:
    assert [_days(span.value) for span in find_periods(sentence, BACK)] == periods


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("31 February", ""),
        ("since 31 February", "31 February"),
        ("in 0 days", "0 days"),
        ("2月30日", ""),
        ("13月", ""),
        ("去年同期", ""),
    ],
)
def test_impossible_is_told_not_guessed(sentence: str, words: str) -> None:
    span = _only(sentence, BACK)
    assert span.value == NotADate(words or sentence)
    assert span.of(sentence) == (words or sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "",
            "revenue by month",
            "show ticket 2031",
            "order 1042",
            "may I",
            "the current APR",
            "top 10",
            "close 2024 is",
        ),
        *("in 1042", "前10名客户", "第三名", "查一下百度", "每周三次", "生命周期"),
    ],
)
def test_no_period(sentence: str) -> None:
    assert find_periods(sentence, BACK) == []
