"""Whole conversations, as a manager could read them: `tests/dialogs/*.txt`.

`@ nancy` says who speaks from here on (`@ nancy in #sales`: in a channel, `@ nancy in #sales/2`: in
a thread of it). `> ...` is what is said, `>> Label` presses a button of the last reply, `< ...`
must be somewhere in the reply, and `<! ...` must not. `~` is a restart of the process, `=` waits
for what is told later.
"""

import re
from pathlib import Path

import pytest

from adapters.slack.render import render
from bot.reply import Reply
from tests.adapters.slack_rules import check_message, live_mentions
from tests.office import Office

DIALOGS = sorted((Path(__file__).parents[1] / "dialogs").glob("*.txt"))


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def _fits_slack(reply: Reply, *, alone: bool) -> None:
    """Every reply is one that Slack would post, and pages nobody."""
    for tables in (True, False):
        content = render(reply, alone=alone, tables=tables)
        check_message({"text": content.text, "blocks": content.blocks})
        assert not live_mentions(content.text, content.blocks)


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
async def test_dialog(office: Office, path: Path) -> None:
    speaker, where_said = "nancy", {}
    reply: Reply | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{path.name}:{number}"
        sign, _, text = line.strip().partition(" ")
        if sign == "@":
            speaker, _, place = text.partition(" in ")
            channel, _, thread = place.partition("/")
            where_said = {"channel": channel, "thread": thread} if channel else {}
        elif sign == "~":
            office.restart()
        elif sign == "=":
            reply = await office.outcome()
        elif sign == ">":
            reply = await office.say(speaker, text, **where_said)
        elif sign == ">>":
            assert reply, where
            reply = await office.press(speaker, reply, text, **where_said)
        if sign in ("=", ">", ">>"):
            assert reply, where
            _fits_slack(reply, alone=not where_said)
        elif sign in ("<", "<!"):
            assert reply, where
            found = _line(text) in _line(reply.text)
            assert found == (sign == "<"), f"{where}: {text!r} in\n{reply.text}"
        elif sign not in ("@", "~"):
            assert not sign or sign.startswith("#"), where
