"""Names as they are compared: folded, without their legal form, in any order of words."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import permutations

from rapidfuzz.distance import OSA

CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_LETTERS = str.maketrans("øłđæœı", "oldaoi", ".'’‘`´")

_FORMS = """ab ag as asa aps bhd bv bvba co company corp corporation cv eireli gmbh hb inc
incorporated kft kg kgaa kk limited llc llp lp ltd ltda mbh nv ohg oy oyj plc pt pte pty pvt sa sab
sarl sas sdn se sl spa srl sro tbk ug zrt"""
_LEGAL = frozenset(_FORMS.split())
_LEGAL_CJK = re.compile(
    "(?<=[^ ].) ?(?:(?:控股)?(?:集团)?(?:股份)?有限(?:责任)?公司|(?:控股)?集团(?:公司)?"
    "|控股|(?<!分)公司|有限合伙|株式会社)$"
)
_LEGAL_CJK_ENDS = ("公司", "集团", "控股", "合伙", "株式会社")

_LONG_FORMS = tuple(form for form in _LEGAL if len(form) > 4)
_LONG_FORMS_CJK = ("股份有限公司", "有限责任公司", "集团有限公司", "有限公司")

_LONGEST_CUT, _MANY_WORDS = 12, 8


def is_chinese(text: str) -> bool:
    """Tell whether there are Chinese characters (or later ones of Unicode) in a text."""
    return not text.isascii() and max(text) >= "\u3400"


def fold(name: str) -> str:
    """Return a name without case, accents, width and punctuation: words of one script each."""
    return fold_all([name])[0]


def fold_all(names: Sequence[str]) -> list[str]:
    """Return many names folded; faster than one by one."""
    text = "\n".join(name.replace("\n", " ") for name in names)
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii() and not unicodedata.is_normalized("NFKD", text):
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", text)
    lines = text.translate(_LETTERS).split("\n")
    return [
        " ".join(_WORD.findall(line)) or "".join(name.split())
        for line, name in zip(lines, names, strict=True)
    ]


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

    All orders of up to three words; of more, those where neighbours or the ends changed places; of
    very many, none but their own. A Chinese name, where no spaces tell the words, is cut once and
    the parts change places.
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
