"""Who is told what and when: defaults, subscriptions, quiet hours, cap, mute, once only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm_core import notifications, quiet, subscriptions, users
from crm_core.access import Rules, Scope
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.models import (
    AlertKind,
    Customer,
    Notification,
    NotificationStatus,
    Role,
    Segment,
    User,
)
from crm_core.receivers import Address, Notice, Policy, Router
from crm_core.subscriptions import Wish
from crm_core.values import Money

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)  # a Wednesday
SALES = Address("slack", "", "#sales")
EVERY_MORNING = {"minute": 0, "hour": 9, "day_of_week": "mon-fri", "timezone": "UTC"}


class Company:
    """Maria leads Nancy; Otto leads nobody. All have chat accounts but Zoe."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.policy = Policy(to={AlertKind.CHURN: ("lead",)}, fallback=("web:managers",))
        self.now = NOW

    async def set_up(self) -> None:
        async with self.db.begin(Work("setup", NOW)) as session:
            self.maria = User(name="Maria", role=Role.MANAGER)
            self.otto = User(name="Otto", role=Role.MANAGER, timezone="Asia/Shanghai")
            session.add_all([self.maria, self.otto])
            await session.flush()
            self.nancy = User(name="Nancy", role=Role.REP, manager_id=self.maria.id)
            self.zoe = User(name="Zoe", role=Role.REP, manager_id=self.maria.id)
            session.add_all([self.nancy, self.zoe])
            await session.flush()
            self.acme = Customer(name="Acme", owner_id=self.nancy.id, segment=Segment.AT_RISK)
            session.add(self.acme)
            await session.flush()
            for user in (self.maria, self.otto, self.nancy):
                await users.link(session, "slack", "T1", f"U{user.id}", user)

    async def tell(self, key: str = "k", **values: Any) -> list[Notification]:
        """Tell of something about Acme; return all that was noted so far."""
        notice = Notice(
            **{
                "key": key,
                "kind": AlertKind.CHURN,
                "draft": {},
                "customer": self.acme,
                "owner_id": self.nancy.id,
                **values,
            }
        )
        async with self.db.begin(Work("job", self.now)) as session:
            router = await Router.load(session, self.policy)
            await notifications.notify(session, router, [notice])
            return list(await session.scalars(select(Notification).order_by(Notification.id)))

    async def told(self, **values: Any) -> list[str]:
        return [row.channel for row in await self.tell(**values)]

    async def subscribe(self, address: Address, user: User | None = None, **wish: Any) -> None:
        async with self.db.begin(Work("asked", NOW, self.maria.id)) as session:
            await subscriptions.subscribe(session, AlertKind.CHURN, address, user, Wish(**wish))

    def at(self, user: User) -> Address:
        return Address("slack", "T1", f"U{user.id}")


@pytest.fixture
async def company(db: Database) -> Company:
    company = Company(db)
    await company.set_up()
    return company


async def test_the_owners_lead_is_told_without_having_asked(company: Company) -> None:
    assert await company.told() == [f"U{company.maria.id}"]


async def test_without_a_lead_all_managers_are_told(company: Company) -> None:
    both = {f"U{company.maria.id}", f"U{company.otto.id}"}
    assert set(await company.told(owner_id=None)) == both


async def test_the_same_is_told_once(company: Company) -> None:
    await company.tell("once")
    assert len(await company.tell("once")) == 1
    assert len(await company.tell("twice")) == 2


async def test_what_nobody_can_be_told_goes_to_the_fallback(company: Company) -> None:
    assert await company.told(to=["owner"], owner_id=company.zoe.id) == ["managers"]


async def test_a_channel_that_asked_is_told_beside_the_default(company: Company) -> None:
    await company.subscribe(SALES)
    assert set(await company.told()) == {"#sales", f"U{company.maria.id}"}


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"segment": Segment.AT_RISK}, True),
        ({"segment": Segment.LOST}, False),
        ({"least": Money(100_000, "USD")}, True),
        ({"least": Money(100_001, "USD")}, False),
        ({"least": Money(1, "JPY")}, False),
    ],
)
async def test_only_what_was_asked_for(
    company: Company, wish: dict[str, Any], expected: bool
) -> None:
    await company.subscribe(SALES, **wish)
    told = await company.told(value=Money(100_000, "USD"))
    assert ("#sales" in told) is expected


