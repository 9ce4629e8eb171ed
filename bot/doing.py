"""Commands to replies: what is missing is asked, what is risky is shown first, the rest is done."""

from collections.abc import Sequence

from bot import fitting, slots
from bot.dialog import Question
from bot.intent import TYPED, Files, Intent
from bot.message import Command
from bot.reply import Button, Buttons, Field, Fields, Part, Reply, Text
from bot.turn import Turn
from crm_core.errors import Invalid, NotAllowed
from crm_core.models import Record

PRIVATELY = "privately"
"""The slot that asks for an answer which only the asker sees."""
READ = "read"
"""The errand of a question that takes long."""
NO_DATA = {"result", "dialog", "help", "me", "talk"}
"""Nouns whose intents answer nothing over data that could be refined."""


async def do(turn: Turn, commands: Sequence[Command], *, sure: bool, agreed: int = 0) -> Reply:
    """Carry out commands in order; a question about one keeps the rest waiting.

    `sure`: that they are what was meant; `agreed`: how many of them have had a yes already.
    """
    replies: list[Reply] = []
    queue = [one for command in commands for one in fitting.spread(turn, command)]
    for position, said in enumerate(queue):
        command, intent = said, turn.registry[said.intent]
        if turn.person is None and intent.roles:
            return turn.reply(turn.say("stranger"))
        if not open_to(turn, command.intent):
            raise NotAllowed("role-may-not", what=label(turn, intent.name))
        if turn.person:
            command = await slots.brought(turn, intent, command)
        same = _alike(queue, position) if len(queue) > len(commands) else 1
        question = Question(
            kind="confirm",
            command=command,
            rest=queue[position + 1 :],
            covers=same,
            asked_at=turn.now,
        )
        try:
            arguments = await slots.fill(turn, intent, command)
        except slots.Unanswered as gap:
            replies.append(await _ask(turn, question, gap))
            break
        quoted = slots.QUOTED in command.slots
        risky = intent.confirm or quoted or same > 1 or not sure
        if intent.writes and position >= agreed and risky:
            replies.append(await _preview(turn, question, intent, arguments))
            break
        try:
            replies.append(await _one(turn, intent, command, arguments))
        except Invalid as problem:
            # Handlers look at days before they write anything: another one can simply be asked for.
            past = _past_day(turn, intent, arguments, problem)
            if past is None:
                raise
            replies.append(await _ask(turn, question, past))
            break
    return _joined(replies)


def _past_day(
    turn: Turn, intent: Intent, arguments: dict[str, object], problem: Invalid
) -> slots.Unanswered | None:
    """Return the question for a plan's day that has passed already."""
    if problem.reason != "in-the-past":
        return None
    when = problem.data["when"]
    spec = next((intent.slots[name] for name, value in arguments.items() if value == when), None)
    text = turn.speaker.show(when)
    return slots.Unanswered("slot", spec, "error-in-the-past", text) if spec else None


def _alike(queue: Sequence[Command], position: int) -> int:
    """Count the commands from here on that do the same to one record after the other."""
    count = 1
    while (
        position + count < len(queue) and queue[position + count].intent == queue[position].intent
    ):
        count += 1
    return count


async def _one(turn: Turn, intent: Intent, command: Command, arguments: dict[str, object]) -> Reply:
    reply = await handled(turn, intent, command, arguments)
    if not intent.writes and intent.noun not in NO_DATA:
        turn.state.last = turn.command
    if PRIVATELY in command.slots:
        return reply.model_copy(update={"private": True})
    return reply if turn.message.place.direct else _masked(turn, reply, command)


async def handled(
    turn: Turn, intent: Intent, command: Command, arguments: dict[str, object]
) -> Reply:
    """Let the handler answer, or leave that for later where it takes long."""
    turn.command = command
    if intent.long and not turn.aside and await intent.long(turn.session):
        await turn.later(READ, command=command.model_dump(mode="json"))
        return turn.reply(turn.say("answer-follows"))
    return await intent.handler(turn, **arguments)


def label(turn: Turn, intent: str) -> str:
    return turn.say(turn.registry[intent].label)


def open_to(turn: Turn, name: str) -> bool:
    """Tell whether the asker may use an intent."""
    intent = turn.registry.get(name)
    if intent is None:
        return False
    return not intent.roles or (turn.person is not None and intent.allows(turn.user.role))


