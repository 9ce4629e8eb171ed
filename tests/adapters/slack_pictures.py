"""Draw what the app posts as Slack shows it, for the pages in `docs`.

    python -m tests.adapters.slack_pictures docs/img

The blocks are those that the real process posted to the Slack that runs here.
"""

import argparse
import asyncio
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path

from playwright.async_api import async_playwright

from adapters.app import App
from adapters.channel import Adapter
from adapters.people import by_name
from adapters.settings import CONFIG, Settings
from adapters.slack.adapter import SlackAdapter
from bot.glance import Glance
from crm_core import imports, users
from crm_core.changes import Work

from .slack_desk import settings as slack_settings
from .slack_rules import Json
from .slack_server import SlackServer

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
STYLE = """
body { margin: 0; padding: 16px; width: 620px; background: #fff; color: #1d1c1d;
  font: 15px/1.47 Lato, "DejaVu Sans", "Noto Sans CJK SC", sans-serif; }
.post { display: grid; grid-template-columns: 36px 1fr; gap: 8px; margin-bottom: 14px; }
.face { width: 36px; height: 36px; border-radius: 8px; background: #1d3557; color: #fff;
  display: grid; place-items: center; font-weight: 700; }
.said .face { background: #b25; } .who { font-weight: 900; }
.badge { font-size: 10px; color: #616061;
  background: #eee; border-radius: 2px; padding: 1px 3px; margin-left: 4px; }
.header { font-weight: 900; font-size: 18px; margin: 6px 0; } .section { margin: 4px 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; margin: 6px 0; }
.context { color: #616061; font-size: 13px; margin: 6px 0; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.button { border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; font-weight: 700;
  font-size: 13px; } .primary { background: #007a5a; color: #fff; border-color: #007a5a; }
.danger { color: #e01e5a; border-color: #e01e5a; } .mention { background: #e8f5fa; color: #1264a3; }
table { border-collapse: collapse; font-size: 13px; margin: 6px 0; }
td { border: 1px solid #ddd; padding: 5px 10px; } tr:first-child td { font-weight: 700; }
pre { font: 12px/1.5 "DejaVu Sans Mono", monospace; background: #f8f8f8; padding: 8px; }
.modal { border: 1px solid #ccc; border-radius: 8px; padding: 16px; box-shadow: 0 4px 16px #0003; }
.label { font-weight: 700; margin-top: 12px; } .input { border: 1px solid #999; border-radius: 4px;
  padding: 7px 10px; color: #616061; margin-top: 4px; } .filled { color: #1d1c1d; }
.foot { display: flex; justify-content: end; gap: 8px; margin-top: 16px; }
"""


def text(node: Json) -> str:
    """Write a text object as HTML."""
    raw = node["text"]
    if node["type"] == "plain_text":
        return escape(unescape(raw)).replace("\n", "<br>")
    raw = re.sub(r"<!date\^[^|]*\|([^>]*)>", r"\1", raw)
    raw = re.sub(r"<@(\w+)>", r"{{\1}}", raw)
    if raw.startswith("```"):
        return f"<pre>{escape(unescape(raw.strip('`').strip()))}</pre>"
    html = re.sub(r"\*([^*\n]+)\*", r"<b>\1</b>", escape(unescape(raw), quote=False))
    return re.sub(r"\{\{\w+\}\}", '<span class="mention">@Nancy</span>', html).replace("\n", "<br>")


def drawn(blocks: list[Json]) -> Iterator[str]:
    """Give each block as HTML."""
    for block in blocks:
        match block["type"]:
            case "header":
                yield f'<div class="header">{text(block["text"])}</div>'
            case "section" if "fields" in block:
                fields = "".join(f"<div>{text(field)}</div>" for field in block["fields"])
                yield f'<div class="fields">{fields}</div>'
            case "section":
                yield f'<div class="section">{text(block["text"])}</div>'
            case "context":
                yield f'<div class="context">{"".join(map(text, block["elements"]))}</div>'
            case "table":
                rows = (
                    "".join(f"<td>{escape(cell['text'])}</td>" for cell in row)
                    for row in block["rows"]
                )
                yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
            case "actions":
                yield f'<div class="actions">{"".join(map(element, block["elements"]))}</div>'
            case "input":
                yield field(block)


