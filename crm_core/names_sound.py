"""Names by sound and by initials: pinyin for Chinese characters, themselves for all others."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from crm_core.names_text import CJK, is_chinese

_POLYPHONES = """长 chang zhang|重 chong zhong|行 hang xing|乐 le yue|都 du dou|厦 xia sha
|藏 zang cang|曾 zeng ceng|单 dan shan|解 jie xie|朝 chao zhao|调 tiao diao|盛 sheng cheng
|传 chuan zhuan|贾 jia gu|车 che ju|会 hui kuai|觉 jue jiao|率 lu shuai|降 jiang xiang
|仇 chou qiu|翟 zhai di|区 qu ou|盖 gai ge|柏 bai bo|尉 wei yu"""
"""Characters with the sound that they have most often in names, and others; pypinyin, which goes by
all words, begins with another or leaves the choice."""

_NOT_FIRST = re.compile(f"(?<=[^\\s{CJK}])[^\\s{CJK}]+| ")
_SOUND = 0xE000
"""Where the symbols of syllables begin: private use, so that they meet nothing but their like."""
_INITIALS = {ord(letter): chr(0x2400 + ord(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"}
"""Initials have an alphabet of their own, which no name is spelt in."""


@dataclass(frozen=True, slots=True)
class _Sounds:
    heard: dict[int, str]  # character -> the symbol of its syllable
    letters: dict[int, str]  # character or symbol -> its first letter
    symbols: dict[str, str]  # toneless syllable -> symbol
    also: dict[str, list[str]]  # syllable -> syllables of characters that are read so, too


@cache
def _sounds() -> _Sounds:
    from pypinyin.constants import PINYIN_DICT

    heard: dict[int, str] = {}
    symbols: dict[str, str] = {}
    also: dict[str, list[str]] = {}
    for code, readings in PINYIN_DICT.items():
        marked = unicodedata.normalize("NFD", readings.split(",")[0])
        syllable = "".join(letter for letter in marked if letter.isascii())
        heard[code] = symbols.setdefault(syllable, chr(_SOUND + len(symbols)))
    for entry in _POLYPHONES.replace("\n", "").split("|"):
        character, usual, *others = entry.split()
        heard[ord(character)] = symbols[usual]
        for other in others:
            also.setdefault(other, []).append(usual)
    first = {symbol: syllable[0] for syllable, symbol in symbols.items()}
    letters = {code: first[symbol] for code, symbol in heard.items()}
    letters |= {ord(symbol): letter for symbol, letter in first.items()}
    symbols |= {"lv": symbols["lu"], "nv": symbols["nu"]}
    for noise in ("m", "n", "hm", "ng"):
        symbols.pop(noise, None)
    return _Sounds(heard, letters, symbols, also)


def sound(folded: str) -> str:
    """Return folded names with each Chinese character as the symbol of its toneless syllable."""
    return folded.translate(_sounds().heard) if is_chinese(folded) else folded


def initials(folded: str) -> str:
    """Return the first letters of the words of names, or of the syllables of Chinese ones."""
    firsts = _NOT_FIRST.sub("", folded)
    return firsts.translate(_sounds().letters) if is_chinese(firsts) else firsts


def as_initials(letters: str) -> str:
    """Return initials in their own alphabet."""
    return letters.translate(_INITIALS)


def index_texts(cores: Sequence[str]) -> list[str]:
    """Return what names are found by: the sound of each core and, set apart, its initials."""
    lines = "\n".join(cores)
    heard, letters = sound(lines).split("\n"), as_initials(initials(lines)).split("\n")
    return [f"{name} {short}" for name, short in zip(heard, letters, strict=True)]


def pinyin(folded: str, limit: int = 4) -> list[str]:
    """Return how a name typed in pinyin may sound, in the symbols of `sound`, likeliest first.

    "hua wei", "huawei" and "华为 shenzhen" have such readings, "smith" has none.
    """
    words = folded.split(" ")
    spoken = [_spoken(word) for word in words]
    ways = [way or [f" {sound(word)} "] for way, word in zip(spoken, words, strict=True)]
    if not any(spoken):
        return []
    return [" ".join("".join(way).split()) for way in islice(product(*ways), limit)]


def _spoken(word: str, limit: int = 4) -> list[str]:
    """Return the sounds that a word spells, those of fewest syllables first."""
    sounds = _sounds()
    ways: list[list[list[str]]] = [[[]]]
    for end in range(1, len(word) + 1):
        longer = [
            [*way, word[start:end]]
            for start in range(max(0, end - 6), end)
            if word[start:end] in sounds.symbols
            for way in ways[start]
        ]
        ways.append(sorted(longer, key=len)[:2])
    spoken = (
        "".join(sounds.symbols[syllable] for syllable in syllables)
        for way in ways[-1]
        for syllables in product(*([one, *sounds.also.get(one, ())] for one in way))
    )
    return list(islice(spoken, limit))
