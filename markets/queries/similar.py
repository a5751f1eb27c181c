"""Questions that ask much the same: for readers, and before one is asked twice."""

from dataclasses import dataclass
from typing import Final

from articles.core.likeness import DUPLICATE, differs
from articles.core.likeness import likeness as title_likeness
from markets.core.relevance import Asked, Frequencies, coverage, strongest
from markets.queries.text_search import ENGLISH, Found, frequencies_of, questions_with, terms_of

SIMILAR_MAX: Final = 5
SIMILAR_MIN: Final = 0.3
"""Below this a question shares a word, not a subject."""
ASKED_TERMS_MAX: Final = 12
CANDIDATES_MAX: Final = 60

DUPLICATE_VERDICT: Final = "duplicate"
RELATED_VERDICT: Final = "related"
VERDICTS: Final = (DUPLICATE_VERDICT, RELATED_VERDICT)


@dataclass(frozen=True, slots=True)
class SimilarQuestion:
    """A public question that is like another; `differs` says what tells the two titles apart.

    It is a duplicate only where nothing does: the same words with another date are another
    question. `likeness` is in [0, 1].
    """

    question_id: int
    slug: str
    title: str
    status: str
    verdict: str
    likeness: float
    differs: tuple[str, ...]


def similar_to(
    *, title: str, criteria: str = "", exclude_id: int | None = None, limit: int = SIMILAR_MAX
) -> tuple[SimilarQuestion, ...]:
    """The public questions that are most like a title and its criteria, best first.

    Three queries, or fewer where nothing is alike. Duplicates come first.
    """
    mine, rest = terms_of([title, criteria], ENGLISH)
    asked = Asked(mine, rest)
    frequencies, _ = frequencies_of(mine | rest, ENGLISH)
    found = questions_with(
        strongest(mine or rest, frequencies, limit=ASKED_TERMS_MAX),
        ENGLISH,
        exclude_id=exclude_id,
        limit=CANDIDATES_MAX,
    )
    alike = [_compared(title, asked, each, frequencies) for each in found]
    ranked = sorted(
        (each for each in alike if each.likeness >= SIMILAR_MIN),
        key=lambda each: (each.verdict != DUPLICATE_VERDICT, -each.likeness, each.question_id),
    )
    return tuple(ranked[:limit])


def _compared(title: str, asked: Asked, found: Found, frequencies: Frequencies) -> SimilarQuestion:
    """Half the likeness of the titles, half how much of the one question the other covers."""
    titles = title_likeness(title, found.title)
    covered = coverage(asked, found.asked.title | found.asked.criteria, frequencies)
    apart = differs(title, found.title)
    is_same = titles >= DUPLICATE and not apart
    return SimilarQuestion(
        question_id=found.question_id,
        slug=found.slug,
        title=found.title,
        status=found.status,
        verdict=DUPLICATE_VERDICT if is_same else RELATED_VERDICT,
        likeness=(titles + covered) / 2,
        differs=apart,
    )
