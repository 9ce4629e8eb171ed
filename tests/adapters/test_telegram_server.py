"""The loopback Bot API refuses what Telegram refuses, or the tests built on it prove nothing."""

import json

import pytest

from tests.adapters.telegram_rules import Refusal, check_commands, keyboard, parse


@pytest.mark.parametrize(
    ("html", "text", "kinds"),
    [
        ("plain", "plain", []),
        ("  \n<b>a</b> b \n", "a b", ["bold"]),
        ("<pre>  right</pre>", "  right", ["pre"]),
        ("<b>a<i>b</i></b>", "ab", ["bold", "italic"]),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;&#65;&#x42;", '1 < 2 && 3 > 2 "AB', []),
        ("&copy; &unknown; & &", "&copy; &unknown; & &", []),
        ("a > b", "a > b", []),
        ("a\tb\r\nc\u202ed\x07e", "a b\ncd e", []),
        ("<b></b>x", "x", []),
        ("x" * 4096, "x" * 4096, []),
        ("<b>" + "&amp;" * 4096 + "</b>", "&" * 4096, ["bold"]),
        ("😀" * 2048, "😀" * 2048, []),
    ],
)
def test_what_telegram_reads(html: str, text: str, kinds: list[str]) -> None:
    read, entities = parse(html)
    assert (read, [entity["type"] for entity in entities]) == (text, kinds)


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>é</i>", "Unmatched end tag"),
        ("<b", "Unclosed start tag"),
        ("<b>a</b", "Unclosed end tag"),
        ("a < b >", "Unsupported start tag"),
        ("<Acme>", 'Unsupported start tag "acme"'),
        ("<br>", "Unsupported start tag"),
        ("", "message text is empty"),
        (" \u200b\n", "message text is empty"),
        ("<b> </b>", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<b>x</b>" * 101, "too many entities"),
    ],
)
def test_what_telegram_cannot_read(html: str, why: str) -> None:
    with pytest.raises(Refusal) as problem:
        parse(html)
    assert why in str(problem.value)


@pytest.mark.parametrize(
    ("rows", "takes"),
    [
        ([["x" * 64]], True),
        ([["值" * 21]], True),
        ([["x"] * 8] * 12 + [["x"] * 4], True),
        ([["x" * 65]], False),
        ([["值" * 22]], False),
        ([[""]], False),
        ([["x"] * 9], False),
        ([["x"] * 8] * 12 + [["x"] * 5], False),
    ],
)
def test_what_keyboards_telegram_takes(rows: list[list[str]], takes: bool) -> None:
    made = [[{"text": "label", "callback_data": data} for data in row] for row in rows]
    params = {"reply_markup": json.dumps({"inline_keyboard": made})}
    if takes:
        assert keyboard(params) == made
    else:
        with pytest.raises(Refusal):
            keyboard(params)


@pytest.mark.parametrize("name", ["Help", "deal-move", "", "x" * 33, "帮助"])
def test_what_commands_telegram_refuses(name: str) -> None:
    with pytest.raises(Refusal):
        check_commands({"commands": json.dumps([{"command": name, "description": "What"}])})
