"""Schedules as APScheduler's cron words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from bot.understanding.schedules import ScheduleValue, find_schedules
from bot.understanding.spans import Context, NotADate

HERE = Context(now=datetime(2026, 3, 4, 10, tzinfo=ZoneInfo("Asia/Shanghai")))

# The sentence, the words of the span ("" for the whole sentence), and the time and days; what is
# not named is None.
ONE: list[tuple[str, str, int | str, int, dict[str, int | str]]] = [
    ("every weekday at 9", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("every day at 9am", "", 9, 0, {}),
    ("every day at 9, not at weekends", "", 9, 0, {"day_of_week": "mon-fri"}),
    (
        "post churn alerts to #sales every day at 9, not at weekends",
        "every day at 9, not at weekends",
        9,
        0,
        {"day_of_week": "mon-fri"},
    ),
    ("daily at 18:30", "", 18, 30, {}),
    ("every day at 7", "", 7, 0, {}),
    ("every day at 3", "", 15, 0, {}),
    ("every day at noon", "", 12, 0, {}),
    ("every day at midnight", "", 0, 0, {}),
    ("at 9 every day", "9 every day", 9, 0, {}),
    ("9am every weekday", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("every morning", "", 9, 0, {}),
    ("every morning at 8", "", 8, 0, {}),
    ("every evening at 7", "", 19, 0, {}),
    ("daily at 9am and 5pm", "", "9,17", 0, {}),
    ("every Monday at 8", "", 8, 0, {"day_of_week": "mon"}),
    ("every mon, wed and fri at 7", "", 7, 0, {"day_of_week": "mon,wed,fri"}),
    ("mondays and thursdays at 10", "", 10, 0, {"day_of_week": "mon,thu"}),
    ("weekly on Fri 5pm", "", 17, 0, {"day_of_week": "fri"}),
    ("every week", "", 9, 0, {"day_of_week": "mon"}),
    ("weekdays 9:00", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("mon-fri at 8:30", "", 8, 30, {"day_of_week": "mon-fri"}),
    ("Monday to Friday at 9", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("weekends at 10", "", 10, 0, {"day_of_week": "sat,sun"}),
    ("weekend mornings at 8", "", 8, 0, {"day_of_week": "sat,sun"}),
    ("every weekday morning at 8:30", "", 8, 30, {"day_of_week": "mon-fri"}),
    ("every day except Sunday", "", 9, 0, {"day_of_week": "mon-sat"}),
    ("every day, but not on sundays, at 8", "", 8, 0, {"day_of_week": "mon-sat"}),
    ("every weekday except Friday", "", 9, 0, {"day_of_week": "mon-thu"}),
    ("every weekday post it here at 8", "every weekday", 8, 0, {"day_of_week": "mon-fri"}),
    ("monthly", "", 9, 0, {"day": 1}),
    ("on the first of the month at 9", "the first of the month at 9", 9, 0, {"day": 1}),
    ("monthly on the 15th", "", 9, 0, {"day": 15}),
    ("the 1st and 15th of each month", "", 9, 0, {"day": "1,15"}),
    ("last day of the month at 6pm", "", 18, 0, {"day": "last"}),
    ("first Monday of the month at 9", "", 9, 0, {"day": "1st mon"}),
    ("last friday of every month", "", 9, 0, {"day": "last fri"}),
    ("quarterly", "", 9, 0, {"day": 1, "month": "1,4,7,10"}),
    ("every year on 1 March", "", 9, 0, {"day": 1, "month": 3}),
    ("every 29 February", "", 9, 0, {"day": 29, "month": 2}),
    ("hourly", "", "*", 0, {}),
    ("every 2 hours", "", "*/2", 0, {}),
    ("每天早上9点", "", 9, 0, {}),
    ("每天早上9点，周末不要", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("每天9点，周末除外", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("除了周末每天9点", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("每天早上9点发到这里，周末不要", "每天早上9点", 9, 0, {"day_of_week": "mon-fri"}),
    ("每天早上9点和下午5点", "", "9,17", 0, {}),
    ("每日18:30", "", 18, 30, {}),
    ("每晚8点", "", 20, 0, {}),
    ("工作日9点", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("每个工作日上午9点半", "", 9, 30, {"day_of_week": "mon-fri"}),
    ("每周一上午十点", "", 10, 0, {"day_of_week": "mon"}),
    ("每周一三五下午3点", "", 15, 0, {"day_of_week": "mon,wed,fri"}),
    ("每周一、周四上午10点", "", 10, 0, {"day_of_week": "mon,thu"}),
    ("每周一到周五9点", "", 9, 0, {"day_of_week": "mon-fri"}),
    ("周一至周五早上8点", "", 8, 0, {"day_of_week": "mon-fri"}),
    ("每週末10點", "", 10, 0, {"day_of_week": "sat,sun"}),
    ("每周一次", "", 9, 0, {"day_of_week": "mon"}),
    ("每月1号9点", "", 9, 0, {"day": 1}),
    ("每月1号和15号", "", 9, 0, {"day": "1,15"}),
    ("每月十五号上午九点", "", 9, 0, {"day": 15}),
    ("每月底", "", 9, 0, {"day": "last"}),
    ("每月最后一天18点", "", 18, 0, {"day": "last"}),
    ("每季度", "", 9, 0, {"day": 1, "month": "1,4,7,10"}),
    ("每年3月1日", "", 9, 0, {"day": 1, "month": 3}),
    ("每小时", "", "*", 0, {}),
]


@pytest.mark.parametrize(("sentence", "words", "hour", "minute", "days"), ONE)
def test_schedule(
    sentence: str, words: str, hour: int | str, minute: int, days: dict[str, int | str]
) -> None:
    (span,) = find_schedules(sentence, HERE)
    assert span.of(sentence) == (words or sentence)
    value = span.value
    assert isinstance(value, ScheduleValue)
    assert (value.hour, value.minute) == (hour, minute)
    said = {"day_of_week": value.day_of_week, "day": value.day, "month": value.month}
    assert said == {"day_of_week": None, "day": None, "month": None} | days
    assert value.timezone == "Asia/Shanghai"
    trigger = CronTrigger(minute=value.minute, hour=value.hour, timezone=value.timezone, **{**said})
    assert trigger.get_next_fire_time(None, HERE.now)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("every 31 February", ""),
        ("on 31 February", ""),
        ("every 32nd of the month", ""),
        ("every day at 25:00", ""),
        ("daily at 9:00 and 17:30", ""),
        ("send it every other week", "every other week"),
        ("every two weeks", ""),
        ("every 15 minutes", ""),
        ("biweekly", ""),
        ("twice a day", ""),
        ("every weekend, not at weekends", ""),
        ("每年2月31日", ""),
        ("每月32号", ""),
        ("每两周", ""),
        ("每周三次", ""),
        ("隔天", ""),
    ],
)
def test_impossible_is_told_not_guessed(sentence: str, words: str) -> None:
    (span,) = find_schedules(sentence, HERE)
    assert span.value == NotADate(words or sentence)
    assert span.of(sentence) == (words or sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "",
            "at once",
            "immediately",
            "tomorrow at 9",
            "Monday",
            "not at weekends",
            "thus",
            "every customer",
        ),
        *("in 3 business days", "立即", "明天9点", "周一", "3个工作日后", "周末"),
    ],
)
def test_no_schedule(sentence: str) -> None:
    assert find_schedules(sentence, HERE) == []
