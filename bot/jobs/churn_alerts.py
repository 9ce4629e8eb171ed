"""Who is about to leave: score everybody, and tell the managers of those who cost most, once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from bot import buttons
from bot.jobs import Shift
from bot.message import Command, Place, Slot
from bot.reasons import in_words
from bot.reply import Button, Buttons, Reply, Text
from bot.words import Speaker
from crm_core import alerts, outbox, scores
from crm_core.errors import Invalid
from crm_core.models import Alert, AlertKind, ModelName, Segment
from crm_core.scores import AtStake
from crm_core.values import Money

if TYPE_CHECKING:  # heavy, and needed for its types only
    from crm_core.analytics.propensity import Propensity, Scored


@dataclass(frozen=True)
class ChurnAlerts:
    """The job and its settings.

    `most` customers a run at the most, and only those `lift` times as likely to leave as the
    average. A customer has one alert a month.
    """

    horizon_days: int
    lookback_days: int
    most: int
    lift: float
    channels: Sequence[Place]

    async def __call__(self, shift: Shift) -> str:
        """Train, score, store, and post what is new."""
        zone = ZoneInfo(shift.company.timezone)
        as_of = shift.now.astimezone(zone).date()
        try:
            model, scored, groups = await asyncio.to_thread(self._analyse, shift.db.url, as_of)
        except Invalid as problem:
            return f"{problem.reason} {problem.data}"
        async with shift.db.begin(shift.work) as session:
            await scores.store(session, model, scored, as_of=as_of, now=shift.now)
            for name in (ModelName.CHURN, ModelName.VALUE):
                await scores.forget(session, name, before=as_of)
            await scores.store_segments(session, groups)
            threshold = self.lift * model.metrics_["base_rate"]
            risks = await scores.most_at_stake(session, self.most, least=threshold)
            speaker = shift.words.speaker(shift.company.language, zone)
            raised = 0
            for risk in risks:
                alert = await alerts.raise_once(
                    session,
                    f"churn:{risk.score.customer_id}:{as_of:%Y-%m}",
                    kind=AlertKind.CHURN,
                    customer=risk.score.customer,
                    probability=risk.score.value,
                    value=Money(round(risk.value), scored.currency),
                    reasons=risk.score.reasons,
                )
                if alert:
                    raised += 1
                    await self._post(session, shift, speaker, alert, risk)
        return f"{len(scored.customers)} scored, {raised} alerts"

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

    async def _post(
        self, session: AsyncSession, shift: Shift, speaker: Speaker, alert: Alert, risk: AtStake
    ) -> None:
        reply = await buttons.store(session, _message(speaker, alert, risk), shift.now)
        for place in self.channels:
            await outbox.queue(
                session,
                key=f"alert:{alert.key}:{place.platform}:{place.channel}",
                platform=place.platform,
                workspace=place.workspace,
                channel=place.channel,
                reply=reply.model_dump(mode="json"),
                now=shift.now,
            )


def _message(speaker: Speaker, alert: Alert, risk: AtStake) -> Reply:
    value = Money(int(round(risk.value, -2)), alert.currency or "")
    title = speaker.say(
        "alert-churn-title",
        customer=risk.score.customer,
        probability=speaker.percent(risk.score.value),
    )
    reasons = in_words(speaker, risk.score.reasons, value.currency, "up")
    lines = [speaker.say("alert-churn-value", value=value), *(f"• {line}" for line in reasons)]

    def button(label: str, intent: str, **slots: object) -> Button:
        filled = {name: Slot(value=given) for name, given in slots.items()}
        return Button(label=speaker.say(label), command=Command(intent=intent, slots=filled))

    week = (alert.raised_at + timedelta(days=7)).date().isoformat()
    return Reply(
        parts=[
            Text(text=title, style="strong"),
            Text(text="\n".join(lines)),
            Buttons(
                buttons=[
                    button("button-claim", "alert.claim", alert=alert.id),
                    button("button-snooze", "alert.snooze", alert=alert.id, until=week),
                    button("button-dismiss", "alert.dismiss", alert=alert.id),
                    button("button-why", "churn.explain", customer=risk.score.customer_id),
                ]
            ),
        ]
    )
