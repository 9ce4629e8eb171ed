"""Who is about to leave: score everybody, and tell of those whose loss would cost most, once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift
from bot.notices import Draft, Percent, Phrase, Why, action, phrase, send_due
from crm_core import alerts, churn, notifications, scores
from crm_core.churn import NextStep
from crm_core.errors import Invalid
from crm_core.models import Alert, AlertKind, ModelName, Segment
from crm_core.notifications import Notice, Router
from crm_core.scores import AtStake
from crm_core.values import Money

if TYPE_CHECKING:  # heavy, and needed for its types only
    from crm_core.analytics.propensity import Propensity, Scored

BATCH = 250
"""Alerts raised in one transaction: nobody waits long for the database."""
NOTICEABLE = 0.01
"""A probability that moved by less has not changed."""


@dataclass(frozen=True)
class ChurnAlerts:
    """The job and its settings.

    `most` customers a run at the most, and only those `lift` times as likely to leave as the
    average. A customer is not told of again before the last alert has shown whether it was right.
    """

    horizon_days: int
    lookback_days: int
    most: int
    lift: float

    async def __call__(self, shift: Shift) -> str:
        """Train, score, store, and tell what is new."""
        zone = ZoneInfo(shift.company.timezone)
        as_of = shift.now.astimezone(zone).date()
        try:
            model, scored, groups = await asyncio.to_thread(self._analyse, shift.db.url, as_of)
        except Invalid as problem:
            return f"{problem.reason} {problem.data}"
        async with shift.db.begin(shift.work) as session:
            await scores.store(session, model, scored, as_of=as_of, now=shift.now)
            await scores.store_segments(session, groups)
        raised = await self.tell(
            shift, as_of, self.lift * model.metrics_["base_rate"], scored.currency
        )
        async with shift.db.begin(shift.work) as session:
            for name in (ModelName.CHURN, ModelName.VALUE):
                await scores.forget(session, name, before=as_of)
        return f"{len(scored.customers)} scored, {raised} alerts"

    async def tell(self, shift: Shift, as_of: date, threshold: float, currency: str) -> int:
        """Raise alerts on the newest scores, the costliest first; return how many are new."""
        async with shift.db.read() as session:
            quiet = await churn.unsettled(session)
            most = self.most + len(quiet)
            risks = [
                risk
                for risk in await scores.most_at_stake(session, most, least=threshold)
                if risk.score.customer_id not in quiet
            ][: self.most]
            before = await churn.before(session, [risk.score.customer_id for risk in risks], as_of)
            steps = await churn.next_steps(session, shift.now)
        raised = 0
        for start in range(0, len(risks), BATCH):
            some = risks[start : start + BATCH]
            async with shift.db.begin(shift.work) as session:
                raised += await self._raise(session, shift, some, as_of, before, steps, currency)
                await send_due(session, shift.words, shift.company, shift.now)
        return raised

    async def _raise(
        self,
        session: AsyncSession,
        shift: Shift,
        risks: Sequence[AtStake],
        as_of: date,
        before: Mapping[int, tuple[date, float]],
        steps: Mapping[Segment | None, NextStep],
        currency: str,
    ) -> int:
        router = await Router.load(session, shift.company.policy)
        notices = []
        for risk in risks:
            customer = risk.score.customer
            step = steps.get(customer.segment) or steps.get(None)
            alert = await alerts.raise_once(
                session,
                f"churn:{customer.id}:{as_of:%Y-%m}",
                kind=AlertKind.CHURN,
                customer=customer,
                probability=risk.score.value,
                value=Money(round(risk.value), currency),
                reasons=risk.score.reasons,
                settles_on=as_of + timedelta(days=self.horizon_days),
            )
            if alert:
                draft = drafted(alert, risk, before.get(customer.id), step)
                notices.append(
                    Notice(
                        key=f"alert:{alert.key}",
                        kind=AlertKind.CHURN,
                        draft=draft.plain(),
                        customer=customer,
                        owner_id=customer.owner_id,
                        value=Money(round(risk.expected_loss), currency),
                        alert_id=alert.id,
                    )
                )
        await notifications.notify(session, router, notices)
        return len(notices)

    def _analyse(
        self, url: URL, as_of: date
    ) -> tuple["Propensity", "Scored", list[tuple[int, Segment]]]:
        from crm_core.analytics.propensity import CHURN, score, train
        from crm_core.analytics.segments import segments
        from crm_core.analytics.warehouse import connect

        target = replace(CHURN, horizon=self.horizon_days, lookback=self.lookback_days)
        with connect(url) as warehouse:
            model = train(warehouse, target, as_of)
            return model, score(warehouse, model, as_of), list(segments(warehouse, as_of))


def drafted(
    alert: Alert, risk: AtStake, before: tuple[date, float] | None, step: NextStep | None
) -> Draft:
    """Say who may leave, how likely and why, what it is worth, what changed and what to do."""
    customer, currency = risk.score.customer, alert.currency or ""
    lines: list[Phrase | Why] = [
        phrase("alert-churn-value", value=Money(int(round(risk.value, -2)), currency)),
        Why(reasons=risk.score.reasons, currency=currency),
    ]
    if before and abs(risk.score.value - before[1]) >= NOTICEABLE:
        lines.append(phrase("alert-churn-before", before=Percent(before[1]), day=before[0]))
    if step:
        lines.append(
            phrase("alert-churn-step", step=step.kind, share=Percent(step.share), n=step.tries)
        )
    week = (alert.raised_at + timedelta(days=7)).date().isoformat()
    return Draft(
        title=phrase("alert-churn-title", customer=customer, probability=Percent(risk.score.value)),
        lines=tuple(lines),
        actions=(
            action("button-claim", "alert.claim", alert=alert),
            action("button-snooze", "alert.snooze", alert=alert, until=week),
            action("button-dismiss", "alert.dismiss", alert=alert),
            action("button-script", "alert.script", alert=alert),
            action("button-why", "churn.explain", customer=customer),
        ),
    )
