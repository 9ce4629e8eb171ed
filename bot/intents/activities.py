"""Activities in the conversation."""

from bot.intent import Text, intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core import activities, tasks
from crm_core.models import ActivityKind, Contact, Customer, Role
from crm_core.values import When


@intent("activity.log", roles={Role.REP, Role.SUPPORT}, writes=True)
async def log(
    turn: Turn,
    note: Text,
    kind: ActivityKind | None = None,
    customer: Customer | None = None,
    contact: Contact | None = None,
    follow_up: When | None = None,
) -> Reply:
    """Log a call, meeting, visit, e-mail or note, with a follow-up if you like."""
    if follow_up:
        turn.in_the_future(follow_up)
    if customer is None and contact is not None:
        customer = await turn.session.get_one(Customer, contact.customer_id)
    activity = await activities.log(
        turn.session,
        turn.user,
        kind=kind or ActivityKind.NOTE,
        note=note,
        customer=customer,
        contact=contact,
    )
    who = contact or customer
    task = None
    if follow_up:
        task = await tasks.create(
            turn.session,
            title=turn.say("follow-up-title", who=who or turn.say("nothing"), note=note),
            owner=turn.user,
            due=follow_up,
            customer_id=customer.id if customer else None,
        )
    turn.state.look_at(contact, customer, task)
    return turn.receipt(
        "activity-logged",
        turn.fields(
            ("label-with", contact),
            ("label-customer", customer),
            ("label-note", note),
            ("label-follow-up", follow_up),
            ("label-task", f"#{task.id}" if task else None),
        ),
        turn.edit(activity),
        kind=activity.kind,
    )
