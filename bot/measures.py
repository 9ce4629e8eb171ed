"""Figures of reports in words: what was measured, its steps of time, its values."""

from datetime import timedelta
from typing import Any

from bot.words import Speaker
from crm_core.models import Dimension, Statistic
from crm_core.reports import Query, Unit
from crm_core.reports.timeline import MONTHS, beginning
from crm_core.values import Money, Period


def title(speaker: Speaker, query: Query) -> str:
    """Say what is measured: "Revenue, median per customer, by month"."""
    text = speaker.word(query.metric)
    if query.of is not query.measure.own:
        text = speaker.say(
            "report-statistic-per" if query.per_customer else "report-statistic",
            metric=text,
            statistic=query.of,
            each=speaker.say(f"noun-{query.measure.each.value}"),
        )
    if query.dimension:
        text = speaker.say("report-by", what=text, dimension=query.dimension)
    if query.period:
        text = speaker.say("report-in", what=text, period=period_name(speaker, query.period))
    return text[:1].upper() + text[1:]


def label(speaker: Speaker, dimension: Dimension | None, key: Any) -> str:
    """Name a row: a step of time, a word, a name, or that there is none."""
    if key is None:
        return speaker.say("report-none")
    if not isinstance(key, Period):
        return speaker.show(key)
    start = key.start
    match dimension:
        case Dimension.DAY:
            return speaker.day(start)
        case Dimension.WEEK:
            return speaker.say("report-week", day=speaker.day(beginning(start, dimension)))
        case Dimension.MONTH:
            return speaker.month(start)
        case Dimension.QUARTER:
            return speaker.say(
                "report-quarter", number=(start.month + 2) // 3, year=str(start.year)
            )
        case _:
            return speaker.say("report-year", year=str(start.year))


def period_name(speaker: Speaker, period: Period) -> str:
    """Name a period in brief: a month, quarter or year by its name, others by their days."""
    for dimension in MONTHS:
        whole = beginning(period.start, dimension) == period.start
        after = beginning(period.start + timedelta(days=MONTHS[dimension] * 31), dimension)
        if whole and after == period.end:
            return label(speaker, dimension, period)
    if period.last_day == period.start:
        return speaker.day(period.start)
    return speaker.show(period)


def written(
    speaker: Speaker,
    query: Query,
    value: float | None,
    currency: str | None,
    *,
    signed: bool = False,
) -> str:
    """Write a value in its unit; `signed` is a change, with its plus."""
    if value is None:
        return speaker.say("nothing")
    sign = "+" if signed and value > 0 else ""
    return sign + _in_unit(speaker, query, value, currency, signed)


def _in_unit(
    speaker: Speaker, query: Query, value: float, currency: str | None, change: bool
) -> str:
    unit = query.measure.unit
    if query.of is Statistic.COUNT or unit is Unit.COUNT:
        return speaker.show(_rounded(value))
    if query.of is Statistic.VARIANCE:  # of squares, which have no unit that people know
        return speaker.show(round(value, 2))
    match unit:
        case Unit.MONEY:
            return speaker.money(Money.of(value, currency or ""))
        case Unit.SHARE if change:
            return speaker.say("report-points", value=_rounded(value * 100, 1))
        case Unit.SHARE:
            return speaker.percent(value, 1)
        case Unit.HOURS:
            return speaker.say("report-hours", value=speaker.show(_rounded(value, 1)))
        case Unit.DAYS:
            return speaker.say("report-days", value=speaker.show(_rounded(value, 1)))
        case _:
            return speaker.show(_rounded(value))


def _rounded(value: float, digits: int = 2) -> float | int:
    found = round(value, digits)
    return int(found) if found == int(found) else found
