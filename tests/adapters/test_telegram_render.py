"""Replies of any content become messages that Telegram takes, with nothing left out."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.telegram.render import COLUMNS, Post, render, width
from bot.message import Command
from bot.reply import Button, Buttons, Field, Fields, Reply, Table, Text
from tests.adapters.telegram_desk import Desk, adapter_for, buttons, outgoing, running
from tests.adapters.telegram_rules import Json, keyboard, parse
from tests.adapters.telegram_server import TelegramServer


def shown(posts: list[Post]) -> list[tuple[str, list[Json]]]:
    """Return what Telegram makes of the messages; it refuses none."""
    for post in posts[:-1]:
        assert post.keyboard is None
    if posts and posts[-1].keyboard:
        keyboard({"reply_markup": json.dumps(posts[-1].keyboard.to_dict())})
    return [parse(post.html) for post in posts]


def texts(*parts: Any, alone: bool = True, **more: Any) -> list[str]:
    return [text for text, _ in shown(render(Reply(parts=list(parts), **more), alone=alone))]


def labels(*parts: Any) -> list[list[str]]:
    made = render(Reply(parts=list(parts)), alone=True)[-1].keyboard
    assert made is not None
    return [[button.text for button in row] for row in made.inline_keyboard]


# Layout


def test_an_aligned_table() -> None:
    table = Table(
        columns=["Customer", "阶段", "EUR"],
        rows=[["华为技术", "谈判", "1,200,000"], ["Zoë", "won", "9"], ["👍", "", ""]],
        numeric=(2,),
    )
    assert texts(table) == [
        "Customer  阶段        EUR\n"
        "--------  ----  ---------\n"
        "华为技术  谈判  1,200,000\n"
        "Zoë       won           9\n"
        "👍"
    ]
    assert all(width(line) <= COLUMNS for line in texts(table)[0].split("\n"))


def test_a_wide_table_becomes_cards() -> None:
    table = Table(
        columns=["Deal", "Stage", "Next step"],
        rows=[
            ["Renewal", "won", "Send the contract to Dana\nby Friday"],
            ["Expansion", "", "Call"],
        ],
    )
    posts = render(Reply(parts=[table]), alone=True)
    assert texts(table) == [
        "Renewal\nStage: won\nNext step: Send the contract to Dana by Friday\n\n"
        "Expansion\nNext step: Call"
    ]
    assert posts[0].html.startswith("<b>Renewal</b>\n")


def test_a_card_is_headed_by_number_and_name_and_holds_what_fits_a_line() -> None:
    table = Table(
        columns=["No.", "Subject", "Customer", "Priority", "Status", "Target"],
        rows=[["#7", "can't log in", "Around the Horn", "urgent", "open", "▲ 15 min over"]],
    )
    assert texts(table) == [
        "#7 · can't log in\nCustomer: Around the Horn\n"
        "Priority: urgent · Status: open\nTarget: ▲ 15 min over"
    ]
    assert all(width(line) <= COLUMNS for line in texts(table)[0].split("\n"))


def test_each_group_of_buttons_begins_a_row() -> None:
    (post,) = render(
        Reply(parts=[buttons("#1", "#2"), buttons("Mine"), buttons("Low")]), alone=True
    )
    assert post.keyboard
    rows = [[button.text for button in row] for row in post.keyboard.inline_keyboard]
    assert rows == [["#1", "#2"], ["Mine"], ["Low"]]


@pytest.mark.parametrize(
    "table",
    [
        Table(columns=[], rows=[]),
        Table(columns=["", ""], rows=[["", ""]]),
        Table(columns=["Name of a column that is longer than any phone"], rows=[]),
        Table(columns=["Name of a column that is longer than any phone"], rows=[[""]]),
    ],
)
def test_an_empty_table_is_nothing(table: Table) -> None:
    assert texts(table) == []


def test_rows_of_unequal_length_lose_nothing() -> None:
    assert texts(Table(columns=["A"], rows=[["1", "2"], []])) == ["A\n-  -\n1  2"]


def test_a_long_table_is_cut_between_rows() -> None:
    rows = [[f"Customer {n}", str(n * n)] for n in range(300)]
    pages = texts(Table(columns=["Name", "Orders"], rows=rows, numeric=(1,)))
    assert len(pages) > 2
    lines = [line for page in pages for line in page.split("\n")][2:]
    assert [line.split("  ")[0] for line in lines] == [f"Customer {n}" for n in range(300)]
    assert len({width(line) for line in lines}) == 1


def test_parts_stay_whole_where_they_fit() -> None:
    pages = texts(Text(text="a" * 3000), Text(text="b\n" * 1000), Text(text="c" * 1500))
    assert [page[0] for page in pages] == ["a", "b"]
    assert pages[1] == "b\n" * 1000 + "\n" + "c" * 1500, "one empty line between parts"


def test_a_long_line_is_cut_at_a_space() -> None:
    line = " ".join(f"word{n}" for n in range(2000))
    pages = texts(Text(text=line))
    assert " ".join(pages) == line
    assert all(len(page) <= 4096 for page in pages)


@pytest.mark.parametrize("character", ["x", "&", "<", "中", "😀", "\U0001f1e9\U0001f1ea"])
def test_a_line_without_spaces_is_cut_anyway(character: str) -> None:
    field = Fields(fields=[Field(label="Note", value=character * 5000)])
    assert "".join(texts(field)) == "Note: " + character * 5000


def test_headings_marks_and_small_print() -> None:
    posts = render(
        Reply(
            parts=[
                Text(text="Acme", style="strong"),
                Text(text="Two lines\nhere", style="quiet"),
                Fields(fields=[Field(label="Address", value="1 High St\nLeeds")]),
            ],
            provenance="from 3 orders",
        ),
        alone=True,
    )
    assert [post.html for post in posts] == [
        "<b>Acme</b>\n<i>Two lines</i>\n<i>here</i>\n\n"
        "<b>Address</b>: 1 High St\nLeeds\n\n<i>from 3 orders</i>"
    ]


def test_private_fields_are_for_those_alone() -> None:
    fields = Fields(fields=[Field(label="Phone", value="1", private=True)])
    assert texts(Text(text="Dana"), fields, Text(text="Fox"), alone=False) == ["Dana\n\nFox"]
    assert texts(Text(text="Dana"), fields) == ["Dana\n\nPhone: 1"]


def test_a_name_calls_nobody_and_turns_nothing_round() -> None:
    posts = render(Reply(parts=[Text(text="@boss \u202eevil\u2066 dana@acme.com")]), alone=True)
    assert posts[0].html == "@\u2060boss evil dana@acme.com"


def test_buttons_share_rows_as_they_fit() -> None:
    assert labels(buttons("Yes", "No", "Show the customer's history", "5")) == [
        ["Yes", "No"],
        ["Show the customer's history"],
        ["5"],
    ]
    assert labels(buttons(*"123456789")) == [list("12345678"), ["9"]]
    assert labels(buttons("推进到谈判阶段吗", "撤销刚才的操作吧", "好")) == [
        ["推进到谈判阶段吗", "撤销刚才的操作吧"],
        ["好"],
    ]


def test_buttons_alone_and_odd_labels() -> None:
    assert texts(buttons("Undo")) == ["…"]
    assert labels(buttons(" \n", "x" * 100)) == [["…"], ["x" * 63 + "…"]]
    assert sum(map(len, labels(buttons(*(str(n) for n in range(130)))))) == 100


# Whatever people write

NASTY = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Zs", "So", "Lo"])),
    st.sampled_from(
        [
            "<b>Acme</b>",
            "</pre>",
            "<script>alert(1)</script>",
            "Fish & Chips &amp; &lt;",
            "a < b > c",
            "&#60;b&#62;",
            "שלום \u202eevil\u202c",
            "\u2067مرحبا",
            "👩‍👩‍👧‍👦" * 3,
            "@everyone /erase",
            "line\nline\r\nline\u2028line",
            "\u200b",
            "\ud83d half",
            "nul\x00",
            "https://example.com/?a=1&b=<2>",
        ]
    ),
    st.builds(lambda text: (text or "x") * 300, st.text(max_size=12)),
    st.builds(lambda text: (text or "&")[:1] * 5000, st.text(max_size=1)),
)
PARTS = st.one_of(
    st.builds(Text, text=NASTY, style=st.sampled_from(["plain", "strong", "quiet"])),
    st.builds(Fields, fields=st.lists(st.builds(Field, label=NASTY, value=NASTY), max_size=4)),
    st.builds(
        Table,
        columns=st.lists(NASTY, max_size=4),
        rows=st.lists(st.lists(NASTY, max_size=4), max_size=4),
        numeric=st.sampled_from([(), (0,), (1, 3)]),
    ),
    st.builds(
        Buttons,
        buttons=st.lists(
            st.builds(
                Button,
                label=NASTY,
                command=st.just(Command(intent="x")),
                token=st.text("abcXYZ019_-", min_size=1, max_size=32),
                style=st.sampled_from(["default", "primary", "danger"]),
            ),
            max_size=12,
        ),
    ),
)
REPLIES = st.builds(
    Reply, parts=st.lists(PARTS, max_size=4), provenance=st.one_of(st.none(), NASTY)
)
BROKEN = settings(deadline=None, suppress_health_check=list(HealthCheck))


def letters(words: str) -> str:
    """Return what must not get lost: letters and digits that show, in order."""
    fillers = "\u115f\u1160\u3164\uffa0"
    return "".join(
        char for char in words if unicodedata.category(char)[0] in "LN" and char not in fillers
    )


@settings(BROKEN, max_examples=100)
@given(REPLIES)
def test_telegram_takes_every_message(reply: Reply) -> None:
    shown(render(reply, alone=True))


@settings(BROKEN, max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.builds(Text, text=NASTY), st.builds(Text, text=NASTY, style=st.just("strong"))
        ),
        max_size=5,
    )
)
def test_no_letter_is_lost(parts: list[Text]) -> None:
    posts = render(Reply(parts=list(parts)), alone=True)
    said = "".join(text for text, _ in shown(posts))
    assert letters(said) == letters("".join(part.text for part in parts))


@settings(BROKEN, max_examples=10)
@given(st.lists(REPLIES, min_size=1, max_size=4))
async def test_every_message_arrives(replies: list[Reply]) -> None:
    async with TelegramServer() as server, running(adapter_for(server), Desk()) as adapter:
        dana = server.person("Dana")
        for reply in replies:
            posts = render(reply, alone=True)
            if posts:
                delivery = outgoing(dana.id).model_copy(update={"reply": reply})
                await adapter.send(delivery)
                got = [server.chats[dana.id].unread.popleft() for _ in posts]
                assert [message.text for message in got] == [parse(post.html)[0] for post in posts]
                assert [bool(message.buttons) for message in got[:-1]] == [False] * (len(posts) - 1)


def test_a_reply_of_a_megabyte_is_quick() -> None:
    rows = [["x" * 5000] * 10 for _ in range(20)]
    pages = texts(Table(columns=[f"Column {n}" for n in range(10)], rows=rows))
    assert sum(page.count("x") for page in pages) == 1_000_000
    assert len(pages) < 2 * 1_000_000 / 4096
