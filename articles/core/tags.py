"""Tags in one spelling: lower case, words apart, none twice, few."""

import re
from collections.abc import Iterable
from typing import Final

TAGS_MAX: Final = 8
TAG_LENGTH_MAX: Final = 40
TAG_LENGTH_MIN: Final = 2

_HUMPS: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_JOINTS: Final = re.compile(r"[\s_/]+|(?<=\w)-(?=\w)")
_EDGES: Final = " \t\n.,;:!?#\"'“”‘’()[]*-–—|·"


def normalise_tag(tag: str) -> str:
    """A tag as it is kept, or "" where nothing is left of it.

    Hashtags come apart into words, hyphens count as spaces, and full stops inside abbreviations
    go.

    >>> [normalise_tag(tag) for tag in ("#MiddleCorridor", "Middle-Corridor", " U.S. ", "…")]
    ['middle corridor', 'middle corridor', 'us', '']
    """
    words = _JOINTS.sub(" ", _HUMPS.sub(" ", tag.strip(_EDGES + "…")))
    joined = " ".join(words.split()).casefold()
    abbreviated = re.fullmatch(r"(?:\w\.)+\w\.?", joined)
    return joined.replace(".", "") if abbreviated else joined


def normalise_tags(tags: Iterable[str], *, tags_max: int = TAGS_MAX) -> tuple[str, ...]:
    """The first few tags that are sound, each once, in the order in which they are given.

    >>> normalise_tags(("Trade", "#trade", "x", "Rail", "y" * 41))
    ('trade', 'rail')
    """
    kept = dict.fromkeys(normalise_tag(tag) for tag in tags)
    sound = [tag for tag in kept if TAG_LENGTH_MIN <= len(tag) <= TAG_LENGTH_MAX]
    return tuple(sound[:tags_max])
