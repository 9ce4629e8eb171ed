"""An answer to an earlier message is about what that message showed."""

from collections.abc import Sequence

from sqlalchemy import update

from bot.message import Command, Message, Place, Slot
from bot.reply import Button, Buttons, Reply, Text
from crm_core import outbox
from crm_core.changes import Work
from crm_core.models import Delivery, OutboxStatus
from tests.bot.intents.test_tickets import ticket
from tests.office import Office

HERE = Place(platform="test", channel="laura", direct=True)


async def deliver(office: Office) -> Sequence[str]:
    """Say that everything arrived; return the platform's ids, the oldest first."""
    async with office.db.begin(Work("courier", office.now)) as session:
        rows = await session.scalars(
            update(Delivery)
            .where(Delivery.status == OutboxStatus.QUEUED)
            .values(status=OutboxStatus.SENT, reference=Delivery.key)
            .returning(Delivery.key)
        )
        return list(rows)


async def answer(office: Office, message: str, text: str, **more: object) -> Reply:
    event = f"answer-{message}-{text}"
    chosen = {"place": HERE, "sender": "laura", "answering": message} | more
    return await office.send(Message(event=event, text=text, at=office.now, **chosen))


async def test_it_is_what_the_answered_message_showed(office: Office) -> None:
    first, second = await ticket(office), await ticket(office, "another")
    await deliver(office)
    await office.do("laura", "ticket.show", ticket=first)
    (card,) = await deliver(office)
    await office.do("laura", "ticket.show", ticket=second)
    assert f"#{first} is resolved" in (await answer(office, card, "close it")).text
    assert f"#{first} is open" in (await office.say("laura", "reopen it")).text


async def test_a_list_that_is_answered_is_counted_in_again(office: Office) -> None:
    ids = [await ticket(office, f"number {n}") for n in range(3)]
    await deliver(office)
    await office.do("laura", "ticket.list")
    (queue,) = await deliver(office)
    await office.say("laura", "customers in Berlin")
    assert f"Ticket #{ids[1]}" in (await answer(office, queue, "the second one")).text


async def test_a_question_waits_for_its_own_answer(office: Office) -> None:
    first, second = await ticket(office), await ticket(office, "another")
    await deliver(office)
    await office.do("laura", "ticket.show", ticket=first)
    (card,) = await deliver(office)
    await office.do("laura", "ticket.note", ticket=second)
    (question,) = await deliver(office)
    noted = await answer(office, question, "call her back")
    assert f"Noted on ticket #{second}" in noted.text
    await office.do("laura", "ticket.note", ticket=second)
    assert f"#{first} is resolved" in (await answer(office, card, "close it")).text


async def test_what_was_told_unasked_is_about_what_its_buttons_are_for(office: Office) -> None:
    id_ = await ticket(office)
    show = Command(intent="ticket.show", slots={"ticket": Slot(value=id_)})
    told = Reply(parts=[Text(text="!"), Buttons(buttons=[Button(label="Ticket", command=show)])])
    async with office.db.begin(Work("notice", office.now)) as session:
        place = {"platform": "test", "workspace": "", "channel": "#support"}
        plain = told.model_dump(mode="json")
        await outbox.queue(session, key="notice", reply=plain, now=office.now, **place)
    await deliver(office)
    below = Place(platform="test", channel="#support", thread="notice")
    reply = await answer(office, "", "make it low", place=below, answering=None)
    assert "urgent → low" in reply.text, "a thread begins below the message that it answers"


async def test_a_private_answer_is_known_in_the_persons_own_chat(office: Office) -> None:
    first, second = await ticket(office), await ticket(office, "another")
    await office.do("laura", "ticket.show", ticket=first)
    await deliver(office)
    async with office.db.begin(Work("aside", office.now)) as session:
        last = update(Delivery).where(Delivery.reference.is_not(None))
        aside = {"channel": "#support", "recipient": "laura", "reference": "aside"}
        await session.execute(last.values(**aside))
    await office.do("laura", "ticket.show", ticket=second)
    assert f"#{first} is resolved" in (await answer(office, "aside", "close it")).text


async def test_a_message_that_was_pressed_on_is_still_about_the_same(office: Office) -> None:
    first, second = await ticket(office), await ticket(office, "another")
    await deliver(office)
    card = await office.do("laura", "ticket.show", ticket=first)
    (shown,) = await deliver(office)
    token = next(button.token for button in card.buttons if button.label == "Take it")
    await office.send(
        Message(
            event="press", place=HERE, sender="laura", press=token, pressed_on=shown, at=office.now
        )
    )
    async with office.db.begin(Work("courier", office.now)) as session:
        noted = update(Delivery).where(Delivery.replaces == shown)
        done = await session.execute(noted.values(reference=shown).returning(Delivery.key))
        assert done.scalars().all() == ["pressed:test::press"]
    await office.do("laura", "ticket.show", ticket=second)
    assert f"#{first} is resolved" in (await answer(office, shown, "close it")).text
