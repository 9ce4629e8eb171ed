"""A Table as Slack's table block, or as aligned text: a message takes one table block only.

Source: https://docs.slack.dev/reference/block-kit/blocks/table-block
"""

import unicodedata
from collections.abc import Collection, Iterator
from itertools import accumulate, zip_longest
from typing import Any

from adapters.slack.markup import escape, fit, inert, on_one_line, size
from bot.reply import Table

ROWS, COLUMNS, CHARACTERS = 100, 20, 10_000
ROW = 2_000
"""Characters that a row may take, so that a few rows always fit."""
PAGE = 2_900
WIDE = 40
"""Monospaced columns that a cell may take."""
LINE = PAGE // 5
"""Characters that a line may take: each may become five, as `&` becomes `&amp;`."""
GAP = "  "
NOTHING = "–"
BACKTICK = "ˋ"
"""Looks like a backtick and does not end preformatted text."""

Block = dict[str, Any]


def native(table: Table, room: int) -> Iterator[Block]:
    """Give a table block of the rows that fit, and how many more there are."""
    texts = _rectangle(table, ROWS)
    if not texts or len(texts[0]) > COLUMNS:
        yield from preformatted(table, room)
        return
    limit = ROW // len(texts[0])
    grid = [[fit(inert(cell) or NOTHING, limit, str) for cell in row] for row in texts]
    kept = _fitting([sum(map(size, row)) for row in grid], min(room, CHARACTERS))
    if kept:
        yield {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in grid[:kept]],
            "column_settings": [
                {"align": "right"} if column in table.numeric else {"is_wrapped": True}
                for column in range(len(grid[0]))
            ],
        }
    yield from _more(table, kept)


def preformatted(table: Table, room: int) -> Iterator[Block]:
    """Give sections of monospaced lines that fit, and how many more rows there are."""
    texts = _rectangle(table, max(room, 0))  # a line takes a character at least
    lines = [escape(line) for line in _aligned(texts, table.numeric)]
    kept = _fitting([size(line) + 1 for line in lines], room)
    page: list[str] = []
    for line in lines[:kept]:
        if page and size("\n".join([*page, line])) > PAGE:
            yield _fenced(page)
            page = []
        page.append(line)
    if page:
        yield _fenced(page)
    yield from _more(table, kept)


def _rectangle(table: Table, most: int) -> list[list[str]]:
    """Return the columns' names and the first rows, all of one length, each cell on one line."""
    rows = [[on_one_line(cell) for cell in row] for row in [table.columns, *table.rows][:most]]
    return [list(row) for row in zip(*zip_longest(*rows, fillvalue=""), strict=True)]


def _aligned(grid: list[list[str]], numeric: Collection[int]) -> Iterator[str]:
    cells = [[_narrow(cell.replace("`", BACKTICK)) for cell in row] for row in grid]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [
            " " * (wide - width(cell)) + cell
            if column in numeric
            else cell + " " * (wide - width(cell))
            for column, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ]
        yield fit(GAP.join(padded).rstrip(), LINE, str)


def _narrow(cell: str) -> str:
    while width(cell) > WIDE:
        cell = f"{cell[: WIDE * len(cell) // width(cell) - 1]}…"
    return cell


def width(text: str) -> int:
    """Count monospaced columns: East Asian wide characters take two, marks on letters none."""
    return sum(
        0
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _fitting(sizes: list[int], room: int) -> int:
    return sum(1 for total in accumulate(sizes) if total <= room)


def _fenced(lines: list[str]) -> Block:
    text = "\n".join(["```", *lines, "```"])
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _more(table: Table, kept: int) -> Iterator[Block]:
    """Say how many rows are missing; `kept` counts the columns' names too."""
    if missing := len(table.rows) - max(kept - 1, 0):
        text = {"type": "plain_text", "text": f"… +{missing}", "emoji": False}
        yield {"type": "context", "elements": [text]}
