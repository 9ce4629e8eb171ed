"""Contacts in conversation."""

import pytest
from sqlalchemy import func, select

from crm_core.models import Contact, Customer
from tests.office import Office


async def maria(office: Office) -> int:
    async with office.db.read() as session:
        return (await session.scalars(select(Contact.id).filter_by(name="Maria Anders"))).one()


async def of(office: Office, owner: str) -> int:
    """Return a customer of somebody's."""
    person = await office.person(owner)
    async with office.db.read() as session:
        query = select(Customer.id).filter_by(owner_id=person.id).order_by(Customer.id)
        return (await session.scalars(query)).first() or 0


async def contacts(office: Office) -> int:
    async with office.db.read() as session:
        return await session.scalar(select(func.count(Contact.id))) or 0


async def test_show_tells_how_to_reach_a_contact_but_not_to_a_channel(office: Office) -> None:
    id_ = await maria(office)
    await office.do("laura", "contact.update", contact=id_, field="phone", value="030 12345")
    await office.do("laura", "activity.log", contact=id_, kind="call", note="wants tea")
    reply = await office.do("nancy", "contact.show", contact=id_)
    assert "Phone: 030 12345" in reply.text
    assert "E-mail: –" in reply.text
    assert "Job title: Sales Representative" in reply.text
    assert "Customer: Alfreds Futterkiste" in reply.text
    assert "by Laura Callahan: wants tea" in reply.text
    reply = await office.say("nancy", "show contact Maria Anders", channel="#sales")
    assert "030 12345" not in reply.text
    reply = await office.press("nancy", reply, "See privately", channel="#sales")
    assert reply.private
    assert "030 12345" in reply.text


async def test_update_shows_what_changed_and_can_be_undone(office: Office) -> None:
    id_ = await maria(office)
    await office.do(
        "laura", "contact.update", contact=id_, field="email", value="m@alfreds.example"
    )
    reply = await office.do(
        "laura", "contact.update", contact=id_, field="email", value="a@b.example"
    )
    assert reply.private
    assert "m@alfreds.example → a@b.example" in reply.text
    await office.press("laura", reply, "Undo")
    reply = await office.do("laura", "contact.show", contact=id_)
    assert "E-mail: m@alfreds.example" in reply.text
    reply = await office.do("laura", "contact.update", contact=id_, field="title", value="Owner")
    assert "Job title: Sales Representative → Owner" in reply.text


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("city", "Berlin", "I can't change a contact's"),
        ("email", "not an address", "is no e-mail address"),
        ("phone", "soon", "is no phone number"),
        ("phone", "1" * 60, "too long"),
    ],
)
async def test_update_refuses_what_a_contact_cannot_have(
    office: Office, field: str, value: str, refusal: str
) -> None:
    id_ = await maria(office)
    reply = await office.do("laura", "contact.update", contact=id_, field=field, value=value)
    assert refusal in reply.text


async def test_create_adds_a_person_once(office: Office) -> None:
    customer, before = await of(office, "nancy"), await contacts(office)
    asked = {"customer": customer, "name": "Dana Fox", "email": "dana@acme.example"}
    reply = await office.do("nancy", "contact.create", **asked, title="Buyer")
    assert reply.private
    assert "Dana Fox" in reply.text
    assert "E-mail: dana@acme.example" in reply.text
    assert "Job title: Buyer" in reply.text
    again = await office.do("nancy", "contact.create", **asked)
    assert "called Dana Fox already" in again.text
    assert await contacts(office) == before + 1
    await office.press("nancy", reply, "Undo")
    assert await contacts(office) == before


async def test_contacts_of_a_colleagues_customer_are_not_for_everybody_to_change(
    office: Office,
) -> None:
    customer = await of(office, "anne")
    reply = await office.do("nancy", "contact.create", customer=customer, name="Dana Fox")
    assert "not yours to change" in reply.text
    reply = await office.do("laura", "contact.create", customer=customer, name="Dana Fox")
    assert "Dana Fox" in reply.text
    async with office.db.read() as session:
        id_ = (await session.scalars(select(Contact.id).filter_by(name="Dana Fox"))).one()
    reply = await office.do("nancy", "contact.update", contact=id_, field="name", value="Dan")
    assert "not yours to change" in reply.text


async def test_chinese(office: Office) -> None:
    await office.do("laura", "me.set_language", language="zh")
    reply = await office.do("laura", "contact.show", contact=await maria(office))
    assert "职位: Sales Representative" in reply.text
