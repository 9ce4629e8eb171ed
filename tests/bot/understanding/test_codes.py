"""E-mail addresses and telephone numbers, and what is neither."""

import pytest

from bot.understanding.codes import find_emails, find_phones


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Dana Fox, dana@acme.com.", [("dana@acme.com", "dana@acme.com")]),
        ("邮箱dana@acme.com改了", [("dana@acme.com", "dana@acme.com")]),
        ("Ｄａｎａ＠acme.com", [("Ｄａｎａ＠acme.com", "Dana@acme.com")]),
        ("a.b+c@sub.example.co.uk", [("a.b+c@sub.example.co.uk", "a.b+c@sub.example.co.uk")]),
        ("x@y.io, z@y.io", [("x@y.io", "x@y.io"), ("z@y.io", "z@y.io")]),
        ("a@b", []),
        ("post it @here", []),
        ("dana@", []),
        ("@acme.com", []),
        ("", []),
    ],
)
def test_emails(sentence: str, found: list[tuple[str, str]]) -> None:
    assert [(span.of(sentence), span.value) for span in find_emails(sentence)] == found


@pytest.mark.parametrize(
    ("sentence", "region", "words", "value"),
    [
        ("Acme's phone is now +44 20 7946 0000", None, "+44 20 7946 0000", "+442079460000"),
        ("Dana's mobile is +44 7700 900123", None, "+44 7700 900123", "+44 7700 900123"),
        ("call 020 7946 0000", "GB", "020 7946 0000", "+442079460000"),
        ("call 020 7946 0000", None, "020 7946 0000", "020 7946 0000"),
        ("0049 30 123456", None, "0049 30 123456", "+4930123456"),
        ("+49 (0)30 123456", None, "+49 (0)30 123456", "+4930123456"),
        ("(415) 555-2671", "US", "(415) 555-2671", "+14155552671"),
        ("415-555-2671", "US", "415-555-2671", "+14155552671"),
        ("４１５－５５５－２６７１", "US", "４１５－５５５－２６７１", "+14155552671"),
        ("4155552671", "US", "4155552671", "+14155552671"),
        ("+1 415 555 2671 10am", None, "+1 415 555 2671", "+14155552671"),
        ("call 415 555 2671 3 times", "US", "415 555 2671", "+14155552671"),
        ("555-0123", None, "555-0123", "555-0123"),
        ("tel 1234567", None, "1234567", "1234567"),
        ("张伟的电话13800138000", "CN", "13800138000", "+8613800138000"),
        ("138 0013 8000", None, "138 0013 8000", "138 0013 8000"),
        ("010-12345678", "CN", "010-12345678", "+861012345678"),
    ],
)
def test_phone(sentence: str, region: str | None, words: str, value: str) -> None:
    (span,) = find_phones(sentence, region)
    assert (span.of(sentence), span.value) == (words, value)


@pytest.mark.parametrize("region", [None, "US", "DE", "CN"])
@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "order 10248",
        "orders 10248 10249 10250",
        "assign tickets 1042 1043 1044 to me",
        "order 0012345678",
        "订单1380013800",
        "worth 1500000",
        "$1,200,300",
        "1.234.567 €",
        "10 248 000",
        "50 000 000 usd",
        "on 2026-03-13",
        "13.03.2026",
        "12-12-2026 at 10:30",
        "2024-2025",
        "20260313",
        "4F7K-22QP",
    ],
)
def test_no_phone(sentence: str, region: str | None) -> None:
    assert find_phones(sentence, region) == []
