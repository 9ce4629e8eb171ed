"""The Home tab: my day, each line of it actionable, and who gets none of it."""

from collections.abc import AsyncIterator

import pytest

from adapters.app import App
from adapters.channel import Adapter
from adapters.slack.adapter import SlackAdapter
from bot.glance import Glance

from .conftest import Running, now
from .slack_desk import running, settings
from .slack_server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def test_my_day_is_shown_and_acted_on(company: Running, slack: SlackServer) -> None:
    def build(app: App) -> list[Adapter]:
        return [SlackAdapter(settings(slack), now, Glance(app.assistant))]

    async with company(build, U1="nancy"):
        slack.say("U1", "remind me to call alfreds today")
        await slack.posted()
        slack.open_home("U1")
        await slack.until(lambda: slack.published == 1)
        home = str(slack.homes["U1"])
        assert "My day" in home
        assert "1 task due" in home
        slack.press_at_home("U1", "Done")
        await slack.until(lambda: slack.published == 2)
        assert "No tasks due today" in str(slack.homes["U1"])
        assert "Done: " in (await slack.posted(2))["text"]
        slack.press_at_home("U1", "Open a deal")
        assert (await slack.modal())["callback_id"] == "deal.create"


async def test_a_stranger_s_home_shows_how_to_link(company: Running, slack: SlackServer) -> None:
    def build(app: App) -> list[Adapter]:
        return [SlackAdapter(settings(slack), now, Glance(app.assistant))]

    async with company(build):
        slack.open_home("U1")
        await slack.until(lambda: slack.published == 1)
        assert "don't know you" in str(slack.homes["U1"])


@pytest.mark.parametrize(
    "who",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"deleted": True},
    ],
)
async def test_guests_and_other_workspaces_get_nothing(
    slack: SlackServer, who: dict[str, object]
) -> None:
    slack.users["U1"] |= who
    async with running(slack) as desk:
        slack.say("U1", "customers in Berlin")
        slack.mention("U1", "customers in Berlin", "C1")
        slack.slash("U1", "customers in Berlin", "C1")
        slack.open_home("U1")
        await slack.until(lambda: len(slack.acked) == 4)
    assert desk.inbox == []
    assert slack.posts == []


@pytest.mark.parametrize(("allowed", "confirmed"), [(True, True), (True, False), (False, True)])
async def test_an_address_counts_only_if_checked_and_allowed(
    slack: SlackServer, allowed: bool, confirmed: bool
) -> None:
    slack.users["U1"] |= {"profile": {"email": "nancy@x.com"}, "is_email_confirmed": confirmed}
    async with running(slack, link_by_email=allowed) as desk:
        slack.say("U1", "hello")
        await slack.posted()
    assert desk.inbox[0].email == ("nancy@x.com" if allowed and confirmed else None)
