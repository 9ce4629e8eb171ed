"""The one road from a Message to a Reply.

Message -> inbox (or beside it, while the database is busy) -> understanding -> slots -> access ->
handler -> changes and outbox, committed together -> courier. No function below this module commits.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import buttons, pressed
from bot.company import Company
from bot.conversations import conversation_of, recall
from bot.dialog import State
from bot.intent import Registry
from bot.message import Attachment, Message, Place
from bot.reply import Reply
from bot.responder import Responder
from bot.turn import Turn
from bot.understanding import Understander
from bot.words import Words
from crm_core import access, files, inbox, outbox, users
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import UNAVAILABLE, Database, outages_survived
from crm_core.errors import CrmError
from crm_core.lookup import Directory
from crm_core.models import Conversation, InboxEvent, InboxStatus, User
from crm_core.spool import Spool

log = structlog.get_logger()

Fetch = Callable[[Place, Attachment], Awaitable[bytes | None]]
"""Bring a file that came with a message; None where it can't be had."""

ATTEMPTS = 5
"""How many processes may begin with a message and not end with it."""
PATIENCE = 0.3
"""Seconds that an event waits for the database; the platform waits for its acknowledgement."""
IDLE = timedelta(seconds=1)
"""How long until the inbox is looked at again, for what other processes left there."""


