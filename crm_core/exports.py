"""Records out: tables of what the asker may see, as files that office programs open safely."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_core.access import Actor
from crm_core.models import (
    Campaign,
    Contact,
    Customer,
    Deal,
    Order,
    OrderLine,
    Product,
    Record,
    Ticket,
    User,
)
from crm_core.values import Money, Period


class RecordKind(StrEnum):
    """What files hold."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    PRODUCTS = "products"
    ORDERS = "orders"
    DEALS = "deals"
    TICKETS = "tickets"
    CAMPAIGNS = "campaigns"


class FileFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell may begin with that office programs would run."""
LONGEST_SHEET_NAME = 31


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name. The first line of a file are the columns."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def as_csv(sheet: Sheet) -> bytes:
    """Write a table as CSV in UTF-8, marked so that Excel reads it right."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    writer.writerows([_harmless(_plain(cell)) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(sheets: Iterable[Sheet]) -> bytes:
    """Write tables as one Excel file; text is text there, whatever it begins with."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:LONGEST_SHEET_NAME])
        page.freeze_panes = "A2"
        heading = [WriteOnlyCell(page, column) for column in sheet.columns]
        for cell in heading:
            cell.font = Font(bold=True)
        page.append(heading)
        for row in sheet.rows:
            page.append([_cell(page, _plain(value)) for value in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def as_file(sheet: Sheet, file_format: FileFormat) -> bytes:
    return as_csv(sheet) if file_format is FileFormat.CSV else as_workbook([sheet])


def _cell(page: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page, _printable(value))
    cell.data_type = "s"  # never a formula
    return cell


def _printable(text: str) -> str:
    """Leave out what a workbook can't hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")[:32_767]


