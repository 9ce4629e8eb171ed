"""Orders in conversation: placing one, and its way to the customer."""

from sqlalchemy import func, select

from crm_core.models import Customer, Order, Product
from tests.office import Office


async def ids(office: Office) -> tuple[int, int]:
    async with office.db.read() as session:
        customers = select(Customer.id).where(Customer.name.startswith("Alfreds"))
        chai = select(Product.id).filter_by(name="Chai")
        return (await session.scalars(customers)).one(), (await session.scalars(chai)).one()


async def orders(office: Office) -> int:
    async with office.db.read() as session:
        return await session.scalar(select(func.count(Order.id))) or 0


async def test_create_shows_the_price_first_and_orders_after_a_yes(office: Office) -> None:
    customer, chai = await ids(office)
    before = await orders(office)
    reply = await office.do("nancy", "order.create", customer=customer, product=chai, quantity=20)
    assert "20 × Chai at $18 = $360" in reply.text
    assert await orders(office) == before
    reply = await office.press("nancy", reply, "Yes")
    assert "placed for Alfreds Futterkiste" in reply.text
    assert "Total: $360" in reply.text
    assert "Status: pending" in reply.text
    assert await orders(office) == before + 1
    shown = await office.do("nancy", "order.list", customer=customer, status="pending")
    assert "1 order, $360" in shown.text
    await office.press("nancy", reply, "Undo")
    assert await orders(office) == before


async def test_create_takes_one_piece_where_nothing_is_said(office: Office) -> None:
    customer, chai = await ids(office)
    await office.do("nancy", "order.create", customer=customer, product=chai)
    assert "1 × Chai at $18 = $18" in (await office.say("nancy", "yes")).text


async def test_create_refuses_before_it_asks(office: Office) -> None:
    customer, chai = await ids(office)
    reply = await office.do("nancy", "order.create", customer=customer, product=chai, quantity=1.5)
    assert "whole number" in reply.text
    async with office.db.read() as session:
        retired = (await session.scalars(select(Product).where(~Product.active))).all()[0]
    reply = await office.do("nancy", "order.create", customer=customer, product=retired.id)
    assert "not on sale any more" in reply.text
    assert "no open question" in (await office.say("nancy", "yes")).text
    reply = await office.do("laura", "order.create", customer=customer, product=chai)
    assert "Your role doesn't allow this" in reply.text


async def test_update_marks_an_order_and_can_be_undone(office: Office) -> None:
    customer, chai = await ids(office)
    await office.do("nancy", "order.create", customer=customer, product=chai)
    await office.say("nancy", "yes")
    async with office.db.read() as session:
        order = (await session.scalars(select(Order).order_by(Order.id.desc()))).all()[0]
    reply = await office.do("laura", "order.update", order=order.id, status="shipped")
    assert "Status: pending → shipped" in reply.text
    assert "Shipped: – → Mar 11, 2026" in reply.text
    again = await office.do("laura", "order.update", order=order.id, status="shipped")
    assert "is shipped already" in again.text
    await office.press("laura", reply, "Undo")
    reply = await office.do("laura", "order.show", order=order.id)
    assert "Status: pending" in reply.text
    assert "Shipped:" not in reply.text
