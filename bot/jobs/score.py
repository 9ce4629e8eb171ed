"""What the models say: learn anew, score everybody, and keep what was found."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from bot.jobs import Shift
from crm_core import findings, scores
from crm_core.errors import Invalid
from crm_core.models import ModelName, Segment

if TYPE_CHECKING:  # heavy, and needed for their types only
    from crm_core.analytics.baskets import Rule
    from crm_core.analytics.clusters import Clusters
    from crm_core.analytics.propensity import Target
    from crm_core.analytics.recommend import Weight
    from crm_core.analytics.scoring import Learnt
    from crm_core.analytics.snapshots import History
    from crm_core.analytics.warehouse import Warehouse


class Found(NamedTuple):
    rules: list["Rule"]
    weights: list["Weight"]
    clusters: "Clusters | None"
    segments: list[tuple[int, Segment]]


@dataclass(frozen=True)
class Score:
    """The job and its settings: the engine of the warehouse, and what is foretold of whom."""

    engine: str
    horizon_days: int
    lookback_days: int
    models: tuple[ModelName, ...] = (ModelName.CHURN, ModelName.PURCHASE, ModelName.RISK)

    async def __call__(self, shift: Shift) -> str:
        """Learn, score and publish. Models run in a thread, and every transaction is short."""
        from crm_core.analytics import scoring
        from crm_core.analytics.snapshots import History
        from crm_core.analytics.warehouse import connect

        as_of = day_of(shift)
        async with AsyncExitStack() as stack:
            opening = connect(shift.db.url, self.engine)
            warehouse = await asyncio.to_thread(opening.__enter__)
            stack.push(opening.__exit__)
            history = await asyncio.to_thread(History, warehouse)
            learnt = await asyncio.to_thread(scoring.learn, history, self._targets(), as_of)
            async with shift.db.begin(shift.work) as session:
                await scores.clear(session, as_of)
            batches, count = scoring.score(history, learnt), 0
            while batch := await asyncio.to_thread(next, batches, None):
                count += len(batch.customers)
                async with shift.db.begin(shift.work) as session:
                    await scores.store(session, batch, as_of)
            found = await asyncio.to_thread(_find, warehouse, history, as_of)
        await self._publish(shift, learnt, found)
        missing = (
            f"; no {name}: {short.reason} {short.data}" for name, short in learnt.missing.items()
        )
        return f"{count} scores of {len(learnt.models)} models{''.join(missing)}"

    def _targets(self) -> list["Target"]:
        from dataclasses import replace

        from crm_core.analytics.propensity import TARGETS

        return [
            replace(
                target,
                horizon=self.horizon_days,
                lookback=target.lookback and self.lookback_days,
            )
            for target in (TARGETS[name] for name in self.models)
        ]

    async def _publish(self, shift: Shift, learnt: "Learnt", found: Found) -> None:
        as_of = learnt.as_of
        async with shift.db.begin(shift.work) as session:
            await scores.publish(session, learnt, shift.now)
            await findings.store_rules(session, found.rules, as_of)
            await findings.store_weights(session, found.weights)
            if found.clusters:
                await findings.store_clusters(session, found.clusters, as_of)
        for some in _pieces(found.segments):
            async with shift.db.begin(shift.work) as session:
                await scores.store_segments(session, some)
        more = True
        while more:
            async with shift.db.begin(shift.work) as session:
                more = await scores.forget(session, before=await scores.day_before(session, as_of))


def day_of(shift: Shift) -> date:
    """Return the company's calendar day of a run."""
    return shift.now.astimezone(ZoneInfo(shift.company.timezone)).date()


def _find(warehouse: "Warehouse", history: "History", as_of: date) -> Found:
    from crm_core.analytics import baskets, clusters, recommend, segments

    try:
        groups = clusters.clusters(history, as_of)
    except Invalid:  # too few customers to tell groups apart
        groups = None
    return Found(
        baskets.rules(baskets.baskets(warehouse, as_of)),
        list(recommend.Recommender().fit(recommend.purchases(warehouse, as_of)).weights()),
        groups,
        list(segments.segments(history, as_of)),
    )


def _pieces(segments: list[tuple[int, Segment]]) -> Iterable[list[tuple[int, Segment]]]:
    return (segments[start : start + scores.ROWS] for start in range(0, len(segments), scores.ROWS))
