"""What holds for everybody: the settings that the conversation and the jobs need."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.macros import Macro
from crm_core.sla import Sla


@dataclass(frozen=True, slots=True)
class Company:
    """The company's own currency, language and time zone: for what nobody said otherwise.

    With them go what it promises its customers, and the texts it has ready for them.
    """

    currency: str = "USD"
    language: str = "en"
    timezone: str = "UTC"
    sla: Sla = field(default_factory=Sla)
    macros: Sequence[Macro] = ()
