"""Duplicate customers in conversation: found, explained, merged, taken apart again."""

from sqlalchemy import select

from crm_core.models import Contact, Customer
from tests.office import Office


async def double(office: Office) -> tuple[int, int]:
    """Enter Ernst Handel a second time; return both ids."""
    async with office.db.read() as session:
        first = (await session.scalars(select(Customer.id).filter_by(name="Ernst Handel"))).one()
    await office.do("laura", "customer.create", name="Ernst Händel GmbH", email="e@handel.example")
    async with office.db.read() as session:
        query = select(Customer.id).filter_by(name="Ernst Händel GmbH")
        second = (await session.scalars(query)).one()
    await office.do("laura", "contact.create", customer=second, name="Dana Fox")
    return first, second


async def test_found_explained_and_merged_by_button(office: Office) -> None:
    assert "No duplicates found" in (await office.do("laura", "customer.duplicates")).text
    first, second = await double(office)
    reply = await office.do("laura", "customer.duplicates")
    assert "1 customer looks like another" in reply.text
    assert (
        f"Ernst Händel GmbH (#{second}) | Ernst Handel (#{first}, Graz) | names 98%" in reply.text
    )
    assert reply.buttons == []
    reply = await office.do("steven", "customer.duplicates")
    reply = await office.press("steven", reply, "Merge Ernst Händel GmbH into Ernst Handel")
    assert "moves to Ernst Handel: contact: 1" in reply.text
    reply = await office.press("steven", reply, "Yes")
    assert "Ernst Händel GmbH is merged into Ernst Handel" in reply.text
    assert "Moved along: contact: 1" in reply.text
    assert "Filled in: e-mail" in reply.text
    assert "Dana Fox" in (await office.do("steven", "customer.show", customer=first)).text
    await office.press("steven", reply, "Undo")
    async with office.db.read() as session:
        assert (await session.get_one(Customer, second)).name == "Ernst Händel GmbH"
        dana = (await session.scalars(select(Contact).filter_by(name="Dana Fox"))).one()
        assert dana.customer_id == second
        assert (await session.get_one(Customer, first)).email is None


async def test_a_customer_is_not_merged_into_itself(office: Office) -> None:
    first, second = await double(office)
    reply = await office.do("steven", "customer.merge", customer=first, duplicate=first)
    assert "Both names mean Ernst Handel" in reply.text
    reply = await office.do("laura", "customer.merge", customer=first, duplicate=second)
    assert "Your role doesn't allow this" in reply.text


async def test_chinese(office: Office) -> None:
    await double(office)
    await office.do("steven", "me.set_language", language="zh")
    reply = await office.do("steven", "customer.duplicates")
    assert "名称相似度 98%" in reply.text
