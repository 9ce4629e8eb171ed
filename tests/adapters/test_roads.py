"""From the platform's event through the real assistant and back: Slack, Telegram, and an alert."""

import pytest

from adapters.app import App
from adapters.channel import Adapter
from adapters.people import by_name, link_code
from adapters.serve import menu
from adapters.slack.adapter import SlackAdapter
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.settings import TelegramSettings
from bot.glance import Glance
from crm_core import users
from crm_core.changes import Work
from crm_core.leases import Leases

from .conftest import Running, now
from .slack_desk import settings as slack_settings
from .slack_server import SlackServer
from .telegram_desk import BRISK
from .telegram_server import TelegramServer


def telegram_adapter(server: TelegramServer, app: App) -> TelegramAdapter:
    settings = TelegramSettings(token=server.token, base_url=server.url)
    lease, glance = Leases(app.db, now), Glance(app.assistant)
    return TelegramAdapter(settings, now, lease, menu(app.words), BRISK, glance=glance)


async def test_a_rep_in_slack(company: Running) -> None:
    async with SlackServer() as slack:

        def build(app: App) -> list[Adapter]:
            return [SlackAdapter(slack_settings(slack), now, Glance(app.assistant))]

        async with company(build, U1="nancy"):
            slack.mention("U1", "what's going on with alfreds", "C1")
            card = await slack.posted(1)
            assert "Alfreds Futterkiste" in card["text"]
            assert "030-0074321" not in str(card)
            slack.say("U1", "new deal for alfreds worth 50k")
            receipt = await slack.posted(2)
            assert "$50,000" in str(receipt)
            slack.press("U1", receipt, "Undo")
            assert "Undone" in str(await slack.posted(3))
            noted = await slack.posted(4)
            assert (noted["updates"], noted["channel"]) == (receipt["ts"], receipt["channel"])
            assert "$50,000" in str(noted["blocks"])
            assert "✓ Undo: " in str(noted["blocks"])


async def test_a_stranger_in_slack_can_only_link(company: Running) -> None:
    async with SlackServer() as slack:

        def build(app: App) -> list[Adapter]:
            return [SlackAdapter(slack_settings(slack), now, Glance(app.assistant))]

        async with company(build) as app:
            slack.say("U1", "customers in Berlin")
            assert "don't know you" in (await slack.posted(1))["text"]
            code = await link_code(app.db, "nancy", now())
            slack.say("U1", f"link {code}")
            assert "Nancy Davolio" in (await slack.posted(2))["text"]
            slack.say("U1", "customers in Berlin")
            assert "Alfreds" in str(await slack.posted(3))


async def test_an_alert_reaches_the_channel_once_and_is_taken(company: Running) -> None:
    async with SlackServer() as slack:

        def build(app: App) -> list[Adapter]:
            return [SlackAdapter(slack_settings(slack), now, Glance(app.assistant))]

        async with company(build, U2="steven", U1="nancy") as app:
            await app.ticker.run("churn_alerts", "2026-03-11T09:00")
            alert = await slack.posted(1)
            assert "may be leaving" in alert["text"]
            assert await app.ticker.run("churn_alerts", "2026-03-11T09:00") is None
            await app.ticker.run("churn_alerts", "2026-03-12T09:00")
            number = 2 * app.settings.alerts.churn_most  # others than the day before
            others = await slack.posted(number)
            assert others["text"] != alert["text"]
            slack.press("U2", alert, "I'll take it")
            taken = await slack.posted(number + 1)
            assert "takes care of" in str(taken)
            noted = await slack.posted(number + 2)
            assert noted["updates"] == alert["ts"]
            assert "✓ I'll take it: <@U2>, <!date^" in str(noted["blocks"]).replace("\\", "")
            with pytest.raises(AssertionError, match="nothing says"):
                slack.press("U1", noted, "I'll take it")
            slack.press("U1", alert, "I'll take it")  # as it was shown a moment ago
            assert "taken this alert already" in str(await slack.posted(number + 3))
            slack.mention("U2", "what did they buy last", "C1", thread=others["ts"])
            customer = others["text"].partition(" may be leaving")[0]
            assert f"customer: {customer}" in (await slack.posted(number + 4))["text"]


