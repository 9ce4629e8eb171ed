"""What is known of each customer before a day: one declared feature a line, one row a customer.

Everything is an Ibis expression, so the same definition runs on any engine of the warehouse, and
each table is grouped once. A row counts only if it happened before midnight (UTC) of `as_of`; of a
row that changed later (an order shipped, a ticket resolved) only the part known then counts.

A purchase is an order that is not cancelled and whose total is not negative; a negative total is a
credit note, which lowers the spend and raises the share returned. Money counts in the warehouse's
currency: an order in another one is an order, but adds no money.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from crm_core.analytics.warehouse import Warehouse
from crm_core.models import AlertKind, AlertStatus

if TYPE_CHECKING:  # heavy: imported where it is used
    import ibis

Unit = Literal[
    "days",
    "orders",
    "lines",
    "products",
    "categories",
    "money",
    "tickets",
    "contacts",
    "points",
    "share",
    "trend",
    "ratio",
]
FRACTIONS = ("share", "trend")  # units of numbers that lie between -1 and 1


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about a customer; NULL where it cannot be known (no second order, no gap)."""

    name: str
    group: str  # features of one group say much the same, and are one reason together
    unit: Unit
    meaning: str
    of: Callable[[Any], Any]  # from the customer's aggregates to the number
    shown: str = ""  # the feature that people are shown in its place
    usual: str = ""  # the feature that is this customer's own normal, where there is one


def _gap(c: Any) -> Any:
    return (c.first - c.last) / (c.visits - 1).nullif(0)


def _pace(c: Any) -> Any:
    return ((c.first + c.last) / 2 - c.mean_age) / (c.first - c.last).nullif(0)


FEATURES: tuple[Feature, ...] = (
    Feature("recency", "recency", "days", "since the last order", lambda c: c.last, usual="gap"),
    Feature(
        "overdue",
        "recency",
        "ratio",
        "time since the last order over the usual gap",
        lambda c: c.last / _gap(c),
        shown="recency",
        usual="gap",
    ),
    Feature("orders", "frequency", "orders", "ever", lambda c: c.orders),
    Feature("visits", "frequency", "days", "on which there was an order", lambda c: c.visits),
    Feature("gap", "frequency", "days", "usual time between two orders", _gap),
    Feature("orders_90", "frequency", "orders", "in the last 90 days", lambda c: c.orders_90),
    Feature("orders_180", "frequency", "orders", "in the last 180 days", lambda c: c.orders_180),
    Feature(
        "pace",
        "trend",
        "trend",
        "where between first and last the orders cluster: -0.5 all early, 0.5 all late",
        _pace,
    ),
    Feature("season", "season", "orders", "in the 90 days from a year ago", lambda c: c.season),
    Feature("tenure", "tenure", "days", "since the first order", lambda c: c.first),
    Feature("span", "tenure", "days", "from first to last order", lambda c: c.first - c.last),
    Feature("spend", "spend", "money", "ever, less what came back", lambda c: c.spend),
    Feature("spend_mean", "spend", "money", "mean of an order", lambda c: c.spend_mean),
    Feature("spend_median", "spend", "money", "median of an order", lambda c: c.spend_median),
    Feature("spend_std", "spend", "money", "standard deviation of orders", lambda c: c.spend_std),
    Feature("spend_90", "spend", "money", "in the last 90 days", lambda c: c.spend_90),
    Feature("spend_180", "spend", "money", "in the last 180 days", lambda c: c.spend_180),
    Feature("spend_365", "spend", "money", "in the last 365 days", lambda c: c.spend_365),
    Feature(
        "basket", "basket", "lines", "of an order, mean", lambda c: c.lines / c.orders.nullif(0)
    ),
    Feature("products", "basket", "products", "different ones, ever", lambda c: c.products),
    Feature("categories", "basket", "categories", "different ones", lambda c: c.categories),
    Feature(
        "returned",
        "returned",
        "share",
        "of the money spent",
        lambda c: (c.returned / c.gross.nullif(0)).clip(upper=1.0),
    ),
    Feature("discount", "discount", "share", "mean of the lines", lambda c: c.discount),
    Feature("late", "late", "share", "of the orders", lambda c: c.late / c.orders.nullif(0)),
    Feature(
        "paid_late",
        "payment",
        "share",
        "of the orders that were due for payment: paid after it, or not yet",
        lambda c: c.paid_late / c.payable.nullif(0),
    ),
    Feature("tickets_open", "tickets", "tickets", "open now", lambda c: c.tickets_open),
    Feature("tickets_180", "tickets", "tickets", "in the last 180 days", lambda c: c.tickets_180),
    Feature(
        "waited",
        "service",
        "tickets",
        "in the last 365 days, without an answer within a day (24 hours)",
        lambda c: c.waited,
    ),
    Feature("satisfaction", "service", "points", "of 5, mean rating", lambda c: c.satisfaction),
    Feature("contacts_90", "contacts", "contacts", "in the last 90 days", lambda c: c.contacts_90),
    Feature("silence", "contacts", "days", "since we were in contact", lambda c: c.last_contact),
)
NAMES = tuple(feature.name for feature in FEATURES)
GROUPS = tuple(dict.fromkeys(feature.group for feature in FEATURES))
KEY = ("customer_id", "look")
COUNTS = (  # aggregates that are zero where there is no row
    *("orders", "visits", "orders_90", "orders_180", "season", "late", "lines", "products"),
    *("categories", "payable", "paid_late", "waited"),
    *("spend", "spend_90", "spend_180", "spend_365", "gross", "returned"),
    *("bookings", "tickets", "tickets_open", "tickets_180", "contacts", "contacts_90"),
)


