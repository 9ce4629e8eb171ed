"""Contacts in the conversation."""

from bot.intent import Field as FieldName
from bot.intent import Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import contacts
from crm_core.models import Contact, Customer, Role

DIRECT = {Role.REP, Role.SUPPORT}
LABELS = {
    "name": "label-name",
    "title": "label-job-title",
    "phone": "label-phone",
    "email": "label-email",
}


@intent("contact.show")
async def show(turn: Turn, contact: Contact) -> Reply:
    """Show how to reach a contact."""
    contact = await contacts.whole(turn.session, contact)
    turn.actor.check(contact.customer)
    last = await contacts.last_talk(turn.session, contact)
    turn.state.look_at(contact.customer, contact)
    return turn.reply(
        Words(text=contact.name, style="strong"),
        turn.fields(
            ("label-customer", contact.customer),
            ("label-job-title", contact.title),
            turn.private("label-phone", contact.phone or turn.say("nothing")),
            turn.private("label-email", contact.email or turn.say("nothing")),
        ),
        turn.say(
            "line-activity",
            kind=last.kind,
            when=last.happened_at,
            who=last.user,
            note=last.note,
        )
        if last
        else None,
        Buttons(
            buttons=[
                turn.button("button-log-call", "activity.log", contact=contact, kind="call"),
                turn.button("button-customer", "customer.show", customer=contact.customer),
            ]
        ),
    )


@intent("contact.update", roles=DIRECT, writes=True)
async def update(turn: Turn, contact: Contact, field: FieldName, value: Text) -> Reply:
    """Change a contact's name, job title, phone or e-mail."""
    contact = await contacts.whole(turn.session, contact)
    turn.actor.check(contact.customer, change=True)
    before = await contacts.update(turn.session, contact, field, value)
    turn.state.look_at(contact.customer, contact)
    change = turn.say("before-after", before=before, after=getattr(contact, field))
    receipt = turn.receipt("contact-updated", turn.fields((LABELS[field], change)), contact=contact)
    return receipt.model_copy(update={"private": field in ("phone", "email")})


@intent("contact.create", roles=DIRECT, writes=True)
async def create(
    turn: Turn,
    customer: Customer,
    name: Text,
    email: Text | None = None,
    phone: Text | None = None,
    title: Text | None = None,
) -> Reply:
    """Add a person to talk to at a customer."""
    turn.actor.check(customer, change=True)
    contact = await contacts.create(
        turn.session, customer=customer, name=name, email=email, phone=phone, title=title
    )
    turn.state.look_at(customer, contact)
    details = turn.fields(
        ("label-job-title", contact.title),
        ("label-phone", contact.phone),
        ("label-email", contact.email),
    )
    receipt = turn.receipt("contact-created", details, contact=contact, customer=customer)
    return receipt.model_copy(update={"private": bool(phone or email)})
