"""Undoing needs the right to change the record now."""

from crm_core.changes import Work
from crm_core.models import Role, User
from tests.office import Office


async def become(office: Office, name: str, role: Role) -> None:
    user = await office.person(name)
    async with office.db.begin(Work("role", office.now)) as session:
        (await session.get_one(User, user.id)).role = role


async def test_a_demoted_person_undoes_nothing_of_the_old_role(office: Office) -> None:
    await office.say("nancy", "new deal for Alfreds worth 50k")
    await become(office, "nancy", Role.SUPPORT)
    assert "role doesn't allow" in (await office.say("nancy", "undo")).text
    await become(office, "nancy", Role.REP)
    assert "removed" in (await office.say("nancy", "undo")).text


async def test_what_somebody_gave_away_by_mistake_can_be_taken_back(office: Office) -> None:
    await office.say("nancy", "give alfreds to anne")
    assert "as it was" in (await office.say("nancy", "undo")).text


async def test_what_was_taken_from_somebody_is_no_longer_theirs_to_undo(office: Office) -> None:
    await office.say("nancy", "Alfreds' city is Potsdam")
    await office.say("steven", "give alfreds to anne")
    assert "not yours" in (await office.say("nancy", "undo")).text


async def test_ones_own_settings_can_always_be_taken_back(office: Office) -> None:
    await office.say("laura", "my timezone is Asia/Shanghai")
    assert "as it was" in (await office.say("laura", "undo")).text


async def test_a_ticket_message_counts_as_the_tickets(office: Office) -> None:
    await office.say("laura", "open a ticket for Alfreds: broken")
    await office.say("laura", "note on 1: waiting")
    assert "Undone" in (await office.say("laura", "undo")).text
