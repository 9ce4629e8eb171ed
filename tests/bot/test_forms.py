"""Forms: made from the signature, filled in with the record, checked field by field."""

from typing import Any

import pytest

from bot.forms import Form
from bot.glance import Glance, NotShown
from bot.message import Command, Message, Place, Slot
from bot.reply import Button
from crm_core import activities, tasks
from crm_core.changes import Work
from crm_core.models import ActivityKind, Customer, User
from tests.office import Office


def asking(office: Office, sender: str, intent: str = "", text: str = "", **slots: Any) -> Message:
    """Return the message of somebody who asks for a form."""
    command = Command(
        intent=intent, slots={name: Slot(value=value) for name, value in slots.items()}
    )
    return Message(
        event="form",
        place=Place(platform="test", channel=sender, direct=True),
        sender=sender,
        text=text,
        command=command,
        at=office.now,
    )


def pressing(office: Office, sender: str, button: Button) -> Message:
    message = asking(office, sender, "help.show")
    return message.model_copy(update={"command": None, "press": button.token})


def values(form: Form) -> dict[str, str]:
    return {entry.name: entry.value for entry in form.entries}


async def send(office: Office, message: Message, form: Form, **changed: str) -> Any:
    """Fill a form in and send it; return what is wrong, or the reply."""
    message = message.model_copy(update={"command": form.command, "press": None, "text": ""})
    before = values(form)
    filled, wrong = await Glance(office.assistant).sent(message, before | changed, before)
    if wrong:
        return wrong
    return await office.send(filled.model_copy(update={"event": f"sent {changed}"}))


async def test_a_form_has_a_field_for_each_slot(office: Office) -> None:
    form = await Glance(office.assistant).form(asking(office, "nancy", "deal.create"))
    assert form.title == "Open a deal"
    assert [(entry.name, entry.kind, entry.optional) for entry in form.entries] == [
        ("customer", "record", False),
        ("title", "text", True),
        ("amount", "money", True),
        ("close_date", "date", True),
        ("stage", "choice", True),
    ]
    assert [entry.label for entry in form.entries][:2] == ["Customer", "Title"]
    stages = form.entries[-1].options
    assert ("won", "won") in [(option.value, option.label) for option in stages]


async def test_a_form_sent_is_the_same_command_as_the_sentence(office: Office) -> None:
    message = asking(office, "nancy", "deal.create")
    form = await Glance(office.assistant).form(message)
    [alfreds] = await Glance(office.assistant).suggest(
        asking(office, "nancy", text="alfreds"), "deal.create", "customer"
    )
    reply = await send(
        office, message, form, customer=alfreds.value, amount="50k", close_date="2026-04-30"
    )
    assert "Alfreds" in reply.text
    assert "$50,000" in reply.text
    reply = await office.press("nancy", reply, "Undo")
    assert "Undone" in reply.text


async def test_every_wrong_field_is_told_at_once(office: Office) -> None:
    message = asking(office, "nancy", "deal.create")
    form = await Glance(office.assistant).form(message)
    wrong = await send(office, message, form, amount="a lot", close_date="2020-01-01")
    assert set(wrong) == {"customer", "amount", "close_date"}
    assert "fill this in" in wrong["customer"]
    assert "a lot" in wrong["amount"]
    assert "past" in wrong["close_date"]
    message = asking(office, "nancy", "customer.create")
    form = await Glance(office.assistant).form(message)
    wrong = await send(office, message, form, name="Blue Sky", email="nobody", phone="1")
    assert set(wrong) == {"email", "phone"}


async def test_an_edit_shows_the_record_and_changes_what_differs(office: Office) -> None:
    card = await office.say("nancy", "show alfreds")
    edit = next(button for button in card.buttons if button.label == "Edit")
    assert edit.form
    message = pressing(office, "nancy", edit)
    form = await Glance(office.assistant).form(message)
    assert form.title == "Alfreds Futterkiste"
    assert values(form)["city"] == "Berlin"
    assert form.command.intent == "customer.edit"
    # Meanwhile a colleague changes another field: that stays.
    await office.say("steven", "alfreds's phone is now 030-999")
    reply = await send(office, message, form, city="Potsdam", website="")
    assert "Berlin → Potsdam" in reply.text
    async with office.db.read() as session:
        customer = await session.get_one(Customer, form.command.slots["customer"].value)
        assert (customer.city, customer.phone) == ("Potsdam", "030-999")
    assert "Undone" in (await office.press("nancy", reply, "Undo")).text


