"""What is said on a ticket: to the customer, by the customer, among colleagues."""

from collections.abc import Sequence

from bot import macros, mail, ticket_card
from bot.intent import Files, Text, intent
from bot.reply import Button, Buttons, Part, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import tickets
from crm_core.models import Customer, Role, StoredFile, Ticket, Visibility


async def _goes_to(turn: Turn, ticket: Ticket, text: Text, files: Files | None = None) -> str:
    _, where = await mail.reach(turn, await _customer(turn, ticket))
    return where


@intent("ticket.reply", roles={Role.SUPPORT}, writes=True, confirm=True, preview=_goes_to)
async def reply(turn: Turn, ticket: Ticket, text: Text, files: Files | None = None) -> Reply:
    """Tell the customer something on a ticket."""
    found = await _files(turn, files)
    said = await tickets.say(turn.session, ticket, turn.user, text, Visibility.PUBLIC, found)
    posted = await mail.post(turn, ticket, said, found)
    turn.state.look_at(ticket)
    return turn.receipt(
        "ticket-reply-posted" if posted else "ticket-replied",
        turn.fields(("label-message", text), ("label-files", _names(found))),
        ticket_card.opener(turn, ticket),
        id=str(ticket.id),
        customer=await _customer(turn, ticket),
    )


@intent("ticket.note", roles={Role.SUPPORT, Role.REP}, writes=True)
async def note(turn: Turn, ticket: Ticket, text: Text, files: Files | None = None) -> Reply:
    """Write an internal note on a ticket: the customer never sees it."""
    found = await _files(turn, files)
    await tickets.say(turn.session, ticket, turn.user, text, Visibility.INTERNAL, found)
    turn.state.look_at(ticket)
    noted = turn.fields(("label-note", text), ("label-files", _names(found)))
    return turn.receipt("ticket-noted", noted, ticket_card.opener(turn, ticket), id=str(ticket.id))


@intent("ticket.add", roles={Role.SUPPORT, Role.REP}, writes=True)
async def add(turn: Turn, ticket: Ticket, text: Text, files: Files | None = None) -> Reply:
    """Keep on a ticket what the customer said; the ticket is open again."""
    found = await _files(turn, files)
    before = tickets.status_at(ticket, turn.now)
    await tickets.say(turn.session, ticket, turn.user, text, Visibility.CUSTOMER, found)
    turn.state.look_at(ticket)
    added = turn.fields(
        ("label-from-customer", text),
        ("label-files", _names(found)),
        ("label-status", turn.change(before, tickets.status_at(ticket, turn.now))),
    )
    return turn.receipt("ticket-added", added, ticket_card.opener(turn, ticket), id=str(ticket.id))


@intent("ticket.attach", roles={Role.SUPPORT, Role.REP}, writes=True)
async def attach(turn: Turn, ticket: Ticket, files: Files) -> Reply:
    """Keep a photo or document on a ticket, for colleagues."""
    found = await _files(turn, files)
    await tickets.say(turn.session, ticket, turn.user, "", Visibility.INTERNAL, found)
    turn.state.look_at(ticket)
    attached = turn.fields(("label-files", _names(found)))
    return turn.receipt(
        "ticket-attached",
        attached,
        ticket_card.opener(turn, ticket),
        id=str(ticket.id),
        count=len(found),
    )


async def _filled(turn: Turn, ticket: Ticket, macro: Text) -> str:
    """Return the macro's text in the asker's language, for this ticket's customer."""
    language = turn.speaker.language
    return macros.named(turn.company.macros, macro, language).fill(
        language,
        customer=(await _customer(turn, ticket)).name,
        ticket=ticket.label,
        agent=turn.user.name,
    )


async def _macro_in_full(turn: Turn, ticket: Ticket, macro: Text) -> Sequence[Part]:
    text = Text(await _filled(turn, ticket, macro))
    return [Words(text=text), Words(text=await _goes_to(turn, ticket, text))]


@intent("ticket.macro", roles={Role.SUPPORT}, writes=True, confirm=True, preview=_macro_in_full)
async def macro_(turn: Turn, ticket: Ticket, macro: Text) -> Reply:
    """Answer a customer on a ticket with a text that is ready."""
    text = Text(await _filled(turn, ticket, macro))
    return await reply(turn, ticket, text)


@intent("ticket.macros", roles={Role.SUPPORT})
async def macros_(turn: Turn, ticket: Ticket) -> Reply:
    """Show the texts that are ready, to choose one for a ticket."""
    turn.state.look_at(ticket)
    choices = [
        Button(
            label=macro.title(turn.speaker.language),
            command=turn.command_for(
                "ticket.macro", ticket=ticket, macro=macro.title(turn.speaker.language)
            ),
        )
        for macro in turn.company.macros
    ]
    asked = turn.say("ask-macro")
    return turn.reply(asked, Buttons(buttons=choices) if choices else None)


async def _files(turn: Turn, files: Files | None) -> list[StoredFile]:
    return [await turn.session.get_one(StoredFile, id_) for id_ in files or ()]


def _names(files: Sequence[StoredFile]) -> str | None:
    return ", ".join(file.name for file in files) or None


async def _customer(turn: Turn, ticket: Ticket) -> Customer:
    return await turn.session.get_one(Customer, ticket.customer_id)
