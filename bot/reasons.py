"""A model's reasons in words, with their numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.words import Speaker
from crm_core.values import Money


def in_words(speaker: Speaker, reasons: Sequence[Mapping[str, Any]], currency: str) -> list[str]:
    """Say each reason: "last order 94 days ago; usually every 21"."""
    return [
        speaker.say(
            f"reason-{reason['feature'].replace('_', '-')}",
            value=_number(speaker, reason["unit"], reason["value"], currency),
            usual=speaker.say(
                "reason-usual-own" if reason["own"] else "reason-usual-others",
                usual=_number(speaker, reason["unit"], reason["usual"], currency),
            ),
        )
        for reason in reasons
    ]


def _number(speaker: Speaker, unit: str, value: float, currency: str) -> str:
    if unit == "money":
        return speaker.money(Money(round(value / 100) * 100, currency))
    if unit == "share":
        return speaker.percent(value)
    return speaker.show(round(value, 1) if value < 10 else round(value))
