"""Moments and days, as plans and as looks back, on Wednesday 4 March 2026 at ten in Berlin."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.understanding.spans import Context, Span
from bot.understanding.times import NotADate, When, find_whens

BERLIN = ZoneInfo("Europe/Berlin")
PLAN = Context(now=datetime(2026, 3, 4, 10, tzinfo=BERLIN))
PAST = replace(PLAN, looking="back")

# The sentence, the words of the span ("" for the whole sentence) and the value: a day, or the
# local time where a time was said.
PLANS = [
    # named days
    ("today", "", "2026-03-04"),
    ("tomorrow", "", "2026-03-05"),
    ("tmrw", "", "2026-03-05"),
    ("the day after tomorrow", "", "2026-03-06"),
    ("yesterday", "", "2026-03-03"),
    ("the day before yesterday", "", "2026-03-02"),
    ("今天", "", "2026-03-04"),
    ("明天提醒我", "明天", "2026-03-05"),
    ("后天", "", "2026-03-06"),
    ("大后天", "", "2026-03-07"),
    ("昨天", "", "2026-03-03"),
    ("前天", "", "2026-03-02"),
    # weekdays
    ("Friday", "", "2026-03-06"),
    ("by Friday", "Friday", "2026-03-06"),
    ("this Friday", "", "2026-03-06"),
    ("this coming Friday", "", "2026-03-06"),
    ("push close to next Friday", "next Friday", "2026-03-13"),
    ("next Monday", "", "2026-03-09"),
    ("on Monday", "Monday", "2026-03-09"),
    ("on Wednesday", "Wednesday", "2026-03-11"),
    ("this Wednesday", "", "2026-03-11"),
    ("next Wednesday", "", "2026-03-11"),
    ("last Friday", "", "2026-02-27"),
    ("Tues", "", "2026-03-10"),
    ("on sat", "sat", "2026-03-07"),
    ("sat", "", "2026-03-07"),
    ("call them sun 10am", "sun 10am", "2026-03-08T10:00"),
    ("Monday next week", "", "2026-03-09"),
    ("next week on Tuesday", "", "2026-03-10"),
    ("周五", "", "2026-03-06"),
    ("周三", "", "2026-03-11"),
    ("星期五", "", "2026-03-06"),
    ("礼拜天", "", "2026-03-08"),
    ("这周五", "", "2026-03-06"),
    ("本周五", "", "2026-03-06"),
    ("下周五", "", "2026-03-13"),
    ("下個禮拜五", "", "2026-03-13"),
    ("下下周一", "", "2026-03-16"),
    ("上周三", "", "2026-02-25"),
    # a length of time from now
    ("in two weeks", "", "2026-03-18"),
    ("in 3 days", "", "2026-03-07"),
    ("in a month", "", "2026-04-04"),
    ("in a couple of days", "", "2026-03-06"),
    ("in 3 business days", "", "2026-03-09"),
    ("3 days from now", "", "2026-03-07"),
    ("two weeks from Friday", "", "2026-03-20"),
    ("a week from tomorrow", "", "2026-03-12"),
    ("3 days ago", "", "2026-03-01"),
    ("snooze this alert for a week", "for a week", "2026-03-11"),
    ("in 2 hours", "", "2026-03-04T12:00"),
    ("in an hour", "", "2026-03-04T11:00"),
    ("in half an hour", "", "2026-03-04T10:30"),
    ("in an hour and a half", "", "2026-03-04T11:30"),
    ("in 1 hour 30 minutes", "", "2026-03-04T11:30"),
    ("in 90 min", "", "2026-03-04T11:30"),
    ("in 2h", "", "2026-03-04T12:00"),
    ("within 48 hours", "", "2026-03-06T10:00"),
    ("for 30 minutes", "", "2026-03-04T10:30"),
    ("2 hours ago", "", "2026-03-04T08:00"),
    ("三天后", "", "2026-03-07"),
    ("两周后", "", "2026-03-18"),
    ("3个工作日内", "", "2026-03-09"),
    ("半年后", "", "2026-09-04"),
    ("一个半月后", "", "2026-04-19"),
    ("过两天", "", "2026-03-06"),
    ("三天前", "", "2026-03-01"),
    ("静音一周", "一周", "2026-03-11"),
    ("两小时后", "", "2026-03-04T12:00"),
    ("半小时后", "", "2026-03-04T10:30"),
    ("半个小时后", "", "2026-03-04T10:30"),
    ("一个半小时后", "", "2026-03-04T11:30"),
    ("10分钟后", "", "2026-03-04T10:10"),
    ("一刻钟后", "", "2026-03-04T10:15"),
    # dates
    ("2026-03-13", "", "2026-03-13"),
    ("2026/3/13", "", "2026-03-13"),
    ("13/03/2026", "", "2026-03-13"),
    ("3/13/2026", "", "2026-03-13"),
    ("4/3/2026", "", "2026-04-03"),
    ("13.03.2026", "", "2026-03-13"),
    ("on 3/14", "3/14", "2026-03-14"),
    ("on 14/3", "14/3", "2026-03-14"),
    ("March 13", "", "2026-03-13"),
    ("13th of March", "", "2026-03-13"),
    ("March 13th, 2027", "", "2027-03-13"),
    ("1 February", "", "2027-02-01"),
    ("4 March", "", "2026-03-04"),
    ("on 3 May", "3 May", "2026-05-03"),
    ("May 3", "", "2026-05-03"),
    ("first of April", "", "2026-04-01"),
    ("Feb 29", "", "2028-02-29"),
    ("by the 15th", "the 15th", "2026-03-15"),
    ("on the 1st", "the 1st", "2026-04-01"),
    ("the 31st", "", "2026-03-31"),
    ("15th of next month", "", "2026-04-15"),
    ("3月5日", "", "2026-03-05"),
    ("三月五号", "", "2026-03-05"),
    ("2026年3月5日", "", "2026-03-05"),
    ("明年3月5日", "", "2027-03-05"),
    ("２０２６－０３－１３", "", "2026-03-13"),
    ("1月1号", "", "2027-01-01"),
    ("15号", "", "2026-03-15"),
    ("本月15号", "", "2026-03-15"),
    ("下个月十五号", "", "2026-04-15"),
    # units as deadlines, and their edges
    ("push the Acme deal out to June", "June", "2026-06-30"),
    ("closing in March", "March", "2026-03-31"),
    ("closing in February", "February", "2027-02-28"),
    ("by May", "May", "2026-05-31"),
    ("in may", "may", "2026-05-31"),
    ("January 2027", "", "2027-01-31"),
    ("next month", "", "2026-04-30"),
    ("next week", "", "2026-03-09"),
    ("this week", "", "2026-03-08"),
    ("next quarter", "", "2026-06-30"),
    ("by Q3", "Q3", "2026-09-30"),
    ("move it to 2027", "2027", "2027-12-31"),
    ("this weekend", "", "2026-03-07"),
    ("EOD", "", "2026-03-04"),
    ("end of day Friday", "", "2026-03-06"),
    ("end of the week", "", "2026-03-08"),
    ("end of month", "", "2026-03-31"),
    ("EOM", "", "2026-03-31"),
    ("by the end of the month", "end of the month", "2026-03-31"),
    ("end of April", "", "2026-04-30"),
    ("end of next month", "", "2026-04-30"),
    ("end of the quarter", "", "2026-03-31"),
    ("end of Q3", "", "2026-09-30"),
    ("end of year", "", "2026-12-31"),
    ("year-end", "", "2026-12-31"),
    ("mid March", "", "2026-03-15"),
    ("early next week", "", "2026-03-09"),
    ("推到六月", "六月", "2026-06-30"),
    ("下个月", "", "2026-04-30"),
    ("下周", "", "2026-03-09"),
    ("月底", "", "2026-03-31"),
    ("下月底", "", "2026-04-30"),
    ("5月底", "", "2026-05-31"),
    ("四月末", "", "2026-04-30"),
    ("三月中旬", "", "2026-03-15"),
    ("季度末", "", "2026-03-31"),
    ("年底", "", "2026-12-31"),
    ("明年年底", "", "2027-12-31"),
    # times
    ("remind me to call Acme tomorrow at 3pm", "tomorrow at 3pm", "2026-03-05T15:00"),
    ("tomorrow 3pm", "", "2026-03-05T15:00"),
    ("3pm tomorrow", "", "2026-03-05T15:00"),
    ("at 3pm on Friday", "3pm on Friday", "2026-03-06T15:00"),
    ("follow up Tuesday 10am", "Tuesday 10am", "2026-03-10T10:00"),
    ("3:30pm", "", "2026-03-04T15:30"),
    ("3.30 p.m.", "", "2026-03-04T15:30"),
    ("15:00", "", "2026-03-04T15:00"),
    ("15h", "", "2026-03-04T15:00"),
    ("09:00", "", "2026-03-05T09:00"),
    ("remind me at 3 to call", "3", "2026-03-04T15:00"),
    ("at 9", "9", "2026-03-05T09:00"),
    ("at three", "three", "2026-03-04T15:00"),
    ("5 o'clock", "", "2026-03-04T17:00"),
    ("half past three", "", "2026-03-04T15:30"),
    ("quarter to 5", "", "2026-03-04T16:45"),
    ("at ten past four", "ten past four", "2026-03-04T16:10"),
    ("noon", "", "2026-03-04T12:00"),
    ("at midnight", "midnight", "2026-03-05T00:00"),
    ("12am tomorrow", "", "2026-03-05T00:00"),
    ("tonight", "", "2026-03-04T18:00"),
    ("tonight at 8", "", "2026-03-04T20:00"),
    ("tomorrow morning", "", "2026-03-05T09:00"),
    ("Friday afternoon", "", "2026-03-06T14:00"),
    ("tomorrow evening at 8", "", "2026-03-05T20:00"),
    ("around five this evening", "five this evening", "2026-03-04T17:00"),
    ("8 in the evening", "", "2026-03-04T20:00"),
    ("in the morning", "", "2026-03-05T09:00"),
    ("3-4pm tomorrow", "", "2026-03-05T15:00"),
    ("Mar 13 2026 at 3:30 pm", "", "2026-03-13T15:30"),
    ("Friday, 13 March at 3pm", "", "2026-03-13T15:00"),
    ("2026-03-13 15:00", "", "2026-03-13T15:00"),
    ("2026-03-13T15:00", "", "2026-03-13T15:00"),
    ("2026-03-13T15:00:00Z", "", "2026-03-13T16:00"),
    ("明天下午3点提醒我", "明天下午3点", "2026-03-05T15:00"),
    ("明天下午三点半", "", "2026-03-05T15:30"),
    ("下周五下午三点", "", "2026-03-13T15:00"),
    ("3点一刻", "", "2026-03-04T15:15"),
    ("差一刻五点", "", "2026-03-04T16:45"),
    ("晚上8点", "", "2026-03-04T20:00"),
    ("晚上12点", "", "2026-03-05T00:00"),
    ("凌晨2点", "", "2026-03-05T02:00"),
    ("中午", "", "2026-03-04T12:00"),
    ("中午1点", "", "2026-03-04T13:00"),
    ("十点", "", "2026-03-05T10:00"),
    ("１５：００", "", "2026-03-04T15:00"),
    ("今晚", "", "2026-03-04T18:00"),
    ("今晚8点", "", "2026-03-04T20:00"),
    ("明早八点", "", "2026-03-05T08:00"),
    ("周五下午", "", "2026-03-06T14:00"),
    ("下周一上午十点", "", "2026-03-09T10:00"),
    ("3月13日（周五）下午3点", "", "2026-03-13T15:00"),
    ("3月5号下午4点前", "3月5号下午4点", "2026-03-05T16:00"),
    ("明天 3pm", "", "2026-03-05T15:00"),
    ("next Friday 下午3点", "", "2026-03-13T15:00"),
]


def _only(sentence: str, context: Context) -> Span[When]:
    (span,) = find_whens(sentence, context)
    return span


def _local(value: When) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else repr(value)


@pytest.mark.parametrize(("sentence", "words", "value"), PLANS)
def test_plan(sentence: str, words: str, value: str) -> None:
    span = _only(sentence, PLAN)
    assert span.of(sentence) == (words or sentence)
    assert _local(span.value) == value


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Friday", "2026-02-27"),
        ("on Wednesday", "2026-02-25"),
        ("last Friday", "2026-02-27"),
        ("3 May", "2025-05-03"),
        ("4 March", "2026-03-04"),
        ("the 15th", "2026-02-15"),
        ("in January", "2026-01-31"),
        ("at 3pm", "2026-03-03T15:00"),
        ("at 9am", "2026-03-04T09:00"),
        ("last night", "2026-03-03T18:00"),
        ("周五", "2026-02-27"),
        ("5月3日", "2025-05-03"),
        ("15号", "2026-02-15"),
        ("昨晚8点", "2026-03-03T20:00"),
    ],
)
def test_look_back(sentence: str, value: str) -> None:
    assert _local(_only(sentence, PAST).value) == value


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("31 February", ""),
        ("Feb 30", ""),
        ("by 32 March", "32 March"),
        ("2026-02-30", ""),
        ("13/13/2026", ""),
        ("remind me at 25:00", "25:00"),
        ("tomorrow at 25:00", ""),
        ("31 February at 3pm", ""),
        ("13am", ""),
        ("Friday 14 March", ""),
        ("in 999999 years", ""),
        ("in 99999999999 hours", ""),
        ("2月31日", ""),
        ("2月31日下午3点", ""),
        ("二月三十日", ""),
        ("13月5日", ""),
        ("25点", ""),
        ("3月14日周五", ""),
    ],
)
def test_impossible_is_told_not_guessed(sentence: str, words: str) -> None:
    span = _only(sentence, PLAN)
    assert span.of(sentence) == (words or sentence)
    assert span.value == NotADate(words or sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "may I call you",
        "it may be late",
        "call Mark",
        "the second one",
        "give me a second",
        "show 1042",
        "close 24/7 support",
        "we sat down",
        "good morning",
        "march on",
        "at 3 Main Street",
        "meet at 50k",
        "top 10 customers",
        "B2B",
        "早上好",
        "便宜一点",
        "早一点",
        "任务12号",
        "查一下今日头条",
        "每周三次",
    ],
)
def test_no_when(sentence: str) -> None:
    assert find_whens(sentence, PLAN) == []


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("tomorrow, Friday call Globex", ["2026-03-05", "2026-03-06"]),
        ("move it from Monday to Friday", ["2026-03-09", "2026-03-06"]),
        ("把12号任务从今天推到周一", ["2026-03-04", "2026-03-09"]),
    ],
)
def test_several(sentence: str, values: list[str]) -> None:
    assert [_local(span.value) for span in find_whens(sentence, PLAN)] == values


@pytest.mark.parametrize(
    ("now", "sentence", "value"),
    [
        ("2026-03-06", "Friday", "2026-03-13"),
        ("2026-03-06", "next Friday", "2026-03-13"),
        ("2026-03-06", "周五", "2026-03-13"),
        ("2026-03-08", "next Monday", "2026-03-09"),
        ("2026-03-08", "Monday", "2026-03-09"),
        ("2026-01-31", "in a month", "2026-02-28"),
        ("2026-12-31", "tomorrow", "2027-01-01"),
        ("2026-12-31", "next month", "2027-01-31"),
        ("2028-02-01", "end of February", "2028-02-29"),
        ("2026-04-30", "the 31st", "2026-05-31"),
        ("2026-03-06", "in one working day", "2026-03-09"),
    ],
)
def test_other_days(now: str, sentence: str, value: str) -> None:
    context = replace(PLAN, now=datetime.fromisoformat(f"{now}T10:00").replace(tzinfo=BERLIN))
    assert _local(_only(sentence, context).value) == value


def test_missing_hour_moves_forward() -> None:
    value = _only("2026-03-29 02:30", PLAN).value
    assert isinstance(value, datetime)
    assert value.isoformat() == "2026-03-29T03:30:00+02:00"


def test_hours_are_elapsed_time() -> None:
    night = replace(PLAN, now=datetime(2026, 3, 29, 1, tzinfo=BERLIN))
    value = _only("in 2 hours", night).value
    assert isinstance(value, datetime)
    assert value.isoformat() == "2026-03-29T04:00:00+02:00"
