"""Find numbers as people write them: 1,200, 50k, a dozen, twenty-five, 十二, 三千五, 1.2亿."""

import re
from decimal import Decimal
from typing import NamedTuple

from bot.understanding.spans import Grammar, NotADate, Span, choose, fold, numbered, words

_ONES = numbered("one two three four five six seven eight nine", 1)
_TEENS = numbered(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10
)
_TENS = numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_SMALL = _ONES | _TEENS | _TENS | {"zero": 0}
_SCALES = {"hundred": 100, "dozen": 12, "k": 10**3, "thousand": 10**3, "grand": 10**3, "w": 10**4}
_SCALES |= dict.fromkeys(("m", "mn", "mil", "mio", "million"), 10**6)
_SCALES |= dict.fromkeys(("b", "bn", "billion"), 10**9)
_DIGITS = numbered("零 一 二 三 四 五 六 七 八 九", 0) | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MEASURES = "个名家位条件单份台箱瓶只张次大分星款项笔套盒包袋批组人块元"

_H = rf"(?:{words(_TEENS)}|{words(_TENS)}(?:[- ]{words(_ONES)})?|{words(_ONES)})"
_T = rf"(?:(?:{_H}|an?) hundred(?:(?: and)? {_H})?|{_H})"  # below a thousand, as _H a hundred
_BIG = words("thousand", "grand", "million", "billion")
_ENGLISH = (
    rf"(?:(?:{_H}|half a|a) dozen|a couple|zero|(?:{_H} and a half|half an?|{_T}|an?) {_BIG}"
    rf"(?:(?: and)? {_T} {_BIG})?(?:(?: and)? {_T})?|{_T})"
)
# Counts of days and the like; the looks around it only spare the search most places.
SMALL = rf"(?<![a-z0-9])(?=[acefhnost])(?:half an?|an?|(?:a )?couple(?: of)?|{_H})"
DIGITS = r"\d{1,15}(?:\.\d{1,6})?"
_CHINESE = r"[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]{0,15}"

_PIECES = {
    "sign": r"(?<![^ (:$€£¥])-",
    "plain": rf"\d{{1,3}}(?:,\d{{2,3}}){{0,5}},\d{{3}}(?:\.\d{{1,6}})?|{DIGITS}",
    # Only what can be read in no other way: two kinds of mark, two points, or a € beside it.
    "euro": r"\d{1,3}(?:\.\d{3}){1,5},\d{1,2}|\d{1,3}(?:\.\d{3}){2,5}"
    r"|\d{1,9},\d{1,2}(?= ?(?:€|eur|million|mio|万|亿))|(?<=€)\d{1,9},\d{1,2}"
    r"|\d{1,3}(?: \d{3}){1,4}(?:,\d\d)?(?= ?€)|(?<=€)\d{1,3}(?: \d{3}){1,4}(?:,\d\d)?",
    "suffix": r" ?(?:k|mn|mil|mio|m|bn)|[bw]|(?P<half> and a half)? "
    r"(?P<word>hundred|thousand|grand|million|billion)",
    "mixed": r"\d{1,9}(?:\.\d{1,6})?(?:[百千]?[万亿]|[百千])[零一二两三四五六七八九十百千\d]{0,8}",
    "english": f"(?<![a-z0-9])(?=[aefhnostz]){_ENGLISH}",
    # 百万 and 千万 alone are words too, and numbers only as a bound.
    "chinese": rf"{_CHINESE}|(?<=[超过达满破近])[百千]万",
}
_BEFORE_ONE = re.compile(
    r"\b(?:the|that|this|which|first|second|third|last|next|other|another|any|no|each|every"
    r"|\d+(?:st|nd|rd|th)) $"
)
_CODE_BEFORE = re.compile(r"(?:[#@第]|[a-z]-|\d[-/]\d{1,4}[-/])$", re.ASCII)
_CODE_AFTER = re.compile(r"[-/]\d{1,4}[-/]\d|[年月号点]|日(?!元|币)", re.ASCII)


class Amount(NamedTuple):
    """Hold a number and the scale said with it: 50k is 50,000 with scale 1,000."""

    value: int | float
    scale: int = 1


def find_numbers(text: str) -> list[Span[int | float]]:
    """Find numbers in digits and in words of both languages, but not those of dates and codes."""
    return [Span(s.start, s.end, s.value.value) for s in find_amounts(text)]


def find_amounts(text: str) -> list[Span[Amount]]:
    """Find numbers together with their scale, which tells money from a count."""
    folded = fold(text)
    return choose(
        Span(s.start, s.end, s.value)
        for s in _GRAMMAR.scan(text)
        if not isinstance(s.value, NotADate) and _is_number(folded, s.start, s.end)
    )


