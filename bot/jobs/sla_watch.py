"""Targets of tickets: a warning before one is missed, an alarm when it is, then the lead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift, tell
from bot.notices import Draft, action, phrase
from crm_core import tickets
from crm_core.models import AlertKind, Ticket
from crm_core.receivers import LEAD, OWNER, Notice
from crm_core.sla import Deadline

BACK = timedelta(days=1)
"""A target missed longer ago is no news."""


@dataclass(frozen=True)
class SlaWatch:
    """The job and its settings, in working minutes: how long before a target is missed to warn,
    and how long after it the lead is told."""

    warn_minutes: int
    lead_minutes: int

    async def __call__(self, shift: Shift) -> str:
        """Tell of targets in danger and missed."""

        async def gather(session: AsyncSession) -> Sequence[Notice]:
            waiting = await tickets.unresolved(session)
            return [notice for ticket in waiting for notice in self._notices(shift, ticket)]

        return f"{await tell(shift, gather)} told"

    def _notices(self, shift: Shift, ticket: Ticket) -> Iterator[Notice]:
        sla, now = shift.company.sla, shift.now
        for deadline in sla.deadlines(ticket):
            if deadline.met is not None or deadline.due < now - BACK:
                continue
            left = sla.left(deadline, now)
            if timedelta() < left <= timedelta(minutes=self.warn_minutes):
                yield _notice(ticket, deadline, "warning", (OWNER,))
            elif deadline.due <= now:
                nobody = ticket.assignee_id is None
                yield _notice(ticket, deadline, "breach", (LEAD,) if nobody else (OWNER,))
                if not nobody and left <= -timedelta(minutes=self.lead_minutes):
                    yield _notice(ticket, deadline, "lead", (LEAD,), subscribers=False)


def _notice(
    ticket: Ticket,
    deadline: Deadline,
    what: str,
    to: Sequence[str],
    *,
    subscribers: bool = True,
) -> Notice:
    title = "notice-sla-warning" if what == "warning" else "notice-sla-breach"
    draft = Draft(
        title=phrase(title, ticket=ticket, subject=ticket.subject, due=deadline.due),
        lines=(
            phrase(
                "notice-ticket",
                customer=ticket.customer,
                priority=ticket.priority,
                assignee=ticket.assignee.name if ticket.assignee else "-",
            ),
        ),
        actions=(
            action("button-ticket", "ticket.show", ticket=ticket),
            action("button-assign-me", "ticket.assign", ticket=ticket, assignee="me"),
        ),
    )
    return Notice(
        f"sla-{what}:{ticket.id}:{deadline.goal.value}:{deadline.due:%Y%m%dT%H%M}",
        AlertKind.SLA,
        draft.plain(),
        about=ticket,
        customer=ticket.customer,
        owner_id=ticket.assignee_id,
        to=to,
        subscribers=subscribers,
    )
