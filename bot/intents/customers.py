"""Customers in the conversation."""

from bot.intent import Field as FieldName
from bot.intent import Number, Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import customers, orders, reports, scores
from crm_core.models import (
    Activity,
    Customer,
    Deal,
    Metric,
    ModelName,
    Order,
    Record,
    Role,
    Segment,
    Ticket,
    User,
)
from crm_core.values import Money, Period

DIRECT = {Role.REP, Role.SUPPORT}
PRIVATE = {"phone", "email", "address"}
FEW, MANY = 10, 100


@intent("customer.show")
async def show(turn: Turn, customer: Customer) -> Reply:
    """Show a customer at one glance."""
    overview = await customers.overview(turn.session, turn.actor, customer)
    owner = await turn.session.get(User, customer.owner_id) if customer.owner_id else None
    churn = await scores.of_customer(turn.session, customer, ModelName.CHURN)
    turn.state.look_at(*overview.deals[:1], *overview.contacts[:1], customer)
    last = overview.last_order
    return turn.reply(
        Words(text=customer.name, style="strong"),
        turn.fields(
            ("label-place", ", ".join(filter(None, [customer.city, customer.country])) or None),
            ("label-owner", owner.name if owner else None),
            turn.private("label-phone", customer.phone),
            turn.private("label-email", customer.email),
            turn.private("label-address", customer.address),
            *(
                turn.private("label-contact", _contact(contact.name, contact.title, contact.phone))
                for contact in overview.contacts[:3]
            ),
            ("label-orders", overview.orders),
            (
                "label-revenue",
                " + ".join(turn.speaker.money(sum_) for sum_ in overview.revenue) or None,
            ),
            (
                "label-last-order",
                turn.say(
                    "order-in-brief",
                    order=last,
                    day=turn.local_day(last.ordered_at),
                    total=Money(last.total, last.currency),
                )
                if last
                else None,
            ),
            ("label-segment", customer.segment),
            ("label-churn", turn.speaker.percent(churn.value) if churn else None),
        ),
        *_lists(turn, overview),
        Buttons(
            buttons=[
                turn.button("button-orders", "order.list", customer=customer),
                turn.button(
                    "button-log-call", "activity.log", form=True, customer=customer, kind="call"
                ),
                turn.button("button-new-task", "task.create", form=True, customer=customer),
                *([turn.edit(customer)] if turn.actor.may(customer, change=True) else []),
            ]
        ),
    )


def _contact(name: str, title: str | None, phone: str | None) -> str:
    return ", ".join(filter(None, [name, title, phone]))


def _lists(turn: Turn, overview: customers.Overview) -> list[Words]:
    """What is going on: open deals, open tickets, the last talks."""
    lines = [_deal(turn, deal) for deal in overview.deals[:3]]
    lines += [_ticket(turn, ticket) for ticket in overview.tickets[:3]]
    lines += [
        turn.say(
            "line-activity",
            kind=activity.kind,
            when=activity.happened_at,
            who=activity.user,
            note=activity.note,
        )
        for activity in overview.activities
    ]
    return [Words(text="\n".join(lines))] if lines else []


def _deal(turn: Turn, deal: Deal) -> str:
    return turn.say("line-deal", deal=deal, stage=deal.stage, amount=turn.amount(deal))


def _ticket(turn: Turn, ticket: Ticket) -> str:
    id_, subject, status = str(ticket.id), ticket.subject, ticket.status
    return turn.say("line-ticket", id=id_, subject=subject, status=status)


@intent("customer.find")
async def find(
    turn: Turn,
    query: Text | None = None,
    city: Text | None = None,
    country: Text | None = None,
    segment: Segment | None = None,
    owner: User | None = None,
) -> Reply:
    """Find customers by name, place or owner."""
    ids = None
    if query:
        await turn.directory.refresh(turn.session)
        ids = turn.directory.named(Customer, query, all_near=True)
    found = await customers.search(
        turn.session, turn.actor, ids=ids, city=city, country=country, segment=segment, owner=owner
    )
    return turn.listing(
        "customers-found",
        found,
        ["column-customer", "column-city", "column-country", "column-owner"],
        lambda row: [row.name, row.city, row.country, row.owner.name if row.owner else None],
        filters=turn.filters(query=query, city=city, country=country, segment=segment, owner=owner),
        of=Customer,
    )


