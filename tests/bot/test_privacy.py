"""Export and erasure of a customer, in the conversation."""

from pathlib import Path

from bot.reply import File
from crm_core import files
from tests.office import Office


async def test_everything_on_a_customer_as_two_files(office: Office) -> None:
    asked = "export everything we hold on Alfreds"
    assert "role doesn't allow" in (await office.say("nancy", asked)).text
    assert "It comes here" in (await office.say("andrew", asked)).text
    told = await office.outcome()
    parts = [part for part in told.parts if isinstance(part, File)]
    assert [part.name.rpartition(".")[2] for part in parts] == ["json", "xlsx"]
    async with office.db.read() as session:
        content = await files.content(session, parts[0].id)
    assert b"Alfreds Futterkiste" in content
    assert b"Maria Anders" in content


async def test_erasing_needs_an_admin_and_the_name_typed(office: Office) -> None:
    erase = "erase Alfreds under GDPR"
    assert "role doesn't allow" in (await office.say("nancy", erase)).text
    asked = await office.say("andrew", erase)
    assert "type the name exactly as it is: Alfreds Futterkiste" in asked.text
    assert [button.label for button in asked.buttons] == ["No"]
    assert "A yes is not enough" in (await office.say("andrew", "yes")).text
    assert "dropped" in (await office.say("andrew", "never mind")).text
    await office.say("andrew", erase)
    await office.say("andrew", "alfreds")  # not the whole name: another question
    assert "Berlin" in (await office.say("andrew", "Alfreds Futterkiste")).text
    await office.say("andrew", erase)
    going = await office.say("andrew", "alfreds  FUTTERKISTE")
    assert "erasing the personal data of customer #" in going.text
    done = await office.outcome()
    assert "is erased" in done.text
    assert "Alfreds" not in done.text
    assert "Berlin" not in (await office.say("nancy", "show Alfreds Futterkiste")).text
    audit = await office.say("andrew", "who changed what today")
    assert "personal data erased" in audit.text
    assert "can't be" in (await office.do("andrew", "change.undo", work="erase:1")).text


async def test_no_byte_of_it_is_left(office: Office) -> None:
    await office.say("nancy", "log a call with Maria Anders: wants annual pricing")
    await office.say("nancy", "what's up with alfreds")
    await office.say("andrew", "erase Alfreds Futterkiste under GDPR")
    await office.say("andrew", "Alfreds Futterkiste")
    await office.outcome()
    path = Path(str(office.db.url.database))
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes().lower()
        for secret in (b"alfreds", b"maria anders", b"030-0074321", b"annual pricing"):
            assert secret not in content, f"{secret!r} in {file.name}"
