"""Find the first, middle or last day of a unit: end of April, EOM, mid March, 下个月底, 年初."""

import re
from datetime import date, timedelta

from bot.understanding.spans import Context, Grammar, NotADate, Span, choose, fold
from bot.understanding.units import Kind, Unit, add_months, unit_of

_FIRST, _MIDDLE, _LAST = range(3)
_EDGES = dict.fromkeys(("start", "beginning", "early", "初", "上旬"), _FIRST)
_EDGES |= dict.fromkeys(("mid", "middle", "中", "中旬"), _MIDDLE)
_EDGES |= dict.fromkeys(("end", "close", "late", "底", "末", "下旬"), _LAST)
_KINDS: dict[str, Kind] = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
_KINDS |= {"week": "week", "month": "month", "quarter": "quarter", "year": "year"}
_KINDS |= {"月": "month", "季": "quarter", "季度": "quarter", "年": "year"}

_BEFORE = re.compile(
    r"(?<![a-z])(?:(?P<edge>end|close|start|beginning|middle) of(?: the)?"
    r"|(?P<word>early|mid|late))[ -]$"
)
_AFTER = re.compile(r"的?[月年]?(?P<edge>底|末|初|[上中下]旬)| (?P<word>end)(?![a-z])")


def _edge(unit: Unit, edge: str) -> date:
    """Return the day; the middle is Wednesday, the 15th, or the middle month's."""
    if _EDGES[edge] == _FIRST:
        return unit.start
    if _EDGES[edge] == _LAST:
        return unit.end - timedelta(1)
    if unit.kind in ("week", "weekend"):
        return min(unit.start + timedelta(2), unit.end - timedelta(1))
    middle = {"month": 0, "quarter": 1, "half": 3, "year": 6}[unit.kind]
    return add_months(unit.start, middle).replace(day=15 if middle < 2 else 1)


def _of_current(context: Context, kind: str, edge: str = "end") -> date:
    """Take the running unit's, or for a plan the next one's where that has passed."""
    found = _edge(unit_of(_KINDS[kind], context.today), edge)
    if context.looking == "forward" and found < context.today:
        return _edge(unit_of(_KINDS[kind], context.today, 1), edge)
    return found


_GRAMMAR = Grammar[date](
    {"edge": "start|beginning|middle|end|close", "kind": "week|month|quarter|year"},
    [
        ("<edge> of (?:the )?<kind>", _of_current),
        ("(?P<edge>mid)(?: |-)?<kind>", _of_current),
        ("(?P<kind>month|quarter|year)(?: |-|'s )end", _of_current),
        ("eo(?P<kind>[wmqy])", _of_current),
    ],
    [
        (
            "(?<![0-9一二两三四五六七八九十个半])(?P<kind>季度?|[月年])(?P<edge>[底末初中])",
            _of_current,
        )
    ],
)


def find_edges(
    text: str, context: Context, units: list[Span[Unit | NotADate]]
) -> list[Span[date | NotADate]]:
    """Find edges of the units found and of the running ones; the readings may overlap."""
    found = _GRAMMAR.scan(text, context)
    folded = fold(text)
    for unit in choose(units):
        if isinstance(unit.value, NotADate):
            continue
        window = max(0, unit.start - 20)
        if match := _BEFORE.search(folded, window, unit.start):
            edge = match["edge"] or match["word"]
            found.append(Span(match.start(), unit.end, _edge(unit.value, edge)))
        elif match := _AFTER.match(folded, unit.end):
            edge = match["edge"] or match["word"]
            found.append(Span(unit.start, match.end(), _edge(unit.value, edge)))
    return found
