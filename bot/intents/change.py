"""Taking back what was done."""

from bot.intent import Text, intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core import changes
from crm_core.access import OWNER
from crm_core.errors import Conflict, NotAllowed, NotFound
from crm_core.models import (
    Alert,
    Campaign,
    Change,
    Contact,
    Customer,
    Record,
    Subscription,
    Ticket,
    TicketMessage,
    User,
)

OWN_SETTINGS = {"language", "timezone", "quiet_from", "quiet_to", "muted_from", "muted_until"}
BULK = "data.import"
"""What writes the records that no intent of their own does."""
PART_OF: dict[type[Record], type[Record]] = {TicketMessage: Ticket, Subscription: Alert}
"""Records that have no intents of their own, and whose they are."""


@intent("change.undo", writes=True)
async def undo(turn: Turn, work: Text | None = None) -> Reply:
    """Undo what you did last."""

    async def check(change: Change, record: Record) -> None:
        await _may_undo(turn, change, record)

    last = work or await changes.last_work(turn.session, turn.user.id)
    if last is None:
        raise NotFound("nothing-to-undo")
    undone = await changes.undo(turn.session, last, turn.user.id, check)
    what = [
        turn.say(f"undone-{change.kind.value}", noun=turn.say(f"noun-{change.noun}"), record=record)
        for change, record in undone
    ]
    return turn.reply(turn.say("undone", what="; ".join(what)))


async def _may_undo(turn: Turn, change: Change, record: Record) -> None:
    """Raise NotAllowed for what the asker, perhaps in another role by now, could not do today,
    and Conflict for what nobody can take back."""
    if record is turn.user and change.after.keys() <= OWN_SETTINGS:
        return
    if isinstance(record, Campaign) and record.launched_at:
        raise Conflict("launch-stands", record=record)  # owners and customers know of it by now
    noun = PART_OF.get(type(record), type(record)).noun()
    writers = [one for one in turn.registry.values() if one.writes and one.noun == noun]
    if not writers and BULK in turn.registry:
        writers = [turn.registry[BULK]]
    if not any(one.allows(turn.user.role) for one in writers):
        raise NotAllowed("role-may-not", what=turn.say(turn.registry["change.undo"].label))
    if isinstance(record, Contact):
        customer = await turn.session.get(Customer, record.customer_id)
        turn.actor.check(customer or record, change=True)
    elif not (isinstance(record, User) or _was_theirs(turn, change, record)):
        turn.actor.check(record, change=True)


def _was_theirs(turn: Turn, change: Change, record: Record) -> bool:
    """Tell whether the asker gave the record away by this change, and so may take it back."""
    owner = OWNER.get(type(record))
    return owner is not None and change.before.get(owner.key) == turn.user.id
