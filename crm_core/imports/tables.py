"""A customer's own file -> the CRM."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor
from crm_core.changes import Work, work_of
from crm_core.db import Database
from crm_core.imports import files
from crm_core.imports.reading import Reading
from crm_core.imports.report import Report
from crm_core.imports.shapes import SHAPES, Kind
from crm_core.imports.words import Words
from crm_core.imports.writing import Writer


async def import_table(
    db: Database | AsyncSession,
    kind: Kind,
    source: Path | bytes,
    *,
    now: datetime,
    user_id: int | None = None,
    actor: Actor | None = None,
    currency: str = "USD",
    day_first: bool | None = None,
) -> Report:
    """Bring a delimited file into the CRM: good records go in, the others are reported.

    Records are known by their code, or without one by their exact name (and e-mail address), so
    the same file again changes nothing. An empty cell leaves what is there. `currency` is that of
    amounts which say none; `day_first` settles dates like 03/04/2025 where no other date of the
    column does. With an `actor` only what is theirs to change is changed, and the work is theirs.

    With a Database every few thousand rows are a transaction, and the import is a work of its own,
    named by the file's content. With a session all of it is part of that session's transaction and
    work. Raises Invalid, before anything is written, for what is no table of this kind.
    """
    words = Words.load()
    table = await asyncio.to_thread(
        files.read, source, lambda cells: len(words.columns(kind, cells))
    )
    if isinstance(db, AsyncSession):
        work = work_of(db)
    else:
        author = actor.user.id if actor else user_id
        work = Work(f"import:{kind}:{table.digest[:12]}", now, author)
    reading = await asyncio.to_thread(
        Reading, kind, table, words, now=now, currency=currency, day_first=day_first
    )
    writer = Writer(db, work, currency, actor)
    writer.report.ignored = reading.ignored
    chunks = reading.chunks()
    model = SHAPES[kind].model
    coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    try:
        while chunk := await coming:
            coming = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            writer.report.counts[model.noun()].bad += chunk.bad
            writer.report.complain(chunk.problems)
            await writer.put(model, chunk.drafts)
    finally:
        coming.cancel()
    report = writer.report
    headings = {field: column.heading for field, column in reading.columns.items()}
    report.problems = [
        replace(problem, column=headings.get(problem.column or "", problem.column))
        for problem in sorted(report.problems, key=lambda problem: problem.line)
    ]
    return report


async def recognise(source: Path | bytes) -> list[Kind]:
    """Return the kinds that a file can be, the one with most headings understood first."""
    words = Words.load()

    def understood(kind: Kind, cells: Sequence[str]) -> int:
        columns = words.columns(kind, cells)
        needed = SHAPES[kind].required
        whole = all(any(name in columns for name in group) for group in needed)
        return len(columns) if whole else 0

    def best(cells: Sequence[str]) -> int:
        return max(understood(kind, cells) for kind in SHAPES)

    table = await asyncio.to_thread(files.read, source, best)
    kinds = [kind for kind in SHAPES if understood(kind, table.header)]
    return sorted(kinds, key=lambda kind: -understood(kind, table.header))
