"""What the bot says: messages from `config/replies`, and numbers, money and days in a language."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from fluent.runtime import FluentBundle, FluentResource

from bot.said import Said, sentence
from crm_core.models import Record, User
from crm_core.values import Money, Period, When


class Words:
    """All languages' messages, read once; `otherwise` says some of them in other words."""

    def __init__(
        self, folder: Path, otherwise: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self._bundles: dict[str, FluentBundle] = {}
        for language in sorted(path for path in folder.iterdir() if path.is_dir()):
            bundle = self._bundles[language.name] = FluentBundle(
                [language.name], use_isolating=False
            )
            for path in sorted(language.glob("*.ftl")):
                bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
            own = (otherwise or {}).get(language.name, {})
            lines = "\n".join(f"{message} = {text}" for message, text in own.items())
            bundle.add_resource(FluentResource(lines), allow_overrides=True)

    @property
    def languages(self) -> list[str]:
        return list(self._bundles)

    def has(self, message: str) -> bool:
        """Tell whether every language can say it."""
        return all(bundle.has_message(message) for bundle in self._bundles.values())

    def plain(self, language: str) -> "Speaker":
        """Return the voice for texts without moments."""
        return self.speaker(language, UTC)

    def speaker(self, language: str, zone: tzinfo) -> "Speaker":
        """Return the voice for one reader."""
        return Speaker(self._bundles[language], language, zone)


class Speaker:
    """One language, one reader's time zone. Everything a person reads is made here."""

    def __init__(self, bundle: FluentBundle, language: str, zone: tzinfo) -> None:
        self._bundle = bundle
        self.language = language
        self.zone = zone

    def say(self, message: str, /, **data: object) -> str:
        """Return a message with its data filled in. Raises KeyError for an unknown one."""
        pattern = self._bundle.get_message(message).value
        if pattern is None:
            raise KeyError(message)

        def form(values: Mapping[str, object]) -> str:
            text, problems = self._bundle.format_pattern(pattern, dict(values))
            if problems:
                raise ValueError(f"{message}: {problems}")
            return str(text)

        return sentence(form, self._plain(data))

    def can_say(self, message: str) -> bool:
        return bool(self._bundle.has_message(message))

    def _plain(self, data: Mapping[str, object]) -> dict[str, str | int | float]:
        return {
            name: value
            if isinstance(value, int | float) and not isinstance(value, bool)
            else self.show(value)
            for name, value in data.items()
        }

    def show(self, value: object) -> str:
        """Write any value as a reader of this language expects it."""
        match value:
            case None | "":
                return self.say("nothing")
            case StrEnum():
                return self.word(value)
            case User():
                return Said.naming(value.label, person=value.id)
            case Record():
                return value.label
            case Money():
                return self.money(value)
            case When():
                return self.moment(value.at) if value.at else self.day(value.day)
            case list() | tuple():
                return ", ".join(self.show(each) for each in value)
            case Period():
                return self.say("period", first=value.start, last=value.last_day)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case int() | float() | Decimal():
                return str(format_decimal(value, locale=self.language))
            case Said():
                return value
            case _:
                return str(value)

    def word(self, value: StrEnum) -> str:
        """Return a closed vocabulary's word: `Stage.WON` is "Won" or 赢单."""
        return self.word_of(type(value).__name__, value.value)

    def word_of(self, vocabulary: str, word: str) -> str:
        """Return the word of a vocabulary known by its name."""
        return self.say(f"{vocabulary.lower()}-{word.replace('_', '-')}")

    def money(self, money: Money) -> str:
        """Write money; whole amounts without their zeros."""
        whole = money.major == money.major.to_integral_value()
        return str(
            format_currency(
                money.major,
                money.currency,
                locale=self.language,
                currency_digits=not whole,
                format="¤#,##0" if whole else None,
            )
        )

    def day(self, day: date) -> str:
        return str(format_date(day, format="medium", locale=self.language))

    def month(self, day: date) -> str:
        return str(format_skeleton("yMMM", day, locale=self.language))

    def moment(self, moment: datetime) -> str:
        """Write a moment in the reader's zone."""
        local = moment.astimezone(self.zone)
        time = format_datetime(local, "HH:mm", locale=self.language)
        return Said.naming(f"{self.day(local.date())} {time}", moment=moment)

    def coming(self, moment: datetime) -> str:
        """Write a moment of the days to come, in the reader's zone: the weekday and the time."""
        return str(format_datetime(moment.astimezone(self.zone), "EEE HH:mm", locale=self.language))

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share of 1 as percent, with at most so many digits after the point."""
        pattern = f"#,##0.{'#' * digits}%" if digits else None
        return str(format_percent(share, pattern, locale=self.language))
