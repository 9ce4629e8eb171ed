"""Tickets in conversation: messages, targets, ratings, ready texts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_core.models import Customer, Priority, Ticket, TicketMessage, TicketStatus, Visibility
from tests.office import Office


async def ticket(office: Office, subject: str = "can't log in", priority: str = "urgent") -> int:
    """Let Laura open a ticket for Alfreds; return its number."""
    async with office.db.read() as session:
        named = select(Customer.id).where(Customer.name.startswith("Alfreds"))
        alfreds = (await session.scalars(named)).one()
    reply = await office.do(
        "laura", "ticket.create", customer=alfreds, subject=subject, priority=priority
    )
    return int(reply.text.partition("#")[2].partition(" ")[0])


async def stored(office: Office, id_: int) -> Ticket:
    async with office.db.read() as session:
        return await session.get_one(Ticket, id_)


async def test_prioritize_moves_the_deadline(office: Office) -> None:
    id_ = await ticket(office, priority="low")
    reply = await office.do("laura", "ticket.prioritize", ticket=id_, priority="urgent")
    assert "low → urgent" in reply.text
    assert "First answer: due Mar 11, 2026 10:30 (29 min left)" in reply.text
    reply = await office.do("laura", "ticket.prioritize", ticket=id_, priority="urgent")
    assert "has that priority already" in reply.text
    assert "role" in (await office.do("nancy", "ticket.prioritize", ticket=id_)).text


async def test_note_is_internal_and_no_answer(office: Office) -> None:
    id_ = await ticket(office)
    reply = await office.do("nancy", "ticket.note", ticket=id_, text="waiting for the courier")
    assert "for colleagues only" in reply.text
    assert (await stored(office, id_)).first_response_at is None
    shown = await office.do("laura", "ticket.show", ticket=id_)
    assert "Nancy Davolio, internal: waiting for the courier" in shown.text
    await office.press("nancy", reply, "Undo")
    shown = await office.do("laura", "ticket.show", ticket=id_)
    assert "courier" not in shown.text


async def test_reply_says_first_that_nothing_is_sent(office: Office) -> None:
    id_ = await ticket(office)
    asked = await office.do("laura", "ticket.reply", ticket=id_, text="refund issued")
    assert "will only be recorded" in asked.text
    assert "nobody sends it to Alfreds Futterkiste" in asked.text
    assert (await stored(office, id_)).first_response_at is None
    done = await office.press("laura", asked, "Yes")
    assert "as said to the customer" in done.text
    async with office.db.read() as session:
        message = (await session.scalars(select(TicketMessage))).one()
    assert (message.text, message.visibility) == ("refund issued", Visibility.PUBLIC)
    assert (await stored(office, id_)).first_response_at == message.said_at
    shown = await office.do("laura", "ticket.show", ticket=id_)
    assert "Laura Callahan to the customer: refund issued" in shown.text
    assert "First answer: Mar 11, 2026 10:00" in shown.text
    await office.press("laura", done, "Undo")
    assert (await stored(office, id_)).first_response_at is None


async def test_macro_shows_the_whole_text_before_it_is_recorded(office: Office) -> None:
    id_ = await ticket(office)
    asked = await office.do("laura", "ticket.macro", ticket=id_, macro="refnd")
    assert "Hello Alfreds Futterkiste" in asked.text
    assert f"ticket #{id_}" in asked.text
    assert "will only be recorded" in asked.text
    await office.press("laura", asked, "Yes")
    shown = await office.do("laura", "ticket.show", ticket=id_)
    assert "Kind regards, Laura Callahan" in shown.text
    unknown = await office.do("laura", "ticket.macro", ticket=id_, macro="birthday")
    assert "There are: more information, refund, resolved, shipping delay" in unknown.text


async def test_macro_in_chinese(office: Office) -> None:
    id_ = await ticket(office)
    await office.do("laura", "me.set_language", language="zh")
    asked = await office.do("laura", "ticket.macro", ticket=id_, macro="退款")
    assert "Alfreds Futterkiste，您好" in asked.text
    assert "没有设置邮件发送" in asked.text


async def test_reopen_undoes_a_closing(office: Office) -> None:
    id_ = await ticket(office)
    assert "is open already" in (await office.do("laura", "ticket.reopen", ticket=id_)).text
    await office.do("laura", "ticket.resolve", ticket=id_, text="was reset")
    reply = await office.do("laura", "ticket.reopen", ticket=id_)
    assert "resolved → open" in reply.text
    assert (await stored(office, id_)).resolved_at is None
    await office.press("laura", reply, "Undo")
    assert (await stored(office, id_)).resolution == "was reset"


async def test_a_snoozed_ticket_comes_back_by_itself(office: Office) -> None:
    id_ = await ticket(office)
    until = "2026-03-12T09:00:00+00:00"
    reply = await office.do("laura", "ticket.snooze", ticket=id_, until=until)
    assert "rests until Mar 12, 2026 09:00" in reply.text
    assert "No tickets" in (await office.do("laura", "ticket.list", status="open")).text
    assert "1 ticket" in (await office.do("laura", "ticket.list", status="snoozed")).text
    office.now += timedelta(days=1)
    assert "| open |" in (await office.do("laura", "ticket.list", status="open")).text
    assert "No tickets" in (await office.do("laura", "ticket.list", status="snoozed")).text
    assert (await stored(office, id_)).status is TicketStatus.SNOOZED
    past = await office.do("laura", "ticket.snooze", ticket=id_, until="2026-03-12")
    assert "is in the past" in past.text


@pytest.mark.parametrize("score", [0, 6, 4.5, -1])
async def test_rate_takes_whole_scores_from_1_to_5(office: Office, score: float) -> None:
    id_ = await ticket(office)
    reply = await office.do("laura", "ticket.rate", ticket=id_, score=score)
    assert "it goes from 1 to 5" in reply.text
    assert (await stored(office, id_)).satisfaction is None


async def test_rate_keeps_score_and_comment(office: Office) -> None:
    id_ = await ticket(office)
    reply = await office.do("laura", "ticket.rate", ticket=id_, score=4, comment="very friendly")
    assert "Rating: – → 4 of 5: very friendly" in reply.text
    shown = await office.do("laura", "ticket.show", ticket=id_)
    assert "4 of 5: very friendly" in shown.text


async def test_list_is_sorted_by_the_time_left_and_marks_breaches(office: Office) -> None:
    await ticket(office, "slow", "low")
    await ticket(office, "burning", "urgent")
    office.now += timedelta(minutes=45)
    await ticket(office, "new", "high")
    reply = await office.do("laura", "ticket.list")
    rows = [line for line in reply.text.splitlines() if line.startswith("#")]
    assert [row.split(" | ")[1] for row in rows] == ["burning", "new", "slow"]
    assert "First answer: ▲ 15 min over" in rows[0]
    assert "First answer: 1 h 59 min left" in rows[1]


async def test_breaching_lists_missed_and_near_targets_only(office: Office) -> None:
    assert "No ticket is about to miss" in (await office.do("laura", "ticket.breaching")).text
    await ticket(office, "burning", "urgent")
    late = await ticket(office, "slow", "low")
    office.now += timedelta(hours=2)
    today = {"start": "2026-03-11", "end": "2026-03-12"}
    reply = await office.do("laura", "ticket.breaching", period=today)
    assert "1 ticket misses its target" in reply.text
    assert "burning" in reply.text
    tomorrow = {"start": "2026-03-12", "end": "2026-03-13"}
    reply = await office.do("laura", "ticket.breaching", period=tomorrow)
    assert "slow" in reply.text
    assert "burning" not in reply.text
    assert (await stored(office, late)).priority is Priority.LOW
    reply = await office.do("laura", "ticket.breaching", assignee="me")
    assert "No ticket is about to miss" in reply.text


async def test_the_queue_opens_and_narrows_by_buttons(office: Office) -> None:
    mine, late = await ticket(office, "mine", "high"), await ticket(office, "late", "urgent")
    await office.do("laura", "ticket.assign", ticket=mine, assignee="me")
    office.now += timedelta(minutes=45)
    queue = await office.do("laura", "ticket.list")
    assert [button.label for button in queue.buttons] == [
        *(f"▲ #{late}", f"#{mine}"),
        *("Mine", "Unassigned", "Late"),
        *("Urgent", "High", "Normal", "Low"),
    ]
    opened = await office.press("laura", queue, f"▲ #{late}")
    assert f"Ticket #{late}" in opened.text
    for label, shown, hidden in (
        ("Mine", "mine", "late"),
        ("Unassigned", "late", "mine"),
        ("Late", "late", "mine"),
        ("High", "mine", "late"),
    ):
        narrowed = await office.press("laura", queue, label)
        assert narrowed.replaces
        assert f"| {shown} |" in narrowed.text
        assert f"| {hidden} |" not in narrowed.text
        whole = await office.press("laura", narrowed, f"✓ {label}")
        assert "2 tickets" in whole.text
    both = await office.press("laura", await office.press("laura", queue, "Late"), "High")
    assert "No tickets found" in both.text
    assert "only: Late" in both.text
    assert "✓ Late" in [button.label for button in both.buttons]
    of_another = await office.press("steven", queue, "Mine")
    assert "No tickets found" in of_another.text, "mine is whose who presses"


async def test_a_page_is_turned_in_place(office: Office) -> None:
    for n in range(12):
        await ticket(office, f"number {n}")
    first = await office.do("laura", "ticket.list")
    second = await office.press("laura", first, "Next page")
    assert second.replaces
    assert len([each for each in second.buttons if each.label.startswith("#")]) == 2


async def test_a_ticket_rests_until_people_work_again_and_may_be_woken(office: Office) -> None:
    id_ = await ticket(office)
    office.now += timedelta(days=2)  # a Friday
    card = await office.do("laura", "ticket.show", ticket=id_)
    assert "Wake up" not in [button.label for button in card.buttons]
    reply = await office.press("laura", card, "Rest until Mon 09:00")
    assert "rests until Mar 16, 2026 09:00" in reply.text
    card = await office.do("laura", "ticket.show", ticket=id_)
    reply = await office.press("laura", card, "Wake up")
    assert "snoozed → open" in reply.text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("make it high", "urgent → high"),
        ("snooze it until tomorrow 9am", "rests until"),
        ("snooze until tomorrow 9am", "rests until"),
        ("I'll take it", "goes to Laura"),
        ("resolve", "is resolved"),
        ("note: waiting for the courier", "for colleagues only"),
        ("reply: it is fixed", "text: it is fixed"),
        ("tell the customer it is fixed", "text: it is fixed"),
        ("customer rated it 4 out of 5", "4 of 5"),
        ("把它设为低", "→ 低"),
        ("备注：等快递", "等快递"),
        ("我来处理", "已分配给 Laura"),
        ("暂停到明天上午9点", "暂停到"),
        ("lunch?", "not sure what you mean"),
        ("Nancy", "not sure what you mean"),
    ],
)
async def test_what_is_said_of_the_ticket_shown_last(office: Office, said: str, told: str) -> None:
    id_ = await ticket(office)
    await office.do("laura", "ticket.show", ticket=id_)
    assert told in (await office.say("laura", said)).text


async def test_another_ticket_that_is_named_is_meant(office: Office) -> None:
    first, second = await ticket(office), await ticket(office, "another")
    reply = await office.say("laura", f"note on {first}: waiting for it")
    assert f"Noted on ticket #{first}" in reply.text
    assert "waiting for it" in reply.text
    await office.do("laura", "ticket.show", ticket=second)
    reply = await office.say("laura", f"reply to {first}: done")
    assert f"ticket: #{first}\ntext: done" in reply.text


async def test_a_question_is_about_the_ticket_it_names(office: Office) -> None:
    first, second = await ticket(office), await ticket(office, "another")
    asked = await office.do("laura", "ticket.reply", ticket=first)
    assert f"Ticket #{first}: what shall I tell the customer?" in asked.text
    assert f"#{first} is resolved" in (await office.say("laura", "close it")).text
    assert f"#{second}" not in (await office.do("laura", "ticket.note", ticket=first)).text


async def test_a_day_to_rest_until_ends_when_people_begin_to_work(office: Office) -> None:
    id_ = await ticket(office)
    for day, wakes in (("2026-03-16", "Mar 16, 2026 09:00"), ("2026-03-14", "Mar 14, 2026 00:00")):
        reply = await office.do("laura", "ticket.snooze", ticket=id_, until=day)
        assert f"rests until {wakes}" in reply.text


async def test_a_closed_ticket_is_rated_by_a_button(office: Office) -> None:
    id_ = await ticket(office)
    await office.do("laura", "ticket.resolve", ticket=id_)
    card = await office.do("laura", "ticket.show", ticket=id_)
    asked = await office.press("laura", card, "Rating")
    assert "from 1 to 5" in asked.text
    assert "4 of 5" in (await office.say("laura", "4")).text
