"""The one road from a Message to a Reply.

Message -> inbox -> understanding -> slots -> access -> handler -> changes and outbox, committed
together -> courier. No function below this module commits.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import buttons, slash, slots
from bot.answers import answer, is_new_command
from bot.company import Company
from bot.dialog import Question, State
from bot.intent import Intent, Registry
from bot.message import Command, Message
from bot.reply import Button, Buttons, Field, Fields, Part, Reply, Text
from bot.turn import Turn
from bot.understanding import Reading, Understander, Understanding
from bot.understanding.spans import Context
from bot.words import Words
from crm_core import access, inbox, outbox, users
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.errors import CrmError, NotAllowed
from crm_core.lookup import Directory
from crm_core.models import Conversation, InboxEvent, InboxStatus, User

log = structlog.get_logger()

LONGEST = 4000
"""Characters of a message that are read; nobody says more in one breath."""
SURE = 0.75
"""Below this confidence a write is shown first, and done after a yes."""
TRIES = 5
IDLE = timedelta(seconds=1)
"""How long until the inbox is looked at again, for what other processes left there."""
PRIVATELY = "privately"
"""The slot that asks for an answer which only the asker sees."""


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
        *,
        replied: Callable[[], None] = lambda: None,
    ) -> None:
        self.db = db
        self.directory = Directory()
        self._understander = understander
        self._registry = registry
        self._words = words
        self._rules = rules
        self._company = company
        self._clock = clock
        self._replied = replied
        self._woken = asyncio.Event()

    async def receive(self, message: Message) -> bool:
        """Commit a message to the inbox. False: it was there already."""
        now = self._clock()
        place = message.place

        async def accept(session: AsyncSession) -> int | None:
            return await inbox.accept(
                session,
                platform=place.platform,
                workspace=place.workspace,
                event=message.event,
                message=message.model_dump(mode="json"),
                now=now,
            )

        accepted = await self.db.run(Work("inbox", now), accept)
        self._woken.set()
        return accepted is not None

    async def run(self) -> None:
        """Answer messages for as long as the task lives."""
        while True:
            self._woken.clear()
            if await self.drain() == 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), IDLE.total_seconds())

    async def drain(self) -> int:
        """Answer what waits in the inbox; return how many messages that were."""
        count = 0
        while event := await self._claim():
            await self._handle(event)
            self._replied()
            count += 1
        return count

    async def _claim(self) -> InboxEvent | None:
        now = self._clock()

        async def claim(session: AsyncSession) -> InboxEvent | None:
            return next(iter(await inbox.claim(session, now)), None)

        return await self.db.run(Work("inbox", now), claim)

    async def _handle(self, event: InboxEvent) -> None:
        message = Message.model_validate(event.message)
        work = Work(f"{event.platform}:{event.workspace}:{event.event}", self._clock())
        try:
            if event.attempts > TRIES:
                raise RuntimeError(f"gave up after {TRIES} tries")
            await self.db.run(work, lambda session: self._turn(session, event.id, message))
        except Exception:  # the edge of the process: told to the person, kept for the operator
            error = secrets.token_hex(4)
            log.exception("message failed", error=error, work=work.id)
            await self.db.run(
                work, lambda session: self._apologise(session, event.id, message, error)
            )

    async def _turn(self, session: AsyncSession, event_id: int, message: Message) -> None:
        event = await session.get_one(InboxEvent, event_id, with_for_update=True)
        if event.status is not InboxStatus.NEW:
            return
        turn, conversation = await self._begin(session, message)
        before = turn.state.model_copy(deep=True)
        try:
            async with session.begin_nested():
                reply = await self._reply(turn, conversation.id)
        except CrmError as problem:
            turn.state = before
            reply = self._refusal(turn, problem)
        await self._queue(turn, conversation, reply)
        inbox.done(event, turn.now)

    async def _begin(self, session: AsyncSession, message: Message) -> tuple[Turn, Conversation]:
        place, now = message.place, self._clock()
        user = await users.identify(session, place.platform, place.workspace, message.sender)
        work: Work = session.info["work"]
        if user:
            work = session.info["work"] = replace(work, user_id=user.id)
        conversation = await _conversation(session, message, now)
        state = State.load(conversation.state, now)
        language = state.language or self._language(user, message)
        zone = ZoneInfo(user.timezone if user else self._company.timezone)
        turn = Turn(
            session=session,
            message=message,
            now=now,
            words=self._words,
            speaker=self._words.speaker(language, zone),
            directory=self.directory,
            registry=self._registry,
            state=state,
            currency=self._company.currency,
            company=self._company,
            work=work.id,
            person=await access.actor(session, user, self._rules) if user else None,
            examples=self._understander.examples(language),
        )
        return turn, conversation

    def _language(self, user: User | None, message: Message) -> str:
        if user:
            return user.language.value
        spoken = (message.language or "").partition("-")[0]
        return spoken if spoken in self._words.languages else self._company.language

    async def _reply(self, turn: Turn, conversation_id: int) -> Reply:
        if turn.message.press is not None:
            asked = turn.state.question is not None
            token = turn.message.press
            command = await buttons.press(turn.session, token, turn.now, conversation_id, asked)
            if command.intent not in ("dialog.confirm", "dialog.cancel"):
                question, turn.state.question = turn.state.question, None
                rest = (
                    question.rest if question and question.command.intent == command.intent else []
                )
                return await self._do(turn, [command, *rest], sure=True)
            return await self._answer(turn, command.intent)
        text = _readable(turn.message.text)
        if not text:
            return turn.reply(turn.say("empty-message"))
        if len(text) > LONGEST:
            return turn.reply(turn.say("message-too-long", limit=LONGEST))
        context = Context(
            now=turn.now.astimezone(turn.speaker.zone),
            language=turn.speaker.language,
            currency=turn.currency,
        )
        heard = self._understander.understand(text, context)
        self._adopt_language(turn, heard)
        if text.startswith("/") and (short := slash.command(text, self._registry)):
            turn.state.question = None
            return await self._do(turn, [short], sure=True)
        question = turn.state.question
        if question and heard.intent in ("dialog.confirm", "dialog.cancel"):
            return await self._answer(turn, heard.intent)
        if question and turn.person and not is_new_command(heard):
            commands = await answer(turn, question, text, self._understander, context)
            if commands:
                turn.state.question = None
                return await self._do(turn, commands, sure=True)
        turn.state.question = None
        return await self._understood(turn, heard)

    def _adopt_language(self, turn: Turn, heard: Understanding) -> None:
        """Answer in the language of the sentence, where it clearly is in one."""
        words = heard.text.split()
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in heard.text)
        spoken = "zh" if chinese else "en" if len(words) >= 3 else None
        if spoken and spoken == heard.language and spoken != turn.speaker.language:
            turn.state.language = spoken
            turn.speak(spoken)
            turn.examples = self._understander.examples(spoken)

    async def _answer(self, turn: Turn, said: str) -> Reply:
        """Take a yes or a no to the question that is open."""
        question, turn.state.question = turn.state.question, None
        if question is None or (said == "dialog.confirm" and question.kind != "confirm"):
            return turn.reply(turn.say("nothing-asked"))
        if said == "dialog.cancel":
            return turn.reply(turn.say("cancelled"))
        return await self._do(turn, [question.command, *question.rest], sure=True, agreed=True)

    async def _understood(self, turn: Turn, heard: Understanding) -> Reply:
        if heard.intent is None:
            if short := slash.command(heard.text, self._registry):
                return await self._do(turn, [short], sure=True)
            offers = [
                reading for reading in heard.alternatives if self._open_to(turn, reading.intent)
            ]
            if turn.person and offers:
                choices = [
                    Button(
                        label=self._registry_label(turn, reading.intent),
                        command=_command(reading),
                    )
                    for reading in offers
                ]
                return turn.reply(turn.say("did-you-mean"), Buttons(buttons=choices))
            return turn.reply(turn.say("out-of-scope" if turn.person else "stranger"))
        first = Command(intent=heard.intent, slots=heard.slots)
        commands = [first, *(_command(reading) for reading in heard.then)]
        sure = heard.how == "grammar" or heard.confidence >= SURE
        return await self._do(turn, commands, sure=sure)

    def _registry_label(self, turn: Turn, intent: str) -> str:
        return turn.say(self._registry[intent].label)

    def _open_to(self, turn: Turn, name: str) -> bool:
        intent = self._registry.get(name)
        if intent is None:
            return False
        return not intent.roles or (turn.person is not None and intent.allows(turn.user.role))

    async def _do(
        self, turn: Turn, commands: Sequence[Command], *, sure: bool, agreed: bool = False
    ) -> Reply:
        """Carry out commands in order; a question about one keeps the rest waiting."""
        replies = []
        for position, command in enumerate(commands):
            intent = self._registry[command.intent]
            if turn.person is None and intent.roles:
                return turn.reply(turn.say("stranger"))
            if not self._open_to(turn, command.intent):
                raise NotAllowed("role-may-not", what=self._registry_label(turn, intent.name))
            private = PRIVATELY in command.slots
            question = Question(
                kind="confirm",
                command=command,
                rest=list(commands[position + 1 :]),
                asked_at=turn.now,
            )
            try:
                arguments = await slots.fill(turn, intent, command)
            except slots.Unanswered as gap:
                replies.append(self._ask(turn, question, gap))
                break
            if intent.writes and not agreed and (intent.confirm or not sure):
                replies.append(await self._preview(turn, question, intent, arguments))
                break
            agreed = False
            reply = await intent.handler(turn, **arguments)
            if not intent.writes and intent.noun not in ("result", "dialog", "help", "me", "talk"):
                turn.state.last = command
            replies.append(
                reply.model_copy(update={"private": reply.private or private})
                if private or turn.message.place.direct
                else self._masked(turn, reply, command)
            )
        return _joined(replies)

    def _ask(self, turn: Turn, question: Question, gap: slots.Unanswered) -> Reply:
        turn.state.question = question.model_copy(
            update={
                "kind": gap.kind,
                "slot": gap.slot.name,
                "candidates": [choice.id for choice in gap.records],
            }
        )
        choices = [
            Button(
                label=turn.speaker.show(choice),
                command=slots.filled(question.command, gap.slot.name, choice),
            )
            for choice in gap.choices
        ]
        asked = turn.say(gap.message, text=gap.text)
        return turn.reply(asked, Buttons(buttons=choices, choice=True) if choices else None)

    async def _preview(
        self, turn: Turn, question: Question, intent: Intent, arguments: dict[str, object]
    ) -> Reply:
        turn.state.question = question
        fields = [
            (f"slot-{name.replace('_', '-')}", value)
            for name, value in arguments.items()
            if name in intent.slots
        ]
        return turn.reply(
            Text(text=self._registry_label(turn, intent.name), style="strong"),
            turn.fields(*fields) if fields else None,
            await intent.preview(turn, **arguments) if intent.preview else None,
            turn.say("shall-i"),
            Buttons(
                choice=True,
                buttons=[
                    turn.button("button-yes", "dialog.confirm"),
                    turn.button("button-no", "dialog.cancel"),
                ],
            ),
        )

    def _masked(self, turn: Turn, reply: Reply, command: Command) -> Reply:
        """Hide private fields where others read along, and offer to show them privately."""
        hidden = turn.say("hidden")
        parts: list[Part] = []
        masked = False
        for part in reply.parts:
            if isinstance(part, Fields) and any(field.private for field in part.fields):
                masked = True
                fields = [
                    Field(label=field.label, value=hidden, private=True) if field.private else field
                    for field in part.fields
                ]
                parts.append(Fields(fields=fields))
            else:
                parts.append(part)
        if not masked or reply.private:
            return reply
        see = slots.filled(command, PRIVATELY, True)
        button = Button(label=turn.say("button-see-privately"), command=see)
        return reply.model_copy(update={"parts": [*parts, Buttons(buttons=[button])]})

    def _refusal(self, turn: Turn, problem: CrmError) -> Reply:
        return turn.reply(turn.say(f"error-{problem.reason}", **problem.data))

    async def _queue(self, turn: Turn, conversation: Conversation, reply: Reply) -> None:
        reply = await buttons.store(turn.session, reply, turn.now, conversation.id)
        conversation.state = turn.state.model_dump(mode="json")
        conversation.updated_at = turn.now
        message, place = turn.message, turn.message.place
        await outbox.queue(
            turn.session,
            key=f"reply:{turn.work}",
            platform=place.platform,
            workspace=place.workspace,
            channel=place.channel,
            thread=place.thread,
            recipient=message.sender if reply.private and not place.direct else None,
            replaces=message.pressed_on if reply.replaces else None,
            reply=reply.model_dump(mode="json"),
            now=turn.now,
        )

    async def _apologise(
        self, session: AsyncSession, event_id: int, message: Message, error: str
    ) -> None:
        event = await session.get_one(InboxEvent, event_id)
        turn, conversation = await self._begin(session, message)
        await self._queue(turn, conversation, turn.reply(turn.say("failed", error=error)))
        inbox.failed(event, turn.now, error)


def _command(reading: Reading) -> Command:
    return Command(intent=reading.intent, slots=dict(reading.slots))


async def _conversation(session: AsyncSession, message: Message, now: object) -> Conversation:
    place = message.place
    where = {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
        "sender": message.sender,
    }
    conversation = (await session.scalars(select(Conversation).filter_by(**where))).first()
    if conversation is None:
        conversation = Conversation(**where, state={}, updated_at=now)
        session.add(conversation)
        await session.flush()
    return conversation


def _joined(replies: Sequence[Reply]) -> Reply:
    if len(replies) == 1:
        return replies[0]
    return Reply(
        parts=[part for reply in replies for part in reply.parts],
        private=any(reply.private for reply in replies),
        provenance=next((reply.provenance for reply in replies if reply.provenance), None),
    )


def _readable(text: str) -> str:
    """Leave out control characters; line breaks count as spaces."""
    return "".join(
        letter if letter.isprintable() else " " if letter in "\n\t\r" else "" for letter in text
    ).strip()
