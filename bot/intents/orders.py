"""Orders in the conversation."""

from bot.intent import Number, intent
from bot.reply import Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import orders
from crm_core.models import Customer, Order, OrderLine, OrderStatus, Product, Role
from crm_core.values import Money, Period

ONE = Number(1)


@intent("order.show")
async def show(turn: Turn, order: Order) -> Reply:
    """Show an order and its lines."""
    order = await orders.whole(turn.session, order)
    turn.state.look_at(order, order.customer)
    rows = [
        [
            line.product.name,
            turn.speaker.show(line.quantity),
            turn.speaker.money(Money(line.unit_price, order.currency)),
            turn.speaker.percent(line.discount / 10_000) if line.discount else "",
            turn.speaker.money(Money(line.amount, order.currency)),
        ]
        for line in order.lines
    ]
    columns = [
        "column-product",
        "column-quantity",
        "column-price",
        "column-discount",
        "column-amount",
    ]
    return turn.reply(
        Words(text=turn.say("order-title", order=order, customer=order.customer), style="strong"),
        turn.fields(
            ("label-status", order.status),
            ("label-ordered", turn.local_day(order.ordered_at)),
            ("label-due", turn.local_day(order.due_at)),
            ("label-shipped", turn.local_day(order.shipped_at)),
            ("label-owner", order.owner),
            ("label-total", Money(order.total, order.currency)),
            ("label-freight", Money(order.freight, order.currency) if order.freight else None),
        ),
        Table(
            columns=[turn.say(column) for column in columns],
            rows=rows,
            numeric=(1, 2, 3, 4),
        ),
    )


@intent("order.list")
async def list_(
    turn: Turn,
    customer: Customer | None = None,
    product: Product | None = None,
    period: Period | None = None,
    status: OrderStatus | None = None,
) -> Reply:
    """List orders by customer, product, period or status."""
    found = await orders.search(
        turn.session,
        turn.actor,
        turn.zone,
        customer=customer,
        product=product,
        period=period,
        status=status,
    )
    sums: dict[str, int] = {}
    for order in found:
        if order.status is not OrderStatus.CANCELLED:
            sums[order.currency] = sums.get(order.currency, 0) + order.total
    turn.state.look_at(customer)
    return turn.listing(
        "orders-found",
        found,
        ["column-order", "column-customer", "column-ordered", "column-status", "column-total"],
        lambda row: [
            row.label,
            row.customer.name,
            turn.local_day(row.ordered_at),
            row.status,
            Money(row.total, row.currency),
        ],
        numeric=(4,),
        filters=turn.filters(customer=customer, product=product, period=period, status=status),
        of=Order,
        total=" + ".join(turn.speaker.money(Money(sum_, key)) for key, sum_ in sums.items()) or "0",
    )


async def _quote(
    turn: Turn, customer: Customer, product: Product, quantity: Number | None = None
) -> str:
    """Say what it would cost."""
    return _line(turn, orders.line_of(product, ONE if quantity is None else quantity))


def _line(turn: Turn, line: OrderLine) -> str:
    currency = line.product.currency
    return turn.say(
        "order-line",
        quantity=line.quantity,
        product=line.product,
        price=Money(line.unit_price, currency),
        total=Money(line.amount, currency),
    )


@intent("order.create", roles={Role.REP}, writes=True, confirm=True, preview=_quote)
async def create(
    turn: Turn, customer: Customer, product: Product, quantity: Number | None = None
) -> Reply:
    """Order some of a product for a customer, at its price."""
    order = await orders.create(
        turn.session,
        customer=customer,
        product=product,
        quantity=ONE if quantity is None else quantity,
        owner=turn.user,
    )
    turn.state.look_at(product, customer, order)
    details = turn.fields(
        ("label-line", _line(turn, order.lines[0])),
        ("label-total", Money(order.total, order.currency)),
        ("label-status", order.status),
    )
    return turn.receipt("order-created", details, order=order, customer=customer)


@intent("order.update", roles={Role.SUPPORT, Role.REP}, writes=True)
async def update(turn: Turn, order: Order, status: OrderStatus) -> Reply:
    """Mark an order as paid, shipped, delivered, returned or cancelled."""
    before, shipped = order.status, turn.local_day(order.shipped_at)
    await orders.update(turn.session, order, status)
    turn.state.look_at(order)
    changed = turn.fields(
        ("label-status", turn.change(before, order.status)),
        ("label-shipped", turn.change(shipped, turn.local_day(order.shipped_at))),
    )
    return turn.receipt("order-updated", changed, order=order)
