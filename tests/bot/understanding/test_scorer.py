import pytest

from bot.understanding.scorer import MAX_CHARACTERS, ngrams


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("What's on my plate?", "whats on my plate"),
        ("What’s on my plate", "what's on my plate!"),
        ("MÜLLER à Genève", "muller a geneve"),
        ("ｓｈｏｗ　ＡＣＭＥ", "show acme"),
        ("show order 10248", "show order 99999"),
        ("查一下，华为", "查一下 华为"),
    ],
)
def test_writing_does_not_matter(text: str, same: str) -> None:
    assert ngrams(text) == ngrams(same)


def test_word_ngrams_know_order_and_both_ends() -> None:
    words, _ = ngrams("close the deal")
    assert words == ["|close", "|the", "|deal", "||close", "|close|the", "|the|deal", "|deal|"]


def test_character_ngrams_stay_inside_words() -> None:
    _, characters = ngrams("my deal")
    assert {" m", "my", "y ", " my ", " deal", "deal "} <= set(characters)
    assert not any(" d" in ngram and "y" in ngram for ngram in characters)


def test_a_chinese_character_is_a_word() -> None:
    words, characters = ngrams("转给Nancy")
    assert {"|转", "|给", "|转|给", "|nancy", "|给|nancy"} <= set(words)
    assert {" 转给 ", "nancy"} <= set(characters)


@pytest.mark.parametrize("text", ["", "   ", "🎉🎉", "?!…"])
def test_no_words_are_one_empty_sentence(text: str) -> None:
    assert ngrams(text) == (["||"], [])


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert ngrams("deal " * 5000) == ngrams(("deal " * 5000)[:MAX_CHARACTERS])
