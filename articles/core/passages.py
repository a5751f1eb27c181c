"""The sentences and table rows of an article from which a question can be made.

A passage is a span of the text with what a question needs: who, what, by when, who says so. The
grammar is small and strict. A sentence that does not fit gives nothing, and so may a whole
article: no passage is a right answer.
"""

import datetime as dt
from typing import Final

from articles.core.announcements import cue_passages
from articles.core.blocks import BlockKind
from articles.core.elections import election_passages
from articles.core.gates import is_sentence_fit
from articles.core.indicators import indicator_passages
from articles.core.matches import match_passages
from articles.core.passage_types import Measure, Passage
from articles.core.series import series_passages
from articles.core.story import Story, read_story
from articles.core.tables import table_passages

__all__ = ["Measure", "Passage", "find_passages", "passages_of"]

PASSAGES_MAX: Final = 200
# As many as 200,000 characters of prose hold; the text after them is not searched.
SENTENCES_MAX: Final = 2_000

_FINDERS: Final = (
    election_passages,
    match_passages,
    cue_passages,
    indicator_passages,
    series_passages,
)


def find_passages(
    text: str, published_at: dt.datetime, *, headline: str | None = None
) -> list[Passage]:
    """The forecastable passages of a normalised text, in order, at most PASSAGES_MAX.

    Raises InstantInvalid (see periods).
    """
    return passages_of(read_story(text, published_at, headline))


def passages_of(story: Story) -> list[Passage]:
    """The passages of a text that has been read already."""
    passages: list[Passage] = []
    for index in range(min(len(story.sentences), SENTENCES_MAX)):
        if story.kind_of(index) is BlockKind.TABLE_ROW:
            passages.extend(table_passages(story, index))
        elif is_sentence_fit(story.sentence_text(index)):
            for finder in _FINDERS:
                passages.extend(finder(story, index))
        if len(passages) >= PASSAGES_MAX:
            break
    return passages[:PASSAGES_MAX]
