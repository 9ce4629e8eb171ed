"""Cards for somebody who is still typing: read by their rights, shown, and nowhere kept."""

from bot import doing
from bot.reply import Buttons, Card
from bot.turn import Turn
from crm_core import lookup
from crm_core.models import Customer

MOST = 5
"""Cards to choose from."""
SHORTEST = 2
"""Characters that may mean somebody."""


async def cards(turn: Turn) -> list[Card]:
    """Return the cards of the customers that the words may mean.

    A card is for a place where others read along: it has no buttons and no private fields.
    """
    words = turn.message.text.strip()
    if len(words) < SHORTEST:
        return []
    found = await lookup.find(turn.session, turn.directory, Customer, words)
    shown = []
    for customer in [record for record in found if turn.actor.may(record)][:MOST]:
        command = turn.command_for("customer.show", customer=customer)
        reply = await doing.do(turn, [command], sure=True)
        parts = [part for part in reply.parts if not isinstance(part, Buttons)]
        shown.append(Card(title=customer.label, reply=reply.model_copy(update={"parts": parts})))
    return shown
