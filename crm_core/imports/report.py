"""What an import did: counts for each noun, and what was wrong with which line."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

PROBLEMS_KEPT = (
    1000  # a file of a million bad lines must not fill the memory; `bad` counts them all
)
VALUE_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was left out. `reason` names a sentence in the words."""

    line: int
    column: str | None
    reason: str
    value: str | None = None


@dataclass(slots=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0


@dataclass(slots=True)
class Report:
    """The outcome of an import. `work` is the id its changes are logged under, for undo."""

    work: str
    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # headings that mean nothing here

    def complain(self, problems: Iterable[Problem]) -> None:
        room = PROBLEMS_KEPT - len(self.problems)
        self.problems.extend(list(problems)[:room])

    def add(self, other: "Report") -> None:
        """Take in the outcome of another part of the same import."""
        for noun, counts in other.counts.items():
            mine = self.counts[noun]
            mine.created += counts.created
            mine.updated += counts.updated
            mine.unchanged += counts.unchanged
            mine.bad += counts.bad
        self.complain(other.problems)
