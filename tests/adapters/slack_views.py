"""Modals and the Home tab of a Slack that runs here: opened in time, filled in, submitted."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from .slack_rules import Json, SlackError, faults, nodes, units

TRIGGER_SECONDS = 3.0
VIEW_BLOCKS, TITLE, METADATA = 100, 24, 3_000


def check_view(view: Json) -> None:
    """Raise SlackError unless Slack would show this view."""
    if found := list(_view_faults(view)):
        raise SlackError("invalid_arguments", *found)


def _view_faults(view: Json) -> Iterator[str]:
    blocks = view["blocks"]
    if view["type"] == "modal":
        for name in ("title", "submit", "close"):
            if name in view and not 0 < units(view[name]["text"]) <= TITLE:
                yield name
        if any(block["type"] == "input" for block in blocks) and "submit" not in view:
            yield "inputs, but nothing to submit them with"
    if not 0 < len(blocks) <= VIEW_BLOCKS:
        yield f"{len(blocks)} blocks"
    if units(view.get("private_metadata", "")) > METADATA:
        yield "private_metadata"
    if any(block["type"] == "table" for block in blocks):
        yield "a view takes no table"
    others = [block for block in blocks if block["type"] != "input"]
    for start in range(0, len(others), 50):
        yield from faults(others[start : start + 50])
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name!r} is not unique" for name, n in ids.items() if n > 1)
    for block in blocks:
        if block["type"] == "input":
            yield from _input_faults(block)


def _input_faults(block: Json) -> Iterator[str]:
    try:
        (model,) = Block.parse_all([block])
        model.validate_json()
    except SlackObjectFormationError as error:
        yield str(error)
    element = block["element"]
    if not 0 < units(block["label"]["text"]) <= 2_000:
        yield "label"
    if units(element.get("initial_value", "")) > 3_000 or element.get("initial_value") == "":
        yield "initial_value"
    for node in nodes(element):
        is_option = "value" in node and "text" in node
        if is_option and not (
            0 < units(node["value"]) <= 150 and 0 < units(node["text"]["text"]) <= 75
        ):
            yield "option"
    if element["type"] == "static_select":
        if not 0 < len(element["options"]) <= 100:
            yield "options"
        if element.get("initial_option", element["options"][0]) not in element["options"]:
            yield "initial_option is none of the options"


class Views:
    """What people see beside messages. Mixed into the server."""

    # What the server has besides: its state, and its way of delivering.
    users: dict[str, Json]
    team: str
    app_id: str
    interactive: bool
    shortcuts: dict[str, str]
    acked: list[str]
    answers: dict[str, Json]
    timestamp: Any
    until: Any
    _start: Any
    _numbers: Any

    opened: list[Json]
    """The modals on somebody's screen, in order, and whose."""
    homes: dict[str, Json]
    """The Home tab of each person."""
    published: int
    triggers: dict[str, tuple[str, float]]

    def trigger(self, user: str) -> str:
        """Return the id of a click, good for three seconds."""
        name = f"{next(self._numbers)}.{uuid4().hex}"
        self.triggers[name] = (user, time.monotonic())
        return name

    def _views_open(self, trigger_id: str, view: Json) -> Json:
        user, at = self.triggers.pop(trigger_id, ("", 0.0))
        if not user:
            raise SlackError("invalid_trigger_id")
        if time.monotonic() - at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        check_view(view)
        kept = {"id": f"V{uuid4().hex[:8]}", "team_id": self.team, **view}
        self.opened.append({"user": user, "view": kept})
        return {"view": kept}

    def _views_publish(self, user_id: str, view: Json) -> Json:
        if view["type"] != "home":
            raise SlackError("invalid_arguments", "type")
        check_view(view)
        self.homes[user_id] = view
        self.published += 1
        return {"view": {"id": f"VH{user_id}", **view}}

    # People do things

    def shortcut(
        self, user: str, callback: str, message: Json | None = None, channel: str = ""
    ) -> str:
        """Use a shortcut, on a message or anywhere; return its trigger id."""
        kind = "message" if message else "global"
        assert self.shortcuts.get(callback) == kind, f"the manifest has no {kind} {callback}"
        body = self._interaction(user) | {
            "type": "message_action" if message else "shortcut",
            "callback_id": callback,
            "action_ts": self.timestamp(),
        }
        if message:
            place = {"id": channel, "name": "somewhere"}
            body |= {"message": message, "message_ts": message["ts"], "channel": place}
        return self._interact(body, body["trigger_id"])

    async def modal(self, number: int = 1) -> Json:
        """Return the n-th modal, as soon as it is open."""
        await self.until(lambda: len(self.opened) >= number)
        view: Json = self.opened[number - 1]["view"]
        return view

    async def suggestions(self, user: str, view: Json, field: str, text: str) -> list[Json]:
        """Type into a menu that asks the app; return its options."""
        block = next(block for block in view["blocks"] if block.get("block_id") == field)
        assert block["element"]["type"] == "external_select"
        assert len(text) >= block["element"].get("min_query_length", 3)
        body = self._interaction(user) | {
            "type": "block_suggestion",
            "container": {"type": "view", "view_id": view["id"]},
            "view": view,
            "block_id": field,
            "action_id": block["element"]["action_id"],
            "value": text,
        }
        del body["trigger_id"]
        answer = await self._answered(body, f"suggestion {next(self._numbers)}")
        options: list[Json] = answer["options"]
        assert len(options) <= 100
        assert all(0 < units(one["text"]["text"]) <= 75 for one in options)
        return options

    async def submit(self, user: str, view: Json, **values: Any) -> Json:
        """Fill fields in and submit; return the app's answer: {} closes the modal.

        A menu's value is an option, or what it says; `due.time` is written `due__time`.
        """
        state: Json = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element, name = block["element"], block["block_id"]
            entered = _entered(element, values.pop(name.replace(".", "__"), ...))
            assert block.get("optional") or any(entered.values()), f"{name} is needed"
            state[name] = {element["action_id"]: {"type": element["type"], **entered}}
        assert not values, f"no such fields: {list(values)}"
        body = self._interaction(user) | {
            "type": "view_submission",
            "view": {**view, "state": {"values": state}, "hash": uuid4().hex},
            "response_urls": [],
        }
        answer = await self._answered(body, f"submission {next(self._numbers)}")
        if answer.get("response_action") == "errors":
            assert answer["errors"]
            assert set(answer["errors"]) <= set(state)
        elif answer.get("response_action") == "update":
            check_view(answer["view"])
        else:
            assert not answer
        return answer

    def press_at_home(self, user: str, label: str) -> str:
        """Press a button on somebody's Home tab; return the action's time."""
        view = self.homes[user]
        action = {**element_of(view["blocks"], label), "action_ts": self.timestamp()}
        body = self._interaction(user) | {
            "type": "block_actions",
            "container": {"type": "view", "view_id": f"VH{user}"},
            "view": {"id": f"VH{user}", **view},
            "actions": [action],
        }
        return self._interact(body, action["action_ts"])

    def _interaction(self, user: str) -> Json:
        return {
            "user": {"id": user, "name": self.users[user]["name"], "team_id": self.team},
            "api_app_id": self.app_id,
            "token": "deprecated",
            "team": {"id": self.team, "domain": "test"},
            "trigger_id": self.trigger(user),
        }

    def _interact(self, body: Json, name: str) -> str:
        assert self.interactive, "the manifest does not enable interactivity"
        self._start("interactive", body, name)
        return name

    async def _answered(self, body: Json, name: str) -> Json:
        self._interact(body, name)
        await self.until(lambda: name in self.acked)
        return self.answers[name]


