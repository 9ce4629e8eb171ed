"""What is due is told: after quiet hours, at a subscription's time, in the morning's digest."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift
from bot.notices import Draft, phrase, send_due
from crm_core import notifications
from crm_core.receivers import Notice, Router

BACK = timedelta(days=2)


async def notices(shift: Shift) -> str:
    """Send what is due, and tell those who subscribed a channel that it can't be posted there."""
    async with shift.db.read() as session:
        refused = bool(await notifications.refused(session, shift.now - BACK))
    if refused:
        await shift.db.run(shift.work, lambda session: _tell_refusals(session, shift))
    sent = 0
    while True:
        async with shift.db.read() as session:
            if not await notifications.any_due(session, shift.now):
                return f"{sent} sent"
        handled = await shift.db.run(
            shift.work, lambda session: send_due(session, shift.words, shift.company, shift.now)
        )
        if not handled:  # another process is at it
            return f"{sent} sent"
        sent += handled


async def _tell_refusals(session: AsyncSession, shift: Shift) -> None:
    router = await Router.load(session, shift.company.policy)
    told = []
    for row in await notifications.refused(session, shift.now - BACK):
        one, row.problem = row.subscription, "refused"
        if one and one.created_by_id:
            new = row.key.startswith(notifications.ANNOUNCED)
            draft = Draft(
                title=phrase("notice-refused", channel=row.channel, kind=one.kind),
                lines=(phrase("notice-refused-new" if new else "notice-refused-how"),),
            )
            told.append(
                Notice(
                    key=f"refused:{row.key if new else f'{one.id}:{one.version}'}",
                    kind=None,
                    draft=draft.plain(),
                    to=(one.created_by_id,),
                    subscribers=False,
                )
            )
            if new:
                await session.delete(one)
    await notifications.notify(session, router, told)
