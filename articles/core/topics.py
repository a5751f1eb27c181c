"""What a question is about, in a few tags: topics by their words, and the places it names."""

import re
from typing import Final

from articles.core.places import find_places

TAGS_MAX: Final = 8
TOPICS_MAX: Final = 2

_TOPICS: Final[dict[str, str]] = {
    "elections": (
        r"elections?|referendum|ballot|runoff|polls|candidates?|presidential|parliamentary"
    ),
    "economy": (
        r"inflation|gdp|econom\w{1,4}|trade|exports?|imports?|unemployment|interest\srates?"
        r"|central\sbank|budget|tariffs?|tax(?:es)?|invest\w{0,6}|prices?|wages?|deficit|currency"
    ),
    "transport": (
        r"railways?|railroads?|rail|roads?|motorways?|bridges?|tunnels?|airports?|ports?|corridors?"
        r"|metro|trains?|airlines?|flights?|ferr(?:y|ies)|canals?|cargo|freight|highways?|trams?"
    ),
    "technology": (
        r"artificial\sintelligence|chips?|semiconductors?|software|satellites?|rockets?|robots?"
        r"|smartphones?|quantum|internet|5g|6g|data\scent(?:re|er)s?|apps?|spacecraft|lunar|orbit"
    ),
    "sport": (
        r"league|cup|championships?|olympic\w?|matches?|tournaments?|clubs?|coach|stadiums?|season"
        r"|finals?|marathon|grand\sprix|transfers?|teams?|players?"
    ),
    "climate": (
        r"climate|emissions?|carbon|renewables?|temperatures?|glaciers?|drought|floods?|hurricanes?"
        r"|wildfires?|methane|net\szero|coal"
    ),
    "energy": (
        r"oil|gas|pipelines?|nuclear|reactors?|solar|wind\sfarms?|power\splants?|electricity"
        r"|megawatts?|refiner(?:y|ies)|hydropower|lng"
    ),
    "health": (
        r"vaccines?|hospitals?|diseases?|drugs?|patients?|measles|malaria|health|clinical|virus"
        r"|polio|pandemic|cancer|medicines?"
    ),
    "courts": (
        r"courts?|judges?|trials?|rulings?|verdicts?|appeals?|lawsuits?|prosecutors?|sentenc\w{1,3}"
        r"|indict\w{0,5}|antitrust"
    ),
    "diplomacy": (
        r"summits?|treat(?:y|ies)|ceasefires?|sanctions?|ambassadors?|embass(?:y|ies)|heads\sof\sstate"
        r"|foreign\sministers?|observers?|accession|membership|peace\s(?:talks|deal|agreement)"
    ),
    "law": r"bills?|parliament|senate|congress|lawmakers?|legislation|directive|amendments?",
}
_PATTERNS: Final = {
    topic: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for topic, pattern in _TOPICS.items()
}


def find_topics(text: str) -> tuple[str, ...]:
    """The topics that a text mentions most, at most TOPICS_MAX."""
    counts = {topic: len(pattern.findall(text)) for topic, pattern in _PATTERNS.items()}
    ranked = sorted((topic for topic in counts if counts[topic]), key=lambda t: -counts[t])
    return tuple(ranked[:TOPICS_MAX])


def tags_for(title: str, quote: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """The tags of a draft: its topics, the places in its title, and the article's own tags."""
    tags: dict[str, str] = {}
    topics = find_topics(title) or find_topics(quote)
    for tag in (*topics, *find_places(title), *given):
        tags.setdefault(tag.lower(), tag)
    return tuple(tags.values())[:TAGS_MAX]
