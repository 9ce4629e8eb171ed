"""A Reply as Telegram messages."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from adapters.telegram.lines import (
    CAPTION,
    EMPTY,
    Line,
    Page,
    Span,
    clean,
    head,
    is_visible,
    on_one_line,
    paginate,
    units,
)
from bot.reply import Button, Buttons, Card, Chart, Fields, File, Part, Reply, Table, Text

COLUMNS = 38
"""Monospaced characters that a phone held upright shows in a line."""
GAP = "  "
BETWEEN = " · "
NUMBER = "#"
"""Begins a record's number, which alone is no heading."""
BUTTONS_IN_ROW = 8
BUTTONS = 100
LABEL = 64
PLACEHOLDER = "…"

TAGS = {"plain": "", "strong": "b", "quiet": "i"}
STYLES = {"default": None, "primary": "primary", "danger": "danger"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """One message to send: HTML that Telegram takes, and the buttons under it."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    media: Chart | File | None = None


def render(reply: Reply, *, alone: bool) -> list[Post]:
    """Return the messages that say the reply, buttons under the last; none if it is empty.

    Words come first, then pictures and files. Private fields are left out unless the reader is
    `alone`.
    """
    media = [part for part in reply.parts if isinstance(part, Chart | File)]
    posts = [Post(page.html) for page in paginate(_spaced(reply, alone))]
    posts += [Post(_caption(part), media=part) for part in media]
    keyboard = _keyboard(reply)
    if keyboard and not posts:
        posts = [Post(PLACEHOLDER)]
    if posts:
        posts[-1] = replace(posts[-1], keyboard=keyboard)
    return posts


def article(number: int, card: Card) -> InlineQueryResultArticle:
    """Return a card as something to choose and post in any chat."""
    (page, *_) = paginate(_spaced(card.reply, alone=False))
    return InlineQueryResultArticle(
        str(number),
        on_one_line(card.title),
        InputTextMessageContent(
            page.html, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )


def _caption(part: Chart | File) -> str:
    """Say in words what a picture shows; a file goes by its name."""
    if isinstance(part, File):
        return ""
    title = head(on_one_line(part.title), CAPTION // 2)
    numbers = on_one_line(part.alt.removeprefix(part.title)).lstrip(". ")
    shown = head(numbers, CAPTION - units(title) - 2)
    rest = "" if shown == numbers else PLACEHOLDER
    return Page([(Span(title, "b"),), (Span(shown + rest),)]).html


def _spaced(reply: Reply, alone: bool) -> Iterator[list[Line]]:
    """Give each part's blocks of lines, an empty line before all but those under a heading."""
    space = False
    for part in reply.parts:
        for block in filter(None, _blocks(part, alone)):
            yield [EMPTY, *block] if space else block
            space = not (isinstance(part, Text) and part.style == "strong")
    if reply.provenance:
        yield [EMPTY, *_words(Text(text=reply.provenance, style="quiet"))]


def _blocks(part: Part, alone: bool) -> list[list[Line]]:
    if isinstance(part, Text):
        return [_words(part)]
    if isinstance(part, Fields):
        shown = [field for field in part.fields if alone or not field.private]
        return [[line for field in shown for line in _labelled(field.label, field.value)]]
    if isinstance(part, Table):
        return _table(part)
    return []


def _words(text: Text) -> list[Line]:
    return [(Span(line, TAGS[text.style]),) for line in clean(text.text).strip("\n").split("\n")]


def _labelled(label: str, value: str) -> list[Line]:
    first, *others = clean(value).strip("\n").split("\n")
    return [(Span(on_one_line(label), "b"), Span(f": {first}")), *((Span(o),) for o in others)]


def _table(table: Table) -> list[list[Line]]:
    """Return one aligned block where it fits a phone, else a card for each row."""
    rows = [[on_one_line(cell) for cell in row] for row in [table.columns, *table.rows]]
    count = max(map(len, rows))
    rows = [row + [""] * (count - len(row)) for row in rows]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(GAP) * (count - 1) > COLUMNS:
        return [_card(rows[0], row) for row in rows[1:]]
    if not any(widths):
        return []
    rows.insert(1, ["-" * wide for wide in widths])
    return [[_aligned(row, widths, table.numeric) for row in rows]]


def _aligned(row: list[str], widths: list[int], numeric: tuple[int, ...]) -> Line:
    cells = []
    for n, (cell, wide) in enumerate(zip(row, widths, strict=True)):
        padding = " " * (wide - width(cell))
        cells.append(padding + cell if n in numeric else cell + padding)
    return (Span(GAP.join(cells).rstrip(), "pre"),)


def _card(labels: list[str], row: list[str]) -> list[Line]:
    """Return a row under its own heading, as many labelled cells in a line as a phone shows."""
    headings = 2 if row[0].startswith(NUMBER) and len(row) > 1 else 1
    lines: list[str] = []
    for label, cell in zip(labels[headings:], row[headings:], strict=True):
        if not cell:
            continue
        said = f"{label}: {cell}" if label else cell
        if lines and width(lines[-1] + BETWEEN + said) <= COLUMNS:
            lines[-1] += BETWEEN + said
        else:
            lines.append(said)
    heading = BETWEEN.join(filter(None, row[:headings]))
    return [(Span(heading, "b"),), *((Span(line),) for line in lines)]


def width(text: str) -> int:
    """Count monospaced columns: East Asian wide characters take two, marks on letters none."""
    return sum(
        0
        if unicodedata.category(char) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Lay out the buttons: each part's in rows of its own, as many in one as can be read."""
    if len(reply.buttons) > BUTTONS:
        log.warning("telegram.buttons_left_out", count=len(reply.buttons) - BUTTONS)
    rows: list[list[InlineKeyboardButton]] = []
    free = BUTTONS
    for part in (part for part in reply.parts if isinstance(part, Buttons)):
        row: list[InlineKeyboardButton] = []
        for button in map(_button, part.buttons[:free]):
            if not row or not _fit([*row, button]):
                rows.append(row := [])
            row.append(button)
        free -= len(part.buttons[:free])
    return InlineKeyboardMarkup(rows) if rows else None


def _fit(row: list[InlineKeyboardButton]) -> bool:
    """Tell whether these labels can be read side by side; all get the same width."""
    widest = max(width(button.text) for button in row) + len(GAP)
    return len(row) <= BUTTONS_IN_ROW and len(row) * widest <= COLUMNS


def _button(button: Button) -> InlineKeyboardButton:
    label = on_one_line(button.label)
    if len(label) > LABEL:
        label = label[: LABEL - 1] + PLACEHOLDER
    return InlineKeyboardButton(
        label if is_visible(label) else PLACEHOLDER,
        callback_data=button.token,
        style=STYLES[button.style],
    )
