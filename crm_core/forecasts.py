"""What open deals will bring: stage by stage, as sure as the closed ones allow."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor
from crm_core.errors import Invalid
from crm_core.models import Change, ChangeKind, Deal, Stage, User
from crm_core.values import Period

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

ENOUGH = 20
"""Closed deals without which there is no forecast."""
WEIGHT = 10.0
"""How many deals of a stage's own it takes to count as much as all closed deals together."""
DRAWS = 2_000
TRIALS = 6
"""Months back that the forecast is tried on."""
INTERVAL = (0.1, 0.9)
OPEN = [stage for stage in Stage if stage.open]


class Ends(NamedTuple):
    """How closed deals ended."""

    won: int
    lost: int

    @property
    def closed(self) -> int:
        return self.won + self.lost


@dataclass(frozen=True, slots=True)
class History:
    """How all closed deals ended, and those that are known to have been in each stage."""

    overall: Ends
    by_stage: Mapping[Stage, Ends]

    def rate(self, stage: Stage) -> float:
        """Return the expected share of wins from a stage: its own, drawn towards the overall."""
        own = self.by_stage.get(stage, Ends(0, 0))
        overall = (1 + self.overall.won) / (2 + self.overall.closed)
        return (WEIGHT * overall + own.won) / (WEIGHT + own.closed)

    def draw(self, generator: "Generator") -> "NDArray[np.float64]":
        """Draw win rates as probable as this history leaves them: a row a draw, a column a stage.

        A hierarchical Beta-Binomial model: the overall rate has a uniform prior, each stage's rate
        a Beta prior around the overall one that weighs as much as `WEIGHT` deals.
        """
        overall = generator.beta(1 + self.overall.won, 1 + self.overall.lost, DRAWS)
        owns = [self.by_stage.get(stage, Ends(0, 0)) for stage in OPEN]
        return np.column_stack(
            [
                generator.beta(WEIGHT * overall + own.won, WEIGHT * (1 - overall) + own.lost)
                for own in owns
            ]
        )


class Outlook(NamedTuple):
    """What one currency's deals may bring, all in minor units; `low` to `high` in 8 of 10 cases.

    `won` is closed already and part of the other three; `at_most` is when every deal is won.
    """

    currency: str
    won: int
    expected: int
    low: int
    high: int
    at_most: int


class Trial(NamedTuple):
    """What would have been foretold on a past day of the deals open then, and what came of them.

    Only deals that have closed since count, by number: what a lost deal was worth is often not
    kept. `low` to `high` in 8 of 10 cases.
    """

    as_of: date
    deals: int
    expected: float
    low: int
    high: int
    won: int

    @property
    def held(self) -> bool:
        return self.low <= self.won <= self.high


@dataclass(frozen=True, slots=True)
class Forecast:
    history: History
    outlooks: Sequence[Outlook]
    deals: int
    undated: int
    """Open deals without a closing date, which belong to no period."""
    unpriced: int


async def forecast(
    session: AsyncSession,
    actor: Actor,
    generator: "Generator",
    *,
    owner: User | None = None,
    period: Period | None = None,
) -> Forecast:
    """Foretell what the open deals bring that close in a period, or at any time.

    Win rates are the company's; the deals are those the asker may see. Raises Invalid where too
    few deals have been closed to learn from.
    """
    past = await history(session)
    if past.overall.closed < ENOUGH:
        raise Invalid("too-little-history", closed=past.overall.closed, needed=ENOUGH)
    query = select(Deal.stage, Deal.amount, Deal.currency, Deal.close_date)
    if period is None:
        query = query.where(Deal.stage.in_(OPEN))
    else:
        in_time = (Deal.close_date >= period.start) & (Deal.close_date < period.end)
        undated = Deal.stage.in_(OPEN) & Deal.close_date.is_(None)
        query = query.where(undated | (in_time & (Deal.stage != Stage.LOST)))
    if owner:
        query = query.where(Deal.owner_id == owner.id)
    found = (await session.execute(actor.limit(query, Deal))).all()
    meant = [
        (stage, amount, currency)
        for stage, amount, currency, day in found
        if period is None or day is not None
    ]
    priced = [(stage, amount, currency) for stage, amount, currency in meant if amount is not None]
    by_currency = {
        currency: [(stage, amount) for stage, amount, own in priced if own == currency]
        for currency in sorted({currency for _, _, currency in priced})
    }
    outlooks = await asyncio.to_thread(
        lambda: [outlook(past, deals, own, generator) for own, deals in by_currency.items()]
    )
    return Forecast(
        past,
        outlooks,
        deals=sum(stage.open for stage, _, _ in meant),
        undated=len(found) - len(meant),
        unpriced=len(meant) - len(priced),
    )


