"""Values that travel through every floor: money, days and moments, periods."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor units (cents, fen); yen have none."""

    minor: int
    currency: str

    @classmethod
    def of(cls, major: float | Decimal | str, currency: str) -> "Money":
        """Make money from major units, rounding half up: `Money.of("49.995", "EUR")` is 50.00."""
        scale = Decimal(10) ** get_currency_precision(currency)
        minor = (Decimal(str(major)) * scale).to_integral_value(ROUND_HALF_UP)
        return cls(int(minor), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor) / Decimal(10) ** get_currency_precision(self.currency)


@dataclass(frozen=True, slots=True)
class When:
    """A calendar day in the asker's zone, and a moment where a time of day was said."""

    day: date
    at: datetime | None = None

    @classmethod
    def of(cls, value: date | datetime) -> "When":
        if isinstance(value, datetime):
            return cls(value.date(), value.astimezone(UTC))
        return cls(value)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval of days: `end` is the first day that is not in it."""

    start: date
    end: date

    def moments(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the first moment in it and the first after it, in UTC."""
        return midnight(self.start, zone), midnight(self.end, zone)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins in `zone`, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
