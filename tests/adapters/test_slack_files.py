"""Files in Slack: dropped in by people, and charts and long tables going out."""

from collections.abc import AsyncIterator

import pytest

from adapters.channel import Outgoing, Refused
from bot.message import Attachment, Place
from bot.reply import Chart, File, Reply, Series, Table, Text

from .slack_desk import running
from .slack_server import SlackServer

CHART = Chart(
    shape="bar",
    title="Revenue",
    labels=["May", "June"],
    series=[Series(name="2026", values=[1.0, 2.0])],
)
LONG = Table(columns=["Name", "Formula"], rows=[[f"Acme {n}", "=1+1"] for n in range(150)])


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def test_a_dropped_file_comes_with_its_message(slack: SlackServer) -> None:
    async with running(slack, lambda _: None) as desk:
        slack.drop("U1", "customers.csv", b"name\nAcme\n", "import this")
        await slack.until(lambda: len(slack.acked) == 1)
        [message] = desk.inbox
        [file] = message.files
        assert (message.text, file.name, file.size) == ("import this", "customers.csv", 10)
        assert await desk.adapter.fetch(message.place, file) == b"name\nAcme\n"


@pytest.mark.parametrize("reference", ["https://evil.example/f", "https://notslack.com/f"])
async def test_the_token_goes_to_slack_only(slack: SlackServer, reference: str) -> None:
    place = Place(platform="slack", workspace="T1", channel="DU1", direct=True)
    async with running(slack) as desk:
        with pytest.raises(Refused, match="not a file of Slack's"):
            await desk.adapter.fetch(place, Attachment(name="f", size=1, reference=reference))


async def test_a_chart_is_shared_with_words_for_who_cannot_see(slack: SlackServer) -> None:
    async with running(slack, lambda _: Reply(parts=[Text(text="Revenue"), CHART])):
        asked = slack.mention("U1", "chart revenue", "C1")
        await slack.until(lambda: any("thread" in file for file in slack.uploads.values()))
    [chart] = slack.uploads.values()
    assert chart["content"].startswith(b"\x89PNG")
    assert "June 2" in chart["alt"]
    assert (chart["channel"], chart["thread"]) == ("C1", asked)


async def test_a_table_too_long_goes_into_a_file_whole(slack: SlackServer) -> None:
    async with running(slack, lambda _: Reply(parts=[LONG])):
        slack.say("U1", "customers")
        shown = await slack.posted()
        await slack.until(lambda: any("thread" in file for file in slack.uploads.values()))
    [file] = slack.uploads.values()
    lines = file["content"].decode("utf-8-sig").splitlines()
    assert len(lines) == 151
    assert lines[1] == "Acme 0,'=1+1"
    assert len(shown["blocks"][0]["rows"]) == 100
    assert "+51" in str(shown["blocks"])


async def test_private_files_go_to_the_reader_alone(slack: SlackServer) -> None:
    async with running(slack, lambda _: Reply(parts=[Text(text="psst"), CHART], private=True)):
        slack.mention("U1", "chart my commission", "C1")
        await slack.until(lambda: any("thread" in file for file in slack.uploads.values()))
    assert [file["channel"] for file in slack.uploads.values()] == [slack.direct("U1")]


async def test_a_file_is_shared_once_after_a_lost_answer(slack: SlackServer) -> None:
    part = File(id=7, name="orders.csv", media_type="text/csv")
    outgoing = Outgoing(
        key="one",
        place=Place(platform="slack", workspace="T1", channel=slack.direct("U1"), direct=True),
        reply=Reply(parts=[Text(text="here"), part]),
        files={7: b"order\n"},
    )
    slack.cut_after.append("files.completeUploadExternal")
    async with running(slack) as desk:
        await desk.deliver(outgoing)
    shared = [m for m in slack.channels[slack.direct("U1")].messages if m.get("files")]
    assert len(shared) == 1
    assert len(slack.posts) == 1
