"""The people to talk to, and the fields that people type."""

from datetime import UTC, datetime

import pytest

from crm_core import contacts
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.fields import checked
from crm_core.models import Activity, ActivityKind, Contact, Customer, Role, User

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


async def test_one_name_once_a_customer(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        acme, globex = Customer(name="Acme"), Customer(name="Globex")
        session.add_all([acme, globex])
        await contacts.create(session, customer=acme, name=" Ägidius Fox ", email="")
        await contacts.create(session, customer=globex, name="Ägidius Fox")
        with pytest.raises(Invalid, match="contact-exists"):
            await contacts.create(session, customer=acme, name="ÄGIDIUS FOX")


async def test_update_returns_what_it_was_and_last_talk_who_talked(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        user, acme = User(name="Nancy", role=Role.REP), Customer(name="Acme")
        session.add_all([user, acme])
        dana = await contacts.create(session, customer=acme, name="Dana", title="Buyer")
        assert await contacts.update(session, dana, "title", " Head of Purchasing ") == "Buyer"
        assert dana.title == "Head of Purchasing"
        assert await contacts.last_talk(session, dana) is None
        for note in ("first", "second"):
            session.add(
                Activity(
                    kind=ActivityKind.CALL,
                    user_id=user.id,
                    contact_id=dana.id,
                    note=note,
                    happened_at=NOW,
                )
            )
            await session.flush()
        last = await contacts.last_talk(session, dana)
        assert last is not None
        assert (last.note, last.user.name) == ("second", "Nancy")
        with pytest.raises(Invalid, match="no-such-contact-field"):
            await contacts.update(session, dana, "customer_id", "1")


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("name", "  ", "no-name"),
        ("name", "x" * 201, "too-long"),
        ("email", "dana at acme", "not-an-email"),
        ("phone", "call me", "not-a-phone"),
        ("phone", "1" * 21, "not-a-phone"),
    ],
)
def test_typed_values_are_checked(field: str, text: str, problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        checked(Contact, **{field: text})


def test_typed_values_are_trimmed() -> None:
    typed = {"name": " Dana ", "email": " d@acme.example", "phone": "(5) 555-4729", "title": " "}
    assert checked(Contact, **typed) == {
        "name": "Dana",
        "email": "d@acme.example",
        "phone": "(5) 555-4729",
        "title": None,
    }