def element_of(blocks: list[Json], label: str) -> Json:
    """Return the action that pressing what says `label` causes."""
    for block in blocks:
        accessory = [block["accessory"]] if "accessory" in block else []
        for element in block["elements"] if block["type"] == "actions" else accessory:
            known = {"block_id": block["block_id"], "action_id": element["action_id"]}
            if element["type"] == "button" and element["text"]["text"] == label:
                return {**known, "type": "button", "value": element["value"]}
            for option in element.get("options", []):
                if option["text"]["text"] == label:
                    return {**known, "type": "static_select", "selected_option": option}
    raise AssertionError(f"nothing says {label!r}: {list(nodes(blocks))}")


def _entered(element: Json, given: Any) -> Json:
    """Return the state of an element: as given, or as it was drawn."""
    match element["type"]:
        case "plain_text_input":
            value = element.get("initial_value") if given is ... else given
            return {"value": value or None}
        case "datepicker" | "timepicker":
            kind = element["type"].removesuffix("picker")
            value = element.get(f"initial_{kind}") if given is ... else given
            return {f"selected_{kind}": value or None}
        case _:
            value = element.get("initial_option") if given is ... else given
            if isinstance(value, str):
                value = next(one for one in element["options"] if one["text"]["text"] == value)
            return {"selected_option": value or None}
