"""What one person alone may see, and can't be shown yet: asked for, then delivered."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.reply import Reply, Text
from bot.words import Words
from crm_core import outbox, users
from crm_core.models import Delivery

KEPT = timedelta(days=1)
"""How long what could not be shown waits for its reader."""


async def ask(
    session: AsyncSession,
    words: Words,
    now: datetime,
    delivery: Delivery,
    link: str,
) -> None:
    """Say where a private answer was asked for how its reader can get it."""
    assert delivery.recipient is not None
    user = await users.identify(session, delivery.platform, delivery.workspace, delivery.recipient)
    if user is None:
        return
    text = words.plain(user.language.value).say("open-private-chat", who=user.name, link=link)
    await outbox.queue(
        session,
        key=f"ask:{delivery.key}",
        platform=delivery.platform,
        workspace=delivery.workspace,
        channel=delivery.channel,
        thread=delivery.thread,
        reply=Reply(parts=[Text(text=text)]).model_dump(mode="json"),
        now=now,
    )
