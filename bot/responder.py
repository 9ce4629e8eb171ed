"""What is said back: a press, an answer or a sentence becomes commands, and they are done."""

from collections.abc import Sequence

from bot import buttons, slash, slots
from bot.answers import answer, is_new_command
from bot.dialog import Question
from bot.intent import Intent, Registry
from bot.message import Command
from bot.reply import Button, Buttons, Field, Fields, Part, Reply, Text
from bot.turn import Turn
from bot.understanding import Reading, Understander, Understanding
from bot.understanding.spans import Context
from crm_core.errors import NotAllowed

LONGEST = 4000
"""Characters of a message that are read; nobody says more in one breath."""
SURE = 0.75
"""Below this confidence a write is shown first, and done after a yes."""
PRIVATELY = "privately"
"""The slot that asks for an answer which only the asker sees."""
CLOSERS = ("dialog.confirm", "dialog.cancel")
"""Yes and no: they answer a question and are nothing without one."""


class Responder:
    """Turns one message into one reply. It changes the turn's state and commits nothing."""

    def __init__(self, understander: Understander, registry: Registry) -> None:
        self._understander = understander
        self._registry = registry

    async def reply(self, turn: Turn, conversation_id: int) -> Reply:
        """Answer the turn's message. Raises CrmError for what can't be done."""
        if turn.message.press is not None:
            asked = turn.state.question is not None
            token = turn.message.press
            command = await buttons.press(turn.session, token, turn.now, conversation_id, asked)
            if command.intent not in CLOSERS:
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
        if question and heard.intent in CLOSERS:
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
            for reading in offers if turn.person else []:
                # A question that is clear once the names are looked up needs no second one.
                intent, command = self._registry[reading.intent], _command(reading)
                if not intent.writes and await slots.doubt(turn, intent, command) is None:
                    return await self._do(turn, [command], sure=True)
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
        commands = [
            await self._fitting(turn, first, heard.alternatives) if turn.person else first,
            *(_command(reading) for reading in heard.then),
        ]
        sure = heard.how == "grammar" or heard.confidence >= SURE
        return await self._do(turn, commands, sure=sure)

    async def _fitting(self, turn: Turn, first: Command, readings: Sequence[Reading]) -> Command:
        """Return the reading whose names are known: "Blue Sky's phone is …" may be a contact's."""
        verb = first.intent.partition(".")[2]
        others = [
            _command(reading)
            for reading in readings
            if reading.intent.partition(".")[2] == verb and self._open_to(turn, reading.intent)
        ]
        for command in [first, *others] if others else []:
            doubt = await slots.doubt(turn, self._registry[command.intent], command)
            if doubt is None or not doubt.startswith("no-such"):
                return command
        return first

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
        if self._registry[command.intent].writes:  # to show it again would be to do it again
            return reply.model_copy(update={"private": True})
        see = slots.filled(command, PRIVATELY, True)
        button = Button(label=turn.say("button-see-privately"), command=see)
        return reply.model_copy(update={"parts": [*parts, Buttons(buttons=[button])]})


def _command(reading: Reading) -> Command:
    return Command(intent=reading.intent, slots=dict(reading.slots))


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