def features(warehouse: Warehouse, *days: date) -> "ibis.Table":
    """Return `customer_id` and FEATURES (float64) of each customer known before a day.

    Several `days` are looked back from in one query, as to compile it costs more than to run it:
    `look` is the day's position.
    """
    orders = known_orders(warehouse, *days)
    known = warehouse.table("customers").select(customer_id="id", created_at="created_at")
    known = known.cross_join(_looks(days))
    for part in (
        _orders(orders),
        _visits(orders),
        _medians(orders),
        _lines(warehouse, orders),
        _tickets(warehouse, days),
        _contacts(warehouse, days),
    ):
        known = _joined(known, part)
    known = known.mutate(**{name: known[name].fill_null(0) for name in COUNTS})
    # What was imported is older than its customer's row.
    known = known.filter(
        (known.created_at < known.cut) | (known.bookings + known.tickets + known.contacts > 0)
    )
    return known.select(*KEY, **{each.name: each.of(known).cast("float64") for each in FEATURES})


OUTCOMES = ("next_orders", "next_visits", "next_returns", "next_late", "next_spend", "cleared")


def outcomes(warehouse: Warehouse, *spans: tuple[date, int]) -> "ibis.Table":
    """Return what customers did in the days from a day on, as it was known after them.

    How often they ordered, on how many days, how often something came back, how many payments fell
    due then and were late, and what was spent, less what came back. `cleared` counts how often
    somebody called an alert on them no real risk, at most a horizon before that day or in it.
    `look` is the position in `spans`, which are the day and how many days from it on.
    """
    ends = [day + timedelta(days=horizon) for day, horizon in spans]
    orders = known_orders(warehouse, *ends, since=[day for day, _ in spans])
    start = orders.since
    later = orders.ordered_at >= start
    due = (orders.payment_due_at >= start) & (orders.payment_due_at < orders.cut)
    found = orders.group_by(KEY).aggregate(
        next_orders=(later & orders.bought).sum(),
        next_visits=orders.age.nunique(where=later & orders.bought),
        next_returns=(later & orders.returned).sum(),
        next_late=(due & orders.paid_late).sum(),
        next_spend=orders.money.sum(where=later),
    )
    spoken_of = [day - timedelta(days=horizon) for day, horizon in spans]
    alerts = warehouse.table("alerts").cross_join(_looks(ends, spoken_of))
    cleared = (
        (alerts.taken_at >= alerts.since)
        & (alerts.taken_at < alerts.cut)
        & (alerts.kind == AlertKind.CHURN.value)
        & (alerts.status == AlertStatus.DISMISSED.value)
    )
    found = _joined(found, alerts.group_by(KEY).aggregate(cleared=cleared.sum()))
    return found.select(
        *KEY, **{name: found[name].fill_null(0).cast("float64") for name in OUTCOMES}
    )


def _joined(known: "ibis.Table", part: "ibis.Table") -> "ibis.Table":
    """Add the columns of `part`, NULL for the customers and days that it has not."""
    keys = {name: f"{name}_{len(known.columns)}" for name in KEY}
    part = part.rename({new: name for name, new in keys.items()})
    return known.left_join(part, list(keys.items())).drop(*keys.values())


def known_orders(
    warehouse: Warehouse, *days: date, since: Sequence[date] | None = None
) -> "ibis.Table":
    """Return the orders made before a day and not known to be cancelled then.

    `look` is the position in `days`, `cut` the midnight with which the day begins, `since` that of
    the day in `since`. `age` is in days before the day, `bought` tells a purchase from a credit
    note, `returned` what is known to have come back, `late` what was shipped after the promise, or
    not yet; `payable` what was due for payment, `paid_late` of that what was paid later, or not
    yet; `money` is in the warehouse's currency.
    """
    import ibis

    orders = warehouse.table("orders").cross_join(_looks(days, since))
    cut = orders.cut
    # A status is what it was on that day only if the order was not touched since.
    standing = (orders.updated_at >= cut).fill_null(False)
    status = orders.status.fill_null("")
    ours = orders.currency.fill_null("") == warehouse.currency
    shipped = ibis.ifelse(orders.shipped_at < cut, orders.shipped_at, cut)
    paid = ibis.ifelse(orders.paid_at < cut, orders.paid_at, cut)
    bought = orders.total >= 0
    return orders.filter(orders.ordered_at < cut, standing | (status != "cancelled")).select(
        "id",
        *KEY,
        "cut",
        "since",
        "ordered_at",
        age=cut.date().delta(orders.ordered_at.date(), unit="day"),
        bought=bought,
        returned=~bought | (~standing & (status == "returned")),
        late=(orders.due_at < shipped).fill_null(False),
        payment_due_at=orders.payment_due_at,
        payable=(orders.payment_due_at < cut).fill_null(False),
        paid_late=(orders.payment_due_at < paid).fill_null(False),
        money=ibis.ifelse(ours, orders.total, ibis.null("int64")),
    )


