"""What customers are told, on its way to them by e-mail."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.reply import File, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import outbox, tickets
from crm_core.models import Contact, Customer, StoredFile, Ticket, TicketMessage

PLATFORM = "mail"


async def address(turn: Turn, customer: Customer) -> str | None:
    """Return where a customer reads e-mail: its own address, or its first contact's."""
    if customer.email:
        return customer.email
    query = select(Contact.email).where(
        Contact.customer_id == customer.id, Contact.email.is_not(None)
    )
    return await turn.session.scalar(query.order_by(Contact.id).limit(1))


async def reach(turn: Turn, customer: Customer) -> tuple[str | None, str]:
    """Return the address that an e-mail would go to, None for none, and a sentence about it."""
    if turn.company.mail is None:
        return None, turn.say("reply-only-recorded", customer=customer)
    found = await address(turn, customer)
    if found is None:
        return None, turn.say("reply-without-address", customer=customer)
    if turn.message.place.direct:
        return found, turn.say("reply-by-mail-to", customer=customer, address=found)
    return found, turn.say("reply-by-mail", customer=customer)


async def post(
    turn: Turn, ticket: Ticket, said: TicketMessage, files: Sequence[StoredFile] = ()
) -> bool:
    """Queue a message of a ticket as an e-mail. False where it can only be recorded.

    It waits for a moment, in which an undo takes it back.
    """
    customer = await turn.session.get_one(Customer, ticket.customer_id)
    to, _ = await reach(turn, customer)
    if to is None or turn.company.mail is None:
        return False
    letter = Reply(
        parts=[
            Words(text=turn.say("mail-subject", id=str(ticket.id), subject=ticket.subject)),
            Words(text=said.text),
            Words(text=turn.say("mail-footer", id=str(ticket.id), agent=turn.user.name)),
            *(File(id=file.id, name=file.name, media_type=file.media_type) for file in files),
        ]
    )
    await outbox.queue(
        turn.session,
        key=tickets.post_key(said),
        platform=PLATFORM,
        workspace="",
        channel=to,
        thread=f"ticket-{ticket.id}",
        reply=letter.model_dump(mode="json"),
        now=turn.now,
        not_before=turn.now + turn.company.mail.hold,
    )
    return True
