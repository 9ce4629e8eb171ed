"""What is said back: a press, an answer or a sentence becomes commands, and they are done."""

from collections.abc import Sequence

from bot import buttons, doing, fitting, pointing, slash, slots
from bot.answers import SURE, answer, is_name, is_new_command
from bot.intent import Registry
from bot.message import Command, Slot
from bot.reply import Button, Buttons, Reply
from bot.slots import FOCUS
from bot.turn import PAGED, Turn
from bot.understanding import Reading, Understander, Understanding
from crm_core import imports

LONGEST = 4000
"""Characters of a message that are read; nobody says more in one breath."""
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
            return await self._pressed(turn, turn.message.press, conversation_id)
        if turn.message.command is not None:
            return await doing.do(turn, [turn.message.command], sure=True)
        if turn.message.edited:
            return turn.reply(turn.say("edited-too-late"))
        text = _readable(turn.message.text)
        if not text:
            return await self._wordless(turn)
        if len(text) > LONGEST:
            return turn.reply(turn.say("message-too-long", limit=LONGEST))
        question = turn.state.question
        if question and question.kind == "typed" and await doing.typed_out(turn, question, text):
            return await doing.agreed_to(turn, question)
        context = turn.context
        turn.guess = lambda words: self._understander.likely(words, context)
        heard = self._understander.understand(text, context)
        self._adopt_language(turn, heard)
        if text.startswith("/") and (short := self._slash(turn, text)):
            turn.state.question = None
            return await doing.do(turn, [short], sure=True)
        if question and heard.intent in CLOSERS:
            return await doing.answered(turn, heard.intent)
        if question and turn.person and not is_new_command(heard):
            commands = await answer(turn, question, text, self._understander, context)
            if commands:
                turn.state.question = None
                return await doing.do(turn, commands, sure=True)
        turn.state.question = None
        if turn.person and (seen := pointing.pointed(text, turn.state.shown)):
            if not seen.rest:
                return await self._show(turn, seen.noun, seen.record)
            again = self._understander.understand(seen.text, context)
            if not _quotes(heard, seen.said, self._registry):
                turn.state.point_at(seen.noun, seen.record)
                heard = again
        return await self._understood(turn, self._of_focus(turn, heard))

    async def _pressed(self, turn: Turn, token: str, conversation_id: int) -> Reply:
        question = turn.state.question
        command = await buttons.press(
            turn.session, token, turn.now, conversation_id, question is not None
        )
        if command.intent in CLOSERS:
            reply = await doing.answered(turn, command.intent)
            return reply.model_copy(update={"replaces": True})
        turn.state.question = None
        same = question is not None and question.command.intent == command.intent
        rest = question.rest if question and same else []
        reply = await doing.do(turn, [command, *rest], sure=True)
        # An answered question and a page turned are of no more use; what else was shown stays.
        return reply.model_copy(update={"replaces": same or PAGED in command.slots})

    def _of_focus(self, turn: Turn, heard: Understanding) -> Understanding:
        """Read "make it urgent", "note: ..." and "resolved" as said of what was spoken of last."""
        noun = next(reversed(turn.state.focus), "")
        own = (heard.intent or "").startswith(f"{noun}.")
        certain = own and heard.how == "grammar"
        if is_name(heard) or (certain and not self._may_mean_other(heard, noun)):
            return heard
        id_ = turn.state.focus.get(noun, 0)
        for text in pointing.named(heard.text, noun, id_, pointed_at=certain):
            again = self._understander.understand(text, turn.context)
            meant = again.intent is not None and again.intent.startswith(f"{noun}.")
            said = again.slots.get(noun) if again.how == "grammar" and _is_sure(again) else None
            if meant and said and said.text == str(id_):
                return again
        return heard

    def _may_mean_other(self, heard: Understanding, noun: str) -> bool:
        """Tell whether a number beside "it" may be taken for the record's: "rated it 4"."""
        specs = self._registry[heard.intent or ""].slots
        texts = [slot.text for name, slot in heard.slots.items() if specs[name].is_text]
        kept = any(map(pointing.points, texts))
        return not kept and not fitting.is_of_focus(noun, heard.slots)

    def _is_spoken_of(self, turn: Turn, heard: Understanding) -> bool:
        """Tell whether something is asked of the one record that was spoken of last."""
        noun = (heard.intent or "").partition(".")[0]
        return noun == next(reversed(turn.state.focus), None) and not pointing.all_said(heard.text)

    async def _show(self, turn: Turn, noun: str, record: int) -> Reply:
        """Show a record that was pointed at and nothing else said of it."""
        turn.state.point_at(noun, record)
        show = Command(intent=f"{noun}.show", slots={noun: Slot(value=record)})
        if show.intent not in self._registry:
            return turn.reply(turn.say("nothing-to-show", noun=turn.say(f"noun-{noun}")))
        return await doing.do(turn, [show], sure=True)

    async def _wordless(self, turn: Turn) -> Reply:
        """Answer a message that only brings something: a file, or somebody else's words."""
        wanted = "ticket.create" if turn.message.quote else "ticket.attach"
        tables = [file for file in turn.message.files if imports.is_table(file.name)]
        if tables and doing.open_to(turn, "data.import"):
            wanted = "data.import"
        brings = turn.message.quote or turn.message.files
        if not (turn.person and brings and doing.open_to(turn, wanted)):
            return turn.reply(turn.say("empty-message" if turn.person else "stranger"))
        return await doing.do(turn, [Command(intent=wanted)], sure=True)

    def _slash(self, turn: Turn, text: str) -> Command | None:
        return slash.command(
            text,
            self._registry,
            lambda spec, words: self._understander.read(spec, words, turn.context),
        )

    def _adopt_language(self, turn: Turn, heard: Understanding) -> None:
        """Answer in the language of the sentence, where it clearly is in one."""
        words = heard.text.split()
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in heard.text)
        spoken = "zh" if chinese else "en" if len(words) >= 3 else None
        if spoken and spoken == heard.language and spoken != turn.speaker.language:
            turn.state.language = spoken
            turn.speak(spoken)
            turn.examples = self._understander.examples(spoken)

    async def _understood(self, turn: Turn, heard: Understanding) -> Reply:
        if heard.intent is None:
            if short := self._slash(turn, heard.text):
                return await doing.do(turn, [short], sure=True)
            if turn.person and heard.declined:
                return turn.reply(turn.say("declined"))
            offers = [
                reading for reading in heard.alternatives if doing.open_to(turn, reading.intent)
            ]
            for reading in offers if turn.person else []:
                # A question that is clear once the names are looked up needs no second one.
                intent, command = self._registry[reading.intent], _command(reading)
                is_clear = command.slots and await slots.doubt(turn, intent, command) is None
                if is_clear and not intent.writes:
                    return await doing.do(turn, [command], sure=True)
            for reading in offers if turn.person else []:
                # Said of nothing it means nothing; here something was shown before.
                command = _command(reading)
                if fitting.is_about_focus(turn, command):
                    return await doing.do(turn, [fitting.about_focus(turn, command)], sure=True)
            if turn.person and offers:
                return _offered(turn, offers)
            return turn.reply(turn.say("out-of-scope" if turn.person else "stranger"))
        if turn.person and heard.contested:
            near = [Reading(heard.intent, heard.slots), *heard.alternatives[:1]]
            open_to = [reading for reading in near if doing.open_to(turn, reading.intent)]
            # Of one verb the names that are known decide.
            verbs = {reading.intent.partition(".")[2] for reading in open_to}
            if len(verbs) > 1 and any(self._registry[r.intent].writes for r in open_to):
                return _offered(turn, open_to)
        first = Command(intent=heard.intent, slots=self._with_these(heard))
        if turn.person:
            first = await self._fitting(turn, first, heard)
        commands = [first, *(_command(reading) for reading in heard.then)]
        sure = heard.how == "grammar" or _is_sure(heard) or self._is_spoken_of(turn, heard)
        return await doing.do(turn, commands, sure=sure)

    def _with_these(self, heard: Understanding) -> dict[str, Slot]:
        """Fill a record that nothing was read for with "these", if that was said."""
        assert heard.intent
        noun = heard.intent.partition(".")[0]
        said = pointing.all_said(heard.text)
        if not said or noun in heard.slots or noun not in self._registry[heard.intent].slots:
            return heard.slots
        return {noun: Slot(text=said, value=FOCUS), **heard.slots}

    async def _fitting(self, turn: Turn, first: Command, heard: Understanding) -> Command:
        """Choose among readings of the same verb by the names that are known, and by the focus."""
        verb = first.intent.partition(".")[2]
        others = [
            _command(reading)
            for reading in heard.alternatives
            if reading.intent.partition(".")[2] == verb and doing.open_to(turn, reading.intent)
        ]
        moved = fitting.about_focus(turn, first)
        return moved if moved is not first else await fitting.known(turn, first, others)


def _offered(turn: Turn, readings: Sequence[Reading]) -> Reply:
    """Ask which of several readings is meant."""
    choices = [
        Button(label=doing.label(turn, reading.intent), command=_command(reading))
        for n, reading in enumerate(readings)
        if reading.intent not in {one.intent for one in readings[:n]}
    ]
    return turn.reply(turn.say("did-you-mean"), Buttons(buttons=choices))


def _quotes(heard: Understanding, said: str, registry: Registry) -> bool:
    """Tell whether words stand in a text that is kept as it is: in a note, a title, an answer."""
    if heard.intent is None:
        return False
    specs = registry[heard.intent].slots
    return any(specs[name].is_text and said in slot.text for name, slot in heard.slots.items())


def _is_sure(heard: Understanding) -> bool:
    return heard.confidence >= SURE


def _command(reading: Reading) -> Command:
    return Command(intent=reading.intent, slots=dict(reading.slots))


def _readable(text: str) -> str:
    """Leave out control characters; line breaks count as spaces."""
    return "".join(
        letter if letter.isprintable() else " " if letter in "\n\t\r" else "" for letter in text
    ).strip()
