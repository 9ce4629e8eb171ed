"""What is said back, in neutral parts that each adapter renders its own way."""

from typing import Annotated, Literal

from babel.numbers import format_decimal
from pydantic import Field as Setting
from pydantic import model_validator

from bot.message import Command, Neutral
from bot.said import Span, spans_of


class Button(Neutral):
    """A Command that waits to be pressed. The assistant stores it and fills in `token`."""

    label: str
    command: Command
    token: str = ""
    style: Literal["default", "primary", "danger"] = "default"
    once: bool = False
    """Pressed once it is spent, whoever pressed it."""
    form: bool | Literal["only"] = False
    """Where the platform has forms, one is filled in before the Command is done; `only`: elsewhere
    there is nothing to press."""


class Text(Neutral):
    """Words. `strong` makes a heading, `quiet` a remark in small print."""

    kind: Literal["text"] = "text"
    text: str
    style: Literal["plain", "strong", "quiet"] = "plain"
    spans: tuple[Span, ...] = ()
    """What in the text names a person or a moment."""

    _bring = model_validator(mode="before")(spans_of("text"))


class Field(Neutral):
    label: str
    value: str
    private: bool = False
    """Shown only where nobody else reads along."""
    spans: tuple[Span, ...] = ()
    """What in the value names a person or a moment."""

    _bring = model_validator(mode="before")(spans_of("value"))


class Fields(Neutral):
    """Labelled values of one record."""

    kind: Literal["fields"] = "fields"
    fields: list[Field]


class Table(Neutral):
    """Rows of cells, all text. `numeric` names the columns that are aligned to the right."""

    kind: Literal["table"] = "table"
    columns: list[str]
    rows: list[list[str]]
    numeric: tuple[int, ...] = ()


class Buttons(Neutral):
    """Things to do next. `choice`: they answer the question just asked."""

    kind: Literal["buttons"] = "buttons"
    buttons: list[Button]
    choice: bool = False


class Series(Neutral):
    """One line, or one colour of bars: a value for each label; None where there is no data."""

    name: str
    values: list[float | None]


class Chart(Neutral):
    """Numbers to be drawn, in order of their labels. A pie has one series.

    `unit` is a currency, "%" (of 100) or a word; numbers are written as `language` does, and
    `rest` is what a pie calls the slices it has no room for.
    """

    kind: Literal["chart"] = "chart"
    shape: Literal["line", "bar", "pie"]
    title: str
    labels: list[str]
    series: list[Series]
    unit: str = ""
    language: str = "en"
    rest: str = "…"

    @property
    def alt(self) -> str:
        """Return what the picture shows, for those who can't see it."""
        rows = (
            f"{series.name}: "
            + ", ".join(
                f"{label} {format_decimal(round(value, 2), locale=self.language)}"
                for label, value in zip(self.labels, series.values, strict=True)
                if value is not None
            )
            for series in self.series
        )
        return f"{self.title}. {'; '.join(rows)}"


class File(Neutral):
    """A file to take along; its content is kept under `id` (`crm_core/files.py`)."""

    kind: Literal["file"] = "file"
    id: int
    name: str
    media_type: str


Part = Annotated[Text | Fields | Table | Chart | File | Buttons, Setting(discriminator="kind")]


class Reply(Neutral):
    """Parts in order.

    `private` asks for the sender's eyes only, in a shared channel too; `provenance` says what the
    answer rests on; `replaces` means: put this in place of the message whose button was pressed.
    """

    parts: list[Part]
    private: bool = False
    provenance: str | None = None
    replaces: bool = False
    brief: bool = False
    """A word in passing: where a button was pressed, it needs no message of its own."""

    @property
    def text(self) -> str:
        """Return all words as plain text: for logs, notifications and tests."""
        lines: list[str] = []
        for part in self.parts:
            if isinstance(part, Text):
                lines.append(part.text)
            elif isinstance(part, Fields):
                lines += [f"{field.label}: {field.value}" for field in part.fields]
            elif isinstance(part, Table):
                lines += [" | ".join(row) for row in [part.columns, *part.rows]]
            elif isinstance(part, Chart):
                lines.append(part.alt)
            elif isinstance(part, File):
                lines.append(part.name)
            else:
                lines.append(" ".join(f"[{button.label}]" for button in part.buttons))
        return "\n".join([*lines, *([self.provenance] if self.provenance else [])])

    @property
    def without_forms(self) -> "Reply":
        """Return what a platform shows that has no forms."""
        parts = [
            Buttons(buttons=[each for each in part.buttons if each.form != "only"])
            if isinstance(part, Buttons) and not part.choice
            else part
            for part in self.parts
        ]
        return self.model_copy(update={"parts": parts})

    @property
    def people(self) -> set[int]:
        """Return the ids of the users that its words name."""
        spans = [
            span
            for part in self.parts
            for said in (part.fields if isinstance(part, Fields) else [part])
            if isinstance(said, Text | Field)
            for span in said.spans
        ]
        return {span.person for span in spans if span.person is not None}

    @property
    def buttons(self) -> list[Button]:
        return [
            button for part in self.parts if isinstance(part, Buttons) for button in part.buttons
        ]


class Card(Neutral):
    """What is offered of one record to somebody who types its name."""

    title: str
    reply: Reply
