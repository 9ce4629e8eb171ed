"""Deals in the conversation."""

from bot.intent import Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import deals
from crm_core.models import Customer, Deal, Role, Stage, User
from crm_core.values import Money, Period, When

SELLERS = {Role.REP, Role.MANAGER}


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
    reply = turn.listing(
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
    )
    turn.state.look_at(customer)
    return reply


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
    return turn.reply(
        Words(text=deal.title, style="strong"),
        turn.fields(
            ("label-customer", deal.customer),
            ("label-stage", deal.stage),
            ("label-amount", turn.amount(deal)),
            ("label-closing", deal.close_date),
            ("label-owner", deal.owner.name if deal.owner else None),
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
    return turn.receipt("deal-created", details, deal=deal, customer=customer)


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
