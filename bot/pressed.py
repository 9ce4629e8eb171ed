"""What was pressed is said where it was pressed: by whom and when, instead of the button."""

from bot.reply import Button, Buttons, Chart, File, Part, Reply, Text
from bot.turn import Turn
from crm_core import outbox


def note(turn: Turn, reply: Reply, label: str) -> Reply:
    """Return the reply with a line of who did it and when."""
    said = turn.say("pressed", label=label, who=turn.user, when=turn.now)
    return reply.model_copy(update={"parts": [*reply.parts, Text(text=said, style="quiet")]})


async def shown(turn: Turn) -> tuple[Reply, Button] | None:
    """Return the message as it last was, and its button that was pressed."""
    message = turn.message
    if message.press is None or message.pressed_on is None:
        return None
    place = message.place
    versions = await outbox.shown(turn.session, place.platform, message.pressed_on)
    # What was sent to a channel by its name, or to a person, bears another address.
    here = [one for one in versions if one.channel == place.channel]
    for delivery in here[:1] or versions:
        reply = Reply.model_validate(delivery.reply)
        for button in reply.buttons:
            if button.token == message.press:
                return reply, button
    return None


def did_something(turn: Turn) -> bool:
    """Tell whether the message's command was done, and changed something."""
    done = turn.command is not None and turn.registry[turn.command.intent].writes
    return done and turn.state.question is None and turn.person is not None


async def noted(turn: Turn, answer: Reply) -> tuple[Reply, Reply | None]:
    """Return the answer to a press, and the message that bore the button, if it stays.

    Pictures and files would be sent again: a message that has some stays as it is.
    """
    if not did_something(turn) or (found := await shown(turn)) is None:
        return answer, None
    reply, pressed = found
    if answer.replaces and not answer.private:
        return note(turn, answer, pressed.label), None
    if any(isinstance(part, Chart | File) for part in reply.parts):
        return answer, None
    parts: list[Part] = []
    for part in reply.parts:
        if isinstance(part, Buttons):
            left = [button for button in part.buttons if button.token != pressed.token]
            if left:
                parts.append(part.model_copy(update={"buttons": left}))
        else:
            parts.append(part)
    return answer, note(turn, reply.model_copy(update={"parts": parts}), pressed.label)
