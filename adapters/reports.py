"""What an import did, in words."""

import typer

from bot.words import Speaker
from crm_core.imports import Report


def show(report: Report, speaker: Speaker) -> None:
    """Print the counts of each noun, and what was wrong with which line."""
    for noun, counts in report.counts.items():
        typer.echo(
            speaker.say(
                "import-counts",
                noun=speaker.say(f"noun-{noun.replace('_', '-')}"),
                created=counts.created,
                updated=counts.updated,
                unchanged=counts.unchanged,
                bad=counts.bad,
            )
        )
    for problem in report.problems:
        typer.echo(
            speaker.say(
                "import-problem",
                line=problem.line,
                column=problem.column or "",
                reason=speaker.say(f"import-{problem.reason}"),
                value=problem.value or "",
            ),
            err=True,
        )
    if report.ignored:
        typer.echo(speaker.say("import-ignored", columns=", ".join(report.ignored)), err=True)
