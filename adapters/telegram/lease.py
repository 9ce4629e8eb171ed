"""The right to be the only one who asks Telegram for a bot's updates."""

from typing import Protocol


class Lease(Protocol):
    """Something that many processes want and one may have, for a while.

    A holder that dies keeps nobody waiting for longer than `seconds`.
    """

    async def acquire(self, name: str, seconds: float) -> bool:
        """Take the lease if nobody has it."""

    async def renew(self, name: str, seconds: float) -> bool:
        """Keep it for longer. False: it was lost meanwhile."""

    async def release(self, name: str) -> None:
        """Give it back."""


class SoleProcess:
    """The lease where there is one process only: it always has it."""

    async def acquire(self, name: str, seconds: float) -> bool:
        return True

    async def renew(self, name: str, seconds: float) -> bool:
        return True

    async def release(self, name: str) -> None:
        pass
