"""Who is told of what could not be delivered."""

from sqlalchemy import select

from bot.asides import KEPT
from bot.company import Mail
from bot.jobs import Shift
from bot.jobs.notices import notices
from bot.jobs.parked import parked
from bot.reply import Reply
from crm_core import outbox
from crm_core.changes import Work
from crm_core.models import Delivery
from tests.bot.intents.test_tickets import ticket
from tests.office import Office


async def run(office: Office) -> list[tuple[str, str]]:
    """Run the jobs as the clock does; return to whom what was written."""
    work = Work(f"job:{office.now}", office.now)
    shift = Shift(office.db, office.words, office.company, work)
    await parked(shift)
    await notices(shift)
    async with office.db.read() as session:
        rows = await session.scalars(select(Delivery).where(Delivery.key.startswith("notice:")))
        return [(row.channel, Reply.model_validate(row.reply).text) for row in rows]


async def park(office: Office, platform: str, problem: str) -> None:
    async with office.db.begin(Work("test", office.now)) as session:
        query = select(Delivery).where(Delivery.platform == platform)
        for row in await session.scalars(query.order_by(Delivery.id.desc()).limit(1)):
            outbox.park(row, problem)


async def test_a_blocked_bot_is_told_to_the_manager_once(office: Office) -> None:
    for _ in range(2):
        await office.say("laura", "hi")
        await park(office, "test", "Forbidden: bot was blocked by the user")
        told = await run(office)
    ((to, text),) = told
    assert to == "andrew"
    assert "Laura Callahan can't be reached on Test" in text
    assert "blocked by the user" in text


async def test_a_refused_letter_is_told_to_its_author(office: Office) -> None:
    office.mail(Mail())
    await office.say("laura", "alfreds' email is kontakt@alfreds.example")
    id_ = await ticket(office)
    asked = await office.do("laura", "ticket.reply", ticket=id_, text="hello")
    await office.press("laura", asked, "Yes")
    await park(office, "mail", "550 no such mailbox")
    ((to, text),) = await run(office)
    assert to == "laura"
    assert f"The e-mail on ticket #{id_} did not arrive" in text
    assert "550 no such mailbox" in text


async def test_what_was_kept_aside_is_delivered_when_the_chat_is_open_again(
    office: Office,
) -> None:
    await office.say("laura", "customers in Berlin", event="asked")
    await park(office, "test", "Forbidden: bot was blocked by the user")
    await office.say("laura", "hi", channel="#support")
    async with office.db.read() as session:
        assert len(await outbox.parked(session, office.now - KEPT)) == 1
    await office.say("laura", "hi")
    reply, _ = await office.delivery("reply:test::asked")
    assert "Berlin" in reply.text
