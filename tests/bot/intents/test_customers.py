"""Customers in conversation: whose they are, what happened, who was left alone, the best."""

import pytest
from sqlalchemy import select

from crm_core.models import Customer
from tests.office import Office

YEAR = {"start": "2025-03-12", "end": "2026-03-12"}


async def named(office: Office, name: str) -> Customer:
    async with office.db.read() as session:
        return (await session.scalars(select(Customer).where(Customer.name.startswith(name)))).one()


async def of(office: Office, owner: str) -> Customer:
    """Return somebody's customer."""
    person = await office.person(owner)
    async with office.db.read() as session:
        query = select(Customer).filter_by(owner_id=person.id).order_by(Customer.id)
        return (await session.scalars(query)).all()[0]


async def test_assign_shows_both_owners_and_can_be_undone(office: Office) -> None:
    customer, anne = await of(office, "nancy"), await office.person("anne")
    reply = await office.do("steven", "customer.assign", customer=customer.id, owner=anne.id)
    assert "Owner: Nancy Davolio → Anne Dodsworth" in reply.text
    again = await office.do("steven", "customer.assign", customer=customer.id, owner=anne.id)
    assert "belongs to Anne Dodsworth already" in again.text
    await office.press("steven", reply, "Undo")
    reply = await office.do("steven", "customer.show", customer=customer.id)
    assert "Owner: Nancy Davolio" in reply.text


async def test_a_rep_gives_away_own_customers_only(office: Office) -> None:
    theirs, nancy = await of(office, "anne"), await office.person("nancy")
    reply = await office.do("nancy", "customer.assign", customer=theirs.id, owner=nancy.id)
    assert "not yours to change" in reply.text
    reply = await office.do("laura", "customer.assign", customer=theirs.id, owner=nancy.id)
    assert "Your role doesn't allow this" in reply.text


async def test_history_tells_all_kinds_newest_first_and_goes_on(office: Office) -> None:
    ernst = await named(office, "Ernst")
    await office.do("laura", "activity.log", customer=ernst.id, kind="call", note="late delivery")
    await office.do("laura", "ticket.create", customer=ernst.id, subject="Broken jars")
    reply = await office.do("nancy", "customer.history", customer=ernst.id)
    lines = reply.text.splitlines()
    assert lines[0] == "Ernst Handel: 32 events"
    assert "Ticket #1: Broken jars" in lines[2]
    assert "call by Laura Callahan: late delivery" in lines[3]
    assert "Order #" in lines[4]
    reply = await office.press("nancy", reply, "Next page")
    assert "Rows 11 to 20 of 32." in reply.text
    reply = await office.do(
        "nancy",
        "customer.history",
        customer=ernst.id,
        period={"start": "2026-03-11", "end": "2026-03-12"},
    )
    assert "Ernst Handel: 2 events" in reply.text


async def test_untouched_leaves_out_whom_somebody_talked_to(office: Office) -> None:
    customer = await of(office, "nancy")
    nancy = await office.person("nancy")
    asked = {"period": {"start": "2026-02-10", "end": "2026-03-12"}, "owner": nancy.id}
    before = await office.do("nancy", "customer.untouched", **asked)
    assert customer.name in before.text
    await office.do("nancy", "activity.log", customer=customer.id, kind="call", note="hello")
    after = await office.do("nancy", "customer.untouched", **asked)
    assert customer.name not in after.text
    earlier = {"start": "2026-01-01", "end": "2026-02-01"}
    reply = await office.do("nancy", "customer.untouched", period=earlier, owner=nancy.id)
    assert "Mar 11, 2026" in reply.text


async def test_top_ranks_by_revenue_unless_told_otherwise(office: Office) -> None:
    reply = await office.do("nancy", "customer.top", count=3)
    lines = reply.text.splitlines()
    assert lines[0] == "The 3 best customers by revenue"
    assert lines[2].startswith("QUICK-Stop | $110,277.32 | 28 | ")
    assert "currency: USD" in lines[-1]
    reply = await office.do("nancy", "customer.top", count=1, metric="orders")
    assert "Save-a-lot Markets | $104,361.96 | 31" in reply.text
    reply = await office.do("nancy", "customer.top", metric="orders", period=YEAR)
    assert "The 10 best customers by orders" in reply.text
    assert "period: " in reply.text


async def test_top_refuses_what_no_single_customer_has(office: Office) -> None:
    reply = await office.do("nancy", "customer.top", metric="churn_rate")
    assert "can't rank customers by churn rate" in reply.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "nobody", "no e-mail address"),
        ("phone", "x", "no phone number"),
        ("name", "x" * 300, "200 characters is the most"),
        ("stage", "won", "can't change the field"),
    ],
)
async def test_update_refuses_what_makes_no_sense(
    office: Office, field: str, value: str, words: str
) -> None:
    customer = await of(office, "nancy")
    reply = await office.do(
        "nancy", "customer.update", customer=customer.id, field=field, value=value
    )
    assert words in reply.text


async def test_a_changed_phone_number_is_shown_to_the_asker_only(office: Office) -> None:
    customer = await of(office, "nancy")
    said = {"customer": customer.id, "field": "phone", "value": "030 999"}
    reply = await office.do("nancy", "customer.update", **said)
    assert reply.private
    assert f"Phone: {customer.phone} → 030 999" in reply.text


async def test_chinese(office: Office) -> None:
    await office.do("nancy", "me.set_language", language="zh")
    reply = await office.do("nancy", "customer.top", count=2)
    assert "按销售额排名前 2 的客户" in reply.text
    customer = await of(office, "nancy")
    reply = await office.do("nancy", "customer.history", customer=customer.id)
    assert "已送达" in reply.text or "订单" in reply.text
