"""How far the models can be trusted: what they said at past dates, and what happened."""

from datetime import date, datetime
from typing import Any

from bot.intent import intent
from bot.reply import Chart, Part, Reply, Series, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import churn, scores
from crm_core.errors import Invalid
from crm_core.models import FittedModel, ModelName, Role
from crm_core.values import Money


@intent("model.show", roles={Role.MANAGER})
async def show(turn: Turn, model: ModelName | None = None) -> Reply:
    """Show how good a model was at past dates, and how often its alerts were right."""
    if model is None:
        return await _overview(turn)
    fitted = await scores.latest_model(turn.session, model)
    if fitted is None:
        raise Invalid("no-such-model", model=model)
    parts = _value(turn, fitted) if model is ModelName.VALUE else _propensity(turn, fitted)
    if model is ModelName.CHURN:
        parts.append(Words(text=await _alerts(turn)))
    title = Words(text=turn.say("model-title", model=model), style="strong")
    return turn.reply(title, *parts, provenance=turn.say("scored-on", day=fitted.as_of))


async def _overview(turn: Turn) -> Reply:
    """Show a line a model; those that could not be fitted say so."""
    rows = []
    for name in ModelName:
        fitted = await scores.latest_model(turn.session, name)
        if fitted is None:
            rows.append([turn.speaker.word(name), turn.say("model-missing"), ""])
        else:
            rows.append(
                [turn.speaker.word(name), _verdict(turn, fitted), turn.speaker.day(fitted.as_of)]
            )
    columns = ["column-model", "column-verdict", "column-fitted"]
    return turn.reply(
        Words(text=turn.say("models-title"), style="strong"),
        Table(columns=[turn.say(column) for column in columns], rows=rows),
    )


def _verdict(turn: Turn, fitted: FittedModel) -> str:
    metrics = fitted.metrics
    if fitted.name is ModelName.VALUE:
        if "ways" not in metrics:
            return turn.say("model-untested")
        return turn.say(
            "value-verdict",
            foretold=_money(metrics["ways"]["lifetime"]["foretold"], metrics),
            actual=_money(metrics["actual"], metrics),
        )
    return turn.say(
        "model-verdict",
        top=turn.speaker.percent(metrics["top_decile"]),
        base=turn.speaker.percent(metrics["base_rate"]),
        lift=f"{metrics['lift']:.1f}",
    )


def _propensity(turn: Turn, fitted: FittedModel) -> list[Part]:
    metrics, percent = fitted.metrics, turn.speaker.percent
    alone, low_high = metrics["alone"], metrics["auc_interval"]
    chosen = turn.say(f"estimator-{metrics['chosen'].replace('_', '-')}")
    parts: list[Part] = [
        Words(
            text=turn.say(
                f"model-foretells-{fitted.name}",
                days=fitted.parameters["horizon"],
                lookback=fitted.parameters["lookback"] or 0,
            )
        ),
        turn.fields(
            (
                "label-tested",
                turn.say(
                    "model-tested",
                    first=date.fromisoformat(metrics["tested_from"]),
                    n=metrics["customers"],
                    events=metrics["events"],
                ),
            ),
            ("label-top-decile", _verdict(turn, fitted)),
            (
                "label-ranking",
                turn.say(
                    "model-auc",
                    auc=f"{metrics['auc']:.2f}",
                    low=f"{low_high[0]:.2f}",
                    high=f"{low_high[1]:.2f}",
                    recency=f"{alone['recency']:.2f}",
                    orders=f"{alone['orders']:.2f}",
                ),
            ),
            (
                "label-brier",
                turn.say(
                    "model-brier",
                    brier=f"{metrics['brier']:.3f}",
                    base=f"{metrics['brier_base']:.3f}",
                ),
            ),
            ("label-chosen", turn.say("model-chosen", chosen=chosen, n=len(metrics["trials"]))),
            ("label-learnt-from", date.fromisoformat(metrics["learnt_from"])),
        ),
    ]
    if trials := _trials(metrics):
        columns = ["column-as-of", "column-top-decile", "column-base", "column-lift"]
        rows = [
            [
                turn.speaker.day(date.fromisoformat(trial["as_of"])),
                percent(trial["top_decile"]),
                percent(trial["base_rate"]),
                f"{trial['lift']:.1f}×",
            ]
            for trial in trials
        ]
        shown = [turn.say(column) for column in columns]
        parts.append(Table(columns=shown, rows=rows, numeric=(1, 2, 3)))
    fifths = metrics["reliability"]
    parts.append(
        Chart(
            shape="bar",
            title=turn.say("model-calibration"),
            labels=[turn.say("model-fifth", number=number + 1) for number in range(len(fifths))],
            series=[
                Series(
                    name=turn.say(f"model-{side}"),
                    values=[round(100 * fifth[side], 1) for fifth in fifths],
                )
                for side in ("predicted", "observed")
            ],
            unit="%",
        )
    )
    return parts


def _trials(metrics: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the chosen model said at past dates and what happened, newest first."""
    newest = {**metrics, "as_of": metrics["tested_from"]}
    earlier = [{**trial[metrics["chosen"]], "as_of": trial["as_of"]} for trial in metrics["trials"]]
    return [newest, *earlier]


def _value(turn: Turn, fitted: FittedModel) -> list[Part]:
    metrics = fitted.metrics
    how = Words(text=turn.say("value-how"))
    if "ways" not in metrics:
        return [how, Words(text=turn.say("model-untested"))]
    columns = ["column-way", "column-foretold", "column-error", "column-correlation"]
    rows = [
        [
            turn.say(f"way-{name.replace('_', '-')}"),
            turn.speaker.money(_money(way["foretold"], metrics)),
            turn.speaker.money(_money(way["error"], metrics)),
            "–" if way["correlation"] is None else f"{way['correlation']:.2f}",
        ]
        for name, way in metrics["ways"].items()
    ]
    tested = turn.say(
        "value-tested",
        first=date.fromisoformat(metrics["tested_from"]),
        days=metrics["days"],
        n=metrics["customers"],
        actual=_money(metrics["actual"], metrics),
    )
    shown = [turn.say(column) for column in columns]
    return [how, Words(text=tested), Table(columns=shown, rows=rows, numeric=(1, 2, 3))]


def _money(amount: float, metrics: dict[str, Any]) -> Money:
    return Money(int(round(amount, -2)), metrics["currency"])


async def _alerts(turn: Turn) -> str:
    """Say how often the alerts that were sent came true."""
    since = datetime.combine(date.min, datetime.min.time(), turn.now.tzinfo)
    record = await churn.track_record(turn.session, since, turn.now)
    if record.precision is None:
        return turn.say("alerts-not-settled")
    return turn.say(
        "alerts-precision",
        precision=turn.speaker.percent(record.precision),
        settled=record.settled,
        lost=record.lost,
        saved=record.saved,
        stayed=record.stayed,
    )
