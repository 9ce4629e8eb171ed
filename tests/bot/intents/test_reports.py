"""Reports in the conversation: several currencies, little data, pictures, rights."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.reply import Chart, Reply, Table
from crm_core import reports
from crm_core.changes import Work
from crm_core.models import Customer, Metric, Order, OrderLine, OrderStatus
from crm_core.reports import running
from tests.office import NOW, Office


def chart_of(reply: Reply) -> Chart:
    return next(part for part in reply.parts if isinstance(part, Chart))


def rows_of(reply: Reply) -> list[list[str]]:
    return next(part for part in reply.parts if isinstance(part, Table)).rows


async def empty(office: Office) -> None:
    async with office.db.begin(Work("empty", NOW)) as session:
        await session.execute(delete(OrderLine))
        await session.execute(delete(Order))


async def sell(office: Office, total: int, currency: str = "USD", days_ago: int = 1) -> None:
    async with office.db.begin(Work(f"{total} {currency} {days_ago}", NOW)) as session:
        session.add(
            Order(
                customer_id=1,
                status=OrderStatus.PAID,
                ordered_at=NOW - timedelta(days=days_ago),
                total=total,
                currency=currency,
            )
        )


async def test_a_course_of_time_is_drawn(office: Office) -> None:
    reply = await office.do("steven", "report.show", metric="revenue", dimension="month")
    chart = chart_of(reply)
    assert (chart.shape, chart.unit) == ("line", "USD")
    assert len(chart.labels) == len(chart.series[0].values) > 20


@pytest.mark.parametrize(
    ("asked", "shape"), [("pie", "pie"), ("bar", "bar"), ("line", "bar"), ("table", None)]
)
async def test_the_shape_is_the_one_asked_for_where_it_fits(
    office: Office, asked: str, shape: str | None
) -> None:
    reply = await office.do(
        "steven", "report.show", metric="revenue", dimension="category", chart=asked
    )
    shapes = [part.shape for part in reply.parts if isinstance(part, Chart)]
    assert shapes == ([shape] if shape else [])


async def test_averages_are_no_parts_of_a_pie(office: Office) -> None:
    reply = await office.do(
        "steven", "report.show", metric="average_order_value", dimension="country", chart="pie"
    )
    assert chart_of(reply).shape == "bar"


async def test_two_currencies_are_never_added_up(office: Office) -> None:
    await empty(office)
    await sell(office, 100_00)
    await sell(office, 70_00, "EUR")
    reply = await office.do("steven", "report.show", metric="revenue")
    assert "€70 + $100" in reply.text
    assert "never added up" in reply.text
    assert len(rows_of(reply)) == 2


async def test_a_currency_of_the_other_period_only_is_shown(office: Office) -> None:
    await empty(office)
    await sell(office, 100_00)
    await sell(office, 70_00, "EUR", days_ago=20)
    reply = await office.do(
        "steven",
        "report.show",
        metric="revenue",
        compare={"start": "2026-02-01", "end": "2026-03-01"},
    )
    (march_usd, march_eur) = rows_of(reply)
    assert march_usd[1:4] == ["$100", "–", "–"]
    assert march_eur[1:4] == ["€0", "€70", "-€70"]


@pytest.mark.parametrize("total", [0, -50_00])
async def test_nothing_and_less_than_nothing(office: Office, total: int) -> None:
    await empty(office)
    await sell(office, total)
    for chart in ("pie", "bar", "line"):
        reply = await office.do("steven", "report.show", metric="revenue", chart=chart)
        assert "nan" not in reply.text.lower()


async def test_orders_of_the_future_are_left_out_and_named(office: Office) -> None:
    await empty(office)
    await sell(office, 10_00)
    await sell(office, 99_00, days_ago=-9)
    reply = await office.do("steven", "report.show", metric="revenue")
    assert "Revenue: $10" in reply.text
    assert "1 entry is dated in the future" in reply.text


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_company_without_data_hears_so(
    office: Office, metric: Metric, language: str
) -> None:
    await empty(office)
    await office.do("steven", "me.set_language", language=language)
    for more in ({}, {"dimension": "month"}, {"statistic": "mean"}):
        asked = {"metric": metric.value, **more}
        text = (await office.do("steven", "report.show", **asked)).text
        assert "nan" not in text.lower().replace("finan", "")
        assert "wrong on my side" not in text


async def test_all_statistics_of_one_customer(office: Office) -> None:
    await empty(office)
    await sell(office, 10_00)
    for statistic in ("sum", "count", "mean", "median", "variance", "std", "min", "max"):
        reply = await office.do("steven", "report.show", metric="revenue", statistic=statistic)
        assert "nan" not in reply.text.lower()


async def test_by_a_key_that_nobody_has(office: Office) -> None:
    async with office.db.begin(Work("nowhere", NOW)) as session:
        await session.execute(update(Customer).values(country=None))
    reply = await office.do("steven", "report.show", metric="customers", dimension="country")
    assert rows_of(reply) == [["(none)", "91"]]


async def test_a_long_report_holds_nobody_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = await office.say("nancy", "revenue by country this year")
    run, written = reports.run, []

    async def busy(*arguments: Any, **more: Any) -> reports.Report:
        async with asyncio.timeout(2), office.db.begin(Work("meanwhile", NOW)) as session:
            written.append(session.add(Customer(name="Meanwhile")))
        return await run(*arguments, **more)

    monkeypatch.setattr(running, "LONG", 1)
    monkeypatch.setattr(reports, "run", busy)
    first = await office.say("nancy", "revenue by country this year")
    assert "the answer follows" in first.text
    assert not written
    told = await office.outcome()
    assert written
    assert rows_of(told) == rows_of(at_once)
    monkeypatch.setattr(reports, "run", run)
    await office.say("nancy", "only in Berlin")
    assert len(rows_of(await office.outcome())) == 1