def element(node: Json) -> str:
    label = text(node["text"] if node["type"] == "button" else node["placeholder"])
    return f'<span class="button {node.get("style", "")}">{label}</span>'


def field(block: Json) -> str:
    known = block["element"]
    chosen = known.get("initial_option", {}).get("text", {}).get("text")
    value = chosen or next((known[name] for name in known if name.startswith("initial_")), "")
    hint = value or known.get("placeholder", {}).get("text", "")
    kind = "input filled" if value else "input"
    label = text(block["label"]) + (" (optional)" if block["optional"] else "")
    return f'<div class="label">{label}</div><div class="{kind}">{escape(hint) or "&nbsp;"}</div>'


def post(who: str, body: str, kind: str) -> str:
    badge = '<span class="badge">APP</span>' if kind == "app" else ""
    name = f'<span class="who">{who}</span>{badge}'
    return f'<div class="post {kind}"><div class="face">{who[0]}</div><div>{name}{body}</div></div>'


def modal(view: Json) -> str:
    head = f'<div class="header">{text(view["title"])}</div>'
    foot = (
        f'<span class="button">{text(view["close"])}</span>'
        f'<span class="button primary">{text(view["submit"])}</span>'
    )
    body = "".join(drawn(view["blocks"]))
    return f'<div class="modal">{head}{body}<div class="foot">{foot}</div></div>'


async def pages() -> dict[str, str]:
    """Live through a few minutes of a rep's day; return the pictures' HTML by their names."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings()
        settings.database.url = f"sqlite+aiosqlite:///{folder}/crm.db"
        settings.http.port = 0
        async with SlackServer() as slack:

            def build(app: App) -> list[Adapter]:
                return [SlackAdapter(slack_settings(slack), lambda: NOW, Glance(app.assistant))]

            app = App(settings, build, lambda: NOW)
            await app.db.migrate()
            sample = CONFIG / "samples" / "northwind"
            await imports.import_northwind(app.db, sample, now=NOW, shift_to=NOW.date())
            nancy = await by_name(app.db, "nancy")
            async with app.db.begin(Work("setup", NOW)) as session:
                await users.link(session, "slack", "T1", "U1", nancy)
            shown: dict[str, list[str]] = {"slack-channel": [], "slack-chat": []}
            async with app.running():
                said = "what's going on with alfreds"
                slack.mention("U1", said, "C1")
                card = await slack.posted()
                shown["slack-channel"] = [
                    post("Nancy", f'<br><span class="mention">@crm</span> {said}', "said"),
                    post("CRM", "".join(drawn(card["blocks"])), "app"),
                ]
                said = "new deal for alfreds worth 50k closing next month"
                slack.say("U1", said)
                receipt = await slack.posted(2)
                slack.press("U1", receipt, "Edit")
                form = await slack.modal()
                slack.say("U1", "remind me to call Maria Anders at alfreds today at 3pm")
                reminder = await slack.posted(3)
                slack.open_home("U1")
                await slack.until(lambda: slack.published == 1)
                home = "".join(drawn(slack.homes["U1"]["blocks"]))
                slack.press("U1", receipt, "Undo")
                noted = await slack.posted(5)
                shown["slack-chat"] = [
                    post("Nancy", f"<br>{escape(said)}", "said"),
                    post("CRM", "".join(drawn(noted["blocks"])), "app"),
                    post("Nancy", "<br>remind me to call Maria Anders …", "said"),
                    post("CRM", "".join(drawn(reminder["blocks"])), "app"),
                ]
            return {name: "".join(parts) for name, parts in shown.items()} | {
                "slack-form": modal(form),
                "slack-home": home,
            }


async def main(folder: Path) -> None:
    drawings = await pages()
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 652, "height": 200})
        for name, body in drawings.items():
            await page.set_content(f"<style>{STYLE}</style>{body}")
            await page.screenshot(path=folder / f"{name}.png", full_page=True)
        await browser.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    asyncio.run(main(arguments.parse_args().folder))
