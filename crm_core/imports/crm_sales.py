"""The pipeline of a hardware seller: accounts, agents and their managers, opportunities."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from crm_core.changes import Work
from crm_core.db import Database
from crm_core.imports.reading import Draft
from crm_core.imports.report import Report
from crm_core.imports.samples import (
    Sheet,
    SheetRow,
    busiest,
    minor,
    shift_of,
    slug,
    start_of,
    work_id,
)
from crm_core.imports.words import Words, folded
from crm_core.imports.writing import Writer
from crm_core.models import Customer, Deal, Product, Role, Stage, User

FILES = ("accounts", "products", "sales_teams", "sales_pipeline")
# Slips of the pen in the files, and what is meant.
MENDED = {"GTXPro": "GTX Pro", "technolgy": "technology", "Philipines": "Philippines"}


async def import_crm_sales(
    db: Database,
    folder: Path,
    *,
    now: datetime,
    shift_to: date | None = None,
    currency: str = "USD",
) -> Report:
    """Import the files of `folder`; again, it changes nothing.

    With `shift_to` all dates move by whole days so that the last event, an engagement or a close,
    is of the day before it. Accounts belong to the agent with most of their deals. A deal that
    nobody has engaged in yet has no date of its own: it counts as opened on that last day. An open
    deal is worth its product's price.
    """
    sheets = {name: await asyncio.to_thread(Sheet.read, folder / f"{name}.csv") for name in FILES}
    deals = [row for _, row in sheets["sales_pipeline"].rows]
    last = max(day for row in deals for day in (_day(row, "engage_date"), _day(row, "close_date")))
    shift = shift_of(last, shift_to)
    owners = busiest(
        (row["account"], _day(row, "engage_date"), row["sales_agent"])
        for row in deals
        if row["account"]
    )
    writer = Writer(db, Work(work_id("crm_sales", sheets.values()), now), currency)
    teams = sheets["sales_teams"].rows
    await writer.put(User, _managers(teams))
    await writer.put(User, [_agent(line, row) for line, row in teams])
    await writer.put(Product, [_product(ln, row, currency) for ln, row in sheets["products"].rows])
    await writer.put(Customer, [_account(ln, row, owners) for ln, row in sheets["accounts"].rows])
    prices = {row["product"]: row["sales_price"] for _, row in sheets["products"].rows}
    stages = Words.load().choices["stage"]
    await writer.put(
        Deal,
        [
            _deal(line, row, prices, stages, last, shift, currency)
            for line, row in sheets["sales_pipeline"].rows
        ],
    )
    return writer.report


def _managers(teams: Iterable[tuple[int, SheetRow]]) -> list[Draft]:
    lines: dict[str, int] = {}
    for line, row in teams:
        lines.setdefault(row["manager"], line)
    return [
        Draft(line, {"code": _code("manager", name), "name": name, "role": Role.MANAGER})
        for name, line in lines.items()
    ]


def _agent(line: int, row: SheetRow) -> Draft:
    name = row["sales_agent"]
    manager = _code("manager", row["manager"])
    code = _code("agent", name)
    return Draft(line, {"code": code, "name": name, "role": Role.REP, "manager": manager})


def _product(line: int, row: SheetRow, currency: str) -> Draft:
    values = {
        "code": slug(row["product"]),
        "name": row["product"],
        "category": row["series"],
        "price": minor(row["sales_price"], currency),
        "currency": currency,
    }
    return Draft(line, values)


def _account(line: int, row: SheetRow, owners: Mapping[str, str]) -> Draft:
    values = {
        "code": slug(row["account"]),
        "name": row["account"],
        "industry": _mended(row["sector"]),
        "country": _mended(row["office_location"]),
    }
    owner = owners.get(row["account"])
    return Draft(line, values | ({"owner": _code("agent", owner)} if owner else {}))


def _deal(
    line: int,
    row: SheetRow,
    prices: Mapping[str | None, str | None],
    stages: Mapping[str, str],
    last: date,
    shift: timedelta,
    currency: str,
) -> Draft:
    product = _mended(row["product"])
    stage = Stage(stages[folded(row["deal_stage"])])
    opened = _day(row, "engage_date", last) + shift
    closed = _day(row, "close_date") + shift if row["close_date"] else None
    values = {
        "code": row["opportunity_id"],
        "title": f"{product} · {row['account']}" if row["account"] else product,
        "product": slug(product),
        "owner": _code("agent", row["sales_agent"]),
        "stage": stage,
        "stage_since": start_of(closed or opened),
        "amount": minor(row["close_value"] or prices[product] or "0", currency),
        "currency": currency,
        "opened_on": opened,
    }
    if closed:
        values["close_date"] = closed
    if row["account"]:
        values["customer"] = slug(row["account"])
    return Draft(line, values)


def _mended(word: str) -> str:
    return MENDED.get(word, word)


def _code(role: str, name: str) -> str:
    return f"{role}:{slug(name)}"


def _day(row: SheetRow, column: str, otherwise: date = date.min) -> date:
    return date.fromisoformat(row[column]) if row[column] else otherwise
