"""The time zone that people mean: its name, an offset, or a city in their language."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import yaml
from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location
from rapidfuzz import fuzz, process

from crm_core.errors import Invalid
from crm_core.lookup import folded

PLACES = Path(__file__).parent.parent / "config" / "places.yaml"
LANGUAGES = ("en", "zh")
OFFSET = re.compile(r"(?:utc|gmt)\s*([+-])\s*0?(\d{1,2})(?::?00)?")
SURE = 80
"""How much of its letters a city's name must share with the words, of 100."""


def zone_named(text: str) -> str:
    """Return the IANA name of the zone meant by "asia/shanghai", "UTC+8", "Berlin", 北京.

    Raises Invalid where it is none.
    """
    words = text.strip().casefold()
    if name := _by_name().get(words.replace(" ", "_")):
        return name
    offset = OFFSET.fullmatch(words)
    if offset:
        sign, hours = offset.groups()
        # POSIX counts west of Greenwich as positive: UTC+8 is Etc/GMT-8.
        name = _by_name().get(f"etc/gmt{'-' if sign == '+' else '+'}{int(hours)}")
    else:
        found = process.extractOne(
            folded(text), _cities().keys(), scorer=fuzz.ratio, score_cutoff=SURE
        )
        name = _cities()[found[0]] if found else None
    if name is None:
        raise Invalid("no-such-timezone", text=text)
    return name


@cache
def _by_name() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _cities() -> Mapping[str, str]:
    """Return the zones by the cities they are called after, in every language, and by others."""
    places = available_timezones() & get_global("zone_territories").keys()
    zones = sorted(places - get_global("zone_aliases").keys())
    names = {
        folded(get_timezone_location(zone, locale=Locale(language), return_city=True)): zone
        for language in LANGUAGES
        for zone in zones
    }
    for zone in sorted(available_timezones()):
        names.setdefault(folded(zone.rpartition("/")[2].replace("_", " ")), zone)
    for zone, cities in yaml.safe_load(PLACES.read_text(encoding="utf-8")).items():
        names |= {folded(city): zone for city in cities}
    return names