def parse_number(said: str) -> float | None:
    """Return the number that the words are, or None: "half an" and 半 are 0.5, "a" is 1."""
    said = fold(said).strip()
    if said.isdecimal() and len(said) < 16:
        return int(said)
    if said.startswith(("half", "半")):
        return 0.5
    if re.fullmatch(DIGITS, said, re.ASCII):
        return plain(Decimal(said))
    amount = _english(said) if said.isascii() else _chinese(said)
    return amount.value if amount else None


def plain(value: Decimal) -> int | float:
    """Return an int when the value is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def _digits(said: str, sign: str = "", suffix: str = "", half: str = "", word: str = "") -> Amount:
    value = Decimal(said) + (Decimal("0.5") if half else 0)
    scale = _SCALES[word or suffix.strip()] if suffix else 1
    return Amount(plain((-value if sign else value) * scale), scale)


def _english(said: str) -> Amount | None:
    if "couple" in said:
        return Amount(2)
    total, group, scale = Decimal(0), Decimal(0), 1
    for word in re.split(r"[- ]+", said):
        if word == "half":
            group += Decimal("0.5")
        elif word in ("a", "an"):  # one, unless it is the article of "half a", "two and a half"
            group = group or Decimal(1)
        elif word in ("hundred", "dozen"):
            group *= _SCALES[word]
        elif word in _SCALES:
            total, group, scale = total + group * _SCALES[word], Decimal(0), _SCALES[word]
        elif word in _SMALL:
            group += _SMALL[word]
        elif word != "and":
            return None
    return Amount(plain(total + group), scale)


def _chinese(said: str) -> Amount | None:
    """Read 十二, 二〇二四, 三千五 (3,500), 1.2亿, 3万5 (35,000); None for two digits in a row."""
    if all(character in _DIGITS for character in said):
        return Amount(int("".join(str(_DIGITS[character]) for character in said)))
    total, section, unit = Decimal(0), Decimal(0), 1
    number: Decimal | None = None
    for token in re.findall(r"[\d.]+|.", said, re.ASCII):
        if size := _UNITS.get(token):
            if size < 10**4:
                section += size * (1 if number is None else number)
            elif size == 10**4:
                total, section = total + (section + (number or 0)) * size, Decimal(0)
            else:
                total, section = (total + section + (number or 0)) * size, Decimal(0)
            number, unit = None, size
        elif number:
            return None
        else:
            number = Decimal(_DIGITS.get(token, token))
            # 零 ends the run of units; a last single digit counts in the unit below.
            unit = 1 if not number or len(token) > 1 else unit
    total += section + (number or 0) * (unit // 10 if unit >= 100 else 1)
    scale = 1
    if match := re.search(r"[百千]?[万亿]|千", said):
        for character in match[0]:
            scale *= _UNITS[character]
    return Amount(plain(total or Decimal(scale)), scale)


def _is_number(folded: str, start: int, end: int) -> bool:
    """Say whether it stands for a quantity here, not in a date, a code, a name or an idiom."""
    before, said = folded[max(0, start - 12) : start], folded[start:end]
    following = folded[end : end + 4]
    if _CODE_BEFORE.search(before) or _CODE_AFTER.match(folded, end):
        return False
    if re.search(r"\d[-/]$", before, re.ASCII) and re.match(r"[-/]\d", following[:2], re.ASCII):
        return False
    if said == "one":
        return not (_BEFORE_ONE.search(before) or following.startswith(" of "))
    if said.isascii() or said[0].isdigit():
        return True
    if before.endswith(("周", "星期", "礼拜")):
        return False
    following = following[:1]
    if (following and following in _MEASURES) or before.endswith("前"):
        return True
    if len(said) > 1 and any(character in _UNITS for character in said):
        return True
    return not ("一" <= before[-1:] <= "龥" or "一" <= following <= "龥")


_GRAMMAR = Grammar[Amount](
    _PIECES,
    english=[("<english>", lambda _, english: _english(english))],
    chinese=[
        ("<mixed>", lambda _, mixed: _chinese(mixed)),
        ("<chinese>", lambda _, chinese: _chinese(chinese)),
    ],
    shared=[
        (
            "<sign>?<plain><suffix>?",
            lambda _, plain, **more: _digits(plain.replace(",", ""), **more),
        ),
        (
            "<sign>?<euro><suffix>?",
            lambda _, euro, **more: _digits(
                euro.replace(".", "").replace(" ", "").replace(",", "."), **more
            ),
        ),
    ],
)
