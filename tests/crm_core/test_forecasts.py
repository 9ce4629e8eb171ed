"""What open deals will bring: learning from closed ones, and how often the interval holds."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from crm_core import deals, forecasts
from crm_core.access import Actor, Rules
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.forecasts import Ends, History
from crm_core.models import Deal, Role, Stage, User
from crm_core.values import Period

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
TODAY = NOW.date()


async def seller(db: Database) -> Actor:
    async with db.begin(Work("people", NOW)) as session:
        user = User(name="Sel Ler", role=Role.REP)
        session.add(user)
        await session.flush()
    return Actor(user, frozenset({user.id}), Rules({}, {}))


async def put(db: Database, actor: Actor, count: int, **values: object) -> list[int]:
    given = {
        "title": "a deal",
        "owner_id": actor.user.id,
        "stage": Stage.PROPOSAL,
        "stage_since": NOW,
        "amount": 100_00,
        "currency": "USD",
        "opened_on": TODAY,
    }
    async with db.begin(Work(f"{values}", NOW)) as session:
        found = [Deal(**(given | values)) for _ in range(count)]
        session.add_all(found)
        await session.flush()
        return [deal.id for deal in found]


async def move(db: Database, ids: list[int], stage: Stage) -> None:
    async with db.begin(Work(f"{stage} {ids}", NOW)) as session:
        for id_ in ids:
            await deals.move(session, await session.get_one(Deal, id_), stage, today=TODAY)


async def test_win_rates_are_learnt_from_the_stages_that_deals_came_through(db: Database) -> None:
    actor = await seller(db)
    ids = await put(db, actor, 30)
    await move(db, ids[:20], Stage.NEGOTIATION)
    await move(db, ids[:15], Stage.WON)
    await move(db, ids[15:], Stage.LOST)
    async with db.read() as session:
        past = await forecasts.history(session)
    assert past.overall == Ends(15, 15)
    assert past.by_stage[Stage.NEGOTIATION] == Ends(15, 5)
    assert past.by_stage[Stage.PROPOSAL] == Ends(15, 15)
    assert past.by_stage[Stage.QUALIFIED] == Ends(0, 0)
    assert past.rate(Stage.NEGOTIATION) > past.rate(Stage.PROPOSAL) == past.rate(Stage.QUALIFIED)


async def test_too_little_history_is_said(db: Database) -> None:
    actor = await seller(db)
    await put(db, actor, 19, stage=Stage.WON)
    async with db.read() as session:
        with pytest.raises(Invalid, match="too-little-history"):
            await forecasts.forecast(session, actor, np.random.default_rng(1))


async def test_a_period_counts_what_closes_in_it_and_what_is_won(db: Database) -> None:
    actor = await seller(db)
    await put(db, actor, 15, stage=Stage.WON, close_date=date(2026, 1, 15))
    await put(db, actor, 5, stage=Stage.LOST, close_date=date(2026, 1, 15))
    await put(db, actor, 4, close_date=date(2026, 3, 31))
    await put(db, actor, 1, close_date=date(2026, 3, 31), amount=None)
    await put(db, actor, 2, close_date=date(2026, 4, 1))
    await put(db, actor, 3)
    await put(db, actor, 1, close_date=date(2026, 3, 31), currency="EUR")
    quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    async with db.read() as session:
        found = await forecasts.forecast(session, actor, np.random.default_rng(1), period=quarter)
        again = await forecasts.forecast(session, actor, np.random.default_rng(1), period=quarter)
        whole = await forecasts.forecast(session, actor, np.random.default_rng(1))
    assert (found.deals, found.undated, found.unpriced) == (6, 3, 1)
    euros, dollars = found.outlooks
    assert (euros.currency, euros.won, euros.at_most) == ("EUR", 0, 100_00)
    assert (dollars.won, dollars.at_most) == (1500_00, 1900_00)
    assert dollars.won <= dollars.low <= dollars.expected <= dollars.high <= dollars.at_most
    assert found == again
    assert (whole.deals, whole.undated) == (11, 0)


async def test_a_colleagues_deals_are_not_in_it(db: Database) -> None:
    actor, other = await seller(db), await seller(db)
    await put(db, actor, 20, stage=Stage.WON)
    await put(db, actor, 2)
    await put(db, other, 3)
    async with db.read() as session:
        mine = await forecasts.forecast(session, actor, np.random.default_rng(1), owner=actor.user)
    assert mine.deals == 2


def test_the_interval_holds_as_often_as_it_says() -> None:
    """Eight of ten worlds, drawn from the model itself, must end within it."""
    generator = np.random.default_rng(7)
    inside, worlds, open_deals = 0, 150, 20
    for _ in range(worlds):
        overall = generator.beta(1, 1)
        rate = generator.beta(10 * overall, 10 * (1 - overall))
        won, own = generator.binomial(40, overall), generator.binomial(15, rate)
        past = History(
            Ends(int(won), 40 - int(won)), {Stage.PROPOSAL: Ends(int(own), 15 - int(own))}
        )
        amounts = generator.integers(1_000, 100_000, open_deals).tolist()
        outlook = forecasts.outlook(
            past, [(Stage.PROPOSAL, amount) for amount in amounts], "USD", generator
        )
        truth = np.array(amounts) @ (generator.random(open_deals) < rate)
        inside += outlook.low <= truth <= outlook.high
    assert 0.72 <= inside / worlds <= 0.9


async def test_the_past_is_foretold_with_what_was_known_then(db: Database) -> None:
    actor = await seller(db)
    before = {"opened_on": date(2025, 6, 1), "close_date": date(2025, 12, 20)}
    await put(db, actor, 60, stage=Stage.WON, **before)
    await put(db, actor, 40, stage=Stage.LOST, **before)
    then = {"opened_on": date(2025, 12, 22), "close_date": date(2026, 1, 15)}
    await put(db, actor, 12, stage=Stage.WON, **then)
    await put(db, actor, 8, stage=Stage.LOST, **then)
    async with db.read() as session:
        trials = await forecasts.backtest(session, np.random.default_rng(0), TODAY)
    (trial,) = trials
    assert (trial.as_of, trial.deals, trial.won) == (date(2026, 1, 1), 20, 12)
    assert trial.expected == pytest.approx(20 * 61 / 102)
    assert trial.low < 12 < trial.high
    assert trial.held


async def test_without_a_past_nothing_is_tried(db: Database) -> None:
    actor = await seller(db)
    await put(db, actor, 3, stage=Stage.WON, close_date=date(2026, 1, 15))
    async with db.read() as session:
        assert await forecasts.backtest(session, np.random.default_rng(0), TODAY) == []
