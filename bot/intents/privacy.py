"""What is held on a customer: handed out, or erased for good."""

import asyncio

from bot.errands import Desk, Tell, errand
from bot.intent import TYPED, intent
from bot.reply import File, Reply
from bot.turn import Turn
from crm_core import exports, files, privacy
from crm_core.changes import Work
from crm_core.errors import Invalid
from crm_core.exports import FileFormat
from crm_core.models import Customer, Role


@intent("customer.export", roles={Role.MANAGER})
async def export(turn: Turn, customer: Customer) -> Reply:
    """Get everything that is held on a customer, as data and to read."""
    if not turn.message.place.direct:
        raise Invalid("files-directly")
    await turn.later("customer.export", customer=customer.id)
    turn.state.look_at(customer)
    return turn.reply(turn.say("customer-export-coming", customer=customer))


@errand("customer.export")
async def make_export(desk: Desk, customer: int) -> Tell:
    """Gather all rows about the customer and write the two files."""
    async with desk.db.read() as session:
        found = await session.get_one(Customer, customer)
        desk.actor.check(found)
        rows = await privacy.holdings(session, found)
    name = f"customer-{customer}"
    kinds = {
        f"{name}.json": ("application/json", privacy.as_json),
        f"{name}.xlsx": (
            FileFormat.XLSX.media_type,
            lambda held: exports.as_workbook(privacy.as_sheets(held)),
        ),
    }
    contents = {
        name: (media_type, await asyncio.to_thread(write, rows))
        for name, (media_type, write) in kinds.items()
    }

    async def tell(turn: Turn) -> Reply:
        parts = []
        for name, (media_type, content) in contents.items():
            stored = await files.store(turn.session, name, media_type, content, turn.now)
            parts.append(File(id=stored.id, name=name, media_type=media_type))
        count = sum(map(len, rows.values()))
        return turn.reply(
            turn.say("customer-export-done", customer=found),
            *parts,
            provenance=turn.provenance(count, turn.filters(customer=found)),
        )

    return tell


async def _what_goes(turn: Turn, customer: Customer) -> str:
    """Say how much would be erased."""
    rows = await privacy.holdings(turn.session, customer)
    counts = {table.name: len(found) for table, found in rows.items()}
    return turn.say("customer-erase-preview", customer=customer, count=sum(counts.values()))


@intent("customer.erase", roles={Role.ADMIN}, writes=True, confirm=TYPED, preview=_what_goes)
async def erase(turn: Turn, customer: Customer) -> Reply:
    """Erase a customer's personal data for good; sums of orders stay without a name."""
    await turn.later("customer.erase", customer=customer.id)
    return turn.reply(turn.say("customer-erasing", id=str(customer.id)))


@errand("customer.erase")
async def do_erase(desk: Desk, customer: int) -> Tell:
    """Erase it. Done again after a crash, it finds nothing more to erase."""
    async with desk.db.begin(Work(f"erase:{customer}", desk.now, desk.actor.user.id)) as session:
        erased = await privacy.erase(session, await session.get_one(Customer, customer))
    await desk.db.forget()

    async def tell(turn: Turn) -> Reply:
        count = sum(erased.rows.values())
        return turn.reply(
            turn.say("customer-erased", id=str(customer), count=count, mentions=erased.mentions)
        )

    return tell
