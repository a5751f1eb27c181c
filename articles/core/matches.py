"""Passages from matches between two named sides: "Real Madrid meet Bayern in the final on 15 May".

Only finals and semi-finals of something that has a name: who wins such a match is in every paper,
and it cannot end without a winner.
"""

import re
from itertools import pairwise
from typing import Final

from articles.core.names import Name, find_names
from articles.core.passage_types import Passage
from articles.core.story import Story
from articles.core.temporal import find_times

MATCH_WEIGHT: Final = 0.65
SIDES: Final = 2

_MEETING: Final = re.compile(
    r"\s(?:will\s)?(?:(?:meet|face|play)s?(?:\sagainst)?|takes?\son)\s(?:the\s)?"
)
_MATCH: Final = re.compile(
    r"\sin\s(?P<match>(?:the\s|Sunday’s\s|Sunday's\s)?(?:semi-?)?finals?\sof\sthe\s"
    r"(?:[A-Z][\w’'-]{1,20}|of|the|\d{4})(?:\s(?:[A-Z][\w’'-]{1,20}|of|the|\d{4})){0,6})"
)


def match_passages(story: Story, index: int) -> list[Passage]:
    """The match that a fit sentence announces, with its two sides, if any."""
    sentence, text = story.sentences[index], story.text
    match = _MATCH.search(text, sentence.start, sentence.end)
    if match is None:
        return []
    sides = _sides(story, sentence.start, match.start())
    times = find_times(text, story.published, lean="future", start=match.end(), end=sentence.end)
    deadline = next((time for time in times if time.is_deadline), None)
    if sides is None or deadline is None or deadline.precision != "day":
        return []
    return [
        Passage(
            rule="match_announced",
            family="match",
            start=sentence.start,
            end=sentence.end,
            subject=" ".join(match["match"].split()),
            predicate="win",
            deadline=deadline,
            times=(deadline,),
            quantities=(),
            source="",
            flags=(),
            weight=MATCH_WEIGHT,
            prior=1.0 / SIDES,
            candidates=sides,
        )
    ]


def _sides(story: Story, start: int, end: int) -> tuple[str, str] | None:
    """The two names around "meets"; None where they are not all that the clause says."""
    names = find_names(story, start, end)
    for first, second in pairwise(names):
        if _MEETING.fullmatch(story.text, first.end, second.start) and second.end == end:
            return _said(story, first), _said(story, second)
    return None


def _said(story: Story, name: Name) -> str:
    return " ".join(story.text[name.start : name.end].split())