async def test_a_text_can_be_emptied_a_name_and_an_owner_cannot(office: Office) -> None:
    card = await office.say("nancy", "show alfreds")
    edit = next(button for button in card.buttons if button.label == "Edit")
    message = pressing(office, "nancy", edit)
    form = await Glance(office.assistant).form(message)
    wrong = await send(office, message, form, name="", owner="")
    assert set(wrong) == {"name", "owner"}
    reply = await send(office, message, form, phone="")
    assert reply.private
    async with office.db.read() as session:
        customer = await session.get_one(Customer, form.command.slots["customer"].value)
        assert customer.phone is None


async def test_dates_amounts_and_customers_can_be_emptied_and_come_back(office: Office) -> None:
    deal = await office.say("nancy", "new deal for alfreds worth 50k closing in May")
    task = await office.say("nancy", "remind me to call alfreds tomorrow at 3pm")
    for reply, gone in ((deal, ("amount", "close_date")), (task, ("due", "customer"))):
        edit = next(button for button in reply.buttons if button.label == "Edit")
        message = pressing(office, "nancy", edit)
        form = await Glance(office.assistant).form(message)
        assert all(values(form)[name] for name in gone)
        edited = await send(office, message, form, **dict.fromkeys(gone, ""))
        assert len([line for line in edited.text.splitlines() if line.endswith("→ –")]) == 2
        again = await Glance(office.assistant).form(message)
        assert not any(values(again)[name] for name in gone)
        assert "Undone" in (await office.press("nancy", edited, "Undo")).text
        back = await Glance(office.assistant).form(message)
        assert values(back) == values(form)


async def test_every_noun_has_its_form(office: Office) -> None:
    nancy = await office.person("nancy")
    async with office.db.begin(Work("setup", office.now)) as session:
        user = await session.get_one(User, nancy.id)
        task = await tasks.create(session, title="Call", owner=user)
        talk = await activities.log(session, user, kind=ActivityKind.CALL, note="annual pricing")
    receipt = await office.say("nancy", "new deal for alfreds worth 50k")
    ticket = await office.say("nancy", "open a ticket for alfreds: can't log in")
    for record, field, value, said in (
        (task, "due", "2026-03-20T15:00", "15:00"),
        (talk, "note", "monthly pricing", "annual pricing → monthly pricing"),
    ):
        message = asking(office, "nancy", f"{record.noun()}.edit", **{record.noun(): record.id})
        form = await Glance(office.assistant).form(message)
        assert said in (await send(office, message, form, **{field: value})).text
    for reply, field, value, said in (
        (receipt, "stage", "proposal", "prospecting → proposal"),
        (ticket, "subject", "Locked out", "can't log in → Locked out"),
    ):
        edit = next(button for button in reply.buttons if button.label == "Edit")
        message = pressing(office, "nancy", edit)
        form = await Glance(office.assistant).form(message)
        assert said in (await send(office, message, form, **{field: value})).text


async def test_nothing_changed_is_said(office: Office) -> None:
    receipt = await office.say("nancy", "new deal for alfreds worth 50k")
    message = pressing(office, "nancy", receipt.buttons[-1])
    form = await Glance(office.assistant).form(message)
    assert values(form)["amount"] == "50000 USD"
    assert "What shall I change" in (await send(office, message, form)).text
    # A chat without forms does the command at once.
    assert "What shall I change" in (await office.press("nancy", receipt, "Edit")).text


async def test_words_fill_the_form_in(office: Office) -> None:
    message = asking(
        office, "laura", "ticket.create", text="alfreds can't log in\nsince this morning"
    )
    form = await Glance(office.assistant).form(message)
    assert values(form)["subject"] == "alfreds can't log in"
    message = asking(office, "nancy", "activity.log", text="Called Alfreds\nthey want a discount")
    form = await Glance(office.assistant).form(message)
    assert values(form)["note"] == "Called Alfreds\nthey want a discount"


async def test_rights_hold_for_forms_too(office: Office) -> None:
    glance = Glance(office.assistant)
    with pytest.raises(NotShown, match="don't know you"):
        await glance.form(asking(office, "stranger", "deal.create"))
    with pytest.raises(NotShown, match="Your role"):
        await glance.form(asking(office, "laura", "deal.create"))
    with pytest.raises(NotShown):
        await glance.form(asking(office, "nancy", "deal.edit", deal=10**9))
    with pytest.raises(NotShown, match="don't know you"):
        await glance.suggest(asking(office, "stranger", text="alfreds"), "deal.create", "customer")
