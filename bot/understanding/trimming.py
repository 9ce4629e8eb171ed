"""Leave out the words around what fills a slot: an article, "priority" after "high", 了."""

from collections.abc import Collection, Sequence

from bot.understanding.grammar import Capture
from bot.understanding.lexicon import Lexicon
from bot.understanding.network import TEXT
from bot.understanding.sentence import Sentence
from bot.understanding.tokens import SEPARATOR

_ARTICLES = ("the", "our", "a", "an", "@")


def trimmed(
    capture: Capture, sentence: Sentence, lexicon: Lexicon, unread: Collection[int] = ()
) -> tuple[int, int]:
    """Return the first and last (exclusive) token of what was captured.

    Args:
        unread: tokens that the template left out; a text begins with those before it.
    """
    if capture.arc is not None:
        return _without_around(capture, sentence, lexicon)
    first, last, tokens = capture.first, capture.last, sentence.tokens
    while first < last - 1 and tokens[first].text == SEPARATOR:
        first += 1
    while first < last - 1 and tokens[last - 1].text == SEPARATOR:
        last -= 1
    if capture.kind == TEXT:
        while first - 1 in unread and tokens[first - 1].text != SEPARATOR:
            first -= 1
        return first, last
    while first < last - 1 and tokens[first].text in _ARTICLES:
        if sentence.text[tokens[first].start].isupper() and first > 0:
            break
        first += 1
    return first, last


def _without_around(capture: Capture, sentence: Sentence, lexicon: Lexicon) -> tuple[int, int]:
    """Leave out words around a word of a vocabulary, as long as it means the same without."""
    words = [token.text for token in sentence.tokens[capture.first : capture.last]]
    first, last = 0, len(words)
    for phrase in lexicon.around:
        inside = first + len(phrase)
        if tuple(words[first:inside]) == phrase and _is(words[inside:last], capture, lexicon):
            first = inside
        inside = last - len(phrase)
        if tuple(words[inside:last]) == phrase and _is(words[first:inside], capture, lexicon):
            last = inside
    return capture.first + first, capture.first + last


def _is(words: Sequence[str], capture: Capture, lexicon: Lexicon) -> bool:
    """Tell whether words stand for the value that was captured."""
    return (
        bool(words)
        and capture.arc is not None
        and any(
            (phrase, kind, value) == (tuple(words), capture.kind, capture.arc.value)
            for phrase, kind, value in lexicon.phrases.get(words[0], ())
        )
    )