class Assistant:
    """Takes messages in, and answers each exactly once."""

    def __init__(
        self,
        db: Database,
        understander: Understander,
        registry: Registry,
        words: Words,
        rules: access.Rules,
        company: Company,
        clock: Clock,
        fetch: Fetch,
        spool: Spool,
        *,
        replied: Callable[[], None] = lambda: None,
    ) -> None:
        self.db = db
        self.directory = Directory()
        self.understander = understander
        self._registry = registry
        self._responder = Responder(understander, registry)
        self._words = words
        self._rules = rules
        self._company = company
        self.clock = clock
        self._fetch = fetch
        self._spool = spool
        self._replied = replied
        self._woken = asyncio.Event()
        self._careful = True
        self._waited = 0

    async def receive(self, message: Message) -> bool:
        """Keep a message safe: in the inbox, or beside it while the database is busy or away.

        False: it was in the inbox already. Raises OSError where neither takes it.
        """
        if not self._spool.holds:
            taking = asyncio.create_task(self._take_in([message]))
            taking.add_done_callback(_look_at)
            done, _ = await asyncio.wait({taking}, timeout=PATIENCE)
            # What is not done goes on: to be taken in twice does a message no harm.
            if done and not isinstance(taking.exception(), UNAVAILABLE):
                self._woken.set()
                return taking.result()
        await self._spool.keep(message.model_dump_json(), self.clock())
        self._woken.set()
        return True

    async def _take_in(self, messages: Sequence[Message]) -> bool:
        """Commit messages to the inbox, in order. False: the last was there already."""
        now = self.clock()

        async def accept(session: AsyncSession) -> bool:
            accepted = [await _accept(session, message, now) for message in messages]
            return accepted[-1]

        return await self.db.run(Work("inbox", now), accept)

    async def _take_over(self) -> None:
        """Put into the inbox what was kept beside it."""
        for file, events in self._spool.batches():
            try:
                await self._take_in([Message.model_validate_json(event) for event in events])
            except UNAVAILABLE:
                raise
            except Exception:  # it must not keep the others waiting; an operator may look at it
                log.exception("events can't be taken over", file=str(file))
                self._spool.reject(file)
            else:
                self._spool.forget(file)
                log.info("events taken over", count=len(events))

    async def run(self) -> None:
        """Answer messages for as long as the task lives."""
        quiet = True
        while True:
            self._woken.clear()
            with outages_survived():
                if quiet:
                    await self._learn_names()
                await self.drain()
            quiet = not await self._wakes()

    async def _wakes(self) -> bool:
        """Wait for the next message. False: none came for a while."""
        try:
            await asyncio.wait_for(self._woken.wait(), IDLE.total_seconds())
        except TimeoutError:
            return False
        return True

    async def _learn_names(self) -> None:
        """Keep up with the names in quiet moments: after an import they are many."""
        async with self.db.read() as session:
            await self.directory.refresh(session)

    async def drain(self) -> int:
        """Answer what waits in the inbox; return how many messages that were."""
        await self._take_over()
        count = 0
        while await self._next():
            self._replied()
            count += 1
            if not await self._waits():  # asked without the lock: the reply goes out meanwhile
                break
        return count

    async def _waits(self) -> bool:
        async with self.db.read() as session:
            return await inbox.waits(session)

    async def _next(self) -> bool:
        """Answer the oldest message that waits; False where none does."""
        if self._careful:
            self._careful = await self.db.run(Work("assistant", self.clock()), self._try_again)
        at_work: list[tuple[int, str]] = []
        try:
            return await self.db.run(
                Work("assistant", self.clock()), lambda session: self._turn(session, at_work)
            )
        except _Unfetched as missing:
            await self._bring(missing.event_id, missing.message)
            return True
        except Exception:  # the edge of the process: told to the person, kept for the operator
            if not at_work:
                raise
            (event_id, work_id), error = at_work[-1], secrets.token_hex(4)
            log.exception("message failed", error=error, work=work_id)
            await self.db.run(
                Work(work_id, self.clock()),
                lambda session: self._apologise(session, event_id, error),
            )
            return True

    async def _try_again(self, session: AsyncSession) -> bool:
        """Count an attempt at what waited already when this process began.

        A message that kills the process would be tried for ever; nothing else costs this step.
        Return whether more of them may wait.
        """
        self._waited = self._waited or await inbox.newest(session)
        event = await inbox.oldest(session)
        if event is None or event.id > self._waited:
            return False
        event.attempts += 1
        if event.attempts > ATTEMPTS:
            error = secrets.token_hex(4)
            log.error("message given up", error=error, work=_work_id(event), attempts=ATTEMPTS)
            await self._apologise(session, event.id, error)
        return True

    async def _turn(self, session: AsyncSession, at_work: list[tuple[int, str]]) -> bool:
        event = await inbox.oldest(session)
        if event is None:
            return False
        at_work.append((event.id, _work_id(event)))
        message = Message.model_validate(event.message)
        if any(file.stored is None and file.problem is None for file in message.files):
            raise _Unfetched(event.id, message)
        turn, conversation = await self.begin(session, event)
        before = turn.state.model_copy(deep=True)
        async with session.begin_nested() as savepoint:
            try:
                reply = await self._responder.reply(turn, conversation.id)
            except CrmError as problem:
                # Said before the rollback: it makes the problem's records forget themselves.
                refusal = turn.reply(turn.say(f"error-{problem.reason}", **problem.data))
                reply = refusal.model_copy(update={"brief": message.press is not None})
                turn.state, turn.command = before, None
                await savepoint.rollback()
        await self.answer(turn, conversation, reply)
        inbox.done(event, turn.now)
        return True

    async def _bring(self, event_id: int, message: Message) -> None:
        """Fetch a message's files, outside of any transaction, and keep them."""
        contents = [
            None if file.size > files.LARGEST else await self._fetch(message.place, file)
            for file in message.files
        ]

        async def keep(session: AsyncSession) -> None:
            event = await session.get_one(InboxEvent, event_id, with_for_update=True)
            kept = []
            for file, content in zip(message.files, contents, strict=True):
                if content is None:
                    problem = "file-too-large" if file.size > files.LARGEST else "file-gone"
                    kept.append(file.model_copy(update={"problem": problem}))
                else:
                    stored = await files.store(
                        session, file.name, file.media_type, content, self.clock()
                    )
                    kept.append(file.model_copy(update={"stored": stored.id}))
            event.message = message.model_copy(update={"files": tuple(kept)}).model_dump(
                mode="json"
            )

        await self.db.run(Work("assistant", self.clock()), keep)

    async def begin(
        self, session: AsyncSession, event: InboxEvent, work_id: str | None = None
    ) -> tuple[Turn, Conversation]:
        """Make what a message's handlers are given; `session` writes on behalf of its sender."""
        message, now = Message.model_validate(event.message), self.clock()
        place = message.place
        who = (place.platform, place.workspace, message.sender)
        user = await users.identify(session, *who)
        if user is None and (user := await users.by_email(session, message.email)):
            await users.link(session, *who, user)
        work = Work(work_id or _work_id(event), now, user.id if user else None)
        session.info["work"] = work
        conversation = await conversation_of(session, message, now)
        state = State.load(conversation.state, now)
        if message.answering:
            await recall(session, place, message.answering, state)
        return await self.turn(session, message, user, state, work, event.id), conversation

    async def turn(
        self,
        session: AsyncSession,
        message: Message,
        user: User | None,
        state: State,
        work: Work,
        event_id: int = 0,
    ) -> Turn:
        """Return what a handler is given for a message of this person's."""
        language = state.language or self._language(user, message)
        zone = ZoneInfo(user.timezone if user else self._company.timezone)
        return Turn(
            session=session,
            message=message,
            now=work.now,
            words=self._words,
            speaker=self._words.speaker(language, zone),
            directory=self.directory,
            registry=self._registry,
            state=state,
            currency=self._company.currency,
            company=self._company,
            work=work.id,
            event_id=event_id,
            person=await access.actor(session, user, self._rules) if user else None,
            examples=self.understander.examples(language),
        )

    def _language(self, user: User | None, message: Message) -> str:
        if user:
            return user.language.value
        spoken = (message.language or "").partition("-")[0]
        return spoken if spoken in self._words.languages else self._company.language

    async def answer(self, turn: Turn, conversation: Conversation, reply: Reply) -> None:
        """Put the reply on its way, and keep what the conversation is in the middle of."""
        reply, noted = await pressed.noted(turn, reply)
        reply = await buttons.store(turn.session, reply, turn.now, conversation.id)
        conversation.state = turn.state.model_dump(mode="json")
        conversation.updated_at = turn.now
        message = turn.message
        here = message.place.model_dump(exclude={"direct"})
        await outbox.queue(
            turn.session,
            key=f"reply:{turn.work}",
            **here,
            recipient=message.sender if reply.private and not message.place.direct else None,
            replaces=message.pressed_on if reply.replaces and not reply.private else None,
            answers=message.event,
            about=turn.state.about,
            reply=reply.model_dump(mode="json"),
            now=turn.now,
        )
        if noted:
            await outbox.queue(
                turn.session,
                key=f"pressed:{turn.work}",
                **here,
                replaces=message.pressed_on,
                about=turn.state.about,
                reply=noted.model_dump(mode="json"),
                now=turn.now,
            )

    async def _apologise(self, session: AsyncSession, event_id: int, error: str) -> None:
        event = await session.get_one(InboxEvent, event_id, with_for_update=True)
        if event.status is InboxStatus.NEW:
            turn, conversation = await self.begin(session, event)
            await self.answer(turn, conversation, turn.reply(turn.say("failed", error=error)))
            inbox.failed(event, turn.now, error)


