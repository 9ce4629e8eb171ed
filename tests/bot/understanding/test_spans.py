"""Folding, choosing between spans, and the rules' little language."""

import pytest

from bot.understanding.spans import Grammar, NotADate, Span, choose, fold, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Next FRIDAY", "next friday"),
        ("５万，１５：００", "5万,15:00"),
        ("3\u00a0pm\u3000on", "3 pm on"),
        ("March–May", "march-may"),
        ("下週五下午三點", "下周五下午三点"),
        ("İstanbul ß", "İstanbul ß"),
    ],
)
def test_fold_keeps_the_length(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_choose_keeps_the_leftmost_longest() -> None:
    inner, outer, later, over = Span(2, 4, "a"), Span(0, 5, "b"), Span(6, 8, "c"), Span(4, 7, "d")
    assert choose([inner, later], [over, outer]) == [outer, later]


def test_words_prefer_the_longest() -> None:
    assert words("mon", ["monday", "m.o"]) == r"(?:monday|m\.o|mon)"


def test_grammar() -> None:
    def double(context: object, count: str, thing: str = "thing") -> str | None:
        if count == "0":
            return None
        if count == "9":
            raise ValueError(count)
        return f"{int(count) * 2} {thing}"

    grammar = Grammar(
        {"count": r"\d", "noun": "tea|teapot"}, [("(?:of )?<count> ?<thing:noun>", double)]
    )
    assert grammar.scan("of 2  TEA") == [Span(0, 9, "4 tea")]
    assert grammar.scan("3teapot") == [Span(0, 7, "6 teapot")]
    assert grammar.scan("12 tea, 1.5 tea, 2 teas, 0 tea") == []
    assert grammar.scan("9 Tea") == [Span(0, 5, NotADate("9 Tea"))]


def test_span_of() -> None:
    assert Span(3, 5, None).of("abcdef") == "de"
