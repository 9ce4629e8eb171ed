"""What holds for everybody: the settings that the conversation and the jobs need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.macros import Macro
from crm_core.campaigns import Rules
from crm_core.receivers import Policy
from crm_core.sla import Sla


@dataclass(frozen=True, slots=True)
class Mail:
    """How e-mail to customers is sent: `hold` is the time in which it can be taken back."""

    hold: timedelta = timedelta()
    ask_rating: bool = False


@dataclass(frozen=True, slots=True)
class Company:
    """The company's own currency, language and time zone: for what nobody said otherwise.

    With them go what it promises its customers, the texts it has ready for them, and how much its
    people are told without asking.
    """

    currency: str = "USD"
    language: str = "en"
    timezone: str = "UTC"
    sla: Sla = field(default_factory=Sla)
    macros: Sequence[Macro] = ()
    mail: Mail | None = None
    """None where no mail server is set: then what is said to customers is only recorded."""
    policy: Policy = field(default_factory=Policy)
    campaigns: Rules = field(default_factory=Rules)
