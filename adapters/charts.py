"""Charts as pictures: for a phone's width, for colour-blind eyes, and with Chinese labels.

Drawn with matplotlib's objects alone: no pyplot, no display, no settings shared with anybody.
"""

import asyncio
import math
import textwrap
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from babel.numbers import format_compact_decimal, format_decimal, format_percent

from bot.reply import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

WIDTH = 6.0
"""Inches across; letters are sized for it, and `width_px` sets how sharp they are."""
HEIGHT = 3.8
ROW = 0.3
"""Inches a horizontal bar takes."""
LINE_CELLS = 58
"""How many letters stand beside each other below a chart; a Chinese one takes the room of two."""
LABEL_CELLS = 24
SLICES = 6
COLORS = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442", "#000000"]
"""Okabe and Ito's palette, which people with any kind of colour vision tell apart."""
MARKERS = "os^DvPX*"
INK, FAINT = "#222222", "#D9D9D9"
CHINESE_FONTS = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Hiragino Sans GB",
    "SimHei",
    "Heiti SC",
    "Droid Sans Fallback",
    "Arial Unicode MS",
]
_drawing = threading.Lock()  # matplotlib's fonts and caches are not for several threads at once


async def png(chart: Chart, *, width_px: int = 900) -> bytes:
    """Draw a chart, off the event loop, and return the picture."""
    return await asyncio.to_thread(draw, chart, width_px)


def draw(chart: Chart, width_px: int) -> bytes:
    """Draw a chart as a PNG of this width; its height follows from what is in it."""
    from matplotlib.figure import Figure

    with _drawing:
        picture = _Picture(chart, Figure(layout="constrained"), chinese_font())
        picture.draw()
        file = BytesIO()
        dpi = width_px / WIDTH
        picture.figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
    return file.getvalue()


