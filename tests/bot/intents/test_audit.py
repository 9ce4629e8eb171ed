"""The change log in conversation."""

from enum import StrEnum

import pytest
from sqlalchemy import inspect, select

from adapters.settings import CONFIG
from bot.words import Words
from crm_core.changes import BOOKKEEPING, RECORDS
from crm_core.models import Customer, Deal
from tests.office import Office

TODAY = {"start": "2026-03-11", "end": "2026-03-12"}


async def alfreds(office: Office) -> int:
    async with office.db.read() as session:
        query = select(Customer.id).where(Customer.name.startswith("Alfreds"))
        return (await session.scalars(query)).one()


async def test_tells_who_changed_what_from_what_to_what(office: Office) -> None:
    customer = await alfreds(office)
    laura, anne = await office.person("laura"), await office.person("anne")
    await office.do("laura", "customer.update", customer=customer, field="phone", value="030 1")
    await office.do("laura", "contact.create", customer=customer, name="Dana Fox")
    await office.do("steven", "customer.assign", customer=customer, owner=anne.id)
    await office.say("steven", "undo")
    await office.do("nancy", "deal.create", customer=customer, title="Roof", amount={"value": 5})
    async with office.db.read() as session:
        deal = (await session.scalars(select(Deal.id))).one()
    await office.do("nancy", "deal.update", deal=deal, amount={"value": 7.5})
    reply = await office.do("steven", "audit.show", customer=customer, period=TODAY)
    assert reply.private
    lines = reply.text.splitlines()[2:]
    assert "Nancy Davolio | deal Roof | amount: $5 → $7.50" in lines[0]
    assert "Nancy Davolio | deal Roof | added" in lines[1]
    assert "customer Alfreds Futterkiste | owner: Anne Dodsworth → Nancy Davolio" in lines[2]
    assert "owner: Nancy Davolio → Anne Dodsworth (undone)" in lines[3]
    assert "Laura Callahan | contact Dana Fox | added" in lines[4]
    assert "phone: 030-0074321 → 030 1" in lines[5]
    reply = await office.do("steven", "audit.show", user=laura.id)
    assert reply.text.startswith("2 changes")


async def test_pages_through_imports_and_tells_them_from_people(office: Office) -> None:
    reply = await office.do("steven", "audit.show")
    assert "automatic" in reply.text
    assert "Rows 1 to 10 of " in reply.text
    first = reply.text
    reply = await office.press("steven", reply, "Next page")
    assert "Rows 11 to 20 of " in reply.text
    assert reply.text != first


async def test_what_is_gone_keeps_its_name(office: Office) -> None:
    await office.say("nancy", "add a customer Blue Sky Ltd in Leeds")
    await office.say("nancy", "Blue Sky's city is now York")
    await office.say("nancy", "undo")
    await office.say("nancy", "undo")
    nancy = await office.person("nancy")
    reply = await office.do("steven", "audit.show", user=nancy.id)
    assert "customer Blue Sky Ltd | removed" in reply.text
    assert "customer Blue Sky Ltd | city: Leeds → York (undone)" in reply.text


async def test_is_for_managers(office: Office) -> None:
    assert "Your role doesn't allow this" in (await office.do("nancy", "audit.show")).text


@pytest.mark.parametrize("noun", RECORDS)
def test_every_field_of_a_record_has_words(noun: str) -> None:
    words = Words(CONFIG / "replies")
    assert words.has(f"noun-{noun}")
    for column in inspect(RECORDS[noun]).column_attrs:
        if column.key not in BOOKKEEPING:
            assert words.has(f"field-{column.key.replace('_', '-')}"), column.key
            kind = column.columns[0].type.python_type
            if issubclass(kind, StrEnum):
                for word in kind:
                    family = kind.__name__.lower()
                    assert words.has(f"{family}-{word.value.replace('_', '-')}"), word


async def test_chinese(office: Office) -> None:
    await office.do("steven", "me.set_language", language="zh")
    customer = await alfreds(office)
    await office.do("laura", "customer.update", customer=customer, field="city", value="Bonn")
    reply = await office.do("steven", "audit.show", customer=customer, period=TODAY)
    assert "客户 Alfreds Futterkiste | 城市：Berlin → Bonn" in reply.text
