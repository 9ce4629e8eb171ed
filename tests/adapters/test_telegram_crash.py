"""A process that is killed again and again loses nothing and does nothing twice.

The long form is `make crash`.
"""

import pytest

from tests.adapters.telegram_crash import crash


@pytest.mark.slow
async def test_kills_lose_nothing() -> None:
    outcome = await crash(updates=60, kills=5)
    assert (outcome.lost, outcome.doubled, outcome.unanswered) == (0, 0, 0), outcome
    assert outcome.unmarked == 0, outcome
