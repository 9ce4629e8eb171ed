"""A quarter in a company of 2,000 customers, on a clock of its own, with the real process in it.

What is planted: some customers come no more from a day on, and those whom a campaign reaches
order a little more often. Everything else is the product: its jobs, its engine, its courier, and
people who press its buttons.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import func, insert, select

from adapters.app import App
from adapters.channel import Outgoing, Refused
from adapters.settings import Settings
from bot.message import Attachment, Message, Place
from bot.reply import Reply
from crm_core import effects, users
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.effects import Results
from crm_core.models import (
    Alert,
    Campaign,
    CampaignMember,
    Customer,
    ModelName,
    Order,
    OrderStatus,
    Product,
    Role,
    Score,
    User,
)

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
DAYS = 91
HISTORY = 300
CUSTOMERS = 2_000
LEAVING = 0.08
"""Of those who are there, in any quarter."""
LIFT = 0.4
"""The chance that a campaign makes somebody order who would not have."""
HORIZON = 30
"""Days in which a campaign's orders count."""
FORETOLD = 45
"""Days within which somebody is said to leave."""
LAUNCH = BEGIN + timedelta(days=14, hours=13)
CAP = 8
ZONES = {"maria": "UTC", "otto": "Asia/Shanghai", "nina": "America/New_York", "rolf": "UTC"}
CHANNEL = "#sales"


@dataclass
class Truth:
    """When each customer orders, in days from BEGIN on, and from which day on no more."""

    orders: list[np.ndarray] = field(default_factory=list)
    last: list[float] = field(default_factory=list)

    def comes(self, customer: int, day: float, until: float) -> bool:
        """Tell whether a customer orders in some days without any campaign."""
        days = self.orders[customer - 1]
        return bool(((days >= day) & (days < until)).any())


def make_up(seed: int) -> Truth:
    """Draw every customer's orders, in history and in the quarter to come."""
    dice, truth = np.random.default_rng(seed), Truth()
    for _ in range(CUSTOMERS):
        gap = dice.uniform(6, 30)
        first = -dice.uniform(30, HISTORY)
        last = first + dice.exponential(DAYS / LEAVING)
        steps = np.maximum(dice.gamma(4, gap / 4, int(4 * (DAYS - first) / gap) + 9), 0.5)
        days = first + np.cumsum(steps)
        truth.orders.append(days[days < min(last, DAYS)])
        truth.last.append(last)
    return truth


@dataclass
class Post:
    """What somebody was sent, and when."""

    at: datetime
    key: str
    channel: str
    reply: Reply

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(ZONES.get(self.channel, "UTC"))

    @property
    def local(self) -> datetime:
        return self.at.astimezone(self.zone)


class Board:
    """A platform that keeps what it is given."""

    platform = "board"
    routes = ()

    def __init__(self, company: "Company") -> None:
        self._company = company

    async def start(self, receive: object) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, outgoing: Outgoing) -> str:
        post = Post(self._company.now, outgoing.key, outgoing.place.channel, outgoing.reply)
        self._company.posts.append(post)
        return outgoing.key

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        raise Refused("no files")


