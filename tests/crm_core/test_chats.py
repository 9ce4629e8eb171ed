"""What is kept for a chat follows it to another number."""

from sqlalchemy import select

from crm_core import chats, outbox
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import (
    AlertKind,
    Conversation,
    Delivery,
    Notification,
    OutboxStatus,
    Subscription,
)
from tests.office import NOW


async def test_everything_follows_but_what_was_sent(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        for channel, thread in (("old", ""), ("old", "5"), ("new", "5"), ("other", "")):
            where = {"platform": "telegram", "workspace": "1", "channel": channel, "sender": "7"}
            state = {"language": channel}
            session.add(Conversation(**where, thread=thread, state=state, updated_at=NOW))
        here = {"platform": "telegram", "channel": "old"}
        session.add(Subscription(**here, kind=AlertKind.SLA))
        told = {"key": "1", "workspace": "", "draft": {}, "created_at": NOW, "due_at": NOW}
        session.add(Notification(**here, **told))
        for key in ("sent", "waiting"):
            await outbox.queue(session, key=key, workspace="1", reply={}, now=NOW, **here)
        (first, _) = (await session.scalars(select(Delivery).order_by(Delivery.id))).all()
        first.status = OutboxStatus.SENT
    async with db.begin(Work("move", NOW)) as session:
        await chats.move(session, "telegram", "old", "new")
    async with db.read() as session:
        held = await session.scalars(select(Conversation).order_by(Conversation.id))
        assert [(one.channel, one.state["language"]) for one in held] == [
            ("new", "old"),
            ("old", "old"),  # somebody has spoken in that topic of the new one already
            ("new", "new"),
            ("other", "other"),
        ]
        assert (await session.scalars(select(Subscription.channel))).all() == ["new"]
        assert (await session.scalars(select(Notification.channel))).all() == ["new"]
        places = dict((await session.execute(select(Delivery.key, Delivery.channel))).all())
        assert places == {"sent": "old", "waiting": "new"}
