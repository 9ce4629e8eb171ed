"""What becomes of alerts: outcomes are noted, and what nobody took is escalated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift, tell
from bot.notices import Draft, Why, action, phrase
from crm_core import churn, runs
from crm_core.models import Alert, AlertKind
from crm_core.receivers import LEAD, Notice
from crm_core.values import Money

KEPT = timedelta(days=14)
"""How long finished runs are kept."""


@dataclass(frozen=True)
class Followups:
    """The job, and after how many hours an alert that nobody took goes to the lead."""

    escalate_hours: int

    async def __call__(self, shift: Shift) -> str:
        """Settle, escalate, tidy up."""
        today = shift.now.astimezone(ZoneInfo(shift.company.timezone)).date()
        settled = 0
        while some := await shift.db.run(
            shift.work, lambda session: churn.settle(session, today, shift.now)
        ):
            settled += some
        left = shift.now - timedelta(hours=self.escalate_hours)

        async def gather(session: AsyncSession) -> Sequence[Notice]:
            return [_notice(alert) for alert in await churn.untaken(session, left)]

        escalated = await tell(shift, gather)
        await shift.db.run(shift.work, lambda session: churn.escalated(session, left))
        await shift.db.run(shift.work, lambda session: runs.forget(session, shift.now - KEPT))
        return f"{settled} settled, {escalated} escalated"


def _notice(alert: Alert) -> Notice:
    value = Money(alert.value or 0, alert.currency or "")
    draft = Draft(
        title=phrase("notice-untaken", customer=alert.customer or alert),
        lines=(
            phrase("notice-untaken-since", raised=alert.raised_at),
            Why(reasons=alert.reasons, currency=alert.currency or ""),
        ),
        actions=(
            action("button-claim", "alert.claim", alert=alert),
            action("button-dismiss", "alert.dismiss", alert=alert),
        ),
    )
    return Notice(
        f"untaken:{alert.id}",
        AlertKind.CHURN,
        draft.plain(),
        customer=alert.customer,
        owner_id=alert.customer.owner_id if alert.customer else None,
        value=value if alert.currency else None,
        alert_id=alert.id,
        to=(LEAD,),
        subscribers=False,
    )
