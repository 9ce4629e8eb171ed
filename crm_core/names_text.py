"""Names as they are compared: folded, without their legal form, by sound and by initials."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, permutations, product

from rapidfuzz.distance import OSA

_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_NOT_FIRST = re.compile(f"(?<=[^\\s{_CJK}])[^\\s{_CJK}]+| ")
_MARKS = re.compile("[\u0300-\u036f]+")
_LETTERS = str.maketrans("øłđæœı", "oldaoi", ".'’‘`´")

_LEGAL = frozenset(
    """ab ag as asa aps bhd bv bvba co company corp corporation cv eireli gmbh hb inc incorporated
    kft kg kgaa kk limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pt pte pty pvt sa sab sarl sas
    sdn se sl spa srl sro tbk ug zrt""".split()
)
_LEGAL_CJK = re.compile(
    "(?<=[^ ].) ?(?:(?:控股)?(?:集团)?(?:股份)?有限(?:责任)?公司|(?:控股)?集团(?:公司)?"
    "|控股|(?<!分)公司|有限合伙|株式会社)$"
)
_LEGAL_CJK_ENDS = ("公司", "集团", "控股", "合伙", "株式会社")

_LONG_FORMS = tuple(form for form in _LEGAL if len(form) > 4)
_LONG_FORMS_CJK = ("股份有限公司", "有限责任公司", "集团有限公司", "有限公司")

_POLYPHONES = """长 chang zhang|重 chong zhong|行 hang xing|乐 le yue|都 du dou|厦 xia sha|藏 zang cang
|曾 zeng ceng|单 dan shan|解 jie xie|朝 chao zhao|调 tiao diao|盛 sheng cheng|传 chuan zhuan
|贾 jia gu|车 che ju|会 hui kuai|觉 jue jiao|率 lu shuai|降 jiang xiang|仇 chou qiu|翟 zhai di
|区 qu ou|盖 gai ge|柏 bai bo|尉 wei yu"""
"""Characters of names with the sound they have most often there, which others list later."""

_LONGEST_CUT, _MANY_WORDS = 12, 8
_SOUND = 0xE000
"""Where the symbols of syllables begin: private use, so that they meet nothing but their like."""
_BETWEEN = re.compile("(?<=[\ue000-\uf8ff]) (?=[\ue000-\uf8ff])")
_INITIALS = {ord(letter): chr(0x2400 + ord(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"}
"""Initials have an alphabet of their own, which no name is spelt in."""


def fold(name: str) -> str:
    """Return a name without case, accents, width and punctuation: words of one script each."""
    text = unicodedata.normalize("NFKC", name).casefold()
    if not text.isascii() and not unicodedata.is_normalized("NFKD", text):
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", text)
    return " ".join(_WORD.findall(text.translate(_LETTERS))) or "".join(name.split())


def core(folded: str) -> str:
    """Return a folded name without its legal form (Ltd, GmbH, 有限公司), unless it is only that."""
    if folded.endswith(_LEGAL_CJK_ENDS):
        folded = _LEGAL_CJK.sub("", folded)
    while True:
        name, _, last = folded.rpartition(" ")
        if not name or last not in _LEGAL:
            return folded
        folded = name


def rough_core(folded: str) -> str:
    """Return the `core` of a name as typed, with one typo in a long legal form."""
    named = core(folded)
    if named != folded or not folded:
        return named
    if folded[-1] < "\u3005":
        *words, last = folded.split(" ")
        typed = any(OSA.distance(last, form) <= 1 for form in _LONG_FORMS)
        return " ".join(words) if typed and words else folded
    for form in _LONG_FORMS_CJK:
        for size in (len(form), len(form) + 1, len(form) - 1):
            if len(folded) - size > 1 and OSA.distance(folded[-size:], form) <= 1:
                return folded[:-size].rstrip()
    return folded


def orders(folded: str) -> list[str]:
    """Return a name's words, joined without spaces, in the orders that people put them.

    All orders of up to three words; of more, those where two neighbours or the ends changed places;
    of very many, the one they have. A Chinese name, where no spaces tell the words, is also cut once and its parts exchanged.
    """
    words = folded.split(" ")
    if len(words) == 1 and folded > "\u3005":
        cuts = range(2, min(len(folded) - 1, _LONGEST_CUT))
        ways = [(folded,), *((folded[cut:], folded[:cut]) for cut in cuts)]
    elif len(words) <= 3:
        ways = list(permutations(words))
    elif len(words) > _MANY_WORDS:
        ways = [tuple(words)]
    else:
        ways = [tuple(words), (*words[1:], words[0]), (words[-1], *words[:-1])]
        for at in range(len(words) - 1):
            ways.append((*words[:at], words[at + 1], words[at], *words[at + 2 :]))
    return list(dict.fromkeys("".join(way) for way in ways))


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


def is_chinese(text: str) -> bool:
    """Tell whether there are Chinese characters (or later ones of Unicode) in a text."""
    return not text.isascii() and max(text) >= "\u3400"


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
    ways = [_spoken(word) or [sound(word)] for word in words]
    if not any(map(_spoken, words)):
        return []
    spaced = (" ".join(way) for way in islice(product(*ways), limit))
    return [_BETWEEN.sub("", way) for way in spaced]


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
    spoken = [
        "".join(sounds.symbols[syllable] for syllable in syllables)
        for way in ways[-1]
        for syllables in product(*([one, *sounds.also.get(one, ())] for one in way))
    ]
    return spoken[:limit]
