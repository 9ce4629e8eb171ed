"""Campaigns in the conversation: from the suggestion to what it changed."""

import csv
import io
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.intent import Number, Text, intent
from bot.notices import Draft, action, phrase
from bot.reply import Buttons, Field, Fields, File, Part, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import campaigns, effects, files, notifications
from crm_core.analytics.lift import Effect
from crm_core.models import (
    AlertKind,
    Campaign,
    CampaignMember,
    CampaignStatus,
    Customer,
    Objective,
    Role,
)
from crm_core.receivers import Notice, Router
from crm_core.values import Money

READERS = {Role.MANAGER, Role.REP}


@intent("campaign.suggest", roles={Role.MANAGER}, writes=True)
async def suggest(
    turn: Turn, objective: Objective | None = None, holdout: Number | None = None
) -> Reply:
    """Suggest a campaign: for whom, with what, and what to expect of it."""
    chosen = objective or Objective.WIN_BACK
    campaign = await campaigns.suggest(
        turn.session,
        chosen,
        turn.company.campaigns,
        name=turn.say("campaign-name", objective=chosen, day=turn.today),
        currency=turn.currency,
        holdout=holdout,
    )
    turn.state.look_at(campaign)
    return await _card(turn, campaign)


@intent("campaign.list", roles=READERS)
async def list_(turn: Turn, status: CampaignStatus | None = None) -> Reply:
    """List the campaigns."""
    found = await campaigns.search(turn.session, status)
    return turn.listing(
        "campaigns-found",
        found,
        ["column-number", "column-campaign", "column-status", "column-customers", "column-offer"],
        lambda row: [
            f"#{row.id}",
            row.name,
            row.status,
            row.plan["customers"],
            row.product,
        ],
        numeric=(3,),
        filters=turn.filters(status=status),
    )


@intent("campaign.show", roles=READERS)
async def show(turn: Turn, campaign: Campaign) -> Reply:
    """Show a campaign's plan and its audience."""
    turn.state.look_at(campaign)
    return await _card(turn, await campaigns.whole(turn.session, campaign))


@intent("campaign.approve", roles={Role.MANAGER}, writes=True, confirm=True)
async def approve(turn: Turn, campaign: Campaign, reason: Text | None = None) -> Reply:
    """Approve a campaign that somebody else suggested."""
    await campaigns.decide(turn.session, campaign, turn.user, True, reason)
    turn.state.look_at(campaign)
    receipt = turn.receipt("campaign-approved", campaign=campaign)
    onward = Buttons(buttons=[turn.button("button-launch", "campaign.launch", campaign=campaign)])
    return receipt.model_copy(update={"parts": [*receipt.parts, onward]})


@intent("campaign.reject", roles={Role.MANAGER}, writes=True, confirm=True)
async def reject(turn: Turn, campaign: Campaign, reason: Text | None = None) -> Reply:
    """Turn a campaign down."""
    await campaigns.decide(turn.session, campaign, turn.user, False, reason)
    turn.state.look_at(campaign)
    return turn.receipt("campaign-rejected", campaign=campaign)


@intent("campaign.exclude", roles=READERS, writes=True)
async def exclude(turn: Turn, campaign: Campaign, customer: Customer) -> Reply:
    """Leave one of your customers out of a campaign before its launch."""
    turn.actor.check(customer, change=True)
    await campaigns.leave_out(turn.session, campaign, customer)
    turn.state.look_at(campaign, customer)
    return turn.reply(turn.say("campaign-excluded", campaign=campaign, customer=customer))


async def _for_good(turn: Turn, campaign: Campaign) -> str:
    return turn.say("campaign-for-good")


@intent("campaign.launch", roles={Role.MANAGER}, writes=True, confirm=True, preview=_for_good)
async def launch(turn: Turn, campaign: Campaign) -> Reply:
    """Launch a campaign: draw the hold-out, give the owners their tasks, export the audience."""
    campaign = await campaigns.whole(turn.session, campaign)
    offer = campaign.product.name if campaign.product else turn.say("campaign-no-offer")
    task = turn.say("campaign-task", customer=campaigns.CUSTOMER, offer=offer)
    seed = secrets.randbits(31)
    audience = await campaigns.launch(turn.session, campaign, seed, task)
    treated = [member for member in audience if member.treated]
    everybody = await campaigns.members(turn.session, campaign)
    left_out = Counter(member.left_out for member in everybody if member.left_out)
    owners = Counter(one.customer.owner_id for one in treated if one.customer.owner_id)
    router = await Router.load(turn.session, turn.company.policy)
    await notifications.notify(
        turn.session,
        router,
        [_batch(campaign, owner, count) for owner, count in owners.items()],
    )
    turn.state.look_at(campaign)
    said = turn.say(
        "campaign-launched",
        campaign=campaign,
        count=len(treated),
        control=len(audience) - len(treated),
        tasks=sum(owners.values()),
        until=turn.local_day(campaign.ends_at),
    )
    fields = turn.fields(("label-left-out", _left_out(turn, left_out)))
    reply = turn.reply(said, fields, await _file(turn, campaign, treated))
    return reply.model_copy(update={"private": True})


def _batch(campaign: Campaign, owner: int, count: int) -> Notice:
    draft = Draft(
        title=phrase("notice-campaign", campaign=campaign, count=count),
        actions=(action("button-tasks", "task.list"),),
    )
    return Notice(
        f"campaign:{campaign.id}:{owner}",
        AlertKind.CAMPAIGN,
        draft.plain(),
        to=(owner,),
        subscribers=False,
    )


