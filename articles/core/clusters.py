"""Which articles tell one story, and which only reprint another.

Two articles are linked when a quarter of the shorter one's shingles stand in the other and they
were published within STORY_WINDOW of each other. A story is whatever hangs together by links
(single-link clustering), so it does not depend on the order in which its articles arrive. What
does depend on it is the direction of a reprint: drafts hang on whichever came in first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from articles.core.blocks import BlockKind, find_blocks
from articles.core.similarity import (
    DUPLICATE_CONTAINMENT,
    SAME_STORY_CONTAINMENT,
    Sketch,
    containment,
    shared_share,
    sketch,
)

STORY_WINDOW: Final = timedelta(days=14)
"""News is told within days; next month's bulletin has the same sentences and another story."""

SHARED_HASHES_MIN: Final = 5
"""Fewer hashes in common say nothing: one phrase that every page of a site has is one of them."""

_TOLD: Final = {BlockKind.PROSE, BlockKind.BULLET, BlockKind.TABLE_ROW}


@dataclass(frozen=True, slots=True)
class Telling:
    """One version of an article: whose, when that was published, and the sketch of its text.

    article counts up in the order in which articles came in.
    """

    article: int
    published_at: datetime
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Place:
    """Where a telling belongs: the articles that it is linked to, ascending, and the one of them
    that it reprints, if any."""

    linked: tuple[int, ...]
    reprints: int | None


def sketch_story(text: str) -> Sketch:
    """The sketch of what a text tells, without headings, tags and noise, which pages share."""
    blocks = find_blocks(text)
    return sketch("\n".join(text[b.start : b.end] for b in blocks if b.kind in _TOLD))


def tell_one_story(first: Telling, second: Telling) -> bool:
    """Whether two tellings are linked."""
    return (
        abs(first.published_at - second.published_at) <= STORY_WINDOW
        and _overlaps(first, second)
        and containment(first.sketch, second.sketch) >= SAME_STORY_CONTAINMENT
    )


def reprints(telling: Telling, original: Telling) -> bool:
    """Whether a telling says next to nothing that the original does not.

    An article that is much longer than the one it contains is a new article, not a reprint.
    """
    return (
        tell_one_story(telling, original)
        and shared_share(telling.sketch, original.sketch) >= DUPLICATE_CONTAINMENT
    )


def find_place(telling: Telling, others: Iterable[Telling]) -> Place:
    """Where a telling belongs among the tellings of other articles.

    Of several originals that it reprints, the one that was published first counts; among equals
    the one that came in first. Only an article that came in before can be an original.
    """
    linked: set[int] = set()
    originals: list[tuple[datetime, int]] = []
    for other in others:
        if other.article == telling.article or not tell_one_story(telling, other):
            continue
        linked.add(other.article)
        if other.article < telling.article and reprints(telling, other):
            originals.append((other.published_at, other.article))
    return Place(tuple(sorted(linked)), min(originals)[1] if originals else None)


def find_stories(tellings: Sequence[Telling]) -> tuple[tuple[int, ...], ...]:
    """The stories of many tellings, each with its articles; oldest first, inside and outside.

    Compares every two of them, so it is for checking and not for living on.
    """
    leader = {telling.article: telling.article for telling in tellings}
    for index, first in enumerate(tellings):
        for second in tellings[:index]:
            if first.article != second.article and tell_one_story(first, second):
                one, two = _root(leader, first.article), _root(leader, second.article)
                leader[max(one, two)] = min(one, two)
    published: dict[int, datetime] = {}
    for telling in tellings:
        known = published.get(telling.article, telling.published_at)
        published[telling.article] = min(known, telling.published_at)
    stories: dict[int, list[int]] = {}
    for article in sorted(published, key=lambda each: (published[each], each)):
        stories.setdefault(_root(leader, article), []).append(article)
    return tuple(tuple(story) for story in stories.values())


def _root(leader: Mapping[int, int], article: int) -> int:
    while leader[article] != article:
        article = leader[article]
    return article


def _overlaps(first: Telling, second: Telling) -> bool:
    common = set(first.sketch.hashes) & set(second.sketch.hashes)
    return len(common) >= SHARED_HASHES_MIN
