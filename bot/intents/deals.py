"""Deals in the conversation."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from bot.intent import Text, intent
from bot.reply import Buttons, Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import deals, forecasts
from crm_core.models import Customer, Deal, Role, Stage, User
from crm_core.values import Money, Period, When, midnight

SELLERS = {Role.REP, Role.MANAGER}
STILL = timedelta(days=30)
"""How long a deal has not moved, when nobody says how long."""
SEED = 0
"""The same question has the same answer."""


@intent("deal.list", roles=SELLERS)
async def list_(
    turn: Turn,
    customer: Customer | None = None,
    owner: User | None = None,
    stage: Stage | None = None,
    amount_min: Money | None = None,
    amount_max: Money | None = None,
    closing: Period | None = None,
) -> Reply:
    """List deals by customer, owner, stage, amount or closing date."""
    found = await deals.search(
        turn.session,
        turn.actor,
        customer=customer,
        owner=owner,
        stage=stage,
        amount_min=amount_min,
        amount_max=amount_max,
        closing=closing,
    )
    turn.state.look_at(customer)
    return turn.listing(
        "deals-found",
        found,
        ["column-deal", "column-customer", "column-stage", "column-closing", "column-amount"],
        lambda row: [row.title, row.customer, row.stage, row.close_date, turn.amount(row)],
        numeric=(4,),
        filters=turn.filters(
            customer=customer,
            owner=owner,
            stage=stage,
            amount_min=amount_min,
            amount_max=amount_max,
            closing=closing,
        ),
        of=Deal,
    )


@intent("deal.show", roles=SELLERS)
async def show(turn: Turn, deal: Deal) -> Reply:
    """Show a deal."""
    deal = await deals.whole(turn.session, deal)
    turn.state.look_at(deal.customer, deal)
    onward = [
        turn.button(f"button-move-{stage.value}", "deal.move", deal=deal, stage=stage.value)
        for stage in (Stage.NEGOTIATION, Stage.WON, Stage.LOST)
        if deal.stage.open and stage is not deal.stage
    ]
    if turn.actor.may(deal, change=True):
        onward.append(turn.edit(deal))
    return turn.reply(
        Words(text=deal.title, style="strong"),
        turn.fields(
            ("label-customer", deal.customer),
            ("label-stage", deal.stage),
            ("label-amount", turn.amount(deal)),
            ("label-closing", deal.close_date),
            ("label-owner", deal.owner),
            ("label-in-stage-since", turn.local_day(deal.stage_since)),
            ("label-reason", deal.reason),
        ),
        Buttons(buttons=onward) if onward else None,
    )


@intent("deal.create", roles={Role.REP}, writes=True)
async def create(
    turn: Turn,
    customer: Customer,
    title: Text | None = None,
    amount: Money | None = None,
    close_date: When | None = None,
    stage: Stage | None = None,
) -> Reply:
    """Open a deal for a customer."""
    if close_date:
        turn.in_the_future(close_date)
    deal = await deals.create(
        turn.session,
        customer=customer,
        title=title or turn.say("deal-default-title", customer=customer),
        owner=turn.user,
        amount=amount,
        currency=turn.currency,
        today=turn.today,
        close_date=close_date.day if close_date else None,
        stage=stage or Stage.PROSPECTING,
    )
    turn.state.look_at(customer, deal)
    details = turn.fields(
        ("label-amount", amount),
        ("label-stage", deal.stage),
        ("label-closing", deal.close_date),
    )
    return turn.receipt("deal-created", details, turn.edit(deal), deal=deal, customer=customer)


@intent("deal.move", roles={Role.REP}, writes=True)
async def move(
    turn: Turn,
    deal: Deal,
    stage: Stage,
    close_date: When | None = None,
    reason: Text | None = None,
) -> Reply:
    """Move a deal to another stage."""
    if close_date and stage.open:
        turn.in_the_future(close_date)
    before, closing = deal.stage, deal.close_date
    await deals.move(
        turn.session,
        deal,
        stage,
        today=turn.today,
        close_date=close_date.day if close_date else None,
        reason=reason,
    )
    turn.state.look_at(deal)
    changed = turn.fields(
        ("label-stage", turn.change(before, deal.stage)),
        ("label-closing", turn.change(closing, deal.close_date)),
        ("label-reason", reason),
    )
    return turn.receipt("deal-moved", changed, deal=deal)


@intent("deal.update", roles={Role.REP}, writes=True)
async def update(
    turn: Turn,
    deal: Deal,
    amount: Money | None = None,
    close_date: When | None = None,
    owner: User | None = None,
) -> Reply:
    """Change a deal's amount, closing date or owner."""
    if close_date and deal.stage.open:
        turn.in_the_future(close_date)
    deal = await deals.whole(turn.session, deal)
    was, closing, keeper = turn.amount(deal), deal.close_date, deal.owner
    await deals.update(
        turn.session,
        deal,
        amount=amount,
        close_date=close_date.day if close_date else None,
        owner=owner,
    )
    turn.state.look_at(deal)
    changed = turn.fields(
        ("label-amount", turn.change(was, turn.amount(deal))),
        ("label-closing", turn.change(closing, deal.close_date)),
        ("label-owner", turn.change(keeper, owner) if owner else None),
    )
    return turn.receipt("deal-updated", changed, deal=deal)


