"""What Telegram takes: its HTML, keyboards and commands; what it drops and what it refuses.

The rules are those of the Bot API server (tdlib: `MessageEntity.cpp`, `misc.cpp`).
"""

import json
import re
from typing import Any

Json = dict[str, Any]

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "blockquote": "blockquote", "code": "code", "pre": "pre",
}  # fmt: skip
CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<number>\d+)|(?P<name>[a-zA-Z]+));?")
DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
SPACES = re.compile("[\x00-\x09\x0b\x0c\x0e-\x20]")
LONGEST_INPUT = 35_000
"""Bytes before parsing."""
LONGEST = 4096
ENTITIES = 100
EMPTY = re.compile(
    "[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc\ufeff\u00a0"
    "\U000e0000-\U000e007f]*"
)


class Refusal(Exception):
    """An answer that is not `ok`; `parameters` as Telegram names them."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse(html: str) -> tuple[str, list[Json]]:
    """Return the text and its entities, offsets and lengths in UTF-16 units."""
    if len(html.encode()) > LONGEST_INPUT:
        raise Refusal(400, "Bad Request: message is too long")
    text, entities = _entities(html)
    first = min((entity["offset"] for entity in entities), default=len(text))
    led = min(len(text) - len(text.lstrip(" \n")), first)
    text = text[led:].rstrip(" \n")
    for entity in entities:
        entity["offset"] -= led
    if EMPTY.fullmatch(text):
        raise Refusal(400, "Bad Request: message text is empty")
    if units(text) > LONGEST:
        raise Refusal(400, "Bad Request: message is too long")
    if len(entities) > ENTITIES:
        raise Refusal(400, "Bad Request: too many entities: Telegram would ignore some")
    return text, entities


def _entities(html: str) -> tuple[str, list[Json]]:
    text, at = "", 0
    entities: list[Json] = []
    opened: list[tuple[str, int]] = []

    def fail(words: str, place: int) -> Refusal:
        offset = len(html[:place].encode())
        return Refusal(400, f"Bad Request: can't parse entities: {words} at byte offset {offset}")

    while at < len(html):
        if html[at] == "&" and (match := REFERENCE.match(html, at)) and _character(match):
            text += _character(match)
            at = match.end()
        elif html[at] != "<":
            stop = min((n for n in (html.find(c, at + 1) for c in "<&") if n > 0), default=None)
            text += SPACES.sub(" ", DROPPED.sub("", html[at:stop]))
            at = stop or len(html)
        else:
            end = html.find(">", at)
            if html.startswith("</", at):
                if not opened:
                    raise fail("Unexpected end tag", at)
                name, start = opened.pop()
                found = html[at + 2 : end].strip().lower()
                if end < 0:
                    raise fail("Unclosed end tag", at)
                if found != name:
                    raise fail(f'Unmatched end tag, expected "</{name}>", found "</{found}>"', at)
                if units(text) > start:
                    entities.append(
                        {"type": TAGS[name], "offset": start, "length": units(text) - start}
                    )
            else:
                if end < 0:
                    raise fail("Unclosed start tag", at)
                name = html[at + 1 : end].lower()
                if name not in TAGS:  # none of ours has attributes
                    raise fail(f'Unsupported start tag "{name}"', at)
                opened.append((name, units(text)))
            at = end + 1
    if opened:
        raise Refusal(
            400,
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag "
            f'"{opened[-1][0]}"',
        )
    return text, sorted(entities, key=lambda entity: entity["offset"])


def _character(match: re.Match[str]) -> str:
    """Return the character referred to; none where Telegram takes the `&` for itself."""
    if match["name"]:
        return CHARACTERS.get(match["name"], "")
    code = int(match["hex"], 16) if match["hex"] else int(match["number"])
    return chr(code) if 0 < code < 0x10FFFF and len(match[0]) < 10 else ""


def parsed(params: dict[str, str]) -> tuple[str, list[Json]]:
    """Return the text to show and its entities."""
    if params.get("parse_mode") != "HTML":
        raise Refusal(400, "Bad Request: this server reads HTML only")
    return parse(params.get("text", ""))


def keyboard(params: dict[str, str]) -> list[list[Json]]:
    """Return the rows of buttons."""
    if "reply_markup" not in params:
        return []
    rows: list[list[Json]] = json.loads(params["reply_markup"])["inline_keyboard"]
    if any(not 1 <= len(row) <= 8 for row in rows) or sum(map(len, rows)) > 100:
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in [button for row in rows for button in row]:
        if not button["text"].strip():
            raise Refusal(
                400,
                "Bad Request: can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard",
            )
        if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if button.get("style") not in (None, "primary", "success", "danger"):
            raise Refusal(400, "Bad Request: invalid button style specified")
    return rows


def check_commands(params: dict[str, str]) -> list[Json]:
    """Return the commands of the menu."""
    commands: list[Json] = json.loads(params["commands"])
    if len(commands) > 100:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]):
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    if not re.fullmatch("([a-z]{2})?", params.get("language_code", "")):
        raise Refusal(400, "Bad Request: Invalid language code specified")
    return commands
