"""S: a question says by whose word it is decided, where that is read, and who stands in."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from markets.core.question_lint.examples import marked
from markets.core.question_lint.registry import Severity, rule
from markets.core.question_lint.wording import CRITERIA, FINE_PRINT, SOURCES, Span, Wording

__all__ = ["marked"]  # what the examples below need

SOURCES_MAX: Final = 3

_ATTRIBUTION: Final = re.compile(
    r"\b(?:according\sto|sources?:|as\s(?:reported|published|announced|stated|listed|declared)\s(?:by|in|on)"
    r"|(?:report|publish|announc|confirm|declar|certif|list|nam|stat|publici[sz])(?:es|s|e|ed)\b"
    r"|official(?:ly)?\b|register|gazette|bulletin|results?\sof)",
    re.IGNORECASE,
)
_NAMED_SOURCE: Final = re.compile(
    r"\b(?:according\sto|as\s(?:reported|published|announced|stated|listed)\s(?:by|in|on))\s"
    r"(?:the\s)?[\w’'-]{1,30}(?:\s(?:of|the|and|for|[\w’'-]{1,30})){0,3}",
    re.IGNORECASE,
)
_VAGUE: Final = re.compile(
    r"\b(?:(?:credible|reliable|reputable|trusted|trustworthy|major|mainstream|various|several"
    r"|multiple|widespread|unnamed)\s(?:news\s|media\s|press\s|public\s)?"
    r"(?:sources?|media|outlets?|reports?|reporting|newspapers?|experts?)"
    r"|(?:news|media|press)\s(?:reports?|reporting|coverage)|experts?\s(?:say|agree)"
    r"|the\s(?:media|press|internet)|official\ssources?|those\sin\scharge|common\sknowledge"
    r"|publicly\savailable\s(?:information|sources?))\b(?!’|')",
    re.IGNORECASE,
)
_FALL_BACK: Final = re.compile(
    r"\bindependent\b[^.]{0,60}\b(?:outlets?|agenc(?:y|ies)|sources?|media|reports?)\b"
    r"|\bif\s[^.]{0,80}\b(?:silent|says?\snothing|unavailable|not\savailable|no\slonger|publish(?:es|ed)?"
    r"|report(?:s|ed)?|disappears?)\b|\bfalls?\sback\b|\bfall-?back\b|\binstead\sof\sit\b",
    re.IGNORECASE,
)
_JUDGEMENT: Final = re.compile(
    r"\b(?:(?:at|in)\s(?:the|our|my|their)\s(?:sole\s|own\s)?(?:discretion|judgement|judgment|opinion)\b"
    r"(?:\sof\sthe\s\w{1,20})?"
    r"|(?:editors?|admins?|moderators?|author|creator)['’]?s?\s(?:(?:sole|own|best)\s)?"
    r"(?:discretion|judgement|judgment|opinion|decision|decides?)"
    r"|(?:editors?|admins?|moderators?|author|creator|we|I)\s(?:will\s)?(?:decides?|judges?|determines?)"
    r"|as\s(?:I|we)\s(?:see|understand)\sit|common\ssense|in\s(?:good|best)\s(?:faith|judgement))\b",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"^(?:https?:)?/{0,2}(?:[\w-]{1,63}\.){1,6}[a-zA-Z]{2,24}(?:[/?#:]\S*)?$"
)
_SOUND_ADDRESS: Final = re.compile(
    r"^https?://(?!localhost)(?!\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|$))(?:[\w-]{1,63}\.){1,6}"
    r"[a-zA-Z]{2,24}(?::\d{1,5})?(?:[/?#]\S*)?$"
)
_LOOKS_LIKE_ADDRESS: Final = re.compile(r"^(?:\w{2,8}:/|www\.|//|localhost\b)", re.IGNORECASE)


def _on_sites(*names: str) -> re.Pattern[str]:
    sites = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?:^|//)(?:[\w-]{{1,63}}\.){{0,4}}(?:{sites})(?=[/?#:]|$)", re.IGNORECASE)


_SOCIAL: Final = _on_sites(
    "x.com", "twitter.com", "facebook.com", "instagram.com", "tiktok.com", "t.me", "telegram.org",
    "threads.net", "truthsocial.com", "linkedin.com", "reddit.com", "youtube.com", "bsky.app",
)  # fmt: skip
_PASSING: Final = _on_sites(
    "google.com", "bing.com", "duckduckgo.com", "bit.ly", "t.co", "tinyurl.com", "goo.gl",
    "news.google.com",
)  # fmt: skip
_WIKI: Final = re.compile(r"\bwikis?\b|wikipedia|fandom\.com|\bwikidata\b", re.IGNORECASE)


@rule("S01", Severity.ERROR, CRITERIA, SOURCES)
def no_source(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name the source that decides: a body, a publication or an address.

    >>> marked(no_source, resolution_sources=(), resolution_criteria="YES if it opens, else NO.")
    ['YES if it opens, else NO.']
    >>> marked(no_source, resolution_sources=("The road authority of Marrow",))
    []
    """
    if any(source.strip() for source in wording.resolution_sources):
        return
    if not _ATTRIBUTION.search(wording.rules):
        yield wording.whole(CRITERIA)


