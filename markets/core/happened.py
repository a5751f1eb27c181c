"""Whether a sentence tells of something as having happened, and of what.

Shared by lint, which warns of a question that is answered already, and by the watch for
resolution, which looks for the sentence that answers one.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from articles.core.likeness import coverage, names, stems
from articles.core.temporal import find_times

SAME_EVENT: Final = 0.75
"""The share of a title's meaning words that a sentence about the same has at least."""

TITLE_STEMS_MIN: Final = 3
"""A title of fewer meaning words is told by every other sentence."""

SENTENCES_MAX: Final = 2_000

_SENTENCE: Final = re.compile(r"[^.!?\n]{20,400}[.!?\n]?")
_DONE: Final = re.compile(
    r"\b(?:has|have|had|was|were)\s(?:\w{1,12}ly\s|already\s|now\s)?(?:been\s)?\w{2,15}(?:ed|en|un|wn|ught|id)\b"
    r"|\b(?:opened|signed|launched|won|passed|approved|closed|adopted|elected|resigned|joined|ratified"
    r"|completed|began|started|ended|agreed|reached|left|ruled|voted|chose)\b",
    re.IGNORECASE,
)
_AHEAD: Final = re.compile(
    r"\b(?:will|would|shall|should|could|may|might|can|expect\w{0,3}|plan\w{0,4}|schedul\w{1,4}|due"
    r"|set\sto|aims?|hopes?|intends?|if|not|never|yet|until|before|by|to\sbe|forecast\w{0,3}|likely|almost"
    r"|nearly|agreed\sto|promis\w{1,3}|sought|applied|asked|request\w{0,3}|consider\w{0,3}|propos\w{1,3}|discuss\w{0,3})\b|n['’]t\b",
    re.IGNORECASE,
)


def is_told_as_done(sentence: str) -> bool:
    """Whether a sentence is in the past tense and neither denies nor looks ahead.

    >>> is_told_as_done("The bridge was opened on Monday.")
    True
    >>> is_told_as_done("The bridge was not opened on Monday.")
    False
    """
    return bool(_DONE.search(sentence)) and not _AHEAD.search(sentence)


def tells_that(title: str, sentence: str) -> bool:
    """Whether a sentence tells that what a title asks for has happened.

    >>> asked = "Will the Lark Bridge open to traffic by 1 March 2027?"
    >>> tells_that(asked, "The Lark Bridge was opened to traffic on Monday.")
    True
    >>> tells_that(asked, "The Swan Bridge was opened to traffic on Monday.")
    False
    """
    return (
        is_told_as_done(sentence)
        and len(stems(title)) >= TITLE_STEMS_MIN
        and coverage(title, sentence) >= SAME_EVENT
        and not _names_another(title, sentence)
    )


def _names_another(title: str, sentence: str) -> bool:
    """Whether a sentence lacks a name of the title, and has one instead that the title has not."""
    return bool(names(title) - stems(sentence)) and bool(names(sentence) - stems(title))


def sentences_that_tell(title: str, text: str) -> Iterator[tuple[int, int]]:
    """The [start, end) of the sentences of a text that tell what a title asks for."""
    if len(stems(title)) < TITLE_STEMS_MIN:
        return
    for match in islice(_SENTENCE.finditer(text), SENTENCES_MAX):
        sentence = match.group().strip()
        if tells_that(title, sentence):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            yield start, start + len(sentence)


def happened_inside(
    title: str,
    sentence: str,
    *,
    published_at: datetime,
    opens_at: datetime,
    ends_at: datetime,
) -> bool:
    """Whether a sentence tells what a title asks for, as of a time in [opens_at, ends_at).

    Where it names no time that is over, it tells of the day on which it was published.

    >>> from datetime import UTC
    >>> opens, ends = datetime(2027, 1, 10, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    >>> asked = "Will the Lark Bridge open to traffic by 1 March 2027?"
    >>> def told(sentence):
    ...     return happened_inside(asked, sentence, published_at=datetime(2027, 2, 1, tzinfo=UTC),
    ...                            opens_at=opens, ends_at=ends)
    >>> told("The Lark Bridge was opened to traffic on 30 January.")
    True
    >>> told("The Lark Bridge was opened to traffic in 2019.")
    False
    >>> told("The Lark Bridge opened to traffic.")
    True
    """
    if not tells_that(title, sentence):
        return False
    past = [each for each in find_times(sentence, published_at, lean="past") if not each.is_future]
    if not past:
        return opens_at <= published_at < ends_at
    return any(each.starts_at < ends_at and opens_at < each.ends_at for each in past)
