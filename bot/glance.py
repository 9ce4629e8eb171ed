"""Answers at once: forms, suggestions and previews. They read, change nothing, and need no inbox.

A platform may want an answer while somebody looks at the screen; Slack lets a dialog open within
three seconds of a click. What changes something goes the road of a message (`assistant.py`).
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from bot import buttons, doing, forms, peeking
from bot.assistant import Assistant
from bot.dialog import State
from bot.forms import Form, Option
from bot.message import Command, Message, Slot
from bot.reply import Card, Reply
from bot.turn import Turn
from crm_core import users
from crm_core.changes import Work
from crm_core.errors import CrmError

SUGGESTED = (
    "task.list",
    "deal.pipeline",
    "ticket.list",
    "churn.list",
    "customer.top",
    "customer.untouched",
)
"""What a person may want to ask first, in this order."""


class NotShown(Exception):
    """The asker gets no form, and this is why, in words."""


class Glance:
    """Looks things up for whoever sent a message, by their rights."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    async def form(self, message: Message) -> Form:
        """Return the form for the message's button, or for its command.

        Words that come along fill in the first text of the form, and the names in them its records.
        Raises NotShown.
        """
        async with self._turn(message) as turn:
            command = message.command
            if message.press:
                command = await buttons.press(turn.session, message.press, turn.now, 0, False)
            if command is None:
                raise ValueError("a message that asks for no form")
            if message.text:
                command = await self._with_words(turn, command, message.text)
            return await forms.make(turn, command)

    async def sent(
        self, message: Message, values: Mapping[str, str], before: Mapping[str, str]
    ) -> tuple[Message, dict[str, str]]:
        """Return the message with its command filled in, and what is wrong with it, by field.

        Raises NotShown.
        """
        async with self._turn(message) as turn:
            if message.command is None:
                raise ValueError("a form without a command")
            command, wrong = await forms.read(
                turn, self._assistant.understander, message.command, values, before
            )
            return message.model_copy(update={"command": command}), wrong

    async def preview(self, message: Message) -> Reply:
        """Return the answer to the message's command, which only reads. Raises NotShown."""
        async with self._turn(message) as turn:
            command = message.command
            if command is None or turn.registry[command.intent].writes:
                raise ValueError("only what reads can be looked at")
            return await doing.do(turn, [command], sure=True)

    async def say(self, message: Message, words: str) -> str:
        """Return a message of the words in the asker's language. Raises NotShown."""
        async with self._turn(message) as turn:
            return turn.say(words)

    async def prompts(self, message: Message) -> list[tuple[str, str]]:
        """Return things to ask for, each with a sentence that does it. Raises NotShown."""
        async with self._turn(message) as turn:
            return [
                (turn.say(turn.registry[name].label), turn.examples[name])
                for name in SUGGESTED
                if name in turn.examples and turn.registry[name].allows(turn.user.role)
            ]

    async def suggest(self, message: Message, intent: str, slot: str) -> list[Option]:
        """Return the records that the message's words may mean. Raises NotShown."""
        async with self._turn(message) as turn:
            return await forms.suggest(turn, intent, slot, message.text)

    async def cards(self, message: Message) -> list[Card]:
        """Return the cards that the message's words may mean. Raises NotShown."""
        async with self._turn(message) as turn:
            return await peeking.cards(turn)

    @asynccontextmanager
    async def _turn(self, message: Message) -> AsyncIterator[Turn]:
        place, now = message.place, self._assistant.clock()
        async with self._assistant.db.read() as session:
            user = await users.identify(
                session, place.platform, place.workspace, message.sender
            ) or await users.by_email(session, message.email)
            work = Work("glance", now, user.id if user else None)
            turn = await self._assistant.turn(session, message, user, State(), work)
            if turn.person is None:
                raise NotShown(turn.say("stranger"))
            try:
                yield turn
            except CrmError as problem:
                raise NotShown(turn.say(f"error-{problem.reason}", **problem.data)) from problem

    async def _with_words(self, turn: Turn, command: Command, text: str) -> Command:
        """Fill the first text slot with the words, and the customer with one they clearly name."""
        intent = turn.registry[command.intent]
        texts = [spec for spec in intent.slots.values() if spec.is_text and spec.required]
        filled = dict(command.slots)
        if texts:
            whole = forms.is_long(texts[0])
            words = text if whole else text.strip().partition("\n")[0]
            filled[texts[0].name] = Slot(text=words, value=words)
        if "customer" in intent.slots and "customer" not in filled:
            heard = self._assistant.understander.understand(text, turn.context)
            slots = [heard.slots, *(reading.slots for reading in heard.alternatives)]
            if named := next((some for some in slots if "customer" in some), None):
                filled["customer"] = named["customer"]
        return Command(intent=command.intent, slots=filled)