def _harmless(value: Any) -> Any:
    """Keep office programs from running a cell that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _plain(value: Any) -> Any:
    """Turn a value into what a cell holds; moments are in UTC."""
    match value:
        case StrEnum():
            return value.value
        case Money():
            return value.major
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None)
        case None | bool() | int() | float() | Decimal() | str() | date():
            return value
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class _Export:
    """How one kind of record becomes a table: its columns, and the column that a period limits."""

    record: type[Record]
    query: Any
    columns: Sequence[str]
    moment: InstrumentedAttribute[Any] | None
    row: Callable[[Any], Sequence[Any]] = tuple


def _money(*places: int, currency: int) -> Callable[[Any], Sequence[Any]]:
    """Make a row whose amounts at these places are in major units of its currency."""

    def row(values: Any) -> Sequence[Any]:
        return [
            Money(value, values[currency]) if at in places and value is not None else value
            for at, value in enumerate(values)
        ]

    return row


OWNER = select(User.name).where(User.id == Customer.owner_id).correlate(Customer).scalar_subquery()
EXPORTS: dict[RecordKind, _Export] = {
    RecordKind.CUSTOMERS: _Export(
        Customer,
        select(
            Customer.code,
            Customer.name,
            Customer.email,
            Customer.phone,
            Customer.address,
            Customer.postal_code,
            Customer.city,
            Customer.country,
            Customer.website,
            Customer.industry,
            OWNER,
            Customer.consent,
            Customer.segment,
        ).order_by(Customer.id),
        [
            "code",
            "name",
            "email",
            "phone",
            "address",
            "postal code",
            "city",
            "country",
            "website",
            "industry",
            "owner",
            "consent",
            "segment",
        ],
        Customer.created_at,
    ),
    RecordKind.CONTACTS: _Export(
        Contact,
        select(Customer.name, Contact.name, Contact.email, Contact.phone, Contact.title)
        .join(Customer, Contact.customer_id == Customer.id)
        .order_by(Contact.id),
        ["customer", "name", "email", "phone", "title"],
        Contact.created_at,
    ),
    RecordKind.PRODUCTS: _Export(
        Product,
        select(
            Product.code,
            Product.name,
            Product.category,
            Product.price,
            Product.currency,
            Product.active,
        ).order_by(Product.id),
        ["code", "name", "category", "price", "currency", "active"],
        None,
        _money(3, currency=4),
    ),
    RecordKind.ORDERS: _Export(
        Order,
        select(
            Order.code,
            Customer.name,
            Order.ordered_at,
            Order.due_at,
            Order.shipped_at,
            Order.status,
            func.coalesce(Product.code, Product.name),
            Product.name,
            OrderLine.quantity,
            OrderLine.unit_price,
            OrderLine.discount,
            OrderLine.amount,
            Order.freight,
            Order.total,
            Order.currency,
            User.name,
        )
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, OrderLine.product_id == Product.id)
        .join(Customer, Order.customer_id == Customer.id)
        .outerjoin(User, Order.owner_id == User.id)
        .order_by(Order.id, OrderLine.position),
        [
            "order code",
            "customer",
            "order date",
            "due date",
            "shipped date",
            "status",
            "product code",
            "product name",
            "quantity",
            "unit price",
            "discount (%)",
            "line total",
            "freight",
            "order total",
            "currency",
            "owner",
        ],
        Order.ordered_at,
        lambda row: [
            value / 100 if at == 10 else value
            for at, value in enumerate(_money(9, 11, 12, 13, currency=14)(row))
        ],
    ),
    RecordKind.DEALS: _Export(
        Deal,
        select(
            Deal.code,
            Deal.title,
            Customer.name,
            Product.name,
            User.name,
            Deal.stage,
            Deal.amount,
            Deal.currency,
            Deal.opened_on,
            Deal.close_date,
            Deal.reason,
        )
        .select_from(Deal)
        .outerjoin(Customer, Deal.customer_id == Customer.id)
        .outerjoin(Product, Deal.product_id == Product.id)
        .outerjoin(User, Deal.owner_id == User.id)
        .order_by(Deal.id),
        [
            "code",
            "title",
            "customer",
            "product",
            "owner",
            "stage",
            "amount",
            "currency",
            "opened on",
            "close date",
            "reason",
        ],
        Deal.opened_on,
        _money(6, currency=7),
    ),
    RecordKind.TICKETS: _Export(
        Ticket,
        select(
            Ticket.id,
            Customer.name,
            Ticket.subject,
            Ticket.priority,
            Ticket.status,
            User.name,
            Ticket.opened_at,
            Ticket.first_response_at,
            Ticket.resolved_at,
            Ticket.resolution,
            Ticket.satisfaction,
        )
        .select_from(Ticket)
        .join(Customer, Ticket.customer_id == Customer.id)
        .outerjoin(User, Ticket.assignee_id == User.id)
        .order_by(Ticket.id),
        [
            "number",
            "customer",
            "subject",
            "priority",
            "status",
            "assignee",
            "opened",
            "first response",
            "resolved",
            "resolution",
            "rating",
        ],
        Ticket.opened_at,
    ),
    RecordKind.CAMPAIGNS: _Export(
        Campaign,
        select(
            Campaign.id, Campaign.name, Campaign.objective, Campaign.status, Campaign.created_at
        ).order_by(Campaign.id),
        ["number", "name", "objective", "status", "created"],
        Campaign.created_at,
    ),
}


async def table(
    session: AsyncSession,
    actor: Actor,
    zone: tzinfo,
    kind: RecordKind,
    period: Period | None = None,
) -> Sheet:
    """Read the records of a kind that the asker may see; of orders each line is a row.

    A period limits them by when they were placed, opened or entered; products have no such day.
    """
    export = EXPORTS[kind]
    query: Select[*tuple[Any, ...]] = export.query
    if period and export.moment is not None:
        first, after = period.moments(zone)
        if export.moment is Deal.opened_on:
            query = query.where(export.moment >= period.start, export.moment < period.end)
        else:
            query = query.where(export.moment >= first, export.moment < after)
    if export.record in (Contact, Ticket):  # their customer's rights are theirs
        query = actor.limit(query, Customer)
    rows = (await session.execute(actor.limit(query, export.record))).all()
    return Sheet(kind.value, export.columns, [export.row(row) for row in rows])
