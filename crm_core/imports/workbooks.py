"""Excel and OpenDocument workbooks: the first sheet with anything in it, as delimited text."""

import csv
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, load_workbook

from crm_core.errors import Invalid

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How .xlsx and .ods, and how .xls begin."""


def as_delimited(source: Path | bytes) -> Path | bytes:
    """Return a workbook's rows as CSV, line for row; anything else as it is.

    Raises Invalid: not-text for what only begins like a workbook, empty-file.
    """
    if not _begins(source).startswith((ZIP, OLE)):
        return source
    content = source if isinstance(source, bytes) else source.read_bytes()
    try:
        book = load_workbook(BytesIO(content))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        tables = (sheet.to_python(skip_empty_area=False) for sheet in sheets)
        rows = next((table for table in tables if table), None)
    except CalamineError as problem:
        raise Invalid("not-text") from problem
    if rows is None:
        raise Invalid("empty-file")
    text = StringIO()
    csv.writer(text).writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _begins(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:4]
    with source.open("rb") as file:
        return file.read(4)


def _written(cell: Any) -> str:
    """Write a cell as people would: whole numbers without decimals, days without midnight."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date() | time() | timedelta():
            return str(cell)
        case _:
            return str(cell)
