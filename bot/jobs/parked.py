"""What can't be delivered is told, once, to whoever can do something about it."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift
from bot.notices import Draft, phrase
from crm_core import notifications, outbox, tickets, users
from crm_core.models import Delivery, Role, TicketMessage
from crm_core.receivers import Notice, Router

BACK = timedelta(days=1)


async def parked(shift: Shift) -> str:
    """Tell a person's manager of a closed chat, and an author of an e-mail that came back."""
    async with shift.db.read() as session:
        if not await outbox.parked(session, shift.now - BACK):
            return "nothing"
    return f"{await shift.db.run(shift.work, lambda session: _tell(session, shift))} told"


async def _tell(session: AsyncSession, shift: Shift) -> int:
    router = await Router.load(session, shift.company.policy)
    found = [await _notice(session, row) for row in await outbox.parked(session, shift.now - BACK)]
    return await notifications.notify(session, router, [notice for notice in found if notice])


async def _notice(session: AsyncSession, row: Delivery) -> Notice | None:
    if message_id := tickets.message_of(row.key):
        return await _of_letter(session, row, message_id)
    if row.recipient:
        return None  # who asked for it was told how to get it
    user = await users.identify(session, row.platform, row.workspace, row.channel)
    if user is None:
        return None  # a stranger's chat, or a channel: its subscriptions tell of it
    draft = Draft(
        title=phrase("notice-unreachable", who=user, platform=row.platform.capitalize()),
        lines=(
            phrase(
                "notice-unreachable-why",
                platform=row.platform.capitalize(),
                problem=row.problem or "",
            ),
        ),
    )
    return Notice(
        key=f"unreachable:{row.platform}:{row.workspace}:{row.channel}",
        kind=None,
        draft=draft.plain(),
        to=(user.manager_id or Role.MANAGER.value,),
        subscribers=False,
    )


async def _of_letter(session: AsyncSession, row: Delivery, message_id: int) -> Notice | None:
    message = await session.get(TicketMessage, message_id)
    if message is None:
        return None
    draft = Draft(
        title=phrase("notice-letter-refused", id=str(message.ticket_id)),
        lines=(phrase("notice-letter-refused-why", problem=row.problem or "", to=row.channel),),
    )
    return Notice(
        key=f"parked:{row.key}",
        kind=None,
        draft=draft.plain(),
        to=(message.author_id,),
        subscribers=False,
    )
