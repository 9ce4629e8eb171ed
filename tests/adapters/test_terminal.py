"""The terminal: charts drawn with letters, and a demonstration that begins afresh."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from adapters.channel import Outgoing
from adapters.chat import _forget
from adapters.terminal import Terminal, sparkline
from bot.message import Place
from bot.reply import Chart, Reply, Series
from tests.office import NOW

PLACE = Place(platform="terminal", channel="nancy", direct=True)


async def shown(chart: Chart) -> list[str]:
    console = Console(file=StringIO(), width=100)
    terminal = Terminal(console, lambda: NOW)
    await terminal.send(Outgoing(key="1", place=PLACE, reply=Reply(parts=[chart])))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


def chart(shape: str, *values: float | None) -> Chart:
    labels = [f"n{number}" for number in range(len(values))]
    series = [Series(name="orders", values=list(values))]
    return Chart.model_validate(
        {"shape": shape, "title": "Orders [a]", "labels": labels, "series": series}
    )


async def test_bars_are_as_long_as_their_values() -> None:
    title, *rows = await shown(chart("bar", 1200, 600, None, 0))
    assert title.strip() == "Orders [a]"
    assert [row.count("█") for row in rows] == [40, 20, 0, 0]
    assert [row.split()[-1] for row in rows] == ["1,200", "600", "n2", "0"]


async def test_bars_below_nothing_go_to_the_other_side() -> None:
    _, up, down = await shown(chart("bar", 30, -10))
    assert up.index("█") > down.index("█")
    assert down.split()[-1] == "-10"


async def test_a_long_line_is_a_sparkline() -> None:
    _, row = await shown(chart("line", *range(60)))
    assert "▁" in row
    assert "█" in row
    assert "n0 – n59" in row


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([5, None, 5], "█ █"),
        ([0, 0], "▁▁"),
        ([-7, 0], "▁█"),
        ([], ""),
    ],
)
def test_sparklines(values: list[float | None], drawn: str) -> None:
    assert sparkline(values) == drawn


def test_a_new_demonstration_leaves_nothing_of_the_last(tmp_path: Path) -> None:
    (tmp_path / "demo.db").touch()
    (tmp_path / "demo.db-wal").touch()
    (tmp_path / "demo.db-spool").mkdir()
    (tmp_path / "demo.db-spool" / "1.jsonl").touch()
    (tmp_path / "crm.db").touch()
    _forget(tmp_path / "demo.db")
    assert [path.name for path in tmp_path.iterdir()] == ["crm.db"]
