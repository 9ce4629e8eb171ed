"""A model's reasons in words, with their numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.words import Speaker
from crm_core.values import Money


def in_words(
    speaker: Speaker,
    reasons: Sequence[Mapping[str, Any]],
    currency: str,
    direction: Literal["up", "down"] | None = None,
) -> list[str]:
    """Say each reason: "last order 94 days ago; usually 21". `direction`: only those ways.

    One whose number reads the same as the usual one would convince nobody and is left out.
    """
    said = []
    for reason in reasons:
        value = _number(speaker, reason["unit"], reason["value"], currency)
        usual = _number(speaker, reason["unit"], reason["usual"], currency)
        if value != usual and direction in (None, reason["direction"]):
            whose = "reason-usual-own" if reason["own"] else "reason-usual-others"
            message = f"reason-{reason['feature'].replace('_', '-')}"
            if reason["unit"] == "trend":  # its number would tell nobody anything
                message += "-up" if reason["value"] > reason["usual"] else "-down"
            said.append(speaker.say(message, value=value, usual=speaker.say(whose, usual=usual)))
    return said


def _number(speaker: Speaker, unit: str, value: float, currency: str) -> str:
    if unit == "money":
        return speaker.money(Money(round(value / 100) * 100, currency))
    if unit in ("share", "trend"):
        return speaker.percent(value)
    return speaker.show(round(value, 1) if value < 10 else round(value))