class Company:
    """The process on the company's database, and its clock."""

    def __init__(self, path: Path, truth: Truth, jobs: dict[str, str], most: int) -> None:
        self.now = BEGIN
        self.truth = truth
        self.posts: list[Post] = []
        self._coming = [
            (float(day), customer) for customer, days in enumerate(truth.orders, 1) for day in days
        ]
        self._coming.sort(reverse=True)
        self._events, self._read = count(1), 0
        settings = Settings(  # type: ignore[call-arg]
            database={"url": f"sqlite+aiosqlite:///{path}"},
            analytics={
                "churn_horizon_days": FORETOLD,
                "churn_lookback_days": 90,
                "models": ["churn"],
            },
            notifications={"platforms": ["board"], "daily_cap": CAP, "fallback": []},
            alerts={"churn_most": most, "digest": "0 8 * * mon"},
            campaigns={"holdout": 0.4, "most": CUSTOMERS, "horizon_days": HORIZON},
            jobs=jobs,
        )
        self.app = App(settings, lambda _: [Board(self)], lambda: self.now)

    @property
    def db(self) -> Database:
        return self.app.db

    @property
    def day(self) -> float:
        return (self.now - BEGIN) / timedelta(days=1)

    async def set_up(self) -> None:
        """People with an account each, customers, and their history."""
        stamps = {"version": 1, "created_at": BEGIN, "updated_at": BEGIN}
        async with self.db.begin(Work("people", BEGIN)) as session:
            maria = User(name="Maria", role=Role.MANAGER, timezone=ZONES["maria"])
            otto = User(name="Otto", role=Role.MANAGER, timezone=ZONES["otto"])
            session.add_all([maria, otto])
            await session.flush()
            nina, rolf = (
                User(name=name.title(), role=Role.REP, timezone=ZONES[name], manager_id=lead.id)
                for name, lead in (("nina", maria), ("rolf", otto))
            )
            session.add_all([nina, rolf, Product(name="Tea", price=1_000, currency="USD")])
            await session.flush()
            for user in (maria, otto, nina, rolf):
                await users.link(session, "board", "", user.name.lower(), user)
            rows = [
                {"id": number, "name": f"Customer {number}", "consent": True, **stamps}
                | {"owner_id": (nina if number % 2 else rolf).id}
                for number in range(1, CUSTOMERS + 1)
            ]
            await session.execute(insert(Customer), rows)
        await self.book()

    async def book(self) -> None:
        """Take in the orders that came since the last time."""
        rows = []
        while self._coming and self._coming[-1][0] < self.day:
            day, customer = self._coming.pop()
            at = BEGIN + timedelta(days=day)
            rows.append(
                {
                    "customer_id": customer,
                    "status": OrderStatus.DELIVERED,
                    "ordered_at": at,
                    "freight": 0,
                    "total": 5_000 + 100 * (customer % 90),
                    "currency": "USD",
                    "version": 1,
                    "created_at": at,
                    "updated_at": at,
                }
            )
        if rows:
            async with self.db.begin(Work("orders", self.now)) as session:
                await (await session.connection()).execute(insert(Order), rows)

    async def at(self, moment: datetime) -> None:
        """Let time pass: orders come, the clock ticks, and what is to be delivered is."""
        self.now = moment
        await self.book()
        await self.app.ticker.sweep()
        while await self.app.courier.drain():
            pass

    async def say(self, sender: str, text: str = "", press: str | None = None) -> Reply:
        """Say something to the assistant, or press a button; return the answer."""
        message = Message(
            event=f"event-{next(self._events)}",
            place=Place(platform="board", channel=sender, direct=True),
            sender=sender,
            text=text,
            press=press,
            at=self.now,
        )
        await self.app.assistant.receive(message)
        await self.app.assistant.drain()
        while await self.app.courier.drain():
            pass
        key = f"reply:board::{message.event}"
        return next(post.reply for post in self.posts if post.key == key)

    async def answer(self, lead: str) -> None:
        """Take the first alert of those that are new, and call the second no real risk."""
        new = [
            post.reply
            for post in self.posts[self._read :]
            if post.channel == lead and "may be leaving" in post.reply.text.splitlines()[0]
        ]
        for reply, label in zip(new, ("I'll take it", "Not a real risk"), strict=False):
            button = next(button for button in reply.buttons if button.label == label)
            await self.say(lead, press=button.token)
        self._read = len(self.posts)

    async def scored(self, known: Collection[date]) -> dict[date, list[int]]:
        """Return who has been scored last, by the day, unless that is known."""
        async with self.db.read() as session:
            churn = select(func.max(Score.as_of)).filter_by(name=ModelName.CHURN)
            day = await session.scalar(churn)
            if day is None or day in known:
                return {}
            query = select(Score.customer_id).filter_by(name=ModelName.CHURN, as_of=day)
            return {day: list(await session.scalars(query))}

    async def campaign(self) -> int:
        """Have a campaign suggested, approved by another and launched; return its number."""
        plan = await self.say("maria", "suggest a win-back campaign")
        number = int(plan.text.split()[0].lstrip("#"))
        for who, words in (("otto", "approve"), ("maria", "launch")):
            await self.say(who, f"{words} campaign {number}")
            await self.say(who, "yes")
        return number

    async def plant(self, dice: np.random.Generator) -> float:
        """Let the campaign work from its launch on; return by how much it raised who orders."""
        async with self.db.read() as session:
            query = select(CampaignMember.customer_id).filter_by(treated=True)
            treated = (await session.scalars(query)).all()
        won = 0
        for customer in treated:
            if dice.random() < LIFT:
                self._coming.append((self.day + dice.uniform(1, HORIZON - 1), customer))
                won += not self.truth.comes(customer, self.day, self.day + HORIZON)
        self._coming.sort(reverse=True)
        return won / len(treated)


@dataclass
class Quarter:
    """What came of it."""

    truth: Truth
    posts: list[Post]
    alerts: Sequence[Alert]
    scored: dict[date, list[int]]
    """The customers who could have been warned of, by the day of the run."""
    effect: float
    results: Results
    verdict: str

    def told(self) -> list[Post]:
        """Return what was sent unasked."""
        return [post for post in self.posts if post.key.startswith("notice:")]

    def left(self, customer: int, day: date) -> bool:
        """Tell whether it is true that a customer is lost on a day or soon after it."""
        soon = (day - BEGIN.date()).days + FORETOLD
        return self.truth.last[customer - 1] < soon


async def live(path: Path, jobs: dict[str, str], moments: Iterable[datetime], most: int) -> Quarter:
    """Live through a quarter from moment to moment, on a migrated, empty database.

    A run may raise `most` alerts.
    """
    company, dice = Company(path, make_up(0), jobs, most), np.random.default_rng(0)
    await company.set_up()
    company.now = BEGIN - timedelta(hours=10)  # by day
    await company.say("maria", f"post churn alerts to {CHANNEL} every weekday at 9")
    scored: dict[date, list[int]] = {}
    number, effect = 0, 0.0
    for moment in moments:
        await company.at(moment)
        scored |= await company.scored(scored)
        await company.answer("maria")
        if company.now >= LAUNCH and not effect:
            number = await company.campaign()
            effect = await company.plant(dice)
    verdict = await company.say("maria", f"did campaign {number} work")
    async with company.db.read() as session:
        raised = (await session.scalars(select(Alert).order_by(Alert.id))).all()
        campaign = await session.get_one(Campaign, number)
        results = await effects.results(session, campaign, company.now)
    await company.db.close()
    return Quarter(company.truth, company.posts, raised, scored, effect, results, verdict.text)


def moments(begin: Collection[int], rest: Collection[int]) -> Iterator[datetime]:
    """Return the hours at which to look: of every Monday and Tuesday, and of the other days."""
    for day in range(DAYS):
        for hour in begin if day % 7 < 2 else rest:
            yield BEGIN + timedelta(days=day, hours=hour)
