"""Sample companies made up by lot from a seed, with a truth that analytics should find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import Customer, Order, OrderLine, OrderStatus, Product, Role, User

PEOPLE = {"Nancy": Role.REP, "Steven": Role.MANAGER, "Laura": Role.SUPPORT, "Anne": Role.ADMIN}
DUE_DAYS = 14
TOGETHER = 0.8  # of the orders with the first product have the second


@dataclass(frozen=True, slots=True)
class Sample:
    """What a scenario's sample data are like.

    Customers come every `gap_days` (from, to), if they like to in `season_months`. The shares
    `stopped`, `late_payers` and `returners` of them come no more, pay the share `late_payments` of
    their orders late, and send the share `returns` back. Prices are in minor units.
    """

    seed: int
    customers: int
    days: int
    gap_days: tuple[int, int]
    season_months: Sequence[int]
    stopped: float
    late_payers: float
    late_payments: float
    returners: float
    returns: float
    together: tuple[str, str]
    given: Sequence[str]
    family: Sequence[str]
    products: Sequence[Mapping[str, Any]]


@dataclass
class Truth:
    """Who is what, by the customers' ids, and who goes with whom, by the products'."""

    gone: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    returning: set[int] = field(default_factory=set)
    together: tuple[int, int] = (0, 0)


async def make_up(db: Database, sample: Sample, *, now: datetime, currency: str) -> Truth:
    """Fill an empty database with a sample company whose last orders are of yesterday."""
    truth, random = Truth(), Random(sample.seed)
    stamps = {"version": 1, "created_at": now, "updated_at": now}
    names = [f"{given} {family}" for family in sample.family for given in sample.given]
    chosen = random.sample(names, sample.customers)
    products = [
        {"id": number, "currency": currency, "active": True, **product, **stamps}
        for number, product in enumerate(sample.products, 1)
    ]
    numbers = {product["name"]: product["id"] for product in products}
    truth.together = (numbers[sample.together[0]], numbers[sample.together[1]])
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for customer in range(1, sample.customers + 1):
        for day, paid, returned in _history(random, sample, truth, customer, now.date()):
            bought = _basket(random, products, truth.together)
            number, total = len(orders) + 1, sum(product["price"] for product in bought)
            at = datetime.combine(day, time(10), now.tzinfo)
            orders.append(
                {
                    "id": number,
                    "customer_id": customer,
                    "status": OrderStatus.RETURNED if returned else OrderStatus.DELIVERED,
                    "ordered_at": at,
                    "payment_due_at": at + timedelta(days=DUE_DAYS),
                    "paid_at": at + timedelta(days=paid)
                    if at + timedelta(days=paid) < now
                    else None,
                    "total": total,
                    "freight": 0,
                    "currency": currency,
                    "version": 1,
                    "created_at": at,
                    "updated_at": min(at + timedelta(days=max(paid, DUE_DAYS)), now),
                }
            )
            lines += [
                {
                    "order_id": number,
                    "position": position,
                    "product_id": product["id"],
                    "quantity": 1,
                    "unit_price": product["price"],
                    "discount": 0,
                    "amount": product["price"],
                }
                for position, product in enumerate(bought, 1)
            ]
    async with db.begin(Work("sample", now)) as session:
        people = [User(name=name, role=role) for name, role in PEOPLE.items()]
        session.add_all(people)
        await session.flush()
        customers = [
            {"id": number, "name": name, "owner_id": people[0].id, "consent": True, **stamps}
            for number, name in enumerate(chosen, 1)
        ]
        connection = await session.connection()
        tables = ((Product, products), (Customer, customers), (Order, orders), (OrderLine, lines))
        for table, rows in tables:
            await connection.execute(insert(table), rows)
    return truth


def _history(
    random: Random, sample: Sample, truth: Truth, customer: int, today: date
) -> list[tuple[date, int, bool]]:
    """Draw one customer's orders: the day, in how many days it was paid, whether it came back."""
    gap = random.uniform(*sample.gap_days)
    start = random.uniform(sample.days / 3, sample.days)
    stop = 0.0
    if random.random() < sample.stopped:
        stop = random.uniform(0, start)
        truth.gone.add(customer)
    late, returning = random.random() < sample.late_payers, random.random() < sample.returners
    truth.late |= {customer} if late else set()
    truth.returning |= {customer} if returning else set()
    found = []
    ago = start
    while ago > max(stop, 1):
        day = today - timedelta(days=int(ago))
        if not sample.season_months or day.month in sample.season_months or random.random() < 0.3:
            slow = late and random.random() < sample.late_payments
            paid = random.randint(DUE_DAYS + 5, 60) if slow else random.randint(1, DUE_DAYS - 1)
            found.append((day, paid, returning and random.random() < sample.returns))
        ago -= random.gauss(gap, gap / 5) if gap else 1
    return found


def _basket(
    random: Random, products: list[dict[str, Any]], together: tuple[int, int]
) -> list[dict[str, Any]]:
    numbers = {random.choice(products)["id"] for _ in range(random.randint(1, 2))}
    numbers.discard(together[1])
    if (together[0] in numbers and random.random() < TOGETHER) or random.random() < 0.05:
        numbers.add(together[1])
    return [product for product in products if product["id"] in numbers or not numbers][:3]
