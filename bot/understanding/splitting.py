"""Find where one message becomes two requests, and where somebody takes a word back."""

from collections.abc import Iterable, Iterator, Sequence

from bot.understanding.grammar import Match
from bot.understanding.lexicon import Lexicon
from bot.understanding.network import TEXT
from bot.understanding.sentence import Sentence
from bot.understanding.templates import Phrase
from bot.understanding.tokens import SEPARATOR, words_of

MOST = 4
"""Places that are tried: more requests in one message are understood one after the other."""


class Splitter:
    """Cuts messages at words such as "and" or 然后."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._joints = _phrases(lexicon.lists["conjunction"])
        self._strong = _phrases(lexicon.lists["strong_conjunction"])
        self._takes_back = _phrases(lexicon.lists["correction"])

    def parts(self, sentence: Sentence, matches: Sequence[Match]) -> Iterator[tuple[str, str]]:
        """Return the words before and after each place where a second request may begin.

        Not inside a text that follows a colon or comma: "note: call them and close the deal",
        but for ", then" and the like.
        """
        words = [token.text for token in sentence.tokens]
        found = 0
        for at in range(1, len(words) - 1):
            end = self._joint(words, at)
            if end is None or end >= len(words):
                continue
            if self._in_text(at, matches, words) and not self._is_strong(words, at):
                continue
            found += 1
            if found > MOST:
                return
            yield sentence.words(0, at), sentence.words(end, len(words))

    def taken_back(self, sentence: Sentence) -> Iterator[tuple[str, str]]:
        """Return the words before and after "no wait", "I mean" and the like, the last first.

        A single word such as "no" counts only between commas: 登录不了 takes nothing back.
        """
        words = [token.text for token in sentence.tokens]
        for at in range(len(words) - 2, 1, -1):
            for said in self._takes_back:
                end = at + len(said)
                if tuple(words[at:end]) == said and end < len(words):
                    start = self._begin(words, at, end)
                    if end - start == 1 and not words[start - 1] == words[end] == SEPARATOR:
                        continue
                    if words[end] == SEPARATOR:
                        end += 1
                    if end < len(words):
                        yield sentence.words(0, start), sentence.words(end, len(words))
                    break

    def _begin(self, words: Sequence[str], at: int, end: int) -> int:
        """Return where the words of a correction begin: "no wait" before "wait"."""
        longer = [
            len(said) for said in self._takes_back if tuple(words[end - len(said) : end]) == said
        ]
        return end - max([*longer, end - at])

    def _joint(self, words: Sequence[str], at: int) -> int | None:
        """Return the end of the joint at a token, None where there is none."""
        start = at
        if words[at] == SEPARATOR:
            at += 1
        for joint in self._joints:
            if tuple(words[at : at + len(joint)]) == joint:
                return at + len(joint)
        return at if at > start else None

    def _is_strong(self, words: Sequence[str], at: int) -> bool:
        """Tell whether a joint is one that even ends a text: ", then"."""
        at += words[at] == SEPARATOR
        return any(tuple(words[at : at + len(joint)]) == joint for joint in self._strong)

    def _in_text(self, at: int, matches: Sequence[Match], words: Sequence[str]) -> bool:
        return any(
            capture.kind == TEXT
            and capture.first - 1 <= at < capture.last
            and words[capture.first - 1] == SEPARATOR
            for match in matches[:1]
            for capture in match.captures
        )


def _phrases(said: Iterable[str]) -> list[Phrase]:
    return sorted({words_of(words) for words in said}, key=len, reverse=True)
