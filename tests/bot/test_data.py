"""Files dropped into the chat, and files asked for."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from bot.errands import WORKS
from bot.reply import File, Reply
from crm_core import errands, files
from crm_core.models import Customer, Errand, ErrandStatus, Notification
from tests.desk import Desk
from tests.office import Office

CSV = b"name,email,city,shoe size\nNew One,one@new.com,Leeds,5\nNew Two,nonsense,Rome,6\n"


async def customers(office: Office) -> int:
    async with office.db.read() as session:
        return await session.scalar(select(func.count(Customer.id))) or 0


async def content_of(office: Office, reply: Reply) -> tuple[str, bytes]:
    (file,) = [part for part in reply.parts if isinstance(part, File)]
    async with office.db.read() as session:
        return file.name, await files.content(session, file.id)


async def test_a_file_is_shown_then_taken_in_and_can_be_taken_back(office: Office) -> None:
    before = await customers(office)
    assert "reading the file" in (await office.bring("nancy", "new.csv", CSV)).text
    look = await office.outcome()
    assert "customers: 2 rows" in look.text
    assert "1 would be new" in look.text
    assert "Line 3, email: is no e-mail address nonsense" in look.text
    assert "shoe size" in look.text
    assert "New One | one@new.com | Leeds" in look.text
    assert await customers(office) == before
    assert "taking the file in" in (await office.press("nancy", look, "Yes")).text
    done = await office.outcome()
    assert "1 new" in done.text
    assert await customers(office) == before + 1
    assert "New One" in (await office.say("nancy", "show New One")).text
    assert "removed" in (await office.press("nancy", done, "Undo")).text
    assert await customers(office) == before


async def test_a_finished_import_is_told_to_the_lead_once(office: Office) -> None:
    desk = Desk(office)
    for _ in range(2):  # the second time nothing is new
        await office.bring("nancy", "new.csv", CSV)
        look = await office.outcome()
        await office.press("nancy", look, "Yes")
        await office.outcome()
        await desk.run()
    (told,) = await desk.posted()
    assert told.text == (
        "Nancy Davolio imported customers: 1 new, 0 changed, 1 that could not be read"
    )
    async with office.db.read() as session:
        (row,) = await session.scalars(select(Notification).filter_by(kind=None))
    assert row.channel == "andrew"  # who leads Nancy


async def test_yes_and_no_in_words_in_chinese(office: Office) -> None:
    before = await customers(office)
    await office.bring("nancy", "a.csv", CSV, "导入这些客户")
    assert "将新增 1" in (await office.outcome()).text
    await office.say("nancy", "算了")
    assert "没有" in (await office.say("nancy", "好的")).text
    await office.bring("nancy", "a.csv", CSV, "导入这些客户")
    await office.outcome()
    await office.say("nancy", "好的")
    assert "新增 1" in (await office.outcome()).text
    assert await customers(office) == before + 1


async def test_another_kind_than_guessed(office: Office) -> None:
    await office.bring("nancy", "p.csv", b"customer,name,title\nAlfreds Futterkiste,Jo Fox,Boss\n")
    look = await office.outcome()
    assert "contacts" in look.text
    await office.bring("nancy", "p.csv", b"nothing,known\n1,2\n")
    assert "can't tell what this file holds" in (await office.outcome()).text


async def test_files_that_are_not_there_and_kinds_that_cannot_be(office: Office) -> None:
    assert "Send me a CSV or Excel file" in (await office.say("nancy", "import this")).text
    refused = await office.bring("nancy", "t.csv", b"a\nb\n", "import these tickets")
    assert "can't import tickets" in refused.text
    assert "doesn't allow" in (await office.say("laura", "import these customers")).text


@pytest.mark.parametrize(("asked", "name"), [("as Excel", "xlsx"), ("as csv", "csv")])
async def test_an_export_is_a_file_with_its_basis(office: Office, asked: str, name: str) -> None:
    reply = await office.say("andrew", f"export last year's orders {asked}")
    assert "comes here in a moment" in reply.text
    told = await office.outcome()
    file, content = await content_of(office, told)
    assert file == f"orders-2026-03-11.{name}"
    assert told.provenance
    assert "Jan 1, 2025 to Dec 31, 2025" in told.provenance
    if name == "xlsx":
        page = load_workbook(BytesIO(content)).active
        assert page is not None
        assert str(page.max_row - 1) in told.text.replace(",", "")


async def test_who_may_export_and_where(office: Office) -> None:
    assert "doesn't allow" in (await office.say("nancy", "export all customers")).text
    there = await office.say("andrew", "export all customers", channel="#sales")
    assert "direct chat" in there.text
    await office.say("andrew", "export tickets")
    assert "no tickets to export" in (await office.outcome()).text


async def test_an_errand_that_fails_is_tried_again_then_told(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(WORKS, "data.export", broken)
    await office.say("andrew", "export all customers")
    for _ in range(errands.TRIES):
        await office.errands.drain()
        office.now += errands.LEASE * 2
    async with office.db.read() as session:
        errand = (await session.scalars(select(Errand))).one()
    assert (errand.status, errand.attempts) == (ErrandStatus.FAILED, errands.TRIES)
    assert errand.error
    assert errand.error in capsys.readouterr().out
    told, _ = await office.delivery(f"reply:errand:{errand.id}")
    assert errand.error in told.text


async def test_an_errand_survives_a_restart(office: Office) -> None:
    await office.bring("nancy", "new.csv", CSV)
    office.restart()
    look = await office.outcome()
    office.restart()
    await office.press("nancy", look, "Yes")
    assert "1 new" in (await office.outcome()).text
