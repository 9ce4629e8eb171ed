"""The terminal: lines in, tables out."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from babel.numbers import format_decimal
from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable
from starlette.routing import BaseRoute

from adapters.channel import Outgoing, Receive, Refused
from bot.message import Attachment, Message, Place
from bot.reply import Button, Buttons, Chart, Fields, File, Reply, Table, Text
from crm_core.clock import Clock

PLATFORM = "terminal"
ATTACH = "/attach "
"""Begins a line that sends a file: `/attach customers.csv`."""
PATIENCE = 60.0
"""Seconds to wait for an answer."""
BARS, BAR_WIDTH = 36, 40
"""Points of a line that are drawn as bars, and how long one may be, in letters."""
SPARKS = "▁▂▃▄▅▆▇█"


class Terminal:
    """A chat in one terminal. What is typed is a message; a button is pressed by its number."""

    platform = PLATFORM

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._buttons: list[Button] = []
        self._sent = 0
        self._answered = asyncio.Event()

    @property
    def routes(self) -> Sequence[BaseRoute]:
        return []

    async def start(self, receive: Receive) -> None:
        """Nothing to connect to: lines are handed over by whoever reads them."""

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def read(self, name: str) -> str | None:
        """Return the next line of input, or None at its end. A script's lines show as if typed."""
        prompt, interactive = f"{name}> ", sys.stdin.isatty()
        if interactive:
            import readline  # noqa: F401 - gives the prompt its history
        while True:
            try:
                line = (await asyncio.to_thread(input, prompt if interactive else "")).strip()
            except EOFError:
                return None
            if line.startswith("#"):
                self._console.rule(escape(line.lstrip("# ")), align="left")
            elif line or interactive:
                if not interactive:
                    self._console.print(f"\n[bold green]{escape(prompt)}[/]{escape(line)}")
                return line

    def note(self, text: str) -> None:
        """Say something that is no answer of the assistant's."""
        self._console.print(escape(text), style="yellow", highlight=False)

    @asynccontextmanager
    async def answer(self) -> AsyncIterator[None]:
        """Wait until what is asked in the block has been answered."""
        self._answered.clear()
        yield
        await asyncio.wait_for(self._answered.wait(), PATIENCE)

    def message(self, sender: str, line: str) -> Message:
        """Make a message of a line: the number of a button shown last presses it.

        `/attach PATH` sends a file.
        """
        files: list[Attachment] = []
        if line.startswith(ATTACH):
            path = Path(line.removeprefix(ATTACH).strip()).expanduser()
            size = path.stat().st_size if path.is_file() else 0
            files, line = [Attachment(name=path.name, size=size, reference=str(path))], ""
        press = None
        if line.isdecimal() and 1 <= int(line) <= len(self._buttons):
            press = self._buttons[int(line) - 1].token
        return Message(
            event=secrets.token_hex(8),
            place=Place(platform=PLATFORM, channel=sender, direct=True),
            sender=sender,
            text="" if press else line,
            press=press,
            at=self._clock(),
            files=tuple(files),
        )

    async def send(self, outgoing: Outgoing) -> str:
        self._show(outgoing.reply.without_forms)
        self._sent += 1
        self._answered.set()
        return str(self._sent)

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        try:
            return await asyncio.to_thread(Path(file.reference).read_bytes)
        except OSError as problem:
            raise Refused(str(problem)) from problem

    def _show(self, reply: Reply) -> None:
        self._buttons = reply.buttons
        number = 0
        for part in reply.parts:
            if isinstance(part, Text):
                style = {"strong": "bold", "quiet": "dim", "plain": ""}[part.style]
                self._console.print(escape(part.text), style=style, highlight=False)
            elif isinstance(part, Fields):
                grid = RichTable.grid(padding=(0, 2))
                for field in part.fields:
                    grid.add_row(f"[cyan]{escape(field.label)}[/]", escape(field.value))
                self._console.print(grid)
            elif isinstance(part, Table):
                self._console.print(_table(part))
            elif isinstance(part, Chart):
                self._console.print(_chart(part))
            elif isinstance(part, File):
                self._console.print(escape(part.name), highlight=False)
            elif isinstance(part, Buttons):
                labels = []
                for button in part.buttons:
                    number += 1
                    labels.append(f"[green]\\[{number}][/] {escape(button.label)}")
                self._console.print("   ".join(labels), highlight=False)
        if reply.provenance:
            self._console.print(escape(reply.provenance), style="dim", highlight=False)


def _table(part: Table) -> RichTable:
    table = RichTable(show_edge=False, header_style="bold")
    for position, column in enumerate(part.columns):
        table.add_column(escape(column), justify="right" if position in part.numeric else "left")
    for row in part.rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _chart(part: Chart) -> RichTable:
    """Draw bars of letters, a row a value; a long line becomes a sparkline."""
    unit = f" ({part.unit})" if part.unit and part.unit not in part.title else ""
    drawn = RichTable(
        title=escape(part.title + unit), title_justify="left", show_header=False, box=None
    )
    values = [value for series in part.series for value in series.values if value is not None]
    low, high = min([0, *values]), max([0, *values])
    if part.shape == "line" and len(part.labels) > BARS:
        for series in part.series:
            ends = f"{part.labels[0]} – {part.labels[-1]}"
            drawn.add_row(escape(series.name), sparkline(series.values), escape(ends))
        return drawn
    for position, label in enumerate(part.labels):
        for series in part.series:
            name = f"{label} · {series.name}" if len(part.series) > 1 else label
            value = series.values[position]
            if value is None:
                drawn.add_row(escape(name))
                continue
            begin, end = min(0, value) - low, max(0, value) - low
            bar = Bar((high - low) or 1, begin, end, width=BAR_WIDTH, color="blue")
            written = format_decimal(round(value, 2), locale=part.language)
            drawn.add_row(escape(name), bar, written)
    return drawn


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as letters of eight heights; a missing one is a blank."""
    known = [value for value in values if value is not None]
    low, high = min([0, *known]), max([0, *known])
    span = (high - low) or 1
    return "".join(
        " " if value is None else SPARKS[round((value - low) / span * (len(SPARKS) - 1))]
        for value in values
    )
