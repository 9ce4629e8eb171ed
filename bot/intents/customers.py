"""Customers in the conversation."""

from bot.intent import Field as FieldName
from bot.intent import Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import customers, scores
from crm_core.errors import Invalid
from crm_core.models import Customer, ModelName, Role, Segment, User
from crm_core.values import Money

DIRECT = {Role.REP, Role.SUPPORT}


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
                turn.button("button-log-call", "activity.log", customer=customer, kind="call"),
                turn.button("button-new-task", "task.create", customer=customer),
            ]
        ),
    )


def _contact(name: str, title: str | None, phone: str | None) -> str:
    return ", ".join(filter(None, [name, title, phone]))


def _lists(turn: Turn, overview: customers.Overview) -> list[Words]:
    """What is going on: open deals, open tickets, the last talks."""
    lines = [
        turn.say("line-deal", deal=deal, stage=deal.stage, amount=turn.amount(deal))
        for deal in overview.deals[:3]
    ]
    lines += [
        turn.say("line-ticket", id=str(ticket.id), subject=ticket.subject, status=ticket.status)
        for ticket in overview.tickets[:3]
    ]
    lines += [
        turn.say(
            "line-activity",
            kind=activity.kind,
            when=activity.happened_at,
            who=activity.user.name,
            note=activity.note,
        )
        for activity in overview.activities
    ]
    return [Words(text="\n".join(lines))] if lines else []


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
    if field not in customers.FIELDS:
        raise Invalid("no-such-field", field=field)
    before = await customers.update(turn.session, customer, field, value)
    turn.state.look_at(customer)
    change = turn.private(
        f"label-{field}", turn.say("before-after", before=before, after=getattr(customer, field))
    )
    return turn.receipt("customer-updated", turn.fields(change), customer=customer)
