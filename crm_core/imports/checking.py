"""A look at a file before it is taken in."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from crm_core.access import Actor
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.imports import files
from crm_core.imports.reading import Reading
from crm_core.imports.report import Report
from crm_core.imports.shapes import SHAPES, Kind
from crm_core.imports.tables import import_table, recognise
from crm_core.imports.words import Words

TRIED = 2000
"""Up to so many rows are tried out, so that it is known what would be new and what changed."""


@dataclass(slots=True)
class Check:
    """What a file holds. `others` are the kinds it could be as well."""

    kind: Kind
    others: list[Kind]
    header: list[str]
    first: list[list[str]]
    rows: int
    tried: bool
    """Whether `report` tells new from changed records, or only what can't be read."""
    report: Report = field(default_factory=lambda: Report(""))


async def check(
    db: Database,
    source: bytes,
    kind: Kind | None,
    *,
    actor: Actor,
    now: datetime,
    currency: str,
    first: int,
) -> Check:
    """Look at a file without changing anything; its kind is guessed from its headings.

    Raises Invalid: unknown-file where no kind fits, and for what is no table of this kind.
    """
    kinds = await recognise(source)
    if kind is None and not kinds:
        raise Invalid("unknown-file")
    kind = kind or kinds[0]
    words = Words.load()
    found = await asyncio.to_thread(_read, source, kind, words, now, currency, first)
    found.others = [other for other in kinds if other != kind]
    if found.rows > TRIED:
        return found
    found.tried = True
    async with (
        db.begin(Work("import:check", now, actor.user.id)) as session,
        session.begin_nested() as savepoint,
    ):
        found.report = await import_table(
            session, kind, source, now=now, actor=actor, currency=currency
        )
        await savepoint.rollback()
    return found


def _read(
    source: bytes, kind: Kind, words: Words, now: datetime, currency: str, first: int
) -> Check:
    """Read all rows and keep what can't be."""
    table = files.read(source, lambda cells: len(words.columns(kind, cells)))
    reading = Reading(kind, table, words, now=now, currency=currency)
    shown = [list(row.cells) for row in islice(table.rows(), first)]
    found = Check(kind, [], list(table.header), shown, reading.survey.rows, tried=False)
    found.report.ignored = reading.ignored
    for chunk in reading.chunks():
        found.report.counts[SHAPES[kind].model.noun()].bad += chunk.bad
        found.report.complain(chunk.problems)
    return found
