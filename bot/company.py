"""What holds for everybody: the settings that the conversation and the jobs need."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """The company's own currency, language and time zone: for what nobody said otherwise."""

    currency: str = "USD"
    language: str = "en"
    timezone: str = "UTC"
