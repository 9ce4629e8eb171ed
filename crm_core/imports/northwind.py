"""The Northwind sample company: customers, products, orders and the people who took them."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from crm_core.changes import Work
from crm_core.db import Database
from crm_core.imports.cells import line_amount, rounded
from crm_core.imports.reading import Draft
from crm_core.imports.report import Report
from crm_core.imports.samples import (
    Sheet,
    SheetRow,
    busiest,
    exact,
    minor,
    shift_of,
    start_of,
    work_id,
)
from crm_core.imports.writing import Writer
from crm_core.models import Contact, Customer, Order, Product, Role, User

# The column of each file whose text holds unquoted commas.
FILES = {
    "employees": None,
    "categories": None,
    "products": None,
    "customers": "address",
    "orders": "shipAddress",
    "order-details": None,
}
ROLES = {
    "Vice President, Sales": Role.ADMIN,
    "Sales Manager": Role.MANAGER,
    "Inside Sales Coordinator": Role.SUPPORT,
}


async def import_northwind(
    db: Database,
    folder: Path,
    *,
    now: datetime,
    shift_to: date | None = None,
    currency: str = "USD",
) -> Report:
    """Import the files of `folder`; again, it changes nothing.

    With `shift_to` all dates move by whole days so that the last order is of the day before it.
    Customers belong to whoever took most of their orders.
    """
    sheets = {
        name: await asyncio.to_thread(Sheet.read, folder / f"{name}.csv", loose)
        for name, loose in FILES.items()
    }
    orders = [row for _, row in sheets["orders"].rows]
    shift = shift_of(max(_day(row["orderDate"]) for row in orders), shift_to)
    owners = busiest((o["customerID"], _day(o["orderDate"]), o["employeeID"]) for o in orders)
    writer = Writer(db, Work(work_id("northwind", sheets.values()), now), currency)
    for staff in _by_rank(sheets["employees"]):
        await writer.put(User, staff)
    await writer.put(Product, _products(sheets["products"], sheets["categories"], currency))
    await writer.put(Customer, [_customer(line, r, owners) for line, r in sheets["customers"].rows])
    await writer.put(Contact, [_contact(line, row) for line, row in sheets["customers"].rows])
    await writer.put(Order, _orders(sheets["orders"], sheets["order-details"], shift, currency))
    return writer.report


def _by_rank(employees: Sheet) -> list[list[Draft]]:
    """Return those without a superior, then those who report to them, and so on."""
    waiting = {row["employeeID"]: Draft(line, _employee(row)) for line, row in employees.rows}
    ranks = []
    while waiting:
        rank = {
            code: draft
            for code, draft in waiting.items()
            if draft.values.get("manager") not in waiting
        }
        ranks.append(list(rank.values()))
        waiting = {code: draft for code, draft in waiting.items() if code not in rank}
    return ranks


def _employee(row: SheetRow) -> dict[str, Any]:
    values = {
        "code": row["employeeID"],
        "name": f"{row['firstName']} {row['lastName']}",
        "role": ROLES.get(row["title"], Role.REP),
    }
    return values | ({"manager": row["reportsTo"]} if row["reportsTo"] else {})


def _products(products: Sheet, categories: Sheet, currency: str) -> list[Draft]:
    names = {row["categoryID"]: row["categoryName"] for _, row in categories.rows}
    return [
        Draft(
            line,
            {
                "code": row["productID"],
                "name": row["productName"],
                "category": names[row["categoryID"]],
                "price": minor(row["unitPrice"] or "0", currency),
                "currency": currency,
                "active": row["discontinued"] == "0",
            },
        )
        for line, row in products.rows
    ]


def _customer(line: int, row: SheetRow, owners: Mapping[str, str]) -> Draft:
    values = {
        "code": row["customerID"],
        "name": row["companyName"],
        "phone": row["phone"],
        "address": row["address"],
        "postal_code": row["postalCode"],
        "city": row["city"],
        "country": row["country"],
        "owner": owners.get(row["customerID"]),
    }
    return Draft(line, _said(values))


def _contact(line: int, row: SheetRow) -> Draft:
    values = {"name": row["contactName"], "title": row["contactTitle"]}
    return Draft(line, _said({"customer": row["customerID"], **values}))


def _orders(orders: Sheet, details: Sheet, shift: timedelta, currency: str) -> list[Draft]:
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for at, row in details.rows:
        lines[row["orderID"] or ""].append(_line(at, row, currency))
    drafts = []
    for at, row in orders.rows:
        code = row["orderID"] or ""
        values = {
            "code": code,
            "customer": row["customerID"],
            "owner": row["employeeID"],
            "ordered_at": _moment(row["orderDate"], shift),
            "due_at": _moment(row["requiredDate"], shift),
            "shipped_at": _moment(row["shippedDate"], shift),
            "freight": minor(row["freight"] or "0", currency),
            "total": sum(line["amount"] for line in lines[code]),
            "currency": currency,
        }
        drafts.append(Draft(at, _said(values), lines[code]))
    return drafts


def _line(at: int, row: SheetRow, currency: str) -> dict[str, Any]:
    price, quantity = exact(row["unitPrice"], currency), int(row["quantity"])
    discount = int(Decimal(row["discount"]) * 10_000)
    return {
        "line": at,
        "product": row["productID"],
        "quantity": quantity,
        "unit_price": rounded(price),
        "discount": discount,
        "amount": line_amount(price, quantity, discount),
    }


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _day(text: str | None) -> date:
    return datetime.fromisoformat(text or "").date()


def _moment(text: str | None, shift: timedelta) -> datetime | None:
    return start_of(_day(text) + shift) if text else None
