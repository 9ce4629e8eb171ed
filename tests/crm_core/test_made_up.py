"""Every scenario's sample has a planted truth, and the models find it."""

import tomllib
from datetime import UTC, datetime

import numpy as np
import pytest

from adapters.settings import CONFIG, Settings
from bot.jobs import Shift
from bot.jobs.score import Score
from bot.words import Words
from crm_core import findings, scores
from crm_core.analytics.measures import measures
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.imports.made_up import make_up
from crm_core.models import ModelName

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
SCENARIOS = sorted(path.stem for path in (CONFIG / "scenarios").glob("*.toml"))


async def area(db: Database, name: ModelName, those: set[int]) -> float:
    """Return how well a score tells `those` customers from the others."""
    async with db.read() as session:
        found = await scores.highest(session, name, 10_000)
    truth = np.array([score.customer_id in those for score in found])
    return float(measures(truth, np.array([score.value for score in found]))["auc"])


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_planted_truth_is_found(
    sqlite_db: Database, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SCENARIO", scenario)
    settings = Settings()  # type: ignore[call-arg]
    assert settings.sample is not None
    truth = await make_up(sqlite_db, settings.sample, now=NOW, currency=settings.company.currency)
    analytics = settings.analytics
    job = Score(
        engine="duckdb",
        horizon_days=analytics.churn_horizon_days,
        lookback_days=analytics.churn_lookback_days,
        models=tuple(analytics.models),
    )
    words = Words(CONFIG / "replies", settings.replies)
    outcome = await job(Shift(sqlite_db, words, settings.conversation, Work("score", NOW)))
    assert "; no" not in outcome
    assert await area(sqlite_db, ModelName.CHURN, truth.gone) > 0.7  # some stopped only just
    assert await area(sqlite_db, ModelName.PURCHASE, truth.gone) < 0.3
    if ModelName.RISK in analytics.models:
        assert await area(sqlite_db, ModelName.RISK, truth.late | truth.returning) > 0.8
    async with sqlite_db.read() as session:
        pairs = [(rule.products, rule.also) for rule in await findings.rules(session)]
    assert ([truth.together[0]], [truth.together[1]]) in pairs


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_called_otherwise_exists(scenario: str) -> None:
    plain = Words(CONFIG / "replies")
    replies = tomllib.loads((CONFIG / "scenarios" / f"{scenario}.toml").read_text()).get("replies")
    for messages in (replies or {}).values():
        assert all(plain.has(message) for message in messages)
    assert set(replies or {}) in (set(), set(plain.languages))


def test_a_scenario_speaks_of_its_own_things(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SCENARIO", "tourism")
    settings = Settings()  # type: ignore[call-arg]
    words = Words(CONFIG / "replies", settings.replies)
    assert words.plain("en").say("noun-order") == "booking"
    assert words.plain("zh").say("column-orders") == "预订数"


def test_an_unknown_scenario_names_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SCENARIO", "farming")
    with pytest.raises(ValueError, match="ecommerce, finance, tourism"):
        Settings()  # type: ignore[call-arg]
