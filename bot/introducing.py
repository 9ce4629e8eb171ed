"""What a ticket's own place in a chat begins with."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import buttons, ticket_card
from bot.assistant import Assistant
from bot.dialog import State
from bot.message import Message, Place
from crm_core import outbox, tickets
from crm_core.changes import work_of
from crm_core.models import Ticket


async def introduce(
    assistant: Assistant, session: AsyncSession, ticket_id: int, place: Place
) -> None:
    """Put a ticket's card on its way, once a place, with what whoever is there may do next."""
    work = work_of(session)
    nobody = Message(event="", place=place, sender="", at=work.now)
    turn = await assistant.turn(session, nobody, None, State(), work)
    ticket = await tickets.whole(session, await session.get_one(Ticket, ticket_id))
    turn.state.look_at(ticket.customer, ticket)
    card = turn.reply(*await ticket_card.parts(turn, ticket))
    card = await buttons.store(session, card, work.now)
    await outbox.queue(
        session,
        key=f"ticket:{ticket_id}:{place.platform}:{place.channel}:{place.thread}",
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
        thread=place.thread,
        about=turn.state.about,
        reply=card.model_dump(mode="json"),
        now=work.now,
    )
