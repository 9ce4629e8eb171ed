"""Customers who are in the books twice, in the conversation."""

from bot.intent import intent
from bot.message import Command
from bot.reply import Button, Buttons, Reply
from bot.slots import filled
from bot.turn import Turn
from crm_core import duplicates
from crm_core.duplicates import Pair
from crm_core.errors import Invalid
from crm_core.models import Customer, Role

SAME = {"email": "duplicate-email", "phone": "duplicate-phone"}
OFFERED = 3
"""Merges offered as buttons below a list."""


@intent("customer.duplicates", roles={Role.REP, Role.SUPPORT, Role.MANAGER})
async def find(turn: Turn) -> Reply:
    """Find customers who are in the books twice."""
    pairs = {pair.duplicate.id: pair for pair in await duplicates.find(turn.session, turn.actor)}
    reply = turn.listing(
        "customers-duplicates",
        [pair.duplicate for pair in pairs.values()],
        ["column-duplicate", "column-of", "column-why"],
        lambda row: [
            _numbered(row),
            _numbered(pairs[row.id].customer),
            "; ".join(_reasons(turn, pairs[row.id])),
        ],
        filters="",
    )
    if not pairs or not turn.registry["customer.merge"].allows(turn.user.role):
        return reply
    shown = turn.state.shown.ids[:OFFERED] if turn.state.shown else []
    offers = Buttons(buttons=[_offer(turn, pairs[id_]) for id_ in shown])
    return reply.model_copy(update={"parts": [*reply.parts, offers]})


def _numbered(customer: Customer) -> str:
    """Write a name with what tells it from the same name."""
    return f"{customer.name} ({', '.join(filter(None, [f'#{customer.id}', customer.city]))})"


def _reasons(turn: Turn, pair: Pair) -> list[str]:
    reasons = [turn.say(SAME[name]) for name in pair.same]
    if pair.alike:
        reasons.insert(0, turn.say("duplicate-name", alike=turn.speaker.percent(pair.alike)))
    return reasons


def _offer(turn: Turn, pair: Pair) -> Button:
    command = Command(intent="customer.merge")
    command = filled(command, "customer", pair.customer)
    command = filled(command, "duplicate", pair.duplicate)
    label = turn.say("merge-into", duplicate=pair.duplicate, customer=pair.customer)
    return Button(label=label, command=command)


async def _what_moves(turn: Turn, customer: Customer, duplicate: Customer) -> str:
    if customer.id == duplicate.id:
        raise Invalid("same-customer", record=customer)
    theirs = await duplicates.belongings(turn.session, duplicate)
    counts = {noun: len(records) for noun, records in theirs.items()}
    return turn.say(
        "merge-preview", duplicate=duplicate, customer=customer, moved=_counts(turn, counts)
    )


def _counts(turn: Turn, counts: dict[str, int]) -> str:
    return ", ".join(
        turn.say("merged-noun", noun=turn.say(f"noun-{noun}"), count=count)
        for noun, count in counts.items()
    ) or turn.say("nothing")


@intent("customer.merge", roles={Role.MANAGER}, writes=True, confirm=True, preview=_what_moves)
async def merge(turn: Turn, customer: Customer, duplicate: Customer) -> Reply:
    """Make one customer of two; everything of the duplicate moves to the other."""
    turn.actor.check(duplicate, change=True)
    name = duplicate.name
    moved, taken = await duplicates.merge(turn.session, customer, duplicate)
    turn.state.look_at(customer)
    fields = [turn.say(f"field-{field.replace('_', '-')}") for field in taken]
    details = turn.fields(
        ("label-moved", _counts(turn, moved)), ("label-taken-over", ", ".join(fields) or None)
    )
    return turn.receipt("customer-merged", details, customer=customer, duplicate=name)
