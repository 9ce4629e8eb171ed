"""Groups that became supergroups: Telegram gives them another number."""

from collections.abc import Awaitable, Callable

import structlog

Moved = Callable[[str, str], Awaitable[None]]
"""Let what is kept under the first number follow to the second."""

log = structlog.get_logger(__name__)


async def _keep_nothing(old: str, new: str) -> None:
    """Stand in where nothing is kept."""


class Moves:
    """Knows the new numbers of chats, as far as Telegram told of them since the start."""

    def __init__(self, moved: Moved = _keep_nothing) -> None:
        self._moved = moved
        self._new: dict[str, str] = {}

    def of(self, chat: str) -> str:
        """Return the number to use for a chat."""
        return self._new.get(chat, chat)

    async def follow(self, old: str, new: str) -> None:
        """Use `new` from now on for what is kept under `old`."""
        if self._new.get(old) != new:
            await self._moved(old, new)
            self._new[old] = new
            log.warning("telegram.chat_moved", old=old, new=new)
