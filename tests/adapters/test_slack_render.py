"""Any reply, whatever customers are called, is a message that Slack takes and that pages nobody."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from adapters.slack.markup import fit, pages, size
from adapters.slack.render import Content, render
from adapters.slack.tables import width
from bot.reply import Buttons, Field, Fields, Reply, Table, Text
from bot.said import Said, sentence

from .slack_desk import button
from .slack_rules import check_message, live_mentions, nodes

MOMENT = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
TRAPS = [
    "<!channel>",
    "<@U1>",
    "<#C1|sales>",
    "@here",
    "@Everyone",
    "&",
    "&lt;!here&gt;",
    "`",
    "```",
    "*",
    "_",
    "~",
    ":tada:",
    "\u202e",
    "\u2067",
    "\u200f",
    "\n",
    "\r\n",
    " ",
    "\x00",
    "😀",
    "华为技术有限公司",
    "عميل",
    "Acme",
    "x" * 4000,
    "& " * 2000,
    "长" * 4000,
]
nasty = st.one_of(st.lists(st.sampled_from(TRAPS), max_size=5).map("".join), st.text(max_size=40))
buttons = st.lists(
    st.builds(
        button,
        nasty,
        st.text("abcdef0123456789", min_size=32, max_size=32),
        style=st.sampled_from(["default", "primary", "danger"]),
    ),
    max_size=12,
)
rows = st.sampled_from([0, 1, 2, 105]).flatmap(
    lambda count: st.lists(nasty, max_size=4).map(lambda row: [row] * count)
)
parts = st.one_of(
    st.builds(Text, text=nasty, style=st.sampled_from(["plain", "strong", "quiet"])),
    st.builds(Fields, fields=st.lists(st.builds(Field, label=nasty, value=nasty), max_size=25)),
    st.builds(
        Table,
        columns=st.lists(nasty, max_size=4) | st.lists(nasty, min_size=19, max_size=23),
        rows=rows,
        numeric=st.just((0, 2)),
    ),
    st.builds(Buttons, buttons=buttons, choice=st.booleans()),
)
replies = st.builds(
    Reply, parts=st.lists(parts, max_size=60) | st.lists(parts, max_size=4), provenance=nasty
)


@limits(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies)
def test_any_reply_is_taken_and_pages_nobody(reply: Reply) -> None:
    content = render(reply, alone=True, thread="1700000000.000001")
    if content.blocks:
        check_message({"text": content.text, "blocks": content.blocks})
    assert live_mentions(content.text, content.blocks) == []


@limits(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(parts, max_size=30))
def test_a_few_buttons_are_never_lost(long: list[Any]) -> None:
    said = [part for part in long if not isinstance(part, Buttons)]
    undo = Buttons(buttons=[button("Undo", "undo"), button("Keep", "keep", style="primary")])
    content = render(Reply(parts=[*said, undo], provenance="as of today"), alone=True)
    assert [node["value"] for node in nodes(content.blocks) if node.get("type") == "button"] == [
        "undo",
        "keep",
    ]


@limits(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(nasty, nasty, nasty, st.sampled_from(["plain", "strong", "quiet"]))
def test_only_people_who_are_meant_are_mentioned(
    customer: str, known: str, unknown: str, style: Any
) -> None:
    """Whatever they are called, and whatever the sentence around their names says."""

    def make(data: Any) -> str:
        return f"@{data['customer']} {data['known']}, {data['unknown']}{data['when']} {customer}"

    names = {
        "customer": customer,
        "known": Said.naming(known, person=1),
        "unknown": Said.naming(unknown, person=2),
        "when": Said.naming("Mar 11, 2026 10:00", moment=MOMENT),
    }
    said = sentence(make, names)
    field = Field(label=customer, value=said)
    reply = Reply(parts=[Text(text=said, style=style), Fields(fields=[field])])
    assert reply.people == {1, 2}
    content = render(reply, alone=True, people={1: "U1"})
    check_message({"text": content.text, "blocks": content.blocks})
    meant = {"<@U1>": "", f"<!date^{int(MOMENT.timestamp())}^{{date_short}} {{time}}|": ""}
    shown = str(content.blocks)
    for control in meant:
        if control in shown:
            assert shown.count(control) <= 2
        shown = shown.replace(control, "")
    assert live_mentions(content.text, [{"text": shown}]) == []


def test_moments_and_people_are_slack_s_own() -> None:
    said = sentence(
        lambda data: "{who} calls R&D at {when}.".format(**data),
        {
            "who": Said.naming("Nancy Davolio", person=1),
            "when": Said.naming("Mar 11, 2026 10:00", moment=MOMENT),
        },
    )
    assert said == "Nancy Davolio calls R&D at Mar 11, 2026 10:00."
    reply = Reply.model_validate(Reply(parts=[Text(text=said)]).model_dump(mode="json"))
    content = render(reply, alone=True, people={1: "U1"})
    date = "<!date^1773223200^{date_short} {time}|Mar 11, 2026 10:00>"
    assert only(content)["text"] == {
        "type": "mrkdwn",
        "text": f"<@U1> calls R&amp;D at {date}.",
        "verbatim": True,
    }
    assert content.text == "Nancy Davolio calls R&amp;D at Mar 11, 2026 10:00."
    assert "Nancy Davolio calls" in only(render(reply, alone=True))["text"]["text"]


@given(nasty, st.integers(10, 200))
def test_text_is_cut_between_characters(text: str, limit: int) -> None:
    cut = fit(text, limit)
    said = unescape(cut)
    assert size(cut) <= limit
    assert said == text or text.startswith(said.removesuffix("…"))


@given(st.text("ab &<\n", max_size=300), st.integers(20, 60))
def test_pages_hold_everything_in_order(text: str, limit: int) -> None:
    split = list(pages(text, limit))
    assert all(0 < size(page) <= limit for page in split)
    said = "".join(map(unescape, split))
    assert "".join(said.split()) == "".join(text.split())


def only(content: Content) -> dict[str, Any]:
    [block] = content.blocks
    return block


def texts(content: Content) -> list[str]:
    return [node["text"] for node in nodes(content.blocks) if isinstance(node.get("text"), str)]


def test_words_are_said_as_they_are() -> None:
    content = render(Reply(parts=[Text(text="R&D <b> *not bold* :tada: @nancy")]), alone=True)
    said = only(content)["text"]
    assert said == {
        "type": "plain_text",
        "text": "R&amp;D &lt;b&gt; *not bold* :tada: @nancy",
        "emoji": False,
    }
    assert content.text == "R&amp;D &lt;b&gt; *not bold* :tada: @nancy"


def test_each_part_has_its_block_in_order() -> None:
    reply = Reply(
        parts=[
            Text(text="Acme", style="strong"),
            Text(text="A customer"),
            Fields(fields=[Field(label=f"f{n}", value="") for n in range(12)]),
            Buttons(buttons=[button("Call")]),
            Table(columns=["a"], rows=[["1"]]),
            Text(text="small print", style="quiet"),
        ],
        provenance="as of today",
    )
    content = render(reply, alone=True)
    assert [block["type"] for block in content.blocks] == [
        "header",
        "section",
        "section",
        "section",
        "actions",
        "table",
        "context",
        "context",
    ]
    assert [len(block["fields"]) for block in content.blocks if "fields" in block] == [10, 2]
    assert content.blocks[2]["fields"][0]["text"] == "*f0*\n–"
    assert "[Call]" not in content.text


def test_a_long_heading_is_no_header() -> None:
    reply = Reply(parts=[Text(text="long " * 40, style="strong")])
    assert only(render(reply, alone=True))["type"] == "section"


def test_long_text_is_split_at_lines() -> None:
    content = render(Reply(parts=[Text(text="\n".join(["word " * 20] * 50))]), alone=True)
    assert len(content.blocks) == 2
    assert all(said.startswith("word") and len(said) > 2_000 for said in texts(content))


def test_what_is_too_long_ends_with_an_ellipsis_and_keeps_its_buttons() -> None:
    reply = Reply(
        parts=[Text(text="word " * 4_000), Buttons(buttons=[button("Undo")])], provenance="source"
    )
    content = render(reply, alone=True)
    assert [block["type"] for block in content.blocks][-3:] == ["actions", "context", "context"]
    assert texts(content)[-2:] == ["source", "…"]


@pytest.mark.parametrize(("rows", "shown"), [(99, 99), (100, 99), (250, 99)])
def test_a_long_table_says_how_many_more(rows: int, shown: int) -> None:
    table = Table(
        columns=["Deal", "Amount"],
        rows=[[f"deal {n}", str(n)] for n in range(rows)],
        numeric=(1,),
    )
    content = render(Reply(parts=[table]), alone=True)
    drawn = content.blocks[0]
    assert len(drawn["rows"]) == shown + 1
    assert drawn["column_settings"] == [{"is_wrapped": True}, {"align": "right"}]
    remarks = [block["elements"][0]["text"] for block in content.blocks[1:]]
    assert remarks == ([f"… +{rows - shown}"] if rows > shown else [])


def test_a_table_of_long_cells_is_cut_at_whole_rows() -> None:
    table = Table(columns=["Name", "Note"], rows=[["Acme", "n" * 4_000]] * 60)
    content = render(Reply(parts=[table]), alone=True)
    shown = content.blocks[0]["rows"]
    assert texts(content)[-1] == f"… +{60 - len(shown) + 1}"
    assert all(len(row) == 2 for row in shown)


def test_a_second_table_is_aligned_text() -> None:
    table = Table(
        columns=["客户", "Amount"], rows=[["华为", "5"], ["A`c`me", "1000"]], numeric=(1,)
    )
    content = render(Reply(parts=[table, table]), alone=True)
    assert [block["type"] for block in content.blocks] == ["table", "section"]
    lines = content.blocks[1]["text"]["text"].split("\n")
    assert lines == [
        "```",
        "客户    Amount",
        "华为         5",
        "AˋcˋmeˋˋˋˋˋX"[:0] or lines[3],
        "```",
    ]
    assert lines[3] == "Aˋcˋme    1000"
    assert len({width(line) for line in lines[1:-1]}) == 1


def test_a_very_wide_table_is_aligned_text() -> None:
    table = Table(columns=[str(n) for n in range(21)], rows=[])
    assert only(render(Reply(parts=[table]), alone=True))["type"] == "section"


def test_private_fields_are_left_out_of_blocks_and_notification() -> None:
    fields = Fields(fields=[Field(label="Phone", value="020", private=True)])
    assert render(Reply(parts=[fields]), alone=False).blocks == []
    content = render(Reply(parts=[Text(text="Dana"), fields]), alone=False)
    assert "020" not in content.text + str(content.blocks)
    assert "020" in render(Reply(parts=[fields]), alone=True).text


@pytest.mark.parametrize(("count", "kinds"), [(5, ["button"] * 5), (6, ["static_select"])])
def test_more_than_five_choices_are_a_menu(count: int, kinds: list[str]) -> None:
    choices = Buttons(buttons=[button(str(n)) for n in range(count)], choice=True)
    elements = only(render(Reply(parts=[choices]), alone=True))["elements"]
    assert [element["type"] for element in elements] == kinds


def test_nothing_to_say_is_no_block() -> None:
    reply = Reply(parts=[Text(text="  "), Fields(fields=[]), Buttons(buttons=[])], provenance="")
    assert render(reply, alone=True).blocks == []
