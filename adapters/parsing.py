"""How a sentence is understood, for people and for programs."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from adapters.app import load_understander, utc_now
from adapters.settings import Settings
from bot.understanding import Understanding
from bot.understanding.spans import Context


def parse(
    settings: Settings, sentences: Iterable[str], now: datetime | None
) -> Iterator[Understanding]:
    """Understand each sentence as somebody in the company's time zone would mean it."""
    zone = ZoneInfo(settings.company.timezone)
    moment = now or utc_now()
    local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    context = Context(
        now=local, language=settings.company.language, currency=settings.company.currency
    )
    understander = load_understander(settings)
    for sentence in sentences:
        yield understander.understand(sentence, context)


def show(understanding: Understanding, *, explain: bool) -> None:
    """Print an understanding for a person to read."""
    console = Console()
    console.print(
        f"[bold]{understanding.intent}[/] {understanding.confidence:.2f} {understanding.language}"
    )
    for name, slot in understanding.slots.items():
        value = "" if slot.value is None else f" = {slot.value}"
        console.print(f"  {name}: {escape(slot.text)}{escape(value)}", highlight=False)
    for reading in understanding.then:
        console.print(f"  then [bold]{reading.intent}[/]")
    if explain:
        for reason in understanding.reasons:
            console.print(f"  {escape(reason)}", style="dim", highlight=False)