async def _ask(turn: Turn, question: Question, gap: slots.Unanswered) -> Reply:
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
    message, intent = gap.message, turn.registry[question.command.intent]
    if turn.speaker.can_say(own := f"{message}-of-{intent.name.replace('.', '-')}"):
        message = own
    about = await slots.about(turn, intent, question.command)
    turn.state.look_at(about)
    asked = turn.say(message, text=gap.text, when=gap.text, about=about)
    return turn.reply(asked, Buttons(buttons=choices, choice=True) if choices else None)


async def _preview(
    turn: Turn, question: Question, intent: Intent, arguments: dict[str, object]
) -> Reply:
    """Show what would be done, and ask for a yes, or for the record's name."""
    typed = intent.confirm == TYPED
    turn.state.question = question.model_copy(update={"kind": "typed"}) if typed else question
    same = [question.command, *question.rest][: question.covers]
    fields = [
        (f"slot-{name.replace('_', '-')}", shown)
        for name, value in arguments.items()
        if (spec := intent.slots.get(name))
        and (shown := question.command.slots[name].text if spec.type is Files else value)
    ]
    if len(same) > 1:
        fields = await _of_all(turn, intent, same, arguments)
    yes = turn.button("button-yes", "dialog.confirm")
    no = turn.button("button-no", "dialog.cancel")
    said = await intent.preview(turn, **arguments) if intent.preview else ()
    return turn.reply(
        Text(text=label(turn, intent.name), style="strong"),
        turn.fields(*fields) if fields else None,
        *([said] if isinstance(said, str) else said),
        turn.say("type-its-name", record=arguments[intent.noun]) if typed else turn.say("shall-i"),
        Buttons(choice=True, buttons=[no] if typed else [yes, no]),
    )


async def _of_all(
    turn: Turn, intent: Intent, commands: Sequence[Command], arguments: dict[str, object]
) -> list[tuple[str, object]]:
    """Name all the records that the same is to be done to, slot by slot."""
    all_arguments = [await slots.fill(turn, intent, command) for command in commands]
    shown: list[tuple[str, object]] = []
    for name, value in arguments.items():
        values = list(dict.fromkeys(each.get(name) for each in all_arguments))
        shown.append((f"slot-{name.replace('_', '-')}", values if len(values) > 1 else value))
    return shown


async def typed_out(turn: Turn, question: Question, text: str) -> bool:
    """Tell whether words are the name that the question wants typed."""
    intent = turn.registry[question.command.intent]
    record = (await slots.fill(turn, intent, question.command))[intent.noun]
    assert isinstance(record, Record)
    return " ".join(text.split()).casefold() == " ".join(record.label.split()).casefold()


async def answered(turn: Turn, said: str) -> Reply:
    """Take a yes or a no to the question that is open."""
    question = turn.state.question
    if question and question.kind == "typed" and said == "dialog.confirm":
        return turn.reply(turn.say("type-it"))
    turn.state.question = None
    if question is None or (said == "dialog.confirm" and question.kind != "confirm"):
        return turn.reply(turn.say("nothing-asked"))
    if said == "dialog.cancel":
        return turn.reply(turn.say("cancelled"))
    return await agreed_to(turn, question)


async def agreed_to(turn: Turn, question: Question) -> Reply:
    """Do what a question was about."""
    turn.state.question = None
    commands = [question.command, *question.rest]
    return await do(turn, commands, sure=True, agreed=question.covers)


def _masked(turn: Turn, reply: Reply, command: Command) -> Reply:
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
    if turn.registry[command.intent].writes:  # to show it again would be to do it again
        return reply.model_copy(update={"private": True})
    see = slots.filled(command, PRIVATELY, True)
    button = Button(label=turn.say("button-see-privately"), command=see)
    return reply.model_copy(update={"parts": [*parts, Buttons(buttons=[button])]})


def _comes_again(part: Part, later: Sequence[Part]) -> bool:
    return isinstance(part, Buttons) and part in later


def _joined(replies: Sequence[Reply]) -> Reply:
    if len(replies) == 1:
        return replies[0]
    parts = [part for reply in replies for part in reply.parts]
    return Reply(
        # One Undo is enough: it takes back the whole message.
        parts=[part for n, part in enumerate(parts) if not _comes_again(part, parts[n + 1 :])],
        private=any(reply.private for reply in replies),
        provenance=next((reply.provenance for reply in replies if reply.provenance), None),
    )
