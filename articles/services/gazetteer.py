"""The territories of the world in the spelling that tags use, from the Unicode CLDR."""

import re
from collections import Counter
from functools import lru_cache
from typing import Final

from babel import Locale

from articles.core.places import REGIONS

MENTIONS_MIN: Final = 2
"""A country that a text names once, in passing, is not what it is about."""

# How English headlines write what CLDR spells otherwise, and the short names of states.
_SPELLINGS: Final = {
    "BA": ("Bosnia and Herzegovina", "Bosnia"),
    "CD": ("DR Congo", "Democratic Republic of the Congo", "Democratic Republic of Congo"),
    "CG": ("Congo", "Republic of the Congo"),
    "CI": ("Ivory Coast", "Côte d’Ivoire", "Côte d'Ivoire"),
    "CZ": ("Czechia", "Czech Republic"),
    "FK": ("Falkland Islands",),
    "GB": ("United Kingdom", "UK", "U.K.", "Britain", "Great Britain"),
    "HK": ("Hong Kong",),
    "KR": ("South Korea",),
    "MM": ("Myanmar", "Burma"),
    "MO": ("Macao", "Macau"),
    "PS": ("Palestine", "Palestinian Territories"),
    "TR": ("Turkey", "Türkiye"),
    "US": ("United States", "US", "U.S.", "USA", "U.S.A."),
    "AE": ("United Arab Emirates", "UAE"),
    "VA": ("Vatican", "Vatican City"),
}
_UNIONS: Final = {"EU": "European Union", "eurozone": "eurozone", "euro area": "eurozone"}
# Territories that are no places to write of, or whose names are mostly other things.
_LEFT_OUT: Final = frozenset({"ZZ", "QO", "XA", "XB", "EZ", "UN", "EU", "CQ", "JE", "IO", "AC"})


@lru_cache(maxsize=1)
def spellings() -> dict[str, str]:
    """The tag of each name that a territory has in English."""
    named: dict[str, str] = {region: region for region in REGIONS}
    territories = Locale("en").territories
    for code, name in territories.items():
        if len(code) == 2 and code.isalpha() and code not in _LEFT_OUT:
            names = _SPELLINGS.get(code, (name,))
            named.update(dict.fromkeys((*names, name), names[0]))
    return {name: tag.lower() for name, tag in (named | _UNIONS).items()}


def one_spelling(tag: str) -> str:
    """The tag of a place, however it is spelled; any other tag as it is.

    >>> one_spelling("USA"), one_spelling("türkiye"), one_spelling("trade")
    ('united states', 'turkey', 'trade')
    """
    return _folded().get(tag.casefold(), tag)


def find_territories(title: str, text: str) -> tuple[str, ...]:
    """The places of a headline, then those that a text names again and again, most first."""
    headed = [spellings()[name] for name in _pattern().findall(title)]
    counts = Counter(spellings()[name] for name in _pattern().findall(text))
    told = [place for place, count in counts.most_common() if count >= MENTIONS_MIN]
    return tuple(dict.fromkeys((*headed, *told)))


@lru_cache(maxsize=1)
def _folded() -> dict[str, str]:
    return {name.casefold(): tag for name, tag in spellings().items()}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(spellings(), key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")
