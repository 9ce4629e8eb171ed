"""Find times of day: 3pm, 15:00, at 3, half past three, noon, morning, 下午三点半, 晚上8点.

An hour from 1 to 7 said without am, pm, a part of the day or a leading zero is in the afternoon:
people plan for waking hours.
"""

from dataclasses import dataclass
from typing import Literal

from bot.understanding.numbers import parse_number
from bot.understanding.spans import Context, Grammar, Span, numbered, words

Part = Literal["am", "pm", "dawn", "morning", "noon", "afternoon", "evening"]
# Minutes since midnight that a part of the day alone stands for.
_DEFAULTS = {"dawn": 0, "morning": 540, "noon": 720, "afternoon": 840, "evening": 1080}
_PARTS: dict[str, Part] = {"am": "am", "pm": "pm", "a.m.": "am", "p.m.": "pm", "a.m": "am"}
_PARTS |= {"p.m": "pm", "morning": "morning", "afternoon": "afternoon", "evening": "evening"}
_PARTS |= {"night": "evening"}
_ZH_PARTS: dict[str, Part] = {"凌晨": "dawn", "中午": "noon", "正午": "noon", "午间": "noon"}
_ZH_PARTS |= dict.fromkeys(("清晨", "早晨", "早上", "上午"), "morning")
_ZH_PARTS |= dict.fromkeys(("下午", "午后"), "afternoon")
_ZH_PARTS |= dict.fromkeys(("傍晚", "晚上", "晚间", "夜里", "夜晚", "深夜", "半夜"), "evening")
_SHORT_PARTS: dict[str, Part] = {"早": "morning", "晚": "evening"}
_HOURS = numbered("one two three four five six seven eight nine ten eleven twelve", 1)


@dataclass(frozen=True, slots=True)
class Clock:
    """Hold a time of day as it was said; `hour` is None for a part of the day alone."""

    hour: int | None
    minute: int = 0
    part: Part | None = None
    alone: bool = True
    """Means something without a day beside it, which "morning" alone does not."""

    def minutes(self, part: Part | None = None, *, afternoon_until: int = 7) -> int:
        """Return minutes since midnight, up to 24:00 and past it for "1 at night".

        `part` is that of the words around, as in "tonight at 8". Raises ValueError for no time.
        """
        part = self.part or part
        if self.hour is None:
            return _DEFAULTS[part or "morning"]
        hour = self.hour
        if self.minute > 59 or hour * 60 + self.minute > 24 * 60:
            raise ValueError(hour)
        if (part == "am" and hour > 12) or (part == "pm" and hour == 0):
            raise ValueError(hour)
        if part in ("am", "dawn") and hour == 12:
            hour = 0
        elif part == "evening" and (hour < 5 or hour == 12):
            hour = hour % 12 + 24
        elif (
            (part in ("pm", "afternoon", "evening") and hour < 12)
            or (part == "noon" and hour < 4)
            or (part is None and 1 <= hour <= afternoon_until)
        ):
            hour += 12
        return hour * 60 + self.minute


_FOLLOW = (  # what may follow "at 3", so that "at 3 Main Street" and "at 50k" are no times
    r"(?= ?(?:$|[,.;:!?)。、一-龥-]|"
    r"(?:on|in|to|and|or|for|with|about|until|if|so|then|please|sharp|"
    r"today|tomorrow|tonight|this|next|every|each|daily|weekly|not|except|but|from|by|"
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6})(?![a-z])))(?![.,:][0-9])"
)
_PIECES = {
    "hour": r"\d{1,2}",
    "minute": r"\d{2}",
    "meridiem": r"am|pm|a\.m\.?|p\.m\.?",
    "word": words(_HOURS),
    "any_hour": rf"\d{{1,2}}|{words(_HOURS)}",
    "fraction": "half|(?:a )?quarter",
    "minutes": "five|ten|twenty-five|twenty",
    "part": "(?:morning|afternoon|evening|night)",
    "zh_part": words(_ZH_PARTS),
    "zh_any_part": words(_ZH_PARTS, _SHORT_PARTS),
    "zh_hour": r"\d{1,2}|二?十[一二三四]?|[零〇一二两三四五六七八九]",
    "zh_minute": r"(?:\d{1,2}|[零〇]?[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)分"
    r"|\d{2}|[零〇][一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?|[二三四五]十",
}
_FRACTIONS = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_TAILS = {"半": 30, "整": 0, "一刻": 15, "三刻": 45}


def _clock(
    context: Context, hour: str, minute: str | None = None, meridiem: str | None = None
) -> Clock:
    part = _PARTS[meridiem] if meridiem else "am" if hour.startswith("0") else None
    return Clock(_number(hour), _number(minute or "0"), part)


