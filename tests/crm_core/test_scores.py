"""Scores of the newest run, by customer, by height and by money at stake."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
import pytest
from sqlalchemy import func, select

from crm_core import scores
from crm_core.analytics.explain import explain
from crm_core.analytics.features import NAMES
from crm_core.analytics.propensity import Propensity
from crm_core.analytics.scoring import Batch, Learnt
from crm_core.analytics.value import Value
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import Change, Customer, FittedModel, ModelName, Role, Score, User

NOW = datetime(2025, 1, 2, 3, 0, tzinfo=UTC)
WORK = Work("test", NOW)
MONDAY, TUESDAY = date(2025, 1, 6), date(2025, 1, 7)


@pytest.fixture(scope="module")
def model() -> Propensity:
    random = np.random.default_rng(0)
    X = random.uniform(0, 100, (200, len(NAMES)))  # noqa: N806
    return Propensity().fit(X, X[:, 0] > 50)


@pytest.fixture(scope="module")
def value() -> Value:
    random = np.random.default_rng(0)
    X = np.zeros((200, len(NAMES)))  # noqa: N806
    for name, most in {"visits": 9, "orders": 9, "spend_mean": 900, "tenure": 300}.items():
        X[:, NAMES.index(name)] = random.integers(1, most, 200)
    X[:, NAMES.index("span")] = X[:, NAMES.index("tenure")] / 2
    return Value().fit(X)


@pytest.fixture
async def customers(db: Database) -> list[Customer]:
    """Three customers; Nancy has the first two."""
    async with db.begin(WORK) as session:
        nancy, steven = (User(name=name, role=Role.REP) for name in ("Nancy", "Steven"))
        session.add_all([nancy, steven])
        await session.flush()
        owners = {"Acme": nancy, "Blue Sky": nancy, "Cactus": steven}
        made = [Customer(name=name, owner_id=owner.id) for name, owner in owners.items()]
        session.add_all(made)
    return made


class Run(NamedTuple):
    as_of: date
    customers: list[int]
    chances: list[float]
    money: list[float]


def run(customers: list[Customer], chances: list[float], money: list[float], as_of: date) -> Run:
    return Run(as_of, [customer.id for customer in customers], chances, money)


async def keep(db: Database, model: Propensity, found: Run, value: Value | None = None) -> None:
    """Store and publish a run, as the job does."""
    reasons = explain(model, np.full((len(found.customers), len(NAMES)), 10.0))
    rests_on: list[list[float]] = [[1.0, 2.0] for _ in found.customers]
    batches = [
        Batch(ModelName.CHURN, found.customers, found.chances, reasons),
        Batch(ModelName.VALUE, found.customers, found.money, rests_on),
    ]
    async with db.begin(WORK) as session:
        await scores.clear(session, found.as_of)
    for batch in batches:
        async with db.begin(WORK) as session:
            await scores.store(session, batch, found.as_of)
    async with db.begin(WORK) as session:
        await scores.publish(session, Learnt(found.as_of, [model], value), NOW)


async def test_a_run_is_kept_with_its_models(
    db: Database, model: Propensity, value: Value, customers: list[Customer]
) -> None:
    found = run(customers, [0.9, 0.2, 0.5], [100, 5000, 1000], MONDAY)
    await keep(db, model, found, value)
    async with db.read() as session:
        kept = await scores.latest_model(session, ModelName.CHURN)
        assert kept is not None
        assert (kept.as_of, kept.fitted_at, kept.metrics) == (MONDAY, NOW, model.metrics_)
        assert Propensity.from_dict(kept.parameters).to_dict() == model.to_dict()
        one = await scores.of_customer(session, customers[1], ModelName.CHURN)
        assert one is not None
        assert (one.value, len(one.reasons)) == (0.2, 3)
        money = await scores.latest_model(session, ModelName.VALUE)
        assert money is not None
        assert Value.from_dict(money.parameters).to_dict() == value.to_dict()
        worth = await scores.of_customer(session, customers[1], ModelName.VALUE)
        assert worth is not None
        assert (worth.value, worth.reasons) == (5000, [1.0, 2.0])
        assert (await session.scalars(select(Change).where(Change.noun == "score"))).all() == []


async def test_a_second_run_of_a_day_replaces_the_first(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    await keep(db, model, run(customers, [0.9, 0.2, 0.5], [100, 200, 300], MONDAY))
    await keep(db, model, run(customers[:2], [0.4, 0.6], [1, 2], MONDAY))
    async with db.read() as session:
        assert await session.scalar(select(func.count(FittedModel.id))) == 1
        kept = (await session.scalars(select(Score).order_by(Score.name, Score.value))).all()
    assert [score.value for score in kept] == [0.4, 0.6, 1, 2]


async def test_only_the_newest_run_speaks(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    await keep(db, model, run(customers, [0.9, 0.2, 0.5], [100, 200, 300], MONDAY))
    await keep(db, model, run(customers[1:], [0.3, 0.1], [200, 300], TUESDAY))
    async with db.read() as session:
        highest = await scores.highest(session, ModelName.CHURN, 10)
        assert [(score.customer.name, score.value) for score in highest] == [
            ("Blue Sky", 0.3),
            ("Cactus", 0.1),
        ]
        assert await scores.of_customer(session, customers[0], ModelName.CHURN) is None
        newest = await scores.latest_model(session, ModelName.CHURN)
        assert newest is not None
        assert newest.as_of == TUESDAY


async def test_the_highest_are_those_of_the_owners(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    await keep(db, model, run(customers, [0.1, 0.2, 0.5], [100, 200, 300], MONDAY))
    async with db.read() as session:
        nancy = customers[0].owner_id
        assert nancy is not None
        hers = await scores.highest(session, ModelName.CHURN, 10, {nancy})
        assert [score.customer.name for score in hers] == ["Blue Sky", "Acme"]
        assert len(await scores.highest(session, ModelName.CHURN, 1)) == 1
        assert await scores.highest(session, ModelName.CHURN, 10, []) == []


async def test_money_at_stake_orders_before_probability(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    await keep(db, model, run(customers, [0.9, 0.2, 0.5], [100, 5000, 1000], MONDAY))
    async with db.read() as session:
        stakes = await scores.most_at_stake(session, 2)
        assert [stake.score.customer.name for stake in stakes] == ["Blue Sky", "Cactus"]
        assert [stake.expected_loss for stake in stakes] == pytest.approx([1000, 500])
        likely = await scores.most_at_stake(session, 5, least=0.5)
        assert [stake.score.customer.name for stake in likely] == ["Cactus", "Acme"]
        likely = await scores.most_at_stake(session, 5, least=0.5)
        assert [stake.score.customer.name for stake in likely] == ["Cactus", "Acme"]
        nancy = customers[0].owner_id
        assert nancy is not None
        hers = await scores.most_at_stake(session, 5, {nancy})
        assert [stake.value for stake in hers] == [5000, 100]


async def test_old_runs_are_forgotten_but_not_their_measures(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    for day in (MONDAY, TUESDAY):
        await keep(db, model, run(customers, [0.9, 0.2, 0.5], [1, 2, 3], day))
    async with db.begin(WORK) as session:
        assert await scores.forget(session, TUESDAY, most=4)
        assert not await scores.forget(session, TUESDAY, most=4)
    async with db.read() as session:
        days = await session.scalars(select(Score.as_of).where(Score.name == ModelName.CHURN))
        assert set(days) == {TUESDAY}
        assert await session.scalar(select(func.count(FittedModel.id))) == 2


async def test_scores_speak_only_once_they_are_published(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    await keep(db, model, run(customers, [0.9, 0.2, 0.5], [1, 2, 3], MONDAY))
    async with db.begin(WORK) as session:
        batch = Batch(ModelName.CHURN, [customers[2].id], [0.99], [[]])
        await scores.store(session, batch, TUESDAY)
        (first,) = await scores.highest(session, ModelName.CHURN, 1)
        assert (first.as_of, first.value) == (MONDAY, 0.9)


async def test_who_was_erased_meanwhile_has_no_score(
    db: Database, model: Propensity, customers: list[Customer]
) -> None:
    async with db.begin(WORK) as session:
        await session.delete(await session.get(Customer, customers[0].id))
    await keep(db, model, run(customers, [0.9, 0.2, 0.5], [1, 2, 3], MONDAY))
    async with db.read() as session:
        names = [each.customer.name for each in await scores.highest(session, ModelName.CHURN, 9)]
    assert names == ["Cactus", "Blue Sky"]


async def test_before_the_first_run_there_is_nothing(
    db: Database, customers: list[Customer]
) -> None:
    async with db.read() as session:
        assert await scores.latest_model(session, ModelName.CHURN) is None
        assert await scores.of_customer(session, customers[0], ModelName.CHURN) is None
        assert await scores.highest(session, ModelName.CHURN, 5) == []
        assert await scores.most_at_stake(session, 5) == []
