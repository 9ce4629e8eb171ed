"""Buttons carry a short token of a stored Command, so that they outlive a restart."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Command, Slot
from bot.reply import Button, Buttons, Part, Reply
from crm_core.errors import Conflict
from crm_core.models import StoredCommand

LIFE = timedelta(days=14)


async def store(
    session: AsyncSession, reply: Reply, now: datetime, conversation_id: int | None = None
) -> Reply:
    """Keep the Commands of a reply's buttons; return the reply with their tokens filled in.

    Choices answer a question of the conversation; an alert's buttons are anybody's.
    """
    parts: list[Part] = []
    for part in reply.parts:
        if isinstance(part, Buttons):
            buttons = [
                _stored(session, button, now, conversation_id if part.choice else None)
                for button in part.buttons
            ]
            parts.append(part.model_copy(update={"buttons": buttons}))
        else:
            parts.append(part)
    await session.flush()
    return reply.model_copy(update={"parts": parts})


def _stored(session: AsyncSession, button: Button, now: datetime, choice_of: int | None) -> Button:
    token = secrets.token_urlsafe(12)
    session.add(
        StoredCommand(
            token=token,
            intent=button.command.intent,
            slots={name: slot.model_dump() for name, slot in button.command.slots.items()},
            choice_of=choice_of,
            once=button.once,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    return button.model_copy(update={"token": token})


async def press(
    session: AsyncSession, token: str, now: datetime, conversation_id: int, asked: bool
) -> Command:
    """Return what a button does. Raises Conflict for one that is stale, spent or not theirs.

    `asked`: this conversation still waits for an answer, so that its choices count.
    """
    stored = await session.get(StoredCommand, token)
    if stored is None or stored.expires_at <= now:
        raise Conflict("button-expired")
    if stored.choice_of is not None and stored.choice_of != conversation_id:
        raise Conflict("button-not-yours")
    if stored.choice_of is not None and not asked:
        raise Conflict("button-expired")
    if stored.once:
        spent = update(StoredCommand).where(
            StoredCommand.token == token, StoredCommand.used_at.is_(None)
        )
        result = await session.execute(spent.values(used_at=now).returning(StoredCommand.token))
        if result.first() is None:
            raise Conflict("button-used")
    slots = {name: Slot.model_validate(slot) for name, slot in stored.slots.items()}
    return Command(intent=stored.intent, slots=slots)