@rule("S02", Severity.WARNING, CRITERIA, FINE_PRINT, SOURCES)
def vague_source(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say which body or publication is meant: everybody would pick another one.

    >>> marked(vague_source, resolution_sources=("Credible media reports",))
    ['Credible media reports']
    >>> marked(vague_source, resolution_sources=("The road authority's bulletin",))
    []
    """
    said: set[str] = set()
    for span in wording.matches(_VAGUE, SOURCES, CRITERIA, FINE_PRINT):
        words = wording.text(span.field)[span.start : span.end].casefold()
        if words not in said:
            yield span
        said.add(words)


@rule("S03", Severity.WARNING, CRITERIA, FINE_PRINT)
def no_fall_back(wording: Wording, now: datetime) -> Iterator[Span]:
    """Say who decides if the source is silent.

    >>> marked(no_fall_back, resolution_criteria="YES if the ministry announces it, else NO.")
    ['YES if the ministry announces it, else NO.']
    >>> marked(no_fall_back, fine_print="If it says nothing, two independent outlets decide.")
    []
    """
    if wording.resolution_criteria.strip() and not _FALL_BACK.search(wording.all_rules):
        yield wording.whole(CRITERIA)


@rule("S04", Severity.ERROR, CRITERIA, FINE_PRINT, SOURCES)
def somebodys_judgement(wording: Wording, now: datetime) -> Iterator[Span]:
    """Let a fact decide, not a person's judgement: forecasters cannot foresee a mood.

    >>> marked(somebodys_judgement, fine_print="What counts is at the editor's discretion.")
    ["editor's discretion"]
    >>> marked(somebodys_judgement, fine_print="What counts is what the court's register lists.")
    []
    """
    return wording.matches(_JUDGEMENT, CRITERIA, FINE_PRINT, SOURCES)


@rule("S05", Severity.WARNING, SOURCES)
def unreachable_source(wording: Wording, now: datetime) -> Iterator[Span]:
    """Write the address whole, with https://, on a site that everybody can reach.

    >>> marked(unreachable_source, resolution_sources=("www.roads.example.org/bridge",))
    ['www.roads.example.org/bridge']
    >>> marked(unreachable_source, resolution_sources=("https://roads.example.org/bridge",))
    []
    """
    for name, text in wording.texts(SOURCES):
        source = text.strip()
        is_address = _LOOKS_LIKE_ADDRESS.match(source) or _ADDRESS.match(source)
        if is_address and not _SOUND_ADDRESS.match(source):
            yield wording.whole(name)


@rule("S06", Severity.HINT, SOURCES, CRITERIA)
def social_post(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name a source that stays: posts are edited, deleted and shown to members only.

    >>> marked(social_post, resolution_sources=("https://x.com/lark_bridge",))
    ['//x.com']
    >>> marked(social_post, resolution_sources=("https://roads.example.org",))
    []
    """
    return wording.matches(_SOCIAL, SOURCES)


@rule("S07", Severity.WARNING, SOURCES)
def anybodys_page(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name what the encyclopedia cites: whoever trades here may edit it.

    >>> marked(anybodys_page, resolution_sources=("https://en.wikipedia.org/wiki/Lark_Bridge",))
    ['wikipedia', 'wiki']
    >>> marked(anybodys_page, resolution_sources=("https://roads.example.org",))
    []
    """
    return wording.matches(_WIKI, SOURCES)


@rule("S08", Severity.WARNING, SOURCES)
def passing_address(wording: Wording, now: datetime) -> Iterator[Span]:
    """Give the page itself: searches and short links lead elsewhere tomorrow.

    >>> marked(passing_address, resolution_sources=("https://bit.ly/3xYz",))
    ['//bit.ly']
    >>> marked(passing_address, resolution_sources=("https://roads.example.org/bridge",))
    []
    """
    return wording.matches(_PASSING, SOURCES)


@rule("S09", Severity.HINT, SOURCES)
def many_sources(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name at most three sources: each more is one more that may disagree.

    >>> marked(many_sources, resolution_sources=("The Post", "The Echo", "The Star", "The Sun"))
    ['The Sun']
    >>> marked(many_sources, resolution_sources=("The Post", "The Echo"))
    []
    """
    for index in range(SOURCES_MAX, len(wording.resolution_sources)):
        yield wording.whole(f"{SOURCES}.{index}")


@rule("S10", Severity.HINT, SOURCES)
def source_twice(wording: Wording, now: datetime) -> Iterator[Span]:
    """Name each source once.

    >>> marked(source_twice, resolution_sources=("The Echo", "the echo"))
    ['the echo']
    >>> marked(source_twice, resolution_sources=("The Echo", "The Post"))
    []
    """
    seen: set[str] = set()
    for name, text in wording.texts(SOURCES):
        plain = " ".join(text.casefold().split()).rstrip("/")
        if plain and plain in seen:
            yield wording.whole(name)
        seen.add(plain)


@rule("S11", Severity.HINT, CRITERIA, SOURCES)
def source_not_listed(wording: Wording, now: datetime) -> Iterator[Span]:
    """List the source of the criteria among the sources too, where readers look for it.

    >>> marked(source_not_listed, resolution_sources=())
    ['according to the road authority of Marrow']
    >>> marked(source_not_listed, resolution_sources=("The road authority of Marrow",))
    []
    """
    if not wording.resolution_sources:
        yield from list(wording.matches(_NAMED_SOURCE, CRITERIA))[:1]
