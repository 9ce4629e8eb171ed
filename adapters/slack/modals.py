"""A Form as Slack's modal, and what was filled in.

Source: https://docs.slack.dev/surfaces/modals and /reference/block-kit/block-elements
"""

import json
from typing import Any

from adapters.slack.markup import ELLIPSIS, clean, fit, on_one_line, pages
from bot.forms import Entry, Form, Option
from bot.message import Command, Place, Slot

TITLE, LABEL, TEXT, OPTION, HINT, OPTIONS = 24, 150, 3_000, 75, 150, 100
TIME = ".time"
"""What the field of a moment's time is called, after its day's."""

Block = dict[str, Any]
View = dict[str, Any]


def draw(form: Form, place: Place) -> View:
    """Return the form as a modal that remembers where its receipt goes."""
    memory = {
        "slots": {name: slot.model_dump() for name, slot in form.command.slots.items()},
        "place": place.model_dump(),
    }
    return {
        "type": "modal",
        "callback_id": form.command.intent,
        "title": _plain(form.title, TITLE),
        "submit": _plain(form.submit, TITLE),
        "close": _plain(form.cancel, TITLE),
        "private_metadata": json.dumps(memory, ensure_ascii=False),
        "blocks": [block for entry in form.entries for block in _inputs(entry)],
    }


def notice(title: str, text: str) -> View:
    """Return a modal that only says something."""
    blocks = [{"type": "section", "text": _plain(page, TEXT)} for page in pages(clean(text), TEXT)]
    return {"type": "modal", "title": _plain(title, TITLE), "blocks": blocks}


def option(choice: Option) -> Block:
    """Return a choice as an option of a menu."""
    return {"text": _plain(choice.label, OPTION), "value": choice.value}


def sent(view: View) -> tuple[Command, Place, dict[str, str], dict[str, str]]:
    """Return what a modal does and where, what stands in its fields, and what stood there first."""
    memory = json.loads(view["private_metadata"])
    slots = {name: Slot.model_validate(slot) for name, slot in memory["slots"].items()}
    command = Command(intent=view["callback_id"], slots=slots)
    first = {block["block_id"]: block["element"] for block in view.get("blocks", [])}
    states = {name: next(iter(state.values())) for name, state in view["state"]["values"].items()}
    return (
        command,
        Place.model_validate(memory["place"]),
        _moments({name: _entered(state) for name, state in states.items()}),
        _moments({name: _entered(element, "initial_") for name, element in first.items()}),
    )


def _inputs(entry: Entry) -> list[Block]:
    """Return the input of a field; a moment has two, for its day and its time."""
    day, _, time = entry.value.partition("T")
    match entry.kind:
        case "record" | "choice":
            element: Block = {"type": "external_select", "min_query_length": 1}
            if entry.kind == "choice":
                shown = entry.options[:OPTIONS]
                element = {"type": "static_select", "options": [option(one) for one in shown]}
            if entry.chosen:
                element["initial_option"] = option(entry.chosen)
        case "date" | "when":
            element = {"type": "datepicker"} | ({"initial_date": day} if day else {})
        case _:
            element = {"type": "plain_text_input", "max_length": TEXT}
            element |= {"initial_value": fit(entry.value, TEXT, str)} if entry.value else {}
            element |= {"multiline": True} if entry.kind == "long" else {}
    if entry.hint and entry.kind != "when":
        element["placeholder"] = _plain(entry.hint, HINT)
    blocks = [_input(entry.name, entry.label, element, optional=entry.optional)]
    if entry.kind == "when":
        picker = {"type": "timepicker"} | ({"initial_time": time} if time else {})
        label = f"{entry.label}: {entry.hint}"
        blocks.append(_input(f"{entry.name}{TIME}", label, picker, optional=True))
    return blocks


def _input(name: str, label: str, element: Block, *, optional: bool) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label, LABEL),
        "optional": optional,
        "element": {**element, "action_id": name},
    }


def _entered(state: Block, prefix: str = "selected_") -> str:
    """Return what is in a field, or at first was (`initial_`)."""
    match state["type"]:
        case "plain_text_input":
            found = state.get("value" if prefix == "selected_" else "initial_value")
        case "datepicker":
            found = state.get(f"{prefix}date")
        case "timepicker":
            found = state.get(f"{prefix}time")
        case _:
            found = (state.get(f"{prefix}option") or {}).get("value")
    return found or ""


def _moments(entered: dict[str, str]) -> dict[str, str]:
    """Put days and times together: `due` and `due.time` are `2026-03-12T15:00`."""
    days = {name: value for name, value in entered.items() if not name.endswith(TIME)}
    times = {name: entered.get(f"{name}{TIME}", "") for name in days}
    return {
        name: f"{value}T{times[name]}" if value and times[name] else value
        for name, value in days.items()
    }


def _plain(text: str, limit: int) -> Block:
    return {
        "type": "plain_text",
        "text": fit(on_one_line(text) or ELLIPSIS, limit, str),
        "emoji": False,
    }
