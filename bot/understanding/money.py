"""Find amounts of money: 50k, $1.2m, €3,500.50, fifty grand, 5万, 50万元, 300块, 3.500,50 €."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bot.understanding.numbers import Amount, find_amounts, plain
from bot.understanding.spans import Context, Span, fold, words

# Words for a currency, beside the ISO 4217 codes and what needs the asker to be decided.
_NAMES = {
    "USD": "$ us$ dollar dollars bucks 美元 美金 刀",
    "EUR": "€ euro euros 欧元",
    "GBP": "£ pound pounds quid sterling 英镑",
    "CNY": "yuan rmb renminbi cn¥ 人民币 元 块 块钱 元人民币",
    "JPY": "yen jp¥ 日元 日币",
    "HKD": "hk$ 港元 港币",
    "TWD": "nt$ 新台币 台币",
    "AUD": "a$ au$ 澳元",
    "CAD": "c$ ca$ 加元",
    "SGD": "s$ 新加坡元 新币",
    "INR": "₹ rupee rupees 卢比",
    "KRW": "₩ 韩元",
    "RUB": "₽ rouble roubles ruble rubles 卢布",
    "CHF": "franc francs 瑞士法郎",
}
# Codes that are also English words (TRY, ALL, PHP) are left out.
_CODES = (
    "usd eur gbp cny jpy hkd twd aud nzd cad sgd inr krw rub chf sek nok dkk pln czk huf brl mxn "
    "zar aed sar thb idr myr vnd ils"
)
_CURRENCIES = {name: code for code, names in _NAMES.items() for name in names.split()}
_CURRENCIES |= {code: code.upper() for code in _CODES.split()}

_ANY = words(_CURRENCIES, ["¥", "us dollars", "us dollar"])
_BEFORE = re.compile(rf"(?<![a-z])(?P<currency>{_ANY}) {{0,2}}$", re.ASCII)
_AFTER = re.compile(
    rf" {{0,2}}(?P<currency>{_ANY})(?:(?<![a-z])|(?![a-z]))(?P<tenth>(?<=块)\d(?!\d))?", re.ASCII
)
_LETTERS = words(name for name in _CURRENCIES if name.isascii() and name.isalpha())
_GLUED = re.compile(rf"(?<![a-z]){_LETTERS}(?=\d)|(?<=[\dkm]){_LETTERS}(?![a-z])", re.ASCII)
_RANGE = re.compile(r" ?(?:-|到|至) ?| to | and ")
_FROM = re.compile(r"(?:from|between) ?[$€£¥]?$")
_COUNTED = re.compile(r" ?[个名家位条件单份台箱瓶只张次天周年月%]")


@dataclass(frozen=True, slots=True)
class MoneyValue:
    """Hold an amount and its currency (ISO 4217), None when none was said."""

    value: int | float
    currency: str | None


class _Reading(NamedTuple):
    start: int
    end: int
    value: int | float
    scale: int
    currency: str | None
    is_money: bool


def find_money(text: str, context: Context, *, bare: bool = False) -> list[Span[MoneyValue]]:
    """Find amounts that have a currency or a scale (50k, 5万); with `bare` plain numbers too.

    The ends of a range share both: "50-60k" is 50,000 and 60,000, "between $20 and 30" dollars.
    """
    folded = fold(text)
    # USD500 and 500usd: what is glued to a number must not hide it.
    spaced = _GLUED.sub(lambda match: " " * len(match[0]), folded)
    readings: list[_Reading] = []
    for amount in find_amounts(spaced):
        floor = readings[-1].end if readings else 0
        if amount.start < floor:
            continue
        reading = _read(folded, amount, floor, context)
        if readings and _is_range(folded, readings[-1], reading):
            readings[-1], reading = _share(readings[-1], reading), _share(reading, readings[-1])
        readings.append(reading)
    return [
        Span(r.start, r.end, MoneyValue(r.value, r.currency))
        for r in readings
        if bare or r.is_money
    ]


def _read(folded: str, amount: Span[Amount], floor: int, context: Context) -> _Reading:
    start, end = amount.start, amount.end
    value, scale = amount.value
    currency = None
    if match := _BEFORE.search(folded[max(floor, start - 12) : start]):
        currency = _currency(match["currency"], context)
        start -= len(match[0])
    if (match := _AFTER.match(folded, end)) and (
        currency in (None, _currency(match["currency"], context))
    ):
        currency, end = _currency(match["currency"], context), match.end()
        if match["tenth"]:  # 12块5 is 12.50
            value += int(match["tenth"]) / 10
    said = amount.of(folded)
    if currency == "EUR" and re.fullmatch(r"\d{1,3}\.\d{3}", said, re.ASCII):
        value = int(said.replace(".", ""))  # money has no thousandths
    is_money = currency is not None or (scale >= 1000 and not _COUNTED.match(folded, end))
    return _Reading(start, end, value, scale, currency, is_money)


def _currency(said: str, context: Context) -> str:
    if said == "¥":
        return "JPY" if context.currency == "JPY" and context.language != "zh" else "CNY"
    return _CURRENCIES.get(said, "USD")


def _is_range(folded: str, low: _Reading, high: _Reading) -> bool:
    between = folded[low.end : high.start]
    if not _RANGE.fullmatch(between):
        return False
    # "move deal 12 to 50k" is no range.
    opened = _FROM.search(folded[max(0, low.start - 10) : low.start])
    return opened is not None or between.strip() not in ("to", "and")


def _share(end: _Reading, other: _Reading) -> _Reading:
    """Give one end of a range what was said only with the other."""
    value = end.value
    if end.scale == 1 < other.scale:
        scaled = plain(Decimal(str(value)) * other.scale)
        is_low = end.start < other.start
        if (is_low and scaled <= other.value) or (not is_low and value < other.value):
            value = scaled
    return end._replace(
        value=value,
        currency=end.currency or other.currency,
        is_money=end.is_money or other.is_money,
    )