async def test_support_in_telegram(company: Running) -> None:
    async with TelegramServer() as telegram:

        def build(app: App) -> list[Adapter]:
            return [telegram_adapter(telegram, app)]

        async with company(build) as app:
            laura = telegram.person("Laura")
            code = await link_code(app.db, "laura", now())
            laura.say(f"/start {code}")
            assert "Laura Callahan" in (await telegram.answer(laura)).text
            laura.say("open an urgent ticket for alfreds: can't log in")
            receipt = await telegram.answer(laura)
            assert "#1" in receipt.text
            laura.press(receipt, "Undo")
            assert "Undone" in (await telegram.answer(laura)).text
            assert "✓ Undo: Laura Callahan, " in (await telegram.answer(laura)).text
            for subject in ("the invoice is wrong", "no parcel"):
                laura.say(f"open a ticket for alfreds: {subject}")
                opened = await telegram.answer(laura)
                receipt = opened if "invoice" in subject else receipt
            laura.say("make it high", answering=receipt)
            assert "normal → high" in (high := await telegram.answer(laura)).text
            number = receipt.text.partition("#")[2].partition(" ")[0]
            assert f"#{number} " in high.text, "it is the ticket of the message that was answered"
            laura.say("/help")
            assert "support" in (await telegram.answer(laura)).text


async def test_a_ticket_in_telegram_from_a_forwarded_message(company: Running) -> None:
    async with TelegramServer() as telegram:

        def build(app: App) -> list[Adapter]:
            return [telegram_adapter(telegram, app)]

        async with company(build) as app:
            laura = telegram.person("Laura")
            laura.say(f"/start {await link_code(app.db, 'laura', now())}")
            await telegram.answer(laura)
            photo = telegram.media.shown("photo", "p1", "", b"\xff\xd8\xff photo")
            forwarded = laura.forward("The box is open", "Alfreds Futterkiste")
            assert "Shall I do this?" in (await telegram.answer(laura)).text
            laura.say("/ticket", answering=forwarded)
            asked = await telegram.answer(laura)
            assert "The box is open" in asked.text
            laura.press(asked, "Yes")
            opened = await telegram.answer(laura)
            assert "Ticket #1 opened" in opened.text
            assert opened.id == asked.id, "the answer takes the question's place"
            laura.say("", photo=photo, caption="note on 1: as they sent it")
            assert "photo-" in (await telegram.answer(laura)).text
            laura.say("show ticket 1")
            assert "as they sent it" in (await telegram.answer(laura)).text
            again = await telegram.answer(laura)
            assert again.upload.content == b"\xff\xd8\xff photo"
            press = laura.press(opened, "Undo")
            await telegram.until(lambda: press in telegram.toasts)
            assert "undo" in telegram.toasts[press]


async def test_cards_while_somebody_types(company: Running) -> None:
    async with TelegramServer() as telegram:

        def build(app: App) -> list[Adapter]:
            return [telegram_adapter(telegram, app)]

        async with company(build) as app:
            laura, eve = telegram.person("Laura"), telegram.person("Eve")
            laura.say(f"/start {await link_code(app.db, 'laura', now())}")
            await telegram.answer(laura)
            query = laura.type("alfreds")
            await telegram.until(lambda: query in telegram.offered)
            (card,) = telegram.offered[query]
            assert card["title"] == "Alfreds Futterkiste"
            assert "Berlin" in card["shown"]
            assert "030-0074321" not in card["shown"], "others read along where it is posted"
            for nothing in (laura.type(""), laura.type("zzqx"), eve.type("alfreds")):
                await telegram.until(lambda query=nothing: query in telegram.offered)
                assert telegram.offered[nothing] == []


async def test_what_is_private_waits_for_who_never_opened_the_chat(company: Running) -> None:
    async with TelegramServer() as telegram:

        def build(app: App) -> list[Adapter]:
            return [telegram_adapter(telegram, app)]

        async with company(build) as app:
            group, laura = telegram.group("Team"), telegram.person("Laura", started=False)
            user = await by_name(app.db, "laura")
            async with app.db.begin(Work("setup", now())) as session:
                account = ("telegram", str(telegram.me["id"]), str(laura.id))
                await users.link(session, *account, user)
            laura.say("@crm_loop_bot alfreds", group)
            card = await telegram.answer(group)
            assert "030-0074321" not in card.text
            laura.press(card, "See privately")
            asked = await telegram.answer(group)
            assert "Laura Callahan, this is for your eyes only" in asked.text
            assert "https://t.me/crm_loop_bot?start=here" in asked.text
            laura.say("/start here")
            texts = [(await telegram.answer(laura)).text for _ in range(2)]
            assert any("030-0074321" in text for text in texts)
            assert any("Hello Laura" in text for text in texts)
            assert await app.ticker.run("parked", "2026-03-11T10:00") == "nothing"
