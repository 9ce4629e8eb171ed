"""Charts as pictures."""

import asyncio
import struct
import subprocess
import sys
from io import BytesIO
from math import inf, nan

import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from adapters import charts
from bot.reply import Chart, Series

MONTHS = [f"{month} 2025" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug")]


def chart(shape: str, *values: float | None, labels: list[str] | None = None, **more: str) -> Chart:
    names = labels or [f"name {number}" for number in range(len(values))]
    series = [Series(name="revenue", values=list(values))]
    return Chart.model_validate(
        {"shape": shape, "title": "Revenue", "labels": names, "series": series, **more}
    )


def picture(of: Chart, chinese: str | None = None) -> charts._Picture:
    """Draw a chart and return what was drawn, instead of the PNG."""
    drawn = charts._Picture(of, Figure(), chinese)
    drawn.draw()
    return drawn


def words(drawn: charts._Picture) -> list[str]:
    (axes,) = drawn.figure.axes
    texts = [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()]
    return [text.get_text() for text in texts]


@pytest.mark.parametrize("width", [600, 900])
@pytest.mark.parametrize("shape", ["line", "bar", "pie"])
async def test_every_shape_is_a_png_of_the_width_asked_for(shape: str, width: int) -> None:
    png = await charts.png(chart(shape, 120, 80, 40), width_px=width)
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] == width


@pytest.mark.parametrize("shape", ["line", "bar", "pie"])
@pytest.mark.parametrize(
    "values",
    [[], [None], [0, 0], [-5, 3], [nan, inf, 1], [1e15, 1e-9], [1.0] * 400],
    ids=["no", "missing", "zero", "negative", "not finite", "far apart", "many"],
)
async def test_no_numbers_break_a_picture(shape: str, values: list[float | None]) -> None:
    assert imread(BytesIO(await charts.png(chart(shape, *values)))).std() > 0


async def test_no_series_is_drawn_too() -> None:
    await charts.png(Chart(shape="pie", title="", labels=[], series=[]))


async def test_several_are_drawn_at_once_and_alike() -> None:
    of = chart("line", 1, None, 3, labels=["a", "b", "c"])
    first, *others = await asyncio.gather(*(charts.png(of) for _ in range(6)))
    assert all(other == first for other in others)


def test_a_missing_value_is_a_gap() -> None:
    (line,) = picture(chart("line", 1, None, 3)).figure.axes[0].get_lines()
    assert list(map(str, line.get_ydata())) == ["1.0", "nan", "3.0"]  # type: ignore[arg-type]


def test_a_lonely_point_of_a_long_line_is_marked() -> None:
    values: list[float | None] = [1.0] * 40
    values[9] = values[11] = None
    (line,) = picture(chart("line", *values)).figure.axes[0].get_lines()
    assert line.get_markevery() == [10]


def test_a_pie_folds_its_smallest_slices_into_one() -> None:
    shown = words(picture(chart("pie", 10, 80, 20, 30, 40, 50, 60, rest="andere")))
    names = {text.split("\n")[0] for text in shown if "\n" in text}
    assert names == {"name 1", "name 6", "name 5", "name 4", "name 3", "andere"}
    assert any(text.startswith("andere\n30 ·") for text in shown)


def test_long_labels_lie_and_short_ones_stand() -> None:
    short = picture(chart("bar", 1, 2, labels=["Q1", "Q2"])).figure.axes[0]
    assert [label.get_text() for label in short.get_xticklabels()] == ["Q1", "Q2"]
    names = [f"Société Générale des Eaux Minérales {number}" for number in range(5)]
    long = picture(chart("bar", 1, 2, 3, 4, 5, labels=names)).figure.axes[0]
    assert len(long.get_yticklabels()) == 5
    assert all(label.get_text().endswith("…") for label in long.get_yticklabels())


def test_many_labels_are_thinned_out() -> None:
    labels = [f"week {number}" for number in range(60)]
    axes = picture(chart("line", *range(60), labels=labels)).figure.axes[0]
    assert 4 <= len(axes.get_xticklabels()) <= 10


@pytest.mark.parametrize(
    ("value", "language", "unit", "written"),
    [
        (0, "en", "", "0"),
        (12.5, "en", "", "12.5"),
        (4_321, "en", "EUR", "4,321"),
        (50_000, "en", "", "50K"),
        (1_234_567, "en", "USD", "1.2M"),
        (1_234_567, "zh", "CNY", "123.5万"),
        (63.24, "en", "%", "63.2%"),
    ],
)
def test_numbers_are_brief(value: float, language: str, unit: str, written: str) -> None:
    shown = words(picture(chart("bar", value, 2 * value, language=language, unit=unit)))
    assert written in shown


def test_chinese_is_transliterated_where_no_font_has_it() -> None:
    of = chart("bar", 1, 2, labels=["北京", "上海"])
    assert "Bei Jing" in words(picture(of))
    assert "北京" in words(picture(of, "Noto Sans CJK SC"))


def test_dollars_begin_no_formula() -> None:
    (axes,) = picture(chart("bar", 1, 2, labels=["$a$", "b"])).figure.axes
    assert axes.get_xticklabels()[0].get_text() == r"\$a\$"


def test_matplotlib_is_loaded_for_the_first_picture_only() -> None:
    code = "import adapters.charts, sys; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
