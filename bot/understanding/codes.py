"""Find e-mail addresses and telephone numbers.

A telephone number is what the numbering plans know (phonenumbers), or what is written as one: a
plus or a leading zero, or groups with hyphens or brackets. Bare digits that a country's plan
would accept may be an order's number, so short ones count only after a word like "phone" or 电话.
"""

import re

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    is_valid_number,
    parse,
)

from bot.understanding.spans import Span, fold, half_width

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9@])"
)
_PHONE = re.compile(
    r"(?<![a-z0-9.,:/#@_$€£¥-])[+(]?\d[\d ().-]{4,24}\d(?![\da-z@%:/]|[.,-]\d)", re.ASCII
)
# Dates, amounts and ranges of years, which a plan may take for a number.
_OTHER = re.compile(
    r"(?:19|20)\d\d[-. ]\d\d?[-. ]\d\d?\b|\d\d?[-. ]\d\d?[-. ](?:19|20)\d\d\b"
    r"|(?:19|20)\d\d ?- ?(?:19|20)\d\d\b|[1-9]\d{0,2}(?:[ .]\d{3})+$",
    re.ASCII,
)
_WRITTEN = (
    re.compile(  # as a telephone number: 020 7946 0000, (030) 123456, 555-0123, 138 0013 8000
        r"\(?0\d{1,5}\)?[ -]?\d[\d -]{4,}|\(\d{2,5}\)[ -]?\d[\d -]{4,}|\d{3,4}(?:-\d{3,4}){1,2}"
        r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}",
        re.ASCII,
    )
)
_WORD = re.compile(
    r"(?:phone|tel|mobile|cell|fax|call|number|whatsapp|电话|手机|号码|座机|传真)[^0-9]{0,12}$"
)
_NUMBERED = re.compile(
    r"(?:order|ticket|task|invoice|deal|campaign|alert|订单|工单|任务|编号|单号)s?[^0-9]{0,4}$"
)
_COUNTED = re.compile(r" ?(?:k|m|元|块|万|亿|€|usd|eur|dollars|units|天|个|件)")


def find_emails(text: str) -> list[Span[str]]:
    """Find e-mail addresses; the value is as written, half-width."""
    return [Span(*match.span(), match[0]) for match in _EMAIL.finditer(half_width(text))]


def find_phones(text: str, region: str | None = None) -> list[Span[str]]:
    """Find telephone numbers; the value is E.164 where the number is valid, else as written.

    `region` (ISO 3166, such as "GB") is where a number without a country's code belongs.
    """
    folded = fold(text)
    found = []
    for match in _PHONE.finditer(folded):
        before = folded[max(0, match.start() - 24) : match.start()]
        if _NUMBERED.search(before) or _COUNTED.match(folded, match.end()):
            continue
        said, announced = match[0], _WORD.search(before) is not None
        # A number of something else may follow: "call 020 7946 0000 3 times".
        shorter = [said[: cut.start()] for cut in re.finditer(r" +", said)][:-4:-1]
        for candidate in [said, *shorter]:
            number = _valid(candidate, region)
            if number and _is_phone(candidate, announced, valid=True):
                found.append(Span(match.start(), match.start() + len(candidate), number))
                break
        else:
            if _is_phone(said, announced, valid=False):
                found.append(Span(*match.span(), said))
    return found


def _valid(said: str, region: str | None) -> str | None:
    international = re.sub(r"^00(?=[1-9])", "+", said)
    if not international.startswith("+") and region is None:
        return None
    try:
        number = parse(international, region)
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.E164) if is_valid_number(number) else None


def _is_phone(said: str, announced: bool, *, valid: bool) -> bool:
    """Say whether it is a telephone number and not a date, an amount or some other number."""
    digits = sum(character.isdigit() for character in said)
    if not 7 <= digits <= 15 or _OTHER.match(said):
        return False
    if said.startswith("+") or announced or _WRITTEN.fullmatch(said):
        return True
    return valid and digits >= 10