def _looks(days: Sequence[date], since: Sequence[date] | None = None) -> "ibis.Table":
    """Return a row a day: its position `look`, its midnight (UTC) `cut`, and `since`."""
    import ibis

    looks = ibis.array(list(range(len(days)))).unnest().name("look").as_table()

    def moments(of: Sequence[date]) -> Any:
        return looks.look.cases(
            *((look, ibis.literal(_midnight(day))) for look, day in enumerate(of))
        )

    return looks.mutate(cut=moments(days), since=moments(since or days))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def _orders(orders: "ibis.Table") -> "ibis.Table":
    bought, age, money = orders.bought, orders.age, orders.money
    return orders.group_by(KEY).aggregate(
        bookings=orders.count(),
        orders=bought.sum(),
        last=age.min(where=bought),
        first=age.max(where=bought),
        mean_age=age.mean(where=bought),
        orders_90=(bought & (age <= 90)).sum(),
        orders_180=(bought & (age <= 180)).sum(),
        season=(bought & age.between(276, 365)).sum(),
        spend=money.sum(),
        spend_mean=money.mean(where=bought),
        spend_std=money.std(where=bought, how="pop"),
        spend_90=money.sum(where=age <= 90),
        spend_180=money.sum(where=age <= 180),
        spend_365=money.sum(where=age <= 365),
        gross=money.sum(where=bought),
        returned=money.abs().sum(where=orders.returned),
        late=orders.late.sum(),
        payable=orders.payable.sum(),
        paid_late=orders.paid_late.sum(),
    )


# What must keep every value (distinct days, medians) is grouped apart from the sums: together they
# outgrow the memory at a million customers and spill.


def _visits(orders: "ibis.Table") -> "ibis.Table":
    bought = orders.filter(orders.bought)
    return bought.group_by(KEY).aggregate(visits=bought.age.nunique())


def _medians(orders: "ibis.Table") -> "ibis.Table":
    bought = orders.filter(orders.bought)
    return bought.group_by(KEY).aggregate(spend_median=bought.money.median())


def _lines(warehouse: Warehouse, orders: "ibis.Table") -> "ibis.Table":
    lines = warehouse.table("order_lines")
    lines = lines.join(orders.select("id", *KEY), lines.order_id == orders.id)
    lines = lines.filter(lines.amount >= 0)
    bought = lines.group_by(*KEY, "product_id").aggregate(
        lines=lines.count(), discount=lines.discount.sum()
    )
    kinds = warehouse.table("products").select(kind_of="id", category="category")
    bought = bought.left_join(kinds, bought.product_id == kinds.kind_of)
    return bought.group_by(KEY).aggregate(
        lines=bought.lines.sum(),
        products=bought.count(),
        categories=bought.category.nunique(),
        discount=bought.discount.sum() / bought.lines.sum() / 10_000,
    )


def _tickets(warehouse: Warehouse, days: Sequence[date]) -> "ibis.Table":
    import ibis

    tickets = warehouse.table("tickets").cross_join(_looks(days))
    tickets = tickets.filter(tickets.opened_at < tickets.cut)
    cut, first = tickets.cut, tickets.first_response_at
    answered = ibis.ifelse(first < cut, first, cut)
    patience = tickets.opened_at + ibis.interval(days=1)
    return tickets.group_by(KEY).aggregate(
        tickets=tickets.count(),
        tickets_open=(~(tickets.resolved_at < cut).fill_null(False)).sum(),
        tickets_180=(tickets.opened_at >= cut - ibis.interval(days=180)).sum(),
        waited=((tickets.opened_at >= cut - ibis.interval(days=365)) & (answered > patience)).sum(),
        # When a rating came is not kept: it counts only if the ticket was not touched since.
        satisfaction=tickets.satisfaction.mean(where=tickets.updated_at < cut),
    )


def _contacts(warehouse: Warehouse, days: Sequence[date]) -> "ibis.Table":
    import ibis

    contacts = warehouse.table("activities").cross_join(_looks(days))
    spoken = contacts.kind.fill_null("") != "note"  # a note is nothing the customer noticed
    contacts = contacts.filter(contacts.happened_at < contacts.cut, spoken)
    cut = contacts.cut
    return contacts.group_by(KEY).aggregate(
        contacts=contacts.count(),
        contacts_90=(contacts.happened_at >= cut - ibis.interval(days=90)).sum(),
        last_contact=contacts.cut.max().date().delta(contacts.happened_at.max().date(), unit="day"),
    )
