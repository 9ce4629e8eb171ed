"""Who is about to leave, why, and how far to trust that."""

from bot.intent import Number, intent
from bot.reasons import in_words
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import scores
from crm_core.errors import Invalid
from crm_core.models import Customer, FittedModel, ModelName, Role, User
from crm_core.values import Money

FEW = 10


@intent("churn.list", roles={Role.REP, Role.MANAGER})
async def list_(turn: Turn, owner: User | None = None, count: Number | None = None) -> Reply:
    """List the customers likelier to leave than the average, those who cost most first."""
    model = await _model(turn)
    most = max(1, min(int(count or FEW), 100))
    owners = turn.actor.owners(Customer) if owner is None else [owner.id]
    risks = await scores.most_at_stake(turn.session, most, owners, least=model.metrics["base_rate"])
    by_customer = {risk.score.customer_id: risk for risk in risks}
    currency = model.metrics["currency"]
    return turn.listing(
        "churn-title",
        [risk.score.customer for risk in risks],
        ["column-customer", "column-probability", "column-at-stake", "column-why"],
        lambda row: [
            row.name,
            turn.speaker.percent(by_customer[row.id].score.value),
            Money(int(round(by_customer[row.id].value, -2)), currency),
            "; ".join(in_words(turn.speaker, by_customer[row.id].score.reasons, currency, "up")[:2])
            or turn.say("reason-none"),
        ],
        numeric=(1, 2),
        filters=turn.filters(owner=owner),
        of=Customer,
    )


@intent("churn.explain", roles={Role.REP, Role.MANAGER, Role.SUPPORT})
async def explain(turn: Turn, customer: Customer) -> Reply:
    """Say why a customer is at risk, and how often such a score was right."""
    model = await _model(turn)
    score = await scores.of_customer(turn.session, customer, ModelName.CHURN)
    turn.state.look_at(customer)
    if score is None:
        raise Invalid("no-churn-score", customer=customer, days=model.parameters["lookback"])
    metrics = model.metrics
    reasons, currency = score.reasons, metrics["currency"]
    lines = [f"▲ {line}" for line in in_words(turn.speaker, reasons, currency, "up")]
    lines += [f"▼ {line}" for line in in_words(turn.speaker, reasons, currency, "down")]
    return turn.reply(
        Words(
            text=turn.say(
                "churn-explained",
                customer=customer,
                probability=turn.speaker.percent(score.value),
                days=model.parameters["horizon"],
            ),
            style="strong",
        ),
        turn.say("churn-average", average=turn.speaker.percent(metrics["base_rate"])),
        "\n".join(lines) or None,
        Words(text=track_record(turn, model), style="quiet"),
        Buttons(
            buttons=[
                turn.button("button-orders", "order.list", customer=customer),
                turn.button("button-log-call", "activity.log", customer=customer, kind="call"),
            ]
        ),
    )


def track_record(turn: Turn, model: FittedModel) -> str:
    """Say how good the model was at customers and days that it had not seen."""
    metrics = model.metrics
    return turn.say(
        "churn-track-record",
        precision=turn.speaker.percent(metrics["top_decile"]),
        base=turn.speaker.percent(metrics["base_rate"]),
        auc=f"{metrics['auc']:.2f}",
        n=metrics["customers"],
    )


async def _model(turn: Turn) -> FittedModel:
    model = await scores.latest_model(turn.session, ModelName.CHURN)
    if model is None:
        raise Invalid("no-churn-model")
    return model
