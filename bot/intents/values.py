"""What a customer is worth to us, and what to offer."""

import asyncio
from datetime import date
from typing import TYPE_CHECKING

from bot.intent import intent
from bot.reply import Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import findings, scores
from crm_core.errors import Invalid
from crm_core.models import Customer, FittedModel, ModelName, Product, Role
from crm_core.values import Money

if TYPE_CHECKING:  # heavy: imported where it is used
    from crm_core.analytics.value import Worth


@intent("customer.value", roles={Role.REP, Role.MANAGER})
async def value(turn: Turn, customer: Customer) -> Reply:
    """Say how much a customer will bring in the next twelve months, and how sure that is."""
    model = await scores.latest_model(turn.session, ModelName.VALUE)
    if model is None:
        raise Invalid("no-value-model")
    score = await scores.of_customer(turn.session, customer, ModelName.VALUE)
    turn.state.look_at(customer)
    if score is None:
        raise Invalid("no-value", customer=customer)
    worth = await asyncio.to_thread(_worth, model, score.reasons)
    visits, span, tenure, orders, mean = score.reasons

    def money(amount: float) -> Money:
        return Money(int(round(amount, -2)), model.metrics["currency"])

    return turn.reply(
        Words(
            text=turn.say("value-title", customer=customer, money=money(worth.money)),
            style="strong",
        ),
        turn.fields(
            (
                "label-likely-range",
                turn.say("value-range", low=money(worth.low), high=money(worth.high)),
            ),
            ("label-visits", turn.say("value-visits", few=worth.few, many=worth.many)),
            ("label-alive", turn.speaker.percent(worth.alive)),
            (
                "label-rests-on",
                turn.say("value-rests-on", orders=int(orders), tenure=int(tenure), days=int(visits))
                if mean is None
                else turn.say(
                    "value-rests-on-money",
                    orders=int(orders),
                    days=int(visits),
                    tenure=int(tenure),
                    last=int(tenure - span),
                    mean=money(mean),
                ),
            ),
        ),
        Words(text=turn.say("value-how"), style="quiet"),
        Words(text=record, style="quiet") if (record := _record(turn, model)) else None,
        provenance=turn.say("scored-on", day=model.as_of),
    )


def _worth(model: FittedModel, rests_on: list[float | None]) -> "Worth":
    from crm_core.analytics.value import Value

    return Value.from_dict(model.parameters).worth(rests_on)


def _record(turn: Turn, model: FittedModel) -> str | None:
    """Say how near such a forecast came on past days, where that could be tried."""
    tried = model.metrics.get("ways")
    if not tried:
        return None
    currency = model.metrics["currency"]
    return turn.say(
        "value-track-record",
        day=turn.speaker.day(date.fromisoformat(model.metrics["tested_from"])),
        days=model.metrics["days"],
        foretold=Money(int(round(tried["lifetime"]["foretold"], -2)), currency),
        actual=Money(int(round(model.metrics["actual"], -2)), currency),
    )


@intent("customer.recommend", roles={Role.REP, Role.SUPPORT})
async def recommend(turn: Turn, customer: Customer) -> Reply:
    """Say what to offer a customer: what they buy again, and what would be new to them."""
    offers = await findings.offers(turn.session, customer)
    turn.state.look_at(customer)
    if not offers.again and not offers.new:
        raise Invalid("no-offers", customer=customer)

    def table(title: str, products: list[Product]) -> Table | None:
        rows = [
            [product.name, product.category or "", _price(turn, product)] for product in products
        ]
        columns = [turn.say(title), turn.say("column-category"), turn.say("column-price")]
        return Table(columns=columns, rows=rows, numeric=(2,)) if rows else None

    return turn.reply(
        Words(text=turn.say("offers-title", customer=customer), style="strong"),
        table("column-again", offers.again),
        table("column-new", offers.new),
        Words(text=turn.say("offers-how"), style="quiet"),
    )


def _price(turn: Turn, product: Product) -> str:
    price = product.price
    return "" if price is None else turn.speaker.money(Money(price, product.currency))
