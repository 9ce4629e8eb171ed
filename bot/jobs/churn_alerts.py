"""Who is about to leave: tell of those whose loss would cost most, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift
from bot.jobs.score import Score, day_of
from bot.notices import Draft, Percent, Phrase, Why, action, phrase, send_due
from crm_core import alerts, churn, notifications, scores
from crm_core.churn import NextStep
from crm_core.models import Alert, AlertKind, FittedModel, ModelName, Segment
from crm_core.receivers import Notice, Router
from crm_core.scores import AtStake
from crm_core.values import Money

BATCH = 250
"""Alerts raised in one transaction: nobody waits long for the database."""
NOTICEABLE = 0.01
"""A probability that moved by less has not changed."""


@dataclass(frozen=True)
class ChurnAlerts:
    """The job and its settings.

    `most` customers a run at the most, and only those `lift` times as likely to leave as the
    average. A customer is not told of again before the last alert has shown whether it was right.
    Where nobody was scored today, `score` does it first.
    """

    score: Score
    most: int
    lift: float

    async def __call__(self, shift: Shift) -> str:
        """Tell what is new."""
        as_of = day_of(shift)
        model = await self._model(shift)
        if model is None or model.as_of < as_of:
            await self.score(shift)
            model = await self._model(shift)
        if model is None or model.as_of < as_of:
            return "nobody can be scored yet"
        threshold = self.lift * model.metrics["base_rate"]
        raised = await self.tell(shift, as_of, threshold, model.metrics["currency"])
        return f"{raised} alerts"

    async def _model(self, shift: Shift) -> FittedModel | None:
        async with shift.db.read() as session:
            return await scores.latest_model(session, ModelName.CHURN)

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
                settles_on=as_of + timedelta(days=self.score.horizon_days),
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
                        stake=Money(round(risk.value), currency),
                        alert_id=alert.id,
                    )
                )
        await notifications.notify(session, router, notices)
        return len(notices)


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
