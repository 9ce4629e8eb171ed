"""How long it takes to decide and queue alerts for a million scored customers.

Scores are drawn, then the job decides whom to tell of, raises the alerts and puts them on their
way: to the owners' lead and to a channel.
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import func, insert, select

import bot.intents  # noqa: F401 - registers the handlers
from adapters.settings import CONFIG, Settings
from bot.jobs import Shift
from bot.jobs.churn_alerts import ChurnAlerts
from bot.jobs.notices import notices
from bot.jobs.score import Score as Scoring
from bot.words import Words
from crm_core import users
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import (
    Alert,
    AlertKind,
    Customer,
    Delivery,
    FittedModel,
    ModelName,
    Notification,
    Role,
    Score,
    User,
)

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
AS_OF = date(2026, 3, 11)
TARGET = 60.0
ROWS = 20_000


async def fill(db: Database, count: int) -> None:
    """Make customers with a chance to leave and a value each."""
    random = np.random.default_rng(0)
    work = Work("fill", NOW)
    stamps = {"version": 1, "created_at": NOW, "updated_at": NOW}
    async with db.begin(work) as session:
        maria = User(name="Maria", role=Role.MANAGER)
        session.add(maria)
        await session.flush()
        nancy = User(name="Nancy", role=Role.REP, manager_id=maria.id)
        session.add(nancy)
        await session.flush()
        await users.link(session, "slack", "T1", "U1", maria)
        session.add(
            FittedModel(
                name=ModelName.CHURN,
                as_of=AS_OF,
                fitted_at=NOW,
                parameters={},
                metrics={"base_rate": 0.2, "currency": "USD"},
            )
        )
    for start in range(1, count + 1, ROWS):
        ids = range(start, min(start + ROWS, count + 1))
        chance = random.beta(2, 6, len(ids)).tolist()
        value = random.lognormal(11, 1, len(ids)).round().tolist()
        common = {"as_of": AS_OF, "reasons": []}
        async with db.begin(work) as session:
            await session.execute(
                insert(Customer),
                [
                    {"id": n, "name": f"Customer {n}", "owner_id": nancy.id, "consent": True}
                    | stamps
                    for n in ids
                ],
            )
            for name, scores in ((ModelName.CHURN, chance), (ModelName.VALUE, value)):
                rows = [
                    {"name": name, "customer_id": n, "value": score, **common}
                    for n, score in zip(ids, scores, strict=True)
                ]
                await session.execute(insert(Score), rows)


async def measure(count: int, most: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/crm.db")
        await db.migrate()
        await fill(db, count)
        settings = Settings()
        company = settings.conversation
        policy = replace(
            company.policy, to={AlertKind.CHURN: ["lead", "slack:#sales"]}, daily_cap=most
        )
        company = replace(company, policy=policy)
        shift = Shift(db, Words(CONFIG / "replies"), company, Work("job:churn_alerts:1", NOW))
        analytics = settings.analytics
        scoring = Scoring(
            analytics.engine, analytics.churn_horizon_days, analytics.churn_lookback_days
        )
        job = ChurnAlerts(scoring, most, 1.5)
        begun = time.perf_counter()
        await job(shift)
        await notices(shift)
        seconds = time.perf_counter() - begun
        async with db.read() as session:
            counts = [
                await session.scalar(select(func.count()).select_from(table))
                for table in (Alert, Notification, Delivery)
            ]
        await db.close()
    return {
        "customers": count,
        "alerts": counts[0],
        "notifications": counts[1],
        "deliveries": counts[2],
        "seconds": round(seconds, 2),
        "target": TARGET,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--most", type=int, default=500, help="alerts that a run may raise")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    found = asyncio.run(measure(arguments.customers, arguments.most))
    for name, value in found.items():
        print(f"{name:>14} {value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
