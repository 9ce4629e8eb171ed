"""Files sent from the terminal."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from adapters.channel import Refused
from adapters.terminal import Terminal
from tests.office import NOW


async def test_a_line_sends_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new customers.csv"
    path.write_bytes(b"name\nAcme\n")
    terminal = Terminal(Console(file=StringIO()), lambda: NOW)
    message = terminal.message("ann", f"/attach {path}")
    (file,) = message.files
    assert (message.text, file.name, file.size) == ("", "new customers.csv", 10)
    assert await terminal.fetch(message.place, file) == b"name\nAcme\n"


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    terminal = Terminal(Console(file=StringIO()), lambda: NOW)
    message = terminal.message("ann", f"/attach {tmp_path / 'none.csv'}")
    with pytest.raises(Refused):
        await terminal.fetch(message.place, message.files[0])