@intent("campaign.results", roles=READERS)
async def results(turn: Turn, campaign: Campaign) -> Reply:
    """Show what a campaign changed, beside those who were held back."""
    campaign = await campaigns.whole(turn.session, campaign)
    found = await effects.results(turn.session, campaign, turn.now, aim=True)
    turn.state.look_at(campaign)
    currency = campaign.plan["currency"]
    verdict = "campaign-too-early" if not found.over else "campaign-too-little"
    if found.enough and found.orders:
        verdict = "campaign-unclear"
        if found.orders.evident:
            verdict = "campaign-works" if found.orders.low > 0 else "campaign-harms"
    aimed = None
    if found.targeting:
        aimed = "campaign-aimed" if found.targeting.evident else "campaign-not-aimed"
    rows: list[Field] = []
    if found.orders and found.money:
        rows = [
            Field(label=turn.say("label-ordered-share"), value=_share(turn, found.orders)),
            Field(label=turn.say("label-money-each"), value=_money(turn, found.money, currency)),
        ]
    return turn.reply(
        Words(text=turn.say("campaign-results", campaign=campaign), style="strong"),
        Fields(fields=rows) if rows else None,
        turn.say(verdict, until=turn.local_day(campaign.ends_at)),
        turn.say(aimed) if aimed else None,
        provenance=turn.say(
            "campaign-groups", treated=found.treated, control=found.control, now=turn.now
        ),
    )


def _share(turn: Turn, effect: Effect) -> str:
    return turn.say(
        "campaign-share",
        treated=_percent(effect.treated),
        control=_percent(effect.control),
        difference=_points(effect.difference),
        low=_points(effect.low),
        high=_points(effect.high),
    )


def _money(turn: Turn, effect: Effect, currency: str) -> str:
    def amount(minor: float) -> Money:
        return Money(round(minor), currency)

    return turn.say(
        "campaign-money",
        treated=amount(effect.treated),
        control=amount(effect.control),
        difference=amount(effect.difference),
        low=amount(effect.low),
        high=amount(effect.high),
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _points(share: float) -> str:
    return f"{share * 100:+.1f}"


async def _card(turn: Turn, campaign: Campaign) -> Reply:
    plan = campaign.plan
    members = await campaigns.members(turn.session, campaign)
    count = sum(not member.left_out for member in members)
    extra = plan["rise"] * (plan["customers"] - plan["control"])
    basis = "campaign-measured" if plan["campaigns"] else "campaign-guess"
    onward = {
        CampaignStatus.SUGGESTED: [("button-approve", "approve"), ("button-reject", "reject")],
        CampaignStatus.APPROVED: [("button-launch", "launch")],
        CampaignStatus.RUNNING: [("button-results", "results")],
        CampaignStatus.FINISHED: [("button-results", "results")],
        CampaignStatus.REJECTED: [],
    }[campaign.status]
    shown = [turn.button(label, f"campaign.{verb}", campaign=campaign) for label, verb in onward]
    parts: list[Part | str | None] = [
        Words(text=f"#{campaign.id} {campaign.name}", style="strong"),
        turn.fields(
            ("label-status", campaign.status),
            ("label-audience", turn.say("campaign-audience", count=count, control=plan["control"])),
            ("label-left-out", _left_out(turn, plan["left_out"])),
            ("label-offer", campaign.product),
            (
                "label-expected",
                turn.say(
                    "campaign-expected",
                    base=_percent(plan["base"]),
                    rise=_points(plan["rise"]),
                    low=_points(plan["low"]),
                    high=_points(plan["high"]),
                ),
            ),
            (
                "label-extra",
                turn.say(
                    "campaign-extra",
                    orders=round(extra, 1),
                    money=Money(int(round(extra * plan["order"], -2)), plan["currency"]),
                ),
            ),
            ("label-cost", Money.of(plan["cost"], plan["currency"])),
            (
                "label-power",
                turn.say(
                    "campaign-power",
                    power=turn.speaker.percent(plan["power"]),
                    needed=plan["needed"],
                ),
            ),
        ),
        Words(text=turn.say(basis, count=plan["campaigns"]), style="quiet"),
        await _file(turn, campaign, members),
        Buttons(buttons=shown) if shown else None,
    ]
    return turn.reply(*parts).model_copy(update={"private": True})


def _left_out(turn: Turn, counts: Mapping[str, int]) -> str | None:
    """Say how many were left out of an audience why; None where nobody was."""
    said = [f"{turn.say(f'left-out-{reason}')}: {number}" for reason, number in counts.items()]
    return ", ".join(said) or None


async def _file(turn: Turn, campaign: Campaign, members: Sequence[CampaignMember]) -> File:
    """Write the members as a table that a mailing tool takes."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["customer", "code", "email", "segment", "owner", "score", "group"])
    for one in members:
        customer = one.customer
        if turn.actor.may(customer):
            group = {True: "treated", False: "control", None: one.left_out or ""}[one.treated]
            table.writerow(
                [
                    _cell(customer.name),
                    _cell(customer.code),
                    _cell(customer.email),
                    customer.segment or "",
                    _cell(customer.owner.name if customer.owner else ""),
                    f"{one.score:.4g}",
                    group,
                ]
            )
    name = f"campaign-{campaign.id}.csv"
    content = out.getvalue().encode("utf-8-sig")
    stored = await files.store(turn.session, name, "text/csv", content, turn.now)
    return File(id=stored.id, name=name, media_type="text/csv")


def _cell(text: str | None) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text and text[0] in "=+-@" else text or ""