def _range(
    context: Context, hour: str, end: str, meridiem: str, minute: str | None = None
) -> Clock:
    """Read the start of 3-4pm, and of 11-1pm."""
    if int(hour) % 12 > int(end) % 12:
        meridiem = "am" if meridiem.startswith("p") else "pm"
    return _clock(context, hour, minute, meridiem)


def _past_or_to(
    context: Context, fraction: str, side: str, hour: str, meridiem: str | None = None
) -> Clock | None:
    minutes = _FRACTIONS[fraction.removeprefix("a ")]
    number = _number(hour)
    if not 1 <= number <= 12:
        return None
    if side == "to":
        number, minutes = (number - 2) % 12 + 1, 60 - minutes
    return Clock(number, minutes, _PARTS[meridiem] if meridiem else None)


def _zh_clock(
    context: Context,
    hour: str,
    part: str | None = None,
    minute: str | None = None,
    tail: str | None = None,
) -> Clock | None:
    if part in _SHORT_PARTS and hour == "一":  # 早一点 is "a bit earlier"
        return None
    known = (_ZH_PARTS | _SHORT_PARTS)[part] if part else "am" if hour.startswith("0") else None
    return Clock(_number(hour), _TAILS[tail] if tail else _number(minute or "0"), known)


def _zh_to(context: Context, hour: str, tail: str | None = None, minute: str = "0") -> Clock:
    """Read 差一刻五点, a quarter to five."""
    return Clock((_number(hour) - 2) % 12 + 1, 60 - (_TAILS[tail] if tail else _number(minute)))


def _number(said: str) -> int:
    return int(parse_number(said.rstrip("分").lstrip("零〇") or "0") or 0)


_GRAMMAR = Grammar[Clock](
    _PIECES,
    [
        (r"<hour>(?:[.:]<minute>)? ?<meridiem>", _clock),
        (r"<hour:word> ?<meridiem>", _clock),
        (r"<hour>(?:[.:]<minute>)? ?(?:-|to) ?<end:hour>(?:[.:]\d\d)? ?<meridiem>", _range),
        (r"<hour:any_hour>(?: o'?clock)? in the <meridiem:part>", _clock),
        (rf"(?:(?:at|around) |@ ?)(?P<span><hour:any_hour>){_FOLLOW}", _clock),
        (r"<hour:any_hour> o'?clock(?: ?<meridiem>)?", _clock),
        (r"<fraction> (?P<side>past|to) <hour:any_hour>(?: ?<meridiem>)?", _past_or_to),
        (
            r"(?:at|by|until|till|around) (?P<span><fraction:minutes> (?P<side>past|to) "
            r"<hour:any_hour>(?: ?<meridiem>)?)",
            _past_or_to,
        ),
        (r"noon|midday", lambda c: Clock(12)),
        (r"midnight", lambda c: Clock(24)),
        (r"(?P<hour>[01]\d|2[0-3])h(?P<minute>[0-5]\d)?", _clock),
        (r"<part>s?", lambda c, part: Clock(None, 0, _PARTS[part], alone=False)),
        (r"in the <part>s?", lambda c, part: Clock(None, 0, _PARTS[part])),
    ],
    [
        (r"<part:zh_any_part> ?<hour>:<minute>", _zh_clock),
        (
            r"<part:zh_any_part>的? ?<hour:zh_hour>[点时]"
            r"(?:(?P<tail>半|整|[一三]刻)|<minute:zh_minute>)?钟?",
            _zh_clock,
        ),
        (
            r"(?<![第0-9])<hour:zh_hour>[点时](?<![有快慢多少宜大小好高低差了早晚]一点)"
            r"(?!击|评|子|建议|意见|要求|理由|原因|问题|间|候|段)"
            r"(?:(?P<tail>半|整|[一三]刻)|<minute:zh_minute>)?钟?",
            _zh_clock,
        ),
        (r"差(?:(?P<tail>一刻)|<minute:zh_minute>)<hour:zh_hour>点", _zh_to),
        (r"午夜", lambda c: Clock(24)),
        (r"<part:zh_part>(?!好|见|安)", lambda c, part: Clock(None, 0, _ZH_PARTS[part])),
    ],
    [(r"<hour>:<minute>(?::\d\d)?(?: ?<meridiem>)?", _clock)],
)


def find_clocks(text: str, context: Context) -> list[Span[Clock]]:
    """Find times of day, also impossible ones, and its parts; the readings may overlap."""
    found = _GRAMMAR.scan(text, context)
    return [Span(s.start, s.end, s.value) for s in found if isinstance(s.value, Clock)]