async def _accept(session: AsyncSession, message: Message, now: datetime) -> bool:
    """Take a message in. An edit takes the place of what it edits, unless that was acted upon."""
    place = message.place
    if message.edited and message.said:
        old = await inbox.version(session, place.platform, place.workspace, message.said)
        if old is None:
            message = message.model_copy(update={"edited": False})
        elif not _differs(Message.model_validate(old.message), message):
            return False
        elif old.status is InboxStatus.NEW:
            first = {"event": old.event, "edited": old.message["edited"]}
            old.message = message.model_copy(update=first).model_dump(mode="json")
            return True
    accepted = await inbox.accept(
        session,
        platform=place.platform,
        workspace=place.workspace,
        event=message.event,
        message=message.model_dump(mode="json"),
        now=now,
        said=message.said,
    )
    return accepted is not None


def _differs(old: Message, new: Message) -> bool:
    """Tell whether an edit changed what was said, and not only how it looks."""
    before, after = ([file.reference for file in one.files] for one in (old, new))
    return old.text != new.text or before != after


def _look_at(task: asyncio.Task[bool]) -> None:
    """Read a task's outcome, for asyncio complains of those that nobody reads."""
    if not task.cancelled():
        task.exception()


class _Unfetched(Exception):
    """The message can't be answered before its files are here."""

    def __init__(self, event_id: int, message: Message) -> None:
        super().__init__(event_id)
        self.event_id = event_id
        self.message = message


def _work_id(event: InboxEvent) -> str:
    return f"{event.platform}:{event.workspace}:{event.event}"
