"""Where a message belongs: its conversation, and the earlier message that it answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dialog import State
from bot.message import Message, Place
from bot.reply import Reply
from crm_core import outbox, tickets
from crm_core.models import Conversation, Delivery, Record, Ticket

NOUNS = {kind.noun() for kind in Record.__subclasses__()}

CONVERSATION = (
    select(Conversation)
    .where(
        *(
            getattr(Conversation, name) == bindparam(name)
            for name in ("platform", "workspace", "channel", "thread", "sender")
        )
    )
    .with_for_update()
)


async def conversation_of(session: AsyncSession, message: Message, now: datetime) -> Conversation:
    """Lock the conversation that a message belongs to, or begin it."""
    place = message.place
    where = {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "sender": message.sender,
    }
    conversation = (await session.scalars(CONVERSATION, where)).first()
    if conversation is None:
        state = State()
        own = (place.platform, place.channel, place.thread)
        if place.thread and (ticket := await tickets.in_topic(session, *own)):
            state.point_at(Ticket.noun(), ticket)
        elif place.thread:
            await recall(session, place, place.thread, state)  # it begins below a message
        conversation = Conversation(**where, state=state.model_dump(mode="json"), updated_at=now)
        session.add(conversation)
        await session.flush()
    return conversation


async def recall(session: AsyncSession, place: Place, message: str, state: State) -> None:
    """Speak again of what a message of the bot's was about; `message` is the platform's id."""
    found = await outbox.known_as(session, place.platform, place.workspace, place.channel, message)
    if found and (about := found.about or _of_buttons(found)):
        state.return_to(about, found.created_at)


def _of_buttons(delivery: Delivery) -> dict[str, Any] | None:
    """Say which records the buttons are for: of what was told unasked nothing else is kept."""
    focus: dict[str, int] = {}
    for button in reversed(Reply.model_validate(delivery.reply).buttons):
        own = button.command.intent.partition(".")[0]
        # What the first button is for is meant by "it".
        for name, slot in sorted(button.command.slots.items(), key=lambda item: item[0] == own):
            if name in NOUNS and isinstance(slot.value, int):
                focus = {noun: id_ for noun, id_ in focus.items() if noun != name}
                focus[name] = slot.value
    return {"focus": focus} if focus else None
