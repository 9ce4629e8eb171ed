"""The web chat, in a real Chromium and as somebody from outside would try it."""

import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from adapters.app import App
from adapters.clock import slot_of
from adapters.settings import Settings
from adapters.web.adapter import WebChat
from bot.glance import Glance
from crm_core import users
from crm_core.models import User
from tests.office import NOW

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def app(northwind_file: Path, tmp_path: Path) -> AsyncIterator[App]:
    shutil.copy(northwind_file, tmp_path / "crm.db")
    settings = Settings()
    settings.database.url = f"sqlite+aiosqlite:///{tmp_path}/crm.db"
    settings.http.port = 0
    app = App(
        settings,
        lambda app: [WebChat(app.db, app.words, lambda: NOW, Glance(app.assistant))],
        lambda: NOW,
    )
    async with app.running():
        yield app


@pytest.fixture
async def site(app: App) -> str:
    assert app.http
    return f"http://127.0.0.1:{app.http.port}"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; `make browser` installs it")
        pytest.skip("Chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield await browser.new_page(viewport={"width": 1100, "height": 800})
        await browser.close()


async def say(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")


@pytest.mark.browser
async def test_a_rep_talks_and_presses_buttons(site: str, page: Page) -> None:
    await page.goto(site)
    await page.get_by_text("Nancy Davolio").click()
    await say(page, "what's going on with alfreds")
    card = page.locator("article.bot").last
    await expect(card).to_contain_text("Alfreds Futterkiste")
    await expect(card).to_contain_text("030-0074321")
    await say(page, "new deal for alfreds worth 50k")
    await expect(page.locator("article.bot").last).to_contain_text("$50,000")
    await page.locator("article.bot").last.get_by_role("button", name="Undo").click()
    await expect(page.locator("article.bot").last).to_contain_text("Undone")
    receipt = page.locator("article.bot", has_text="$50,000").first
    await expect(receipt).to_contain_text("✓ Undo: Nancy Davolio, ")
    await expect(receipt.get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.browser
async def test_a_pushed_alert_is_seen_arriving_and_taken(app: App, site: str, page: Page) -> None:
    await page.goto(site)
    await page.get_by_text("Steven Buchanan").click()
    await expect(page.locator("#text")).to_be_visible()
    await expect(page.locator("#lost")).to_be_hidden()
    outcome = await app.ticker.run("churn_alerts", slot_of(NOW))
    assert outcome
    tab = page.get_by_role("tab", name="#managers")
    await expect(tab.locator(".news")).to_be_visible()
    await tab.click()
    alert = page.locator("article.bot").first
    await expect(alert).to_contain_text("may be leaving")
    await alert.get_by_role("button", name="I'll take it").click()
    await expect(page.locator("article.bot").last).to_contain_text("takes care of")


@pytest.mark.browser
async def test_a_chart_is_a_picture_with_words_for_those_who_cannot_see_it(
    site: str, page: Page
) -> None:
    await page.set_viewport_size({"width": 375, "height": 700})
    await page.goto(site)
    await page.get_by_text("Steven Buchanan").click()
    await say(page, "chart revenue by month last year")
    picture = page.locator("article.bot img.chart")
    await expect(picture).to_have_js_property("naturalWidth", 900)
    await expect(picture).to_have_attribute("alt", re.compile("Revenue by month.*Jan 2025 38,498"))
    box = await picture.bounding_box()
    assert box
    assert box["width"] <= 375


@pytest.mark.browser
async def test_it_is_usable_on_a_phone(site: str, page: Page) -> None:
    await page.set_viewport_size({"width": 375, "height": 700})
    await page.goto(site)
    await page.get_by_text("Laura Callahan").click()
    await say(page, "customers in Germany")
    await expect(page.locator("article.bot table")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 375
    send = await page.get_by_role("button", name="Send").bounding_box()
    assert send
    assert send["x"] + send["width"] <= 375


@pytest.mark.browser
async def test_names_are_text_and_never_markup(site: str, page: Page) -> None:
    await page.goto(site)
    await page.get_by_text("Nancy Davolio").click()
    await say(page, "show <img src=x onerror=alert(1)>")
    await expect(page.locator("article.said").last).to_contain_text("<img src=x")
    await expect(page.locator("article.bot").last).to_be_visible()
    assert await page.locator("article img").count() == 0


async def test_it_answers_to_local_names_only(site: str) -> None:
    async with httpx.AsyncClient(base_url=site) as client:
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/", headers={"Host": "evil.example"})).status_code == 403
        assert (await client.get("/", headers={"Origin": "http://evil.example"})).status_code == 403
        assert (await client.get("/chat?as=9999")).headers["location"] == "/"
        assert (await client.get("/health")).text == "ok"
        assert "crm_deliveries" in (await client.get("/metrics")).text


async def test_the_log_shows_who_was_told_what_by_rights(app: App, site: str) -> None:
    await app.ticker.run("churn_alerts", slot_of(NOW))
    await app.courier.drain()
    people = {user.name: user.id for user in await _people(app)}
    async with httpx.AsyncClient(base_url=site) as browser:
        steven = (await browser.get(f"/log?as={people['Steven Buchanan']}")).text
        nancy = (await browser.get(f"/log?as={people['Nancy Davolio']}")).text
        assert (await browser.get("/log?as=nobody")).headers["location"] == "/"
        abroad = {"host": "crm.example.com"}
        assert (await browser.get("/log?as=1", headers=abroad)).status_code == 403
        assert (await browser.get(f"/log?as={people['Steven Buchanan']}&page=x")).status_code == 200
    assert "the owner&#39;s lead" in steven
    assert "may be leaving" in steven
    assert "arrived" in steven
    assert "may be leaving" not in nancy
    assert "role" in nancy


async def _people(app: App) -> Sequence[User]:
    async with app.db.read() as session:
        return await users.everybody(session)


async def test_a_link_to_a_record_leads_to_its_page(app: App, site: str) -> None:
    people = {person.name.partition(" ")[0]: person for person in await _people(app)}
    nancy, laura = people["Nancy"], people["Laura"]
    async with httpx.AsyncClient(base_url=site) as visitor:
        asked = await visitor.get("/customers/1")
        assert f'href="/customers/1?as={nancy.id}"' in asked.text, "who looks is asked first"
        card = await visitor.get(f"/customers/1?as={nancy.id}")
        assert "Alfreds Futterkiste" in card.text
        assert "030-0074321" in card.text
        assert "<button" not in card.text
        gone = await visitor.get(f"/customers/999?as={nancy.id}")
        assert "no longer exists" in gone.text
        refused = await visitor.get(f"/deals/1?as={laura.id}")
        assert "Your role" in refused.text
        for nowhere in ("/orders/1", "/customers/x", "/static/1"):
            assert (await visitor.get(nowhere)).status_code == 404
        assert (await visitor.get(f"/customers/{10**19}?as={nancy.id}")).status_code == 422
        from_outside = {"host": "crm.example.com"}
        assert (await visitor.get("/customers/1", headers=from_outside)).status_code == 403
