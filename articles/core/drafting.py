"""Drafts of questions from the passages of an article: composed, scored, ranked.

Pure and deterministic. Nothing here is ever published by itself: an editor reviews every draft.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from articles.core import criteria, periods
from articles.core.composing import compose
from articles.core.draft_types import Draft
from articles.core.gates import is_essay
from articles.core.likeness import likeness
from articles.core.passage_types import Passage
from articles.core.passages import passages_of
from articles.core.story import read_story
from articles.core.topics import tags_for
from articles.core.windows import find_window

DRAFTS_MAX: Final = 6
SCORE_MIN: Final = 0.5
TITLE_LENGTH_MAX: Final = 150
TITLE_LENGTH_LONG: Final = 110
SAME_STATEMENT: Final = 0.75

_PRECISION_BONUS: Final = {
    "day": 0.15,
    "week": 0.10,
    "month": 0.15,
    "quarter": 0.15,
    "half": 0.10,
    "season": 0.10,
    "year": 0.10,
    "decade": 0.05,
    "span": 0.05,
}
_PENALTIES: Final = {
    "deadline_assumed": 0.10,
    "coreference": 0.05,
    "conditional": 0.25,
    "needs_rewrite": 0.20,
    "place_assumed": 0.05,
    "date_uncertain": 0.05,
    "horizon_far": 0.25,
    "essay": 0.15,
}


def draft_questions(
    text: str,
    *,
    published_at: dt.datetime,
    headline: str | None = None,
    tags: tuple[str, ...] = (),
    not_before: dt.datetime | None = None,
    lessons: Mapping[str, float] = MappingProxyType({}),
) -> list[Draft]:
    """The best DRAFTS_MAX drafts of a normalised text, best first; often none, and rightly so.

    Times in the text count from published_at. not_before is when a question could open: what is
    over by then gives no draft, and an assumed deadline counts from the later of the two. lessons
    are what is added to the scores of each rule's drafts (see acceptance).
    Raises InstantInvalid (see periods).
    """
    story = read_story(text, published_at, headline)
    opens_at = story.published
    if not_before is not None:
        opens_at = max(opens_at, periods.checked_instant(not_before))
    doubts = ("essay",) if is_essay(story.told) else ()
    drafts = [
        draft
        for passage in passages_of(story)
        if (draft := _draft(text, passage, opens_at, doubts, lessons)) is not None
    ]
    return [
        replace(draft, tags=tags_for(draft.title, draft.quote, tags)) for draft in _best(drafts)
    ]


def _draft(
    text: str,
    passage: Passage,
    opens_at: dt.datetime,
    doubts: tuple[str, ...],
    lessons: Mapping[str, float],
) -> Draft | None:
    """The draft of one passage, or None where its time is over or no title comes out."""
    window = find_window(text, passage, opens_at)
    if window is None:
        return None
    flags = tuple(dict.fromkeys((*passage.flags, *window.flags, *doubts)))
    quote = text[passage.start : passage.end]
    draft = compose(text, passage, window, opens_at)
    if draft is None or len(draft.title) > TITLE_LENGTH_MAX:
        return None
    return replace(
        draft,
        fine_print=criteria.fine_print(passage.predicate, flags),
        flags=flags,
        score=_score(passage, flags, draft.title, lessons.get(passage.rule, 0.0)),
        quote=quote,
    )


def _score(passage: Passage, flags: tuple[str, ...], title: str, lesson: float) -> float:
    """How usable a draft is likely to be, in [0, 1]."""
    score = passage.weight + lesson
    if passage.deadline is not None:
        score += _PRECISION_BONUS[passage.deadline.precision]
    score += 0.05 if passage.quantities else 0.0
    score += 0.05 if passage.source else 0.0
    score -= sum(_PENALTIES.get(flag, 0.0) for flag in flags)
    score -= 0.10 if len(title) > TITLE_LENGTH_LONG else 0.0
    return round(min(max(score, 0.0), 1.0), 4)


def _best(drafts: list[Draft]) -> list[Draft]:
    """The best drafts above the threshold, without those that ask what a better one asks."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: (-draft.score, draft.start, draft.title)):
        if draft.score < SCORE_MIN or len(kept) == DRAFTS_MAX:
            break
        if not any(_asks_the_same(draft, other) for other in kept):
            kept.append(draft)
    return kept


def _asks_the_same(first: Draft, second: Draft) -> bool:
    """Whether two drafts rest on one sentence, or differ in nothing but their deadline."""
    if first.start < second.end and second.start < first.end:
        return True
    return likeness(_undated(first.title), _undated(second.title)) >= SAME_STATEMENT


def _undated(title: str) -> str:
    return re.sub(r"\s(?:by|in|on)\s[^?]{4,40}\?$", "", title)