@cache
def chinese_font() -> str | None:
    """Return the first installed font with Chinese letters."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)


class Slice(NamedTuple):
    label: str
    value: float


@dataclass(frozen=True)
class _Picture:
    chart: Chart
    figure: "Figure"
    chinese: str | None

    def draw(self) -> None:
        slices = self._slices() if self.chart.shape == "pie" else []
        if slices:
            self._pie(slices)
        elif self.chart.shape == "line":
            self._lines()
        else:  # a pie of what is nothing or below it is no pie
            self._bars()
        title = self.chart.title
        if self.chart.unit and self.chart.unit not in title:
            title = f"{title} ({self.chart.unit})"
        self.figure.suptitle(
            "\n".join(self._text(line) for line in _wrapped(title, 46)), font=self._font(14, True)
        )

    def _lines(self) -> None:
        axes = self._axes(HEIGHT)
        places = range(len(self.chart.labels))
        for position, series in enumerate(self.chart.series):
            values = _numbers(series.values)
            axes.plot(
                places,
                values,
                color=COLORS[position % len(COLORS)],
                marker=MARKERS[position % len(MARKERS)],
                markevery=_marked(values),
                markersize=5,
                linewidth=2.2,
                label=self._text(_shortened(series.name)),
            )
        self._name_places(axes)
        self._scale(axes, "y")
        self._legend(axes)

    def _bars(self) -> None:
        labels, count = self.chart.labels, len(self.chart.series)
        room = sum(_cells(label) + 3 for label in labels)
        lying = room > LINE_CELLS and max(map(_cells, labels), default=0) > 8
        axes = self._axes(max(HEIGHT, 1.2 + ROW * len(labels) * max(1, 0.6 * count)))
        if not lying:
            axes.figure.set_figheight(HEIGHT)  # type: ignore[union-attr]
        thick = 0.8 / max(count, 1)
        for position, series in enumerate(self.chart.series):
            places = [row + (position - (count - 1) / 2) * thick for row in range(len(labels))]
            values = _numbers(series.values)
            drawn = (axes.barh if lying else axes.bar)(
                places,
                values,
                thick,
                color=COLORS[position % len(COLORS)],
                label=self._text(_shortened(series.name)),
            )
            if count == 1 and (lying or len(labels) <= 8):
                shown = ["" if math.isnan(value) else self._number(value) for value in values]
                axes.bar_label(drawn, shown, padding=3, font=self._font(10))
        if lying:
            axes.set_yticks(range(len(labels)), self._labels(), font=self._font(10.5))
            axes.invert_yaxis()
            axes.use_sticky_edges = False  # room for the number beside a bar that goes left
            axes.margins(x=0.15, y=0.01)
        else:
            self._name_places(axes)
            axes.margins(y=0.12)
        self._scale(axes, "x" if lying else "y")
        self._legend(axes)

    def _pie(self, slices: Sequence[Slice]) -> None:
        axes = self._axes(HEIGHT)
        total = sum(each.value for each in slices)
        wedges = axes.pie(
            [each.value for each in slices],
            colors=COLORS,
            startangle=90,
            counterclock=False,
            radius=1,
            wedgeprops={"width": 0.55, "edgecolor": "white", "linewidth": 2},
        )[0]
        axes.set_xlim(-2.6, 2.6)
        sides: dict[int, list[tuple[float, float, str]]] = {-1: [], 1: []}
        for wedge, each in zip(wedges, slices, strict=True):
            angle = math.radians((wedge.theta1 + wedge.theta2) / 2)
            x, y = math.cos(angle), math.sin(angle)
            share = format_percent(
                each.value / total,
                "#,##0.#%" if each.value < total / 100 else None,
                locale=self.chart.language,
            )
            name = self._text(_shortened(each.label, 20))
            label = f"{name}\n{self._number(each.value)} · {share}"
            sides[1 if x >= 0 else -1].append((y, x, label))
        for side, found in sides.items():
            found.sort(reverse=True)
            for (y, x, label), height in zip(
                found, _apart([y for y, _, _ in found], 0.46), strict=True
            ):
                axes.annotate(
                    label,
                    (x, y),
                    (1.25 * side, height),
                    ha="left" if side > 0 else "right",
                    va="center",
                    arrowprops={"arrowstyle": "-", "color": "#888888"},
                    font=self._font(10.5),
                )

    def _slices(self) -> list[Slice]:
        """Return the slices of a pie, largest first, the smallest folded into one.

        Nothing where it can't be one: a value is negative, or all are nothing.
        """
        values = _numbers(self.chart.series[0].values) if self.chart.series else []
        found = [
            Slice(label, value)
            for label, value in zip(self.chart.labels, values, strict=True)
            if value and not math.isnan(value)
        ]
        if any(each.value < 0 for each in found):
            return []
        found.sort(key=lambda each: -each.value)
        if len(found) <= SLICES:
            return found
        rest = sum(each.value for each in found[SLICES - 1 :])
        return [*found[: SLICES - 1], Slice(self.chart.rest, rest)]

    def _axes(self, height: float) -> "Axes":
        self.figure.set_size_inches(WIDTH, height)
        return self.figure.add_subplot()

    def _scale(self, axes: "Axes", side: str) -> None:
        """Number one axis, and leave of its frame only faint lines across."""
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axis = axes.yaxis if side == "y" else axes.xaxis
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: self._number(value)))
        axes.grid(axis=side, color=FAINT, linewidth=0.8)  # type: ignore[arg-type]
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
        values = [value or 0 for series in self.chart.series for value in series.values]
        if min(values, default=0) < 0:
            (axes.axhline if side == "y" else axes.axvline)(0, color=INK, linewidth=1)
        else:
            top = None if any(values) else 1
            axes.set_ylim(0, top) if side == "y" else axes.set_xlim(0, top)
        axes.tick_params(length=0, colors=INK, pad=6)
        for label in axis.get_ticklabels():
            label.set_fontproperties(self._font(10.5))

    def _name_places(self, axes: "Axes") -> None:
        """Write labels below, as many as have room."""
        labels = self._labels()
        widest = max(map(_cells, labels), default=0) + 2
        step = max(1, math.ceil(len(labels) * widest / LINE_CELLS))
        places = range(0, len(labels), step)
        axes.set_xticks(places, [labels[place] for place in places], font=self._font(10.5))

    def _legend(self, axes: "Axes") -> None:
        if len(self.chart.series) > 1:
            self.figure.legend(
                *axes.get_legend_handles_labels(),
                loc="outside lower center",
                ncols=min(3, len(self.chart.series)),
                frameon=False,
                prop=self._font(10.5),
            )

    def _labels(self) -> list[str]:
        return [self._text(_shortened(label)) for label in self.chart.labels]

    def _text(self, words: str) -> str:
        """Return words that can be drawn: a dollar sign begins no formula."""
        plain = " ".join(words.split())
        if self.chinese is None and any("\u4e00" <= letter <= "\u9fff" for letter in plain):
            from pypinyin import lazy_pinyin

            plain = " ".join(word.capitalize() for word in lazy_pinyin(plain))
        return plain.replace("$", r"\$")

    def _number(self, value: float) -> str:
        """Write a number in brief: 1.2M, 50K, 120万; percents with their sign."""
        if self.chart.unit == "%":
            return f"{format_decimal(round(value, 1), locale=self.chart.language)}%"
        if abs(value) < 1_000:
            return str(format_decimal(round(value, 2), locale=self.chart.language))
        if abs(value) < 10_000:
            return str(format_decimal(round(value), locale=self.chart.language))
        return str(format_compact_decimal(value, locale=self.chart.language, fraction_digits=1))

    def _font(self, size: float, bold: bool = False) -> "FontProperties":
        from matplotlib.font_manager import FontProperties

        families = ["DejaVu Sans", *([self.chinese] if self.chinese else [])]
        return FontProperties(family=families, size=size, weight="bold" if bold else "normal")


def _numbers(values: Sequence[float | None]) -> list[float]:
    """Return values to draw: what is missing or infinite is a gap."""
    return [value if value is not None and math.isfinite(value) else math.nan for value in values]


def _marked(values: Sequence[float]) -> list[int]:
    """Return which points of a line to mark: all of a short one, else those without neighbours."""
    if len(values) <= 24:
        return list(range(len(values)))
    gaps = [True, *map(math.isnan, values), True]
    return [place for place in range(len(values)) if gaps[place] and gaps[place + 2]]


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Move heights, given from top to bottom, so far apart that labels don't touch."""
    placed: list[float] = []
    for height in heights:
        placed.append(min(height, placed[-1] - gap) if placed else height)
    too_low = max(0.0, -1.1 - placed[-1]) if placed else 0.0
    return [height + too_low for height in placed]


def _cells(text: str) -> int:
    """Return how wide a text is, in letters; a Chinese one is two wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _shortened(text: str, cells: int = LABEL_CELLS) -> str:
    while _cells(text) > cells:
        text = text.removesuffix("…")[:-1].rstrip() + "…"
    return text


def _wrapped(text: str, cells: int) -> list[str]:
    wide = _cells(text) / max(len(text), 1)
    return textwrap.wrap(text, max(10, int(cells / wide))) if text else []
