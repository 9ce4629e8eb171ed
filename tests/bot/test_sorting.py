"""Sorting a list by what it shows, or by the record's own field."""

from datetime import date

import pytest

from bot.sorting import by_field
from crm_core.errors import Invalid
from crm_core.models import Deal, Priority, Ticket
from crm_core.values import Money

DEALS = [
    Deal(title="b", amount=100, close_date=date(2026, 5, 1)),
    Deal(title="C", amount=None, close_date=date(2026, 4, 1)),
    Deal(title="a", amount=300, close_date=None),
]
COLUMNS = ["column-deal", "column-amount", "column-closing"]


def cells(deal: Deal) -> list[object]:
    amount = None if deal.amount is None else Money(deal.amount, "USD")
    return [deal.title, amount, deal.close_date]


@pytest.mark.parametrize(
    ("field", "order"),
    [("title", "abC"), ("name", "abC"), ("amount", "abC"), ("close_date", "Cba")],
)
def test_by_columns(field: str, order: str) -> None:
    assert "".join(deal.title for deal in by_field(field, DEALS, COLUMNS, cells)) == order


def test_the_urgent_come_first() -> None:
    tickets = [Ticket(priority=word) for word in Priority]
    found = by_field("priority", tickets, [], lambda ticket: [])
    assert found == tickets[::-1]


def test_a_field_that_nobody_sees() -> None:
    with pytest.raises(Invalid, match="cannot-sort"):
        by_field("phone", DEALS, COLUMNS, cells)
    assert by_field("phone", [], COLUMNS, cells) == []