async def test_only_one_owners_customers(company: Company) -> None:
    await company.subscribe(SALES, owner=company.nancy)
    assert "#sales" in await company.told()
    assert (await company.told(key="other", owner_id=company.zoe.id)).count("#sales") == 1


async def test_who_stopped_it_is_not_told_by_default(company: Company) -> None:
    address = company.at(company.maria)
    async with company.db.begin(Work("asked", NOW, company.maria.id)) as session:
        await subscriptions.unsubscribe(session, AlertKind.CHURN, address, company.maria, True)
    assert await company.told() == []
    await company.subscribe(address, company.maria)
    assert await company.told(key="again") == [address.channel]


async def test_a_place_that_is_not_told_cant_be_stopped(company: Company) -> None:
    with pytest.raises(Invalid, match="not-subscribed"):
        async with company.db.begin(Work("asked", NOW)) as session:
            await subscriptions.unsubscribe(session, AlertKind.CHURN, SALES, None, False)


async def test_a_schedule_holds_it_until_its_time(company: Company) -> None:
    await company.subscribe(SALES, schedule=EVERY_MORNING)
    due = {row.channel: row.due_at for row in await company.tell()}
    assert due["#sales"] == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert due[f"U{company.maria.id}"] == NOW


async def test_a_schedule_that_never_comes_is_refused(company: Company) -> None:
    never = {"minute": 0, "hour": 9, "day": 31, "month": 2, "timezone": "UTC"}
    with pytest.raises(Invalid, match="never-fires"):
        await company.subscribe(SALES, schedule=never)


async def test_said_again_it_is_changed(company: Company) -> None:
    await company.subscribe(SALES)
    await company.subscribe(SALES, schedule=EVERY_MORNING)
    async with company.db.read() as session:
        (one,) = await subscriptions.everyone(session)
    assert one.schedule == EVERY_MORNING


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-03-11T19:59", "UTC", "2026-03-11T19:59"),
        ("2026-03-11T20:00", "UTC", "2026-03-12T08:00"),
        ("2026-03-12T07:59", "UTC", "2026-03-12T08:00"),
        ("2026-03-11T13:00", "Asia/Shanghai", "2026-03-12T00:00"),
        ("2026-03-28T22:00", "Europe/Berlin", "2026-03-29T06:00"),  # clocks go forward
        ("2026-10-24T22:00", "Europe/Berlin", "2026-10-25T07:00"),  # and back
    ],
)
def test_quiet_hours_are_the_receivers(now: str, zone: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    loud = quiet.loud(moment, None, Policy(timezone=zone))
    assert loud == datetime.fromisoformat(expected).replace(tzinfo=UTC)


async def test_at_night_it_waits_for_the_morning_unless_urgent(company: Company) -> None:
    company.now = datetime(2026, 3, 11, 22, tzinfo=UTC)
    (waits,) = await company.tell("later", to=["owner"])
    assert waits.due_at == datetime(2026, 3, 12, 8, tzinfo=UTC)
    _, urgent = await company.tell("now", to=["owner"], urgent=True)
    assert urgent.due_at == company.now


async def test_who_is_muted_is_told_afterwards(company: Company) -> None:
    until = NOW + timedelta(hours=4)
    async with company.db.begin(Work("mute", NOW)) as session:
        maria = await session.get_one(User, company.maria.id)
        await users.mute(session, maria, NOW, until)
    (row,) = await company.tell()
    assert row.due_at == until


async def test_nobody_is_told_of_what_they_may_not_see(company: Company) -> None:
    own = {Role.MANAGER: {"customer": Scope.OWN}}
    company.policy = Policy(to=company.policy.to, rules=Rules(see=own, change={}))
    assert await company.told() == []


async def test_the_log_says_what_became_of_it(company: Company) -> None:
    await company.tell()
    async with company.db.begin(Work("job", NOW)) as session:
        (row,) = await notifications.due(session, NOW)
        notifications.drop(row, "settled")
    async with company.db.read() as session:
        _, (logged,) = await notifications.log(session, NOW, NOW + timedelta(days=1))
        assert (logged.status, logged.problem) == (NotificationStatus.DROPPED, "settled")
        assert logged.user
        assert logged.user.name == "Maria"
