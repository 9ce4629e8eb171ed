"""The morning's digest, at each reader's time: by default to everybody, or as they subscribed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot import buttons
from bot.digests import Reader, digest
from bot.jobs import Shift
from bot.reply import Reply
from crm_core import access, notifications, outbox, quiet, subscriptions
from crm_core.models import AlertKind
from crm_core.receivers import Notice, Receiver, Router
from crm_core.timetable import Timetable
from crm_core.values import Period

LATE = timedelta(hours=3)
"""A digest that could not be sent for so long is not sent any more."""


@dataclass(frozen=True)
class Digests:
    """The job, and when those who said nothing get theirs: cron fields in their own zone."""

    when: str

    async def __call__(self, shift: Shift) -> str:
        """Send the digests that are due."""
        sent = 0
        async with shift.db.read() as session:
            ready = await self._due(session, shift)
        for key, receiver, reply in ready:
            sent += await self._send(shift, key, receiver, reply)
        return f"{sent} sent"

    async def _due(
        self, session: AsyncSession, shift: Shift
    ) -> Sequence[tuple[str, Receiver, Reply]]:
        policy = shift.company.policy
        router = await Router.load(session, policy)
        asked = Notice("digest", AlertKind.DIGEST, {})
        ready = []
        for receiver in await router.receivers(asked):
            zone = quiet.zone_of(receiver.user, policy)
            one = receiver.subscription
            if one and one.schedule:
                table = Timetable(one.schedule, ZoneInfo(one.schedule["timezone"]))
            else:
                table = Timetable.crontab(self.when, zone)
            slot = table.last(shift.now, shift.now - LATE)
            if slot is None or quiet.is_muted(receiver, shift.now):
                continue
            key = f"digest:{receiver.address}:{slot:%Y%m%dT%H%M}"
            if await notifications.is_known(session, key):
                continue
            whose = receiver.user or await subscriptions.creator(session, one)
            if whose is None:
                continue
            actor = await access.actor(session, whose, policy.rules)
            language = receiver.user.language.value if receiver.user else policy.language
            today = shift.now.astimezone(zone).date()
            since = today - timedelta(days=3 if today.weekday() == 0 else 1)
            reader = Reader(
                actor,
                shift.words.speaker(language, zone),
                shift.company,
                zone,
                Period(since, today),
            )
            reply = await digest(session, reader)
            if reply:
                ready.append((key, receiver, reply))
        return ready

    async def _send(self, shift: Shift, key: str, receiver: Receiver, reply: Reply) -> int:
        async def write(session: AsyncSession) -> int:
            row = await notifications.note(session, key, AlertKind.DIGEST, receiver)
            if row is None:
                return 0
            stored = await buttons.store(session, reply, shift.now)
            place = receiver.address
            delivery = await outbox.queue(
                session,
                key=f"notice:{row.id}",
                platform=place.platform,
                workspace=place.workspace,
                channel=place.channel,
                reply=stored.model_dump(mode="json"),
                now=shift.now,
            )
            notifications.told(row, delivery, shift.now)
            return 1

        return await shift.db.run(shift.work, write)
