"""What can go wrong in the CRM: few kinds, each with data. The words are in `config/replies`."""

from collections.abc import Sequence
from typing import Any


class CrmError(Exception):
    """Anything the asker can be told in a sentence. `reason` names that sentence."""

    def __init__(self, reason: str, **data: Any) -> None:
        super().__init__(reason, data)
        self.reason = reason
        self.data = data


class NotFound(CrmError):
    """No record answers to these words."""


class Ambiguous(CrmError):
    """Several records answer to these words; `candidates` are offered, none is picked."""

    def __init__(self, reason: str, candidates: Sequence[Any], **data: Any) -> None:
        super().__init__(reason, **data)
        self.candidates = list(candidates)


class NotAllowed(CrmError):
    """The record or the act is not this person's; never disguised as `NotFound`."""


class Conflict(CrmError):
    """Somebody changed the record meanwhile, or the act was already done."""


class Invalid(CrmError):
    """A value that makes no sense here."""
