"""What is right and wrong with a platform's settings, in words: `crm doctor PLATFORM`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.words import Speaker


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `found` and `advice` are messages of the words, `data` their data."""

    found: str
    data: Mapping[str, object] = field(default_factory=dict)
    advice: str | None = None
    """What to do; None where all is well."""

    @property
    def ok(self) -> bool:
        return self.advice is None


def lines(checks: Sequence[Check], speaker: Speaker) -> Iterator[str]:
    """Write a line a check, and one more where there is something to do."""
    for check in checks:
        yield f"{'✓' if check.ok else '✗'} {speaker.say(check.found, **check.data)}"
        if check.advice:
            yield f"  → {speaker.say(check.advice, **check.data)}"
