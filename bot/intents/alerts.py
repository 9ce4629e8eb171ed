"""What people do about alerts, by button or in words."""

from datetime import timedelta

from bot.intent import Text, intent
from bot.reasons import in_words
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import alerts, churn, tasks
from crm_core.errors import Invalid
from crm_core.models import Alert, AlertKind, Customer
from crm_core.values import Money, When, midnight

REASONS = ("button-seasonal", "button-agreed-pause", "button-orders-elsewhere", "button-wrong-data")
"""Why it often is no real risk."""


@intent("alert.list")
async def list_(turn: Turn, kind: AlertKind | None = None) -> Reply:
    """List the alerts that wait for somebody."""
    found = await alerts.search(turn.session, turn.actor, turn.now, kind)
    return turn.listing(
        "alerts-found",
        found,
        [
            "column-number",
            "column-kind",
            "column-customer",
            "column-probability",
            "column-at-stake",
            "column-raised",
        ],
        lambda row: [
            f"#{row.id}",
            row.kind,
            row.customer,
            None if row.probability is None else turn.speaker.percent(row.probability),
            Money(row.value, row.currency) if row.value and row.currency else None,
            turn.local_day(row.raised_at),
        ],
        numeric=(3, 4),
        filters=turn.filters(kind=kind),
        of=Customer,
    )


@intent("alert.claim", writes=True)
async def claim(turn: Turn, alert: Alert, reason: Text | None = None) -> Reply:
    """Take an alert on: it becomes a task of yours."""
    await alerts.claim(turn.session, alert, turn.user.id, reason)
    customer = await _customer(turn, alert)
    task = await tasks.create(
        turn.session,
        title=turn.say("alert-task-title", customer=customer or alert, reason=reason or "unsaid"),
        owner=turn.user,
        due=When(turn.today + timedelta(days=1)),
        customer_id=alert.customer_id,
    )
    turn.state.look_at(alert, customer, task)
    return turn.receipt(
        "alert-claimed", who=turn.user, customer=customer or alert, task=f"#{task.id}"
    )


@intent("alert.snooze", writes=True)
async def snooze(turn: Turn, alert: Alert, until: When) -> Reply:
    """Let an alert rest until a day."""
    turn.in_the_future(until)
    await alerts.snooze(turn.session, alert, until.at or midnight(until.day, turn.zone))
    customer = await _customer(turn, alert)
    return turn.receipt("alert-snoozed", customer=customer or alert, until=until)


@intent("alert.dismiss", writes=True)
async def dismiss(turn: Turn, alert: Alert, reason: Text | None = None) -> Reply:
    """Say that an alert is no real risk, and why: the next training learns from it."""
    await alerts.dismiss(turn.session, alert, turn.user.id, reason)
    customer = await _customer(turn, alert)
    receipt = turn.receipt("alert-dismissed", who=turn.user, customer=customer or alert)
    if reason:
        return receipt
    reasons = [
        turn.button(label, "alert.dismiss", alert=alert, reason=turn.say(label))
        for label in REASONS
    ]
    return receipt.model_copy(
        update={
            "parts": [*receipt.parts, Words(text=turn.say("ask-reason")), Buttons(buttons=reasons)]
        }
    )


@intent("alert.script")
async def script(turn: Turn, alert: Alert) -> Reply:
    """Show what to say when calling about an alert."""
    customer = await _customer(turn, alert)
    if customer is None:
        raise Invalid("no-script", record=alert)
    talk = await churn.talking_points(turn.session, customer)
    reasons = in_words(turn.speaker, alert.reasons, alert.currency or turn.currency, "up")
    lines = [
        turn.say("script-hello", contact=talk.contact or turn.say("script-somebody")),
        turn.say("script-last", product=talk.product, day=turn.local_day(talk.ordered_at))
        if talk.product
        else None,
        turn.say("script-ticket", ticket=talk.ticket) if talk.ticket else None,
        turn.say("script-listen"),
        turn.say("script-offer", product=talk.favourite) if talk.favourite else None,
        turn.say("script-close"),
    ]
    said = [line for line in lines if line]
    turn.state.look_at(alert, customer)
    return turn.reply(
        Words(text=turn.say("script-title", customer=customer), style="strong"),
        "\n".join(f"{number}. {line}" for number, line in enumerate(said, 1)),
        turn.fields(turn.private("label-phone", talk.phone or customer.phone)),
        Words(text=turn.say("script-background", reasons=reasons), style="quiet")
        if reasons
        else None,
        Buttons(
            buttons=[
                turn.button("button-log-call", "activity.log", customer=customer, kind="call"),
                turn.button("button-claim", "alert.claim", alert=alert),
            ]
        ),
    )


async def _customer(turn: Turn, alert: Alert) -> Customer | None:
    if alert.customer_id is None:
        return None
    customer = await turn.session.get_one(Customer, alert.customer_id)
    turn.actor.check(customer)
    return customer
