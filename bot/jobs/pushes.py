"""What just happened and somebody wants to hear of: a deal won, a ticket reopened, ..."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift, tell
from bot.notices import Draft, action, phrase
from crm_core import events
from crm_core.events import Event, EventKind
from crm_core.models import AlertKind, Deal
from crm_core.receivers import LEAD, OWNER, Notice
from crm_core.values import Money

BACK = timedelta(days=1)
"""How far back the change log is read; what was told is not told again."""


@dataclass(frozen=True)
class Pushes:
    """The job, and from which amount on, in the company's currency, a deal is a big one."""

    big_deal: int

    async def __call__(self, shift: Shift) -> str:
        """Tell what the change log has that is worth a word."""
        big = Money.of(self.big_deal, shift.company.currency)

        async def gather(session: AsyncSession) -> Sequence[Notice]:
            return [_notice(event) for event in await events.since(session, shift.now - BACK, big)]

        return f"{await tell(shift, gather)} told"


def _notice(event: Event) -> Notice:
    record, name = event.record, event.kind.value.replace("_", "-")
    if isinstance(record, Deal):
        amount = Money(record.amount, record.currency) if record.amount is not None else None
        data: dict[str, object] = {
            "deal": record,
            "stage": record.stage,
            "amount": amount or "none",
        }
        kind, owner_id = AlertKind.DEAL, record.owner_id
        to: Sequence[str] | None = None
        button = action("button-deal", "deal.show", deal=record)
    else:
        amount = None
        score = record.satisfaction if event.kind is EventKind.TICKET_UNHAPPY else None
        data = {"ticket": record, "subject": record.subject, "score": score}
        kind, owner_id, to = AlertKind.SLA, record.assignee_id, (OWNER, LEAD)
        button = action("button-ticket", "ticket.show", ticket=record)
    lines = (phrase("notice-customer", customer=record.customer),) if record.customer else ()
    draft = Draft(
        title=phrase(f"notice-{name}", **{key: v for key, v in data.items() if v is not None}),
        lines=lines,
        actions=(button,),
    )
    return Notice(
        f"{name}:{record.id}:{event.change}",
        kind,
        draft.plain(),
        about=record,
        customer=record.customer,
        owner_id=owner_id,
        value=amount,
        to=to,
        by=event.by,
    )
