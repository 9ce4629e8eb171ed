"""A quarter of a company of 2,000 customers: who is warned, who is disturbed, what is measured."""

import asyncio
import os
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.quarter import CAP, CHANNEL, Quarter, live, moments

WHOLE = "CRM_QUARTER" in os.environ
"""Every hour of every day with all the jobs, instead of the moments at which something is due."""
FEW = {
    "score": "0 3 1-7 1-2 mon",
    "churn_alerts": "0 6 1-7 1-2 mon",
    "followups": "30 5 * * *",
    "digests": "0 * * * mon",
    "reminders": "",
    "sla_watch": "",
    "pushes": "",
    "parked": "",
}


@pytest.fixture(scope="module")
def quarter(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    path = tmp_path_factory.mktemp("quarter") / "crm.db"
    shutil.copy(sqlite_template, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("secrets.randbits", lambda _bits: 7)  # draws the hold-out
        if WHOLE:
            return asyncio.run(live(path, {}, moments(range(24), range(24)), most=5))
        return asyncio.run(live(path, FEW, moments((6, 9, 13), (9,)), most=40))


def test_every_alert_is_told_to_the_lead_and_to_who_subscribed(quarter: Quarter) -> None:
    told = {
        post.channel
        for post in quarter.told()
        if "may be leaving" in post.reply.text.splitlines()[0]
    }
    assert told == {CHANNEL, "maria", "otto"}
    assert len(quarter.alerts) >= 80


def test_nothing_is_told_twice(quarter: Quarter) -> None:
    assert set(Counter(post.key for post in quarter.posts).values()) == {1}
    said = Counter((post.channel, post.reply.text) for post in quarter.told())
    assert set(said.values()) == {1}


def test_nobody_is_disturbed_at_night(quarter: Quarter) -> None:
    assert {post.channel for post in quarter.told()} == {CHANNEL, "maria", "otto", "nina", "rolf"}
    assert all(8 <= post.local.hour < 20 for post in quarter.told())


def test_nobody_is_told_more_than_the_cap_in_a_day(quarter: Quarter) -> None:
    days: dict[str, Counter[object]] = defaultdict(Counter)
    for post in quarter.told():
        if not post.reply.text.startswith("For "):  # the digest comes beside the cap
            days[post.channel][post.local.date()] += 1
    busiest = max(max(counts.values()) for counts in days.values())
    assert busiest <= CAP
    assert WHOLE or busiest == CAP  # five alerts a night do not reach it


def test_who_is_warned_of_leaves_three_times_as_often(quarter: Quarter) -> None:
    alerts = [alert for alert in quarter.alerts if alert.customer_id]
    warned = [quarter.left(alert.customer_id or 0, alert.raised_at.date()) for alert in alerts]
    base = [quarter.left(each, day) for day, scored in quarter.scored.items() for each in scored]
    precision, usual = sum(warned) / len(warned), sum(base) / len(base)
    assert precision >= 3 * usual, (precision, usual)


def test_the_campaign_is_measured_as_it_was_planted(quarter: Quarter) -> None:
    orders = quarter.results.orders
    assert orders
    error = (orders.high - orders.low) / 4  # the interval is two of them to either side
    assert abs(orders.difference - quarter.effect) < 3 * error
    assert orders.evident
    assert "It works" in quarter.verdict, quarter.verdict
