"""What Slack refuses to post, each rule with the error that Slack gives.

Source: https://docs.slack.dev/reference/methods/chat.postMessage and /reference/block-kit. The
rules of slack_sdk's models apply too; those below are what they leave out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

BLOCKS, TEXT, ALL_CHARACTERS = 50, 40_000, 13_200
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 10_000
VALUE, ID, OBJECT_TEXT, FIELD, OPTION_VALUE = 2_000, 255, 3_000, 2_000, 150
KNOWN = {"section", "header", "context", "actions", "divider", "table"}
PLAIN_ONLY = {"header", "button", "static_select", "option"}


Json = dict[str, Any]


class SlackError(Exception):
    """Slack's answer when it refuses: `ok: false` and this error."""

    def __init__(self, error: str, *details: str, **more: Any) -> None:
        super().__init__(error, *details)
        self.error = error
        self.details = list(details)
        self.more = more


def check_message(message: dict[str, Any]) -> None:
    """Raise SlackError unless Slack would post this."""
    text, blocks = message.get("text") or "", message.get("blocks") or []
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    if units(text) > TEXT:
        raise SlackError("msg_too_long")
    if found := list(faults(blocks)):
        raise SlackError("invalid_blocks", *found)
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise SlackError("invalid_attachments", "only_one_table_allowed")
    # A frame for each block: that is how long a message was seen to pass.
    if sum(map(units, texts(blocks))) + 30 * len(blocks) > ALL_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    if "client_msg_id" in message:
        UUID(message["client_msg_id"])
    if metadata := message.get("metadata"):
        if not re.fullmatch(r"\w+", metadata["event_type"], re.ASCII):
            raise SlackError("invalid_metadata_format")
        if not isinstance(metadata["event_payload"], dict):
            raise SlackError("invalid_metadata_format")


def faults(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Give everything that is wrong with the blocks of one message."""
    if len(blocks) > BLOCKS:
        yield f"{len(blocks)} blocks"
    for name in ("block_id", "action_id"):
        counts = Counter(node[name] for node in nodes(blocks) if name in node)
        yield from (f"{name} {value!r} is not unique" for value, n in counts.items() if n > 1)
        yield from (f"{name} is too long" for value in counts if not 0 < units(value) <= ID)
    for block, model in zip(blocks, Block.parse_all(blocks), strict=True):
        if block["type"] not in KNOWN:
            yield f"unknown block {block['type']}"
        try:
            model.validate_json()
        except SlackObjectFormationError as error:
            yield str(error)
        if block["type"] == "table":
            yield from _table_faults(block)
        if block["type"] in {"actions", "context"} and not block["elements"]:
            yield "no elements"
        for field in block.get("fields", []):
            if not 0 < units(field["text"]) <= FIELD:
                yield "field's text is empty or too long"
    yield from _node_faults(blocks)


def _node_faults(blocks: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes(blocks):
        kind = node.get("type")
        if kind in {"plain_text", "mrkdwn"} and not 0 < units(node["text"]) <= OBJECT_TEXT:
            yield "text is empty or too long"
        if kind == "plain_text" and "verbatim" in node:
            yield "verbatim belongs to mrkdwn"
        if kind == "button":
            if not 0 < units(node["value"]) <= VALUE:
                yield "button's value is empty or too long"
            if node["text"]["type"] != "plain_text" or units(node["text"]["text"]) > 75:
                yield "button's text"
            if node.get("style", "primary") not in {"primary", "danger"}:
                yield "button's style"
        if kind == "static_select":
            if not 0 < len(node["options"]) <= 100 or "placeholder" not in node:
                yield "menu's options"
            for option in node["options"]:
                if not 0 < units(option["value"]) <= OPTION_VALUE:
                    yield "option's value is empty or too long"
                if option["text"]["type"] != "plain_text" or units(option["text"]["text"]) > 75:
                    yield "option's text"
        if kind == "header" and node["text"]["type"] != "plain_text":
            yield "header's text"


def _table_faults(block: dict[str, Any]) -> Iterator[str]:
    rows = block["rows"]
    if not 0 < len(rows) <= TABLE_ROWS:
        yield f"{len(rows)} rows"
    if any(not 0 < len(row) <= TABLE_COLUMNS for row in rows):
        yield "columns"
    if len(block.get("column_settings", [])) > TABLE_COLUMNS:
        yield "column_settings"
    if any(cell["type"] != "raw_text" or not cell["text"] for row in rows for cell in row):
        yield "cell is empty or of another type"
    if sum(units(cell["text"]) for row in rows for cell in row) > TABLE_CHARACTERS:
        yield "table is too long"


LIVE = re.compile(r"<(?!!date\^\d+\^)[@#!]|@(?:here|channel|everyone)\b", re.IGNORECASE)


def live_mentions(text: str, blocks: list[dict[str, Any]]) -> list[str]:
    """Return the texts of a message that could page somebody, wherever they stand."""
    return [said for said in [text, *texts(blocks)] if LIVE.search(said)]


def texts(blocks: list[dict[str, Any]]) -> list[str]:
    """Return every text in the blocks, as sent."""
    return [node["text"] for node in nodes(blocks) if isinstance(node.get("text"), str)]


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Give every object in a JSON value."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from nodes(branch)


def units(text: str) -> int:
    """Count UTF-16 units: the strictest reading of «characters»."""
    return len(text.encode("utf-16-le")) // 2
