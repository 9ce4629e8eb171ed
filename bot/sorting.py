"""The order of a list that its asker wants: "sort by amount", 按成交日期排序."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from crm_core.errors import Invalid
from crm_core.lookup import folded
from crm_core.models import Priority, Record
from crm_core.values import Money

Found = TypeVar("Found", bound=Record)

COLUMNS = {
    "name": ("column-customer", "column-product", "column-name", "column-deal", "column-task"),
    "title": ("column-deal", "column-task", "column-subject"),
    "amount": (
        "column-amount",
        "column-total",
        "column-revenue",
        "column-at-stake",
        "column-price",
    ),
    "close_date": ("column-closing",),
    "due": ("column-due",),
    "created": ("column-ordered", "column-raised", "column-when"),
    "updated": ("column-moved", "column-last-talk"),
    "owner": ("column-owner", "column-assignee", "column-who"),
}
"""The columns that show a field; any other is the column of its own name."""


def by_field(
    field: str,
    records: Sequence[Found],
    columns: Sequence[str],
    cells: Callable[[Found], Sequence[object]],
) -> list[Found]:
    """Sort by what a column shows, or else by the record's own field.

    Figures and priorities begin with the highest, moments of writing with the latest; what has no
    value comes last. Raises Invalid for a field that the list doesn't have.
    """
    shown = [name for name in COLUMNS.get(field, (f"column-{field}",)) if name in columns]
    if shown:
        place = columns.index(shown[0])
        values = [(cells(record)[place], record) for record in records]
    else:
        values = [(_own(field, record), record) for record in records]
    known = [(_key(value), record) for value, record in values if value is not None]
    if not known and records:
        raise Invalid("cannot-sort", field=field)
    written = field in ("created", "updated")
    falling = written or any(isinstance(value, Money | int | float) for value, _ in values)
    known.sort(key=lambda item: item[0], reverse=falling)
    return [record for _, record in known] + [record for value, record in values if value is None]


def _own(field: str, record: Record) -> Any:
    for name in (field, f"{field}_at", f"{field}_on"):
        value = getattr(record, name, None)
        if value is not None:
            return value
    return None


def _key(value: Any) -> Any:
    """Make values of one column comparable."""
    match value:
        case Money():
            return value.minor
        case Priority():
            return -list(Priority).index(value)
        case StrEnum():
            return list(type(value)).index(value)
        case date():
            return value.isoformat()
        case int() | float():
            return value
        case Record():
            return folded(value.label)
        case _:
            return folded(str(value))
