"""What the models say about customers: kept after every run, asked for by people and alerts."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ScalarSelect, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, contains_eager

from crm_core.models import Customer, FittedModel, ModelName, Score, Segment

if TYPE_CHECKING:  # heavy, and needed for their types only
    from crm_core.analytics.scoring import Batch, Learnt

ROWS = 5_000  # written at once, and in one transaction


class AtStake(NamedTuple):
    """A customer's churn score beside the money that goes with the customer.

    `value` is in minor units of the currency in the model's metrics.
    """

    score: Score
    value: float

    @property
    def expected_loss(self) -> float:
        return self.score.value * self.value


async def clear(session: AsyncSession, as_of: date) -> None:
    """Drop what an earlier run of the same day left, before the first `store`."""
    await session.execute(delete(Score).where(Score.as_of == as_of))


async def store(session: AsyncSession, batch: "Batch", as_of: date) -> None:
    """Keep what a model says of some customers; those erased meanwhile are left out.

    Nobody is told before `publish`.
    """
    known = set(await session.scalars(select(Customer.id).where(Customer.id.in_(batch.customers))))
    rows = [
        {
            "name": batch.name,
            "as_of": as_of,
            "customer_id": customer,
            "value": value,
            "reasons": reasons,
        }
        for customer, value, reasons in zip(
            batch.customers, batch.values, batch.rests_on, strict=True
        )
        if customer in known
    ]
    if rows:
        await session.execute(insert(Score), rows)


async def publish(session: AsyncSession, learnt: "Learnt", now: datetime) -> None:
    """Keep the models of a run whose scores are all stored; from now on these are the newest."""
    for name, model in learnt.models.items():
        earlier = delete(FittedModel).where(
            FittedModel.name == name, FittedModel.as_of == learnt.as_of
        )
        await session.execute(earlier.execution_options(synchronize_session=False))
        session.add(
            FittedModel(
                name=name,
                as_of=learnt.as_of,
                fitted_at=now,
                parameters=model.to_dict(),
                metrics=model.metrics_,
            )
        )


async def store_segments(session: AsyncSession, segments: Iterable[tuple[int, Segment]]) -> None:
    """Keep every customer's segment. Derived anew each time, it is no change of the record."""
    customers: Table = Customer.__table__  # type: ignore[assignment]
    statement = (
        update(customers)
        .where(customers.c.id == bindparam("customer"))
        .values(segment=bindparam("now_in"))
    )
    rows = ({"customer": customer, "now_in": segment} for customer, segment in segments)
    connection = await session.connection()
    while some := list(islice(rows, ROWS)):
        await connection.execute(statement, some)


async def forget(session: AsyncSession, before: date, most: int = ROWS) -> bool:
    """Drop up to `most` scores of runs before a day, and tell whether there are more.

    Their models and measures stay. A piece at a time, so that nobody waits long for the lock.
    """
    old = select(Score.id).where(Score.as_of < before).limit(most)
    gone: Any = await session.execute(
        delete(Score).where(Score.id.in_(old)).execution_options(synchronize_session=False)
    )
    return bool(gone.rowcount == most)


async def day_before(session: AsyncSession, as_of: date) -> date:
    """Return the day of the run before, whose scores are kept to tell what changed."""
    query = select(func.max(FittedModel.as_of)).where(FittedModel.as_of < as_of)
    return await session.scalar(query) or as_of


async def latest_model(session: AsyncSession, name: ModelName) -> FittedModel | None:
    """Return the newest model of a name, None before the first."""
    query = select(FittedModel).where(FittedModel.name == name).order_by(FittedModel.as_of.desc())
    return (await session.scalars(query.limit(1))).first()


async def of_customer(session: AsyncSession, customer: Customer, name: ModelName) -> Score | None:
    """Return what the newest run says of a customer, None where it says nothing of this one."""
    query = select(Score).where(
        Score.name == name, Score.as_of == _newest(name), Score.customer_id == customer.id
    )
    return (await session.scalars(query)).first()


async def highest(
    session: AsyncSession,
    name: ModelName,
    limit: int,
    owner_ids: Collection[int] | None = None,
) -> list[Score]:
    """Return the highest scores of the newest run with their customers, of these owners if said."""
    query = (
        select(Score)
        .join(Score.customer)
        .options(contains_eager(Score.customer))
        .where(Score.name == name, Score.as_of == _newest(name))
        .order_by(Score.value.desc(), Score.customer_id)
        .limit(limit)
    )
    if owner_ids is not None:
        query = query.where(Customer.owner_id.in_(owner_ids))
    return list(await session.scalars(query))


async def most_at_stake(
    session: AsyncSession,
    limit: int,
    owner_ids: Collection[int] | None = None,
    least: float = 0.0,
) -> list[AtStake]:
    """Return whose leaving would cost most: by probability to churn times the customer's value.

    Only those whose probability is `least` or more.
    """
    worth = aliased(Score)
    query = (
        select(Score, worth.value)
        .join(Score.customer)
        .join(
            worth,
            (worth.customer_id == Score.customer_id)
            & (worth.as_of == Score.as_of)
            & (worth.name == ModelName.VALUE),
        )
        .options(contains_eager(Score.customer))
        .where(Score.name == ModelName.CHURN, Score.as_of == _newest(ModelName.CHURN))
        .where(Score.value >= least)
        .order_by((Score.value * worth.value).desc(), Score.customer_id)
        .limit(limit)
    )
    if owner_ids is not None:
        query = query.where(Customer.owner_id.in_(owner_ids))
    return [AtStake(score, value) for score, value in await session.execute(query)]


def _newest(name: ModelName) -> ScalarSelect[date]:
    return select(func.max(FittedModel.as_of)).where(FittedModel.name == name).scalar_subquery()
