"""Find single days: tomorrow, next Friday, in two weeks, 3 May, end of April, 下周五, 三天后, 月底.

"Next Friday" and 下周五 are the following week's, "last Friday" and 上周五 the week before's; a
bare weekday is the next to come, or looking back the last that was, and never today.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.understanding.dates import find_dates
from bot.understanding.durations import GAP, PIECES, step
from bot.understanding.edges import find_edges
from bot.understanding.spans import Context, Grammar, NotADate, Span, fold, words
from bot.understanding.units import SHIFTS, ZH_SHIFTS, Unit, unit_of

Part = Literal["dawn", "morning", "noon", "afternoon", "evening"]
Naming = Literal["named", "date", "weekday", "closing", "within", "edge"]


@dataclass(frozen=True, slots=True)
class Day:
    """Hold a day and how it was named; `part` where the words say one, as "tonight" does."""

    date: date
    naming: Naming = "date"
    part: Part | None = None


WEEKDAYS = {
    name: number
    for number, names in enumerate(
        [
            *["monday mon 一", "tuesday tues tue 二", "wednesday weds wed 三"],
            *["thursday thurs thur thu 四", "friday fri 五", "saturday sat 六", "sunday sun 日 天"],
        ]
    )
    for name in names.split()
}
# Abbreviations that are other words too, and need company.
_UNSURE = ("sat", "sun", "mon", "wed")
_NAMED = {"today": 0, "tomorrow": 1, "yesterday": -1, "tonight": 0, "last night": -1}
_NAMED |= dict.fromkeys(
    ("tmrw", "tmr", "tmw", "tomorow", "tommorow", "tommorrow", "2moro", "2morrow"), 1
)
_NAMED |= dict.fromkeys(("day after tomorrow", "the day after tomorrow"), 2)
_NAMED |= dict.fromkeys(("day before yesterday", "the day before yesterday"), -2)
_NAMED |= {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_NAMED |= {"昨天": -1, "昨日": -1, "前天": -2, "大前天": -3}
_NAMED |= {"今早": 0, "今晚": 0, "今夜": 0, "明早": 1, "明晚": 1, "昨晚": -1, "昨夜": -1}
PARTS: dict[str, Part] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening"}
PARTS |= {"night": "evening", "早": "morning", "晚": "evening", "夜": "evening"}
_PARTED = re.compile("night$|[早晚夜]$")
_FROM = re.compile(
    rf"(?<![a-z0-9])(?P<count>{PIECES['count']}){GAP}(?P<unit>{PIECES['unit']}) (?:from|after) $"
)

_WEEK = "(?:周|星期|礼拜)"
_PIECES = PIECES | {
    "named": words(name for name in _NAMED if name.isascii()),
    "zh_named": words(name for name in _NAMED if not name.isascii()),
    "weekday": words(name for name in WEEKDAYS if name.isascii()),
    "sure": words(name for name in WEEKDAYS if name.isascii() and name not in _UNSURE),
    "unsure": words(_UNSURE),
    "near": words(SHIFTS, ["past"]),
    "week": "(?:this|next|last)",
    "zh_near": f"(?<![晚早马以线]){words(ZH_SHIFTS)}",
    "zh_weekday": "一(?![共次直定般样些])|[二三四五六日天]",
}


def _named(context: Context, named: str) -> Day:
    parted = _PARTED.search(named)
    return Day(
        context.today + timedelta(_NAMED[named]),
        "named",
        part=PARTS[parted[0]] if parted else None,
    )


def _weekday(context: Context, weekday: str, near: str | None = None) -> Day:
    today, number = context.today, WEEKDAYS[weekday]
    if near == "past" or (near is None and context.looking == "back"):
        return Day(today - timedelta((today.weekday() - number) % 7 or 7), "weekday")
    if near in ("next", "following", "last", "previous", "prior"):
        return _weekday_of(context, weekday, SHIFTS[near])
    return Day(today + timedelta((number - today.weekday()) % 7 or 7), "weekday")


def _weekday_of(context: Context, weekday: str, weeks: int) -> Day:
    monday = unit_of("week", context.today, weeks).start
    return Day(monday + timedelta(WEEKDAYS[weekday]), "weekday")


def _weekday_of_week(context: Context, weekday: str, week: str) -> Day:
    return _weekday_of(context, weekday, SHIFTS[week])


def _zh_weekday(context: Context, weekday: str, near: str) -> Day:
    return _weekday_of(context, weekday, ZH_SHIFTS[near])


def _offset(sign: int, naming: Naming = "date") -> Callable[..., Day]:
    def make(context: Context, count: str, unit: str, half: str | None = None) -> Day:
        return Day(step(context.today, count, unit, sign, half), naming)

    return make


def _either_way(context: Context, count: str, unit: str, way: str) -> Day:
    return Day(step(context.today, count, unit, -1 if way == "ago" else 1))


_AHEAD, _AGO, _WITHIN = _offset(1), _offset(-1), _offset(1, "within")
_GRAMMAR = Grammar[Day](
    _PIECES,
    [
        ("<named>", _named),
        (
            "this (?P<part>morning|afternoon|evening)",
            lambda c, part: Day(c.today, part=PARTS[part]),
        ),
        ("<near> <weekday>", _weekday),
        ("<weekday>,? (?:of |on )?<week> week", _weekday_of_week),
        ("<week> week,? (?:on )?<weekday>", _weekday_of_week),
        ("<weekday:sure>", _weekday),
        (
            "(?:on|by|until|till|til|since|before|from|due|for|to|and|or|-) ?"
            "(?P<span><weekday:unsure>)",
            _weekday,
        ),
        ("^(?P<span><weekday:unsure>)(?=[ .!?]*$)", _weekday),
        (
            "<weekday:unsure>(?=[.!?]*$|,? (?:at |@ ?)?[0-9]|,? (?:morning|afternoon|evening|night"
            "|noon)| ?- ?[a-z])",
            _weekday,
        ),
        (
            "(?:end of (?:the )?(?:business )?day|eod|cob|(?:close|end) of business)",
            lambda c: Day(c.today, "closing"),
        ),
        (f"(?:in|within|for) (?:about |another )?<count>{GAP}<unit>(?: time)?", _WITHIN),
        (f"<count>{GAP}<unit> (?P<way>from now|from today|later|hence|ago)", _either_way),
    ],
    [
        ("<named:zh_named>(?!头条)", _named),
        (f"(?<![每一二两三四五六七八九十0-9]){_WEEK}<weekday:zh_weekday>", _weekday),
        (f"<near:zh_near>(?:{_WEEK}的?)?{_WEEK}<weekday:zh_weekday>", _zh_weekday),
        ("下班前?(?!后)", lambda c: Day(c.today, "closing")),
        ("<count:zh_count><unit:zh_unit>(?:之?后|以后|过后)", _AHEAD),
        ("(?<![超通不])再?过<count:zh_count><unit:zh_unit>(?:(?:之|以)?后)?", _AHEAD),
        ("<count:zh_count><unit:zh_unit>之?内", _WITHIN),
        ("<count:zh_count>个(?P<half>半)(?P<unit>月)之?后", _AHEAD),
        ("<count:zh_count>(?P<unit>年)(?P<half>半)之?后", _AHEAD),
        ("(?:暂停|静音|免打扰|勿扰|屏蔽)(?P<span><count:zh_count><unit:zh_unit>)", _WITHIN),
        ("<count:zh_count><unit:zh_unit>(?:之前|以前|前(?!的?[0-9十百]))", _AGO),
    ],
)


def find_days(
    text: str, context: Context, units: list[Span[Unit | NotADate]]
) -> list[Span[Day | NotADate]]:
    """Find days named in any way, edges of the units found too; the readings may overlap."""
    found = _GRAMMAR.scan(text, context)
    found += [_as_day(span, "date") for span in find_dates(text, context)]
    found += [_as_day(span, "edge") for span in find_edges(text, context, units)]
    folded = fold(text)
    if " from " in folded or " after " in folded:
        for span in list(found):
            match = _FROM.search(folded, max(0, span.start - 40), span.start)
            if match and isinstance(span.value, Day):
                value = _stepped(text[match.start() : span.end], span.value, match)
                found.append(Span(match.start(), span.end, value))
    return found


def _as_day(span: Span[date | NotADate], naming: Naming) -> Span[Day | NotADate]:
    value = span.value
    return Span(span.start, span.end, value if isinstance(value, NotADate) else Day(value, naming))


def _stepped(text: str, day: Day, match: re.Match[str]) -> Day | NotADate:
    """Read "two weeks from Friday"."""
    try:
        return replace(day, date=step(day.date, match["count"], match["unit"]))
    except (ValueError, OverflowError):
        return NotADate(text)
