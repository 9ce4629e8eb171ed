"""What the importers of public data sets share: tidy files whose columns are known."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_precision

from crm_core.errors import Invalid
from crm_core.imports import files
from crm_core.imports.cells import rounded

NOTHING = {"", "NULL"}


class SheetRow(dict[str, Any]):
    """The cells of a row by column name, None where empty. A column not there is Invalid."""

    def __missing__(self, column: str) -> None:
        raise Invalid("missing-columns", columns=[column])


@dataclass(frozen=True)
class Sheet:
    """One file of a data set: its rows, each with the line it stands on."""

    digest: str
    rows: Sequence[tuple[int, SheetRow]]

    @classmethod
    def read(cls, path: Path, loose: str | None = None) -> "Sheet":
        """Read a file whose text in the column `loose` may hold commas without quotes.

        Raises Invalid: what `files.read` raises, no-rows, wrong-number-of-cells.
        """
        table = files.read(path, len)
        at = table.header.index(loose) if loose in table.header else None
        rows = []
        for line, cells, _ in table.rows():
            surplus = len(cells) - len(table.header)
            if surplus > 0 and at is not None:
                cells[at : at + surplus + 1] = [", ".join(cells[at : at + surplus + 1])]
            elif surplus:
                raise Invalid("wrong-number-of-cells", name=path.name, line=line)
            values = (None if cell.strip() in NOTHING else cell.strip() for cell in cells)
            rows.append((line, SheetRow(zip(table.header, values, strict=True))))
        if not rows:
            raise Invalid("no-rows", name=path.name)
        return cls(table.digest, rows)


def work_id(name: str, sheets: Iterable[Sheet]) -> str:
    digests = "".join(sheet.digest for sheet in sheets)
    return f"import:{name}:{hashlib.sha256(digests.encode()).hexdigest()[:12]}"


def shift_of(last: date, shift_to: date | None) -> timedelta:
    """Return by how much to move all dates so that `last` becomes the day before `shift_to`."""
    return timedelta() if shift_to is None else shift_to - timedelta(days=1) - last


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def exact(text: str, currency: str) -> Decimal:
    """Return an amount in minor units of a currency, not rounded."""
    return Decimal(text).scaleb(get_currency_precision(currency))


def minor(text: str, currency: str) -> int:
    return rounded(exact(text, currency))


def slug(name: str) -> str:
    """Make a stable code of a name: "Acme Corporation" is `acme-corporation`."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")


def busiest(dealings: Iterable[tuple[str, date, str]]) -> dict[str, str]:
    """Return who dealt with each customer most often, of equals whoever did last.

    `dealings` are customer, day and person.
    """
    times: dict[str, Counter[str]] = {}
    latest: dict[tuple[str, str], date] = {}
    for customer, day, person in dealings:
        times.setdefault(customer, Counter())[person] += 1
        latest[customer, person] = max(day, latest.get((customer, person), day))
    return {
        customer: max(counts, key=lambda who: (counts[who], latest[customer, who], who))
        for customer, counts in times.items()
    }