def outlook(
    past: History, deals: Sequence[tuple[Stage, int]], currency: str, generator: "Generator"
) -> Outlook:
    """Win and lose the open ones of (stage, amount) deals many times over and add up."""
    won = sum(amount for stage, amount in deals if not stage.open)
    still = [(stage, amount) for stage, amount in deals if stage.open]
    amounts = np.array([amount for _, amount in still], dtype=np.float64)
    stages = np.array([OPEN.index(stage) for stage, _ in still], dtype=np.intp)
    totals = [
        amounts @ (generator.random(len(still)) < rates[stages]) for rates in past.draw(generator)
    ]
    low, high = np.quantile(totals, INTERVAL)
    expected = sum(amount * past.rate(stage) for stage, amount in still)
    return Outlook(
        currency,
        won=won,
        expected=won + round(expected),
        low=won + round(low),
        high=won + round(high),
        at_most=won + round(amounts.sum()),
    )


async def backtest(session: AsyncSession, generator: "Generator", today: date) -> list[Trial]:
    """Foretell the past: on the first of each of the last `TRIALS` months, with what was known.

    The stage that a deal was in then is not always known, so all count at the overall rate. Months
    with too few deals closed before, or none open, are left out.
    """
    trials = []
    for ago in range(TRIALS, 0, -1):
        months = today.year * 12 + today.month - 1 - ago
        as_of = date(months // 12, months % 12 + 1, 1)
        known = Ends(*await _ends(session, Deal.close_date < as_of))
        still_open = (Deal.opened_on < as_of) & (Deal.close_date >= as_of)
        won, lost = await _ends(session, still_open & (Deal.close_date <= today))
        if known.closed < ENOUGH or not won + lost:
            continue
        rates = generator.beta(1 + known.won, 1 + known.lost, DRAWS)
        low, high = np.quantile(generator.binomial(won + lost, rates), INTERVAL)
        expected = (won + lost) * (1 + known.won) / (2 + known.closed)
        trials.append(Trial(as_of, won + lost, expected, round(low), round(high), won))
    return trials


async def _ends(session: AsyncSession, meant: ColumnElement[bool]) -> tuple[int, int]:
    """Count how many of the closed deals that are meant were won and lost."""
    query = select(Deal.stage, func.count()).where(meant, Deal.stage.in_([Stage.WON, Stage.LOST]))
    found = dict((await session.execute(query.group_by(Deal.stage))).all())
    return found.get(Stage.WON, 0), found.get(Stage.LOST, 0)


async def history(session: AsyncSession) -> History:
    """Learn from the closed deals; the change log knows which stages they came through."""
    ends = select(Deal.stage, func.count()).where(Deal.stage.in_([Stage.WON, Stage.LOST]))
    overall = dict((await session.execute(ends.group_by(Deal.stage))).all())
    undos = select(Change.undone_by).where(Change.undone_by.is_not(None))
    left = Change.before["stage"].as_string()
    passed = (
        select(left, Deal.stage, func.count(Deal.id.distinct()))
        .join(Change, (Change.noun == Deal.noun()) & (Change.record_id == Deal.id))
        .where(
            Deal.stage.in_([Stage.WON, Stage.LOST]),
            Change.kind == ChangeKind.UPDATED,
            Change.undone_by.is_(None),
            Change.work.not_in(undos),
            left.in_([stage.value for stage in OPEN]),
        )
        .group_by(left, Deal.stage)
    )
    ended: dict[tuple[str, Stage], int] = {
        (stage, end): count for stage, end, count in await session.execute(passed)
    }
    return History(
        Ends(overall.get(Stage.WON, 0), overall.get(Stage.LOST, 0)),
        {
            stage: Ends(ended.get((stage, Stage.WON), 0), ended.get((stage, Stage.LOST), 0))
            for stage in OPEN
        },
    )
