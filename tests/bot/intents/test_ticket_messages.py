"""What comes with a message about a ticket: files, and the customer's own words."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.message import Attachment, Quote
from bot.reply import File
from crm_core.models import StoredFile, TicketMessage, Visibility
from tests.bot.intents.test_tickets import stored, ticket
from tests.office import Office

PHOTO = Attachment(name="box.jpg", media_type="image/jpeg", size=4, reference="p1")
WORDS = Quote(text="Login is broken\nI can't log in since Monday.", author="Alfreds Futterkiste")


@pytest.fixture(autouse=True)
def _photo(office: Office) -> None:
    office.files["p1"] = b"\xff\xd8\xff\xe0"


async def test_a_photo_with_a_note(office: Office) -> None:
    id_ = await ticket(office)
    done = await office.say("laura", f"note on {id_}: see the picture", files=[PHOTO])
    assert "box.jpg" in done.text
    shown = await office.do("nancy", "ticket.show", ticket=id_)
    (file,) = [part for part in shown.parts if isinstance(part, File)]
    assert (file.name, file.media_type) == ("box.jpg", "image/jpeg")
    assert "see the picture [box.jpg]" in shown.text
    await office.press("laura", done, "Undo")
    shown = await office.do("nancy", "ticket.show", ticket=id_)
    assert "box.jpg" not in shown.text


async def test_a_photo_without_words_goes_to_the_ticket_spoken_of(office: Office) -> None:
    id_ = await ticket(office)
    assert f"kept on ticket #{id_}" in (await office.say("laura", files=[PHOTO])).text


async def test_a_photo_without_words_is_asked_about(office: Office) -> None:
    id_ = await ticket(office)
    assert "Which ticket" in (await office.say("anne", files=[PHOTO])).text
    assert f"kept on ticket #{id_}" in (await office.say("anne", str(id_))).text
    async with office.db.read() as session:
        assert (await session.scalars(select(StoredFile.name))).all() == ["box.jpg"]


async def test_a_file_that_cannot_be_had(office: Office) -> None:
    await ticket(office)
    large = PHOTO.model_copy(update={"size": 21 * 1024 * 1024})
    assert "larger than 20 MB" in (await office.say("laura", files=[large])).text


async def test_a_ticket_from_a_customers_message(office: Office) -> None:
    asked = await office.say("laura", "/ticket", quote=WORDS, files=[PHOTO])
    assert "Alfreds Futterkiste" in asked.text
    assert "Login is broken" in asked.text
    assert "Shall I do this?" in asked.text
    done = await office.press("laura", asked, "Yes")
    assert "Ticket #1 opened" in done.text
    async with office.db.read() as session:
        (said,) = await session.scalars(select(TicketMessage))
    assert (said.text, said.visibility) == (WORDS.text, Visibility.CUSTOMER)
    assert "box.jpg" in (await office.do("laura", "ticket.show", ticket=1)).text


async def test_an_unknown_author_is_asked_about(office: Office) -> None:
    asked = await office.say("laura", "/ticket", quote=Quote(text="help me", author="Zz Qqx"))
    assert "Which customer" in asked.text
    shown = await office.say("laura", "alfreds")
    assert "help me" in shown.text
    assert "Shall I do this?" in shown.text
    assert "opened" in (await office.say("laura", "yes")).text


async def test_an_open_ticket_about_the_same_is_offered_instead(office: Office) -> None:
    id_ = await ticket(office, "Can't log in")
    await office.do("laura", "ticket.snooze", ticket=id_, until="2026-03-13")
    asked = await office.say("laura", "/ticket", quote=WORDS)
    assert f"open ticket that may be about the same: #{id_}" in asked.text
    done = await office.press("laura", asked, f"Add to #{id_}")
    assert f"Kept on ticket #{id_}" in done.text
    assert "snoozed → open" in done.text
    async with office.db.read() as session:
        assert len((await session.scalars(select(TicketMessage))).all()) == 1


async def test_words_with_the_reply_count_beside_the_quote(office: Office) -> None:
    asked = await office.say("laura", "open an urgent ticket for bólido", quote=WORDS)
    assert "Bólido Comidas preparadas" in asked.text
    assert "rgent" in asked.text
    await office.press("laura", asked, "Yes")
    assert (await stored(office, 1)).subject == "Login is broken"


async def test_a_snooze_says_what_it_does_to_the_target(office: Office) -> None:
    id_ = await ticket(office, priority="low")
    done = await office.do(
        "laura", "ticket.snooze", ticket=id_, until=(office.now + timedelta(hours=1)).isoformat()
    )
    assert "The clock goes on meanwhile. First answer is due Mar 12, 2026 10:00" in done.text
    assert "8 h" in done.text.replace("7 h 59 min", "8 h")
    done = await office.do("laura", "ticket.snooze", ticket=id_, until="2026-03-16")
    assert "▲ The clock goes on meanwhile" in done.text
