"""What holds for every finder on every text: sane spans, no crash, linear time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import thread_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.codes import find_emails, find_phones
from bot.understanding.money import MoneyValue, find_money
from bot.understanding.numbers import find_numbers
from bot.understanding.periods import PeriodValue, find_periods
from bot.understanding.schedules import ScheduleValue, find_schedules
from bot.understanding.spans import Context, NotADate, Span
from bot.understanding.times import find_whens

Finder = Callable[[str, Context], list[Span[Any]]]
FINDERS: dict[str, Finder] = {
    "numbers": lambda text, context: list(find_numbers(text)),
    "money": lambda text, context: list(find_money(text, context, bare=True)),
    "whens": lambda text, context: list(find_whens(text, context)),
    "periods": lambda text, context: list(find_periods(text, context)),
    "schedules": lambda text, context: list(find_schedules(text, context)),
    "emails": lambda text, context: list(find_emails(text)),
    "phones": lambda text, context: list(find_phones(text, "DE")),
}
PLAN = Context(now=datetime(2026, 3, 4, 10, tzinfo=ZoneInfo("Europe/Berlin")))

# Words that mean something to the finders, in an order that means nothing.
WORDS = """
    next last this past in for by until since from to between and at on the of end mid every each
    not except Friday mon sat May march 31 February 3pm 25:00 15:00 noon morning week weeks month
    quarter year days hours 2 30 999999 1,200 50k $ € million a half dozen one Q3 2024 13/13/2026
    2026-03-13 0 ago from now weekend daily monthly weekends +49 030 123456 dana@acme.com
    今天 下 上 周 五 末 月 底 年 号 点 半 三 十 两 万 亿 块 每 天 到 前 后 从 以来 最近 个 小时 同期
    İ ß ① ２ ： ， （ ） – ' . -
"""
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS.split()), max_size=14).map("".join),
)
MOMENTS = st.integers(0, 160 * 366 * 24 * 60).map(
    lambda minutes: PLAN.now + timedelta(minutes=minutes)
)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, now=MOMENTS, looking=st.sampled_from(["forward", "back"]))
def test_any_text(text: str, now: datetime, looking: Any) -> None:
    context = replace(PLAN, now=now, looking=looking)
    for find in FINDERS.values():
        end = 0
        for span in find(text, context):
            assert end <= span.start < span.end <= len(text)
            assert span.of(text) == span.of(text).strip()
            end = span.end
            _check(span)


def _check(span: Span[Any]) -> None:
    match span.value:
        case datetime() as moment:
            assert moment.tzinfo == PLAN.now.tzinfo
        case MoneyValue(value, currency):
            assert isinstance(value, int) or value != int(value)
            assert currency is None or len(currency) == 3
        case PeriodValue(start, end):
            assert start < end
        case ScheduleValue(minute, hour):
            assert 0 <= minute < 60
            assert isinstance(hour, str) or 0 <= hour < 24
        case value:
            assert isinstance(value, int | float | str | date | NotADate)


@pytest.mark.parametrize("name", FINDERS)
@pytest.mark.parametrize(
    "part",
    [
        *(
            "tomorrow at 3pm ",
            "march to may ",
            "3 days from ",
            "in in in ",
            "mid ",
            "since ",
            "the ",
        ),
        *("one hundred and ", "twenty ", "a an ", "50k to ", "every day ", "2024-", "1-1-", "1.1."),
        *(
            "1",
            "1,",
            "1 ",
            "3/",
            "+1 ",
            "a",
            "a@",
            "a.b-",
            "-",
            " ",
            "一",
            "周",
            "一月到",
            "每周一",
        ),
        "今晚8点",
    ],
)
def test_long_texts_take_linear_time(name: str, part: str) -> None:
    text = (part * 10_000)[:10_000]
    start = thread_time()
    FINDERS[name](text, PLAN)
    assert thread_time() - start < 2  # usually a hundredth of it; quadratic would take minutes


@pytest.mark.parametrize("name", FINDERS)
def test_offsets_hold_for_wide_characters(name: str) -> None:
    plain = "９０ at 15:00 on 13.03.2026, every day, $50k, dana@acme.com, +49 30 123456"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in plain)
    assert FINDERS[name](wide, PLAN) == FINDERS[name](plain, PLAN)