@intent("customer.create", roles=DIRECT, writes=True)
async def create(
    turn: Turn,
    name: Text,
    email: Text | None = None,
    phone: Text | None = None,
    city: Text | None = None,
    country: Text | None = None,
    owner: User | None = None,
) -> Reply:
    """Add a customer."""
    own = turn.user if turn.user.role is Role.REP else None
    customer = await customers.create(
        turn.session,
        name=name,
        email=email,
        phone=phone,
        city=city,
        country=country,
        owner=owner or own,
    )
    turn.state.look_at(customer)
    return turn.receipt("customer-created", customer=customer)


@intent("customer.update", roles=DIRECT, writes=True)
async def update(turn: Turn, customer: Customer, field: FieldName, value: Text) -> Reply:
    """Change a customer's phone, e-mail, address or other field."""
    before = await customers.update(turn.session, customer, field, value)
    turn.state.look_at(customer)
    change = turn.say("before-after", before=before, after=getattr(customer, field))
    details = turn.fields((f"label-{field}", change))
    receipt = turn.receipt("customer-updated", details, customer=customer)
    return receipt.model_copy(update={"private": field in PRIVATE})


@intent("customer.assign", roles={Role.REP, Role.MANAGER}, writes=True)
async def assign(turn: Turn, customer: Customer, owner: User) -> Reply:
    """Give a customer to a colleague."""
    before = await customers.assign(turn.session, customer, owner)
    turn.state.look_at(customer)
    changed = turn.fields(("label-owner", turn.change(before, owner)))
    return turn.receipt("customer-assigned", changed, customer=customer, owner=owner)


@intent("customer.history")
async def history(turn: Turn, customer: Customer, period: Period | None = None) -> Reply:
    """Show what happened with a customer, newest first."""
    events = await customers.history(turn.session, turn.actor, turn.zone, customer, period)
    at = {record: turn.local_day(moment) for moment, record in events}
    reply = turn.listing(
        "customer-history",
        [record for _, record in events],
        ["column-when", "column-event"],
        lambda row: [at[row], _event(turn, row)],
        filters=turn.filters(customer=customer, period=period),
        customer=customer,
    )
    turn.state.look_at(customer)
    return reply


def _event(turn: Turn, record: Record) -> str:
    """Tell in a line what a record stands for."""
    match record:
        case Order():
            total = Money(record.total, record.currency)
            return turn.say("event-order", order=record, total=total, status=record.status)
        case Ticket():
            return _ticket(turn, record)
        case Deal():
            return _deal(turn, record)
        case Activity():
            who, note = record.user.name, record.note
            return turn.say("event-activity", kind=record.kind, who=who, note=note)
        case _:
            return turn.say("event-task", task=record)


@intent("customer.untouched", roles={Role.REP, Role.MANAGER})
async def untouched(turn: Turn, period: Period, owner: User | None = None) -> Reply:
    """List the customers nobody talked to in a period."""
    found = await customers.untouched(turn.session, turn.actor, turn.zone, period, owner=owner)
    last = {customer.id: turn.local_day(at) for customer, at in found}
    return turn.listing(
        "customers-untouched",
        [customer for customer, _ in found],
        ["column-customer", "column-city", "column-owner", "column-last-talk"],
        lambda row: [row.name, row.city, row.owner.name if row.owner else None, last[row.id]],
        filters=turn.filters(period=period, owner=owner),
        of=Customer,
    )


@intent("customer.top", long=reports.takes_long)
async def top(
    turn: Turn,
    metric: Metric | None = None,
    period: Period | None = None,
    count: Number | None = None,
) -> Reply:
    """Show the best customers by revenue, orders, average order value or units."""
    metric = metric or Metric.REVENUE
    currency = await orders.main_currency(turn.session, turn.currency)
    standings = await customers.top(
        turn.session,
        turn.actor,
        turn.zone,
        currency=currency,
        now=turn.now,
        metric=metric,
        period=period,
        limit=max(1, min(int(count or FEW), MANY)),
    )
    by_customer = {standing.customer.id: standing for standing in standings}

    def cells(row: Customer) -> list[object]:
        standing = by_customer[row.id]
        return [row.name, standing.revenue, standing.orders, standing.average, standing.units]

    return turn.listing(
        "customers-top",
        [standing.customer for standing in standings],
        [
            "column-customer",
            "column-revenue",
            "column-orders",
            "column-average-order",
            "column-units",
        ],
        cells,
        numeric=(1, 2, 3, 4),
        filters=turn.filters(metric=metric, period=period, currency=currency),
        of=Customer,
        metric=metric,
    )