@intent("deal.pipeline", roles=SELLERS)
async def pipeline(
    turn: Turn,
    customer: Customer | None = None,
    owner: User | None = None,
    period: Period | None = None,
) -> Reply:
    """Show how many open deals are in each stage, and what they are worth."""
    shares = await deals.pipeline(
        turn.session, turn.actor, customer=customer, owner=owner, closing=period
    )
    turn.state.look_at(customer)
    count = sum(share.deals for share in shares)
    unpriced = sum(share.unpriced for share in shares)
    rests_on = _rests_on(turn, count, customer=customer, owner=owner, closing=period)
    title = Words(text=turn.say("pipeline-title", count=count), style="strong")
    if not count:
        return turn.reply(title, provenance=rests_on)
    rows = [
        [turn.speaker.word(share.stage), turn.speaker.show(share.deals), _sums(turn, share.sums)]
        for share in shares
    ]
    totals: dict[str, int] = {}
    for money in (money for share in shares for money in share.sums):
        totals[money.currency] = totals.get(money.currency, 0) + money.minor
    total = _sums(turn, [Money(minor, currency) for currency, minor in sorted(totals.items())])
    rows.append([turn.say("total"), turn.speaker.show(count), total])
    columns = [turn.say(name) for name in ("column-stage", "column-deals", "column-amount")]
    return turn.reply(
        title,
        Table(columns=columns, rows=rows, numeric=(1, 2)),
        _remark(turn, "deals-unpriced", unpriced),
        provenance=rests_on,
    )


@intent("deal.stale", roles=SELLERS)
async def stale(turn: Turn, period: Period | None = None, owner: User | None = None) -> Reply:
    """List the open deals that have not moved for a while."""
    since = period.start if period else turn.today - STILL
    found = await deals.stale(turn.session, turn.actor, midnight(since, turn.zone), owner=owner)
    moved = {row.deal.id: row.moved_at for row in found}
    return turn.listing(
        "deals-stale",
        [row.deal for row in found],
        ["column-deal", "column-customer", "column-stage", "column-moved", "column-amount"],
        lambda row: [
            row.title,
            row.customer,
            row.stage,
            turn.local_day(moved[row.id]),
            turn.amount(row),
        ],
        numeric=(4,),
        filters=turn.filters(since=since, owner=owner),
        of=Deal,
        since=since,
    )


@intent("deal.forecast", roles=SELLERS)
async def forecast(turn: Turn, owner: User | None = None, period: Period | None = None) -> Reply:
    """Foretell what the open deals will bring, and how sure that is."""
    foretold = await forecasts.forecast(
        turn.session, turn.actor, np.random.default_rng(SEED), owner=owner, period=period
    )
    trials = await forecasts.backtest(turn.session, np.random.default_rng(SEED), turn.today)
    rests_on = _rests_on(turn, foretold.deals, owner=owner, closing=period)
    history = foretold.history
    rates = "; ".join(
        turn.say(
            "forecast-rate",
            stage=stage,
            rate=turn.speaker.percent(history.rate(stage)),
            closed=ends.closed,
        )
        for stage, ends in history.by_stage.items()
    )
    rows = [
        [
            _sums(turn, [Money(minor, outlook.currency)])
            for minor in (outlook.won, outlook.expected, outlook.low, outlook.high, outlook.at_most)
        ]
        for outlook in foretold.outlooks
    ]
    names = ("column-won", "column-expected", "column-low", "column-high", "column-at-most")
    table = Table(columns=[turn.say(name) for name in names], rows=rows, numeric=(0, 1, 2, 3, 4))
    return turn.reply(
        Words(text=turn.say("forecast-title", count=foretold.deals), style="strong"),
        table if rows else None,
        _remark(turn, "deals-unpriced", foretold.unpriced),
        _remark(turn, "deals-undated", foretold.undated),
        Words(
            text=turn.say("forecast-history", closed=history.overall.closed, rates=rates),
            style="quiet",
        ),
        _backtest(turn, trials),
        provenance=rests_on,
    )


def _backtest(turn: Turn, trials: Sequence[forecasts.Trial]) -> Words | None:
    """Say how often the forecast would have held."""
    if not trials:
        return None
    text = turn.say(
        "forecast-backtest",
        held=sum(trial.held for trial in trials),
        trials=len(trials),
        expected=round(sum(trial.expected for trial in trials)),
        won=sum(trial.won for trial in trials),
    )
    return Words(text=text, style="quiet")


def _sums(turn: Turn, sums: list[Money]) -> str:
    """Write sums side by side: currencies are never added up."""
    return " + ".join(turn.speaker.money(money) for money in sums) or turn.say("nothing")


def _remark(turn: Turn, message: str, count: int) -> Words | None:
    return Words(text=turn.say(message, count=count), style="quiet") if count else None


def _rests_on(turn: Turn, count: int, **filters: object) -> str:
    return turn.provenance(count, turn.filters(**filters), turn.actor.scope(Deal))
