"""How well sentences about the CRM are understood: intents, slots, and what is none of either.

The whole contract of intents (tests/data/catalogue.yaml) counts, as if each had a handler. A frame
is right if the intent, the words and value of every slot, and all further commands are.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.understanding import Understander

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the sets and the catalogue are the tests' own

from tests.bot.understanding.contract import CONFIG, DATA, catalogue  # noqa: E402
from tests.bot.understanding.frames import SPLITS, Miss, Score, load, score  # noqa: E402

SETS = [DATA / f"{name}.yaml" for name in ("utterances", "held_out", "third", "fourth")]
TARGETS = {
    "intent": "≥ .96",
    "frame": "≥ .90",
    "false rejection": "≤ .03",
    "out-of-scope recall": "≥ .85",
    "p50 ms": "",
    "p95 ms": "≤ 5",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, action="append", help="another set, as in SETS")
    arguments.add_argument("--json", type=Path)
    arguments.add_argument("--misses", action="store_true", help="list what went wrong")
    arguments.add_argument("--cache", type=Path, help="keep what is trained in this folder")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        understander = Understander.load(CONFIG, catalogue(), options.cache or Path(folder))
    written = {}
    for path in options.data or SETS:
        scores, misses = score(understander, load(path), catalogue())
        rows = summarised(scores)
        show(path.name, rows)
        if options.misses:
            tell(misses)
        written[path.name] = rows
    if options.json:
        options.json.write_text(json.dumps({"targets": TARGETS, "sets": written}, indent=2))


def summarised(scores: Mapping[tuple[str, str], Score]) -> dict[str, dict[str, float]]:
    """Return the figures of each split and language, and of all together."""
    groups = {f"{split} {language}": [s] for (split, language), s in scores.items()}
    groups["in scope"] = [s for (split, _), s in scores.items() if split in SPLITS]
    groups["out of scope"] = [s for (split, _), s in scores.items() if split not in SPLITS]
    inside = ("intent", "frame", "false rejection")
    return {
        name: {
            column: value
            for column, value in figures(of).items()
            if column not in (["out-of-scope recall"] if _is_inside(name) else inside)
        }
        for name, of in groups.items()
        if of
    }


def _is_inside(name: str) -> bool:
    return name.startswith((*SPLITS, "in scope"))


def figures(scores: list[Score]) -> dict[str, float]:
    """Return the figures of several scores together; the times are those of the processor."""
    count = sum(s.count for s in scores)
    times = [taken for s in scores for taken in s.milliseconds]
    return {
        "sentences": count,
        "intent": sum(s.intents for s in scores) / count,
        "frame": sum(s.frames for s in scores) / count,
        "false rejection": sum(s.rejected for s in scores) / count,
        "out-of-scope recall": sum(s.rejected for s in scores) / count,
        "p50 ms": statistics.median(times),
        "p95 ms": statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
    }


def show(title: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Print the table of one set."""
    table = Table("", "sentences", *TARGETS, title=title)
    for name, row in rows.items():
        cells = [f"{row[column]:.3f}" if column in row else "" for column in TARGETS]
        table.add_row(name, f"{row['sentences']:.0f}", *cells)
    table.add_section()
    table.add_row("target", "", *TARGETS.values())
    Console().print(table)


def tell(misses: list[Miss]) -> None:
    """Print the sentences that were not understood right."""
    console = Console(highlight=False, soft_wrap=True)
    for miss in misses:
        slots = {name: slot.text for name, slot in miss.heard.slots.items()}
        heard = f"{miss.heard.intent} {slots}" if miss.heard.intent else "-"
        console.print(
            escape(
                f"{miss.utterance.split} | {miss.utterance.text} | {heard} | "
                f"{'; '.join(miss.wrong) or 'out of scope'}"
            )
        )


if __name__ == "__main__":
    main()
