"""Events beside the inbox: whole batches or nothing, in order, whenever the process dies."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm_core.spool import Spool

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)

KEEPER = """
import asyncio, sys
from datetime import datetime, UTC
from pathlib import Path
from crm_core.spool import Spool

async def main() -> None:
    spool = Spool(Path(sys.argv[1]))
    for start in range(0, 10_000, 5):
        events = range(start, start + 5)
        await asyncio.gather(*(spool.keep(f'{n}', datetime.now(UTC)) for n in events))
        print(*events, sep='\\n', flush=True)

asyncio.run(main())
"""


def kept(spool: Spool) -> list[str]:
    return [event.removesuffix("\n") for _, events in spool.batches() for event in events]


async def test_events_wait_in_order_until_they_are_forgotten(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    assert not spool.holds
    first = asyncio.create_task(spool.keep("first", NOW))
    await asyncio.sleep(0)
    assert spool.holds, "what comes later must not overtake it, though it is not on disk yet"
    await asyncio.gather(first, *(spool.keep(f"{n}\u2028", NOW) for n in range(50)))
    assert kept(Spool(tmp_path / "spool")) == ["first", *(f"{n}\u2028" for n in range(50))]
    batches = list(spool.batches())
    assert len(batches) == 2, "what came meanwhile shares a trip to the disk"
    for file, _ in batches:
        spool.forget(file)
        spool.forget(file)  # another process was quicker
    assert not spool.holds


async def test_what_cannot_be_written_is_not_safe(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    spool = Spool(tmp_path / "spool")
    results = await asyncio.gather(
        *(spool.keep(f"{n}", NOW) for n in range(3)), return_exceptions=True
    )
    assert [isinstance(result, OSError) for result in results] == [True] * 3


async def test_a_rejected_batch_waits_no_longer_and_is_not_lost(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    await spool.keep("nonsense", NOW)
    [(file, _)] = spool.batches()
    spool.reject(file)
    assert not spool.holds
    assert [path.read_text() for path in tmp_path.iterdir()] == ["nonsense\n"]


@pytest.mark.parametrize("lines", [1, 40])
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path, lines: int) -> None:
    command = [sys.executable, "-c", KEEPER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout
        told = [keeper.stdout.readline().strip() for _ in range(lines)]
        keeper.kill()
        told += keeper.stdout.read().split()
    found = kept(Spool(tmp_path))
    assert found[: len(told)] == told
    assert len(found) - len(told) <= 5  # a batch that was written and not told of
