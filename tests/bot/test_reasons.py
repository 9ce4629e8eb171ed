"""Reasons read as sentences, in every language, for every feature a model may name."""

from pathlib import Path

import pytest

from bot.reasons import in_words
from bot.words import Words
from crm_core.analytics.features import FEATURES, FRACTIONS, Feature

WORDS = Words(Path("config/replies"))
SHOWN = [feature for feature in FEATURES if not feature.shown]


@pytest.mark.parametrize("language", WORDS.languages)
@pytest.mark.parametrize("feature", SHOWN, ids=lambda feature: feature.name)
def test_every_feature_can_be_a_reason(feature: Feature, language: str) -> None:
    value, usual = (0.4, 0.1) if feature.unit in FRACTIONS else (94, 21)
    if feature.unit == "money":
        value, usual = value * 100, usual * 100
    reason = {"feature": feature.name, "unit": feature.unit, "value": value, "usual": usual}
    (said,) = in_words(WORDS.plain(language), [reason | {"own": True, "direction": "up"}], "EUR")
    assert "{" not in said
    assert feature.unit == "trend" or ("40" if feature.unit == "share" else "94") in said


def test_a_trend_is_said_in_words_and_what_is_usual_not_at_all() -> None:
    reason = {"feature": "pace", "unit": "trend", "value": 0.2, "usual": -0.1, "own": False}
    speaker = WORDS.plain("en")
    (said,) = in_words(speaker, [reason | {"direction": "down"}], "EUR")
    assert said == "orders came closer together lately than with most customers"
    (other,) = in_words(speaker, [reason | {"value": -0.3, "direction": "up"}], "EUR")
    assert other == "orders came further apart lately than with most customers"
    assert in_words(speaker, [reason | {"value": -0.1, "direction": "up"}], "EUR") == []
    assert in_words(speaker, [reason | {"direction": "down"}], "EUR", "up") == []
