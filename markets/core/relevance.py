"""How much an article has to do with a question, from the terms of both.

A *term* is a word as a text search index keeps it: stemmed, without the words that mean nothing.
A term weighs the more, the fewer documents hold it (Spärck Jones, "A statistical interpretation
of term specificity and its application in retrieval", 1972):

    weight(t) = ln(1 + (N + K - n + 1/2) / (n + 1/2))

with N documents of which n hold t (Robertson and Zaragoza, "The probabilistic relevance framework:
BM25 and beyond", 2009, section 3.2), and K more that are made up and hold nothing: without them a
story of which half of a small site tells would weigh next to nothing.

The relevance of an article A to a question with the title T and the criteria C is the weighted
share of the question that the article covers, wherever in the article, and the share of the title
that its best passage covers, where the words stand together:

    covered = (2 · weight(T ∩ A) + weight((C - T) ∩ A)) / (2 · weight(T) + weight(C - T))
    focus   = the largest weight(T ∩ P) / weight(T) of any few sentences P that follow each other
    relevance = ((1 - f) · covered + f · focus) · penalty

A question is much shorter than an article, which is why its own share counts and not the
article's. The penalty is for articles that match many questions a little: a digest of the week, a
long read of everything.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

MADE_UP: Final = 50
"""K: for how many documents our knowledge that terms are rare stands before any is counted."""

TITLE_WEIGHT: Final = 2.0
"""How much more a word of the title counts than one of the criteria."""

PASSAGE_SENTENCES: Final = 3
FOCUS: Final = 0.5
"""f: how much the best passage counts beside the whole article."""

BREADTH_FREE: Final = 4
"""To how many questions an article may come near without being less to each of them."""
BREADTH_STEEPNESS: Final = 0.25
NEAR: Final = 0.7
"""A question is near from this share of the threshold on."""

THRESHOLD: Final = 0.38
SUGGESTED_MAX: Final = 5
STRONGEST_MAX: Final = 40

BEFORE_MAX: Final = timedelta(days=180)
AFTER_MAX: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many of `total` documents hold each term; a term that is not named is in none."""

    total: int
    counts: Mapping[str, int] = field(default_factory=dict)

    def weight(self, term: str) -> float:
        """How much a term tells, above zero.

        Numbers tell nothing: each day and year is in many texts, whatever they are about.

        >>> told = Frequencies(100, {"bridge": 50, "lark": 1})
        >>> round(told.weight("bridge"), 3), round(told.weight("lark"), 3), told.weight("2027")
        (1.095, 4.612, 0.0)
        """
        if not any(letter.isalpha() for letter in term):
            return 0.0
        count = min(self.counts.get(term, 0), self.total)
        others = self.total + MADE_UP - count
        return math.log(1 + (others + 0.5) / (count + 0.5))

    def weight_of(self, terms: Iterable[str]) -> float:
        """The sum of the weights of some terms."""
        return sum(map(self.weight, terms))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a text search sees it: the terms of its title and of its criteria."""

    title: frozenset[str]
    criteria: frozenset[str]


def strongest(
    terms: Iterable[str], frequencies: Frequencies, *, limit: int = STRONGEST_MAX
) -> tuple[str, ...]:
    """The terms that tell most, the most telling first; equal ones in the order of the alphabet.

    >>> strongest({"lark", "bridge", "2027"}, Frequencies(100, {"bridge": 50, "lark": 1}))
    ('lark', 'bridge')
    """
    weighed = ((frequencies.weight(term), term) for term in terms)
    telling = sorted((-weight, term) for weight, term in weighed if weight > 0)
    return tuple(term for _, term in telling[:limit])


def coverage(asked: Asked, by: AbstractSet[str], frequencies: Frequencies) -> float:
    """The weighted share of a question that some terms cover, in [0, 1].

    >>> asked = Asked(frozenset({"lark", "bridge"}), frozenset({"bridge", "traffic"}))
    >>> coverage(asked, {"lark", "bridge"}, Frequencies(0))
    0.8
    >>> coverage(asked, {"traffic"}, Frequencies(0))
    0.2
    """
    rest = asked.criteria - asked.title
    whole = TITLE_WEIGHT * frequencies.weight_of(asked.title) + frequencies.weight_of(rest)
    if whole == 0:
        return 0.0
    title = TITLE_WEIGHT * frequencies.weight_of(asked.title & by)
    return (title + frequencies.weight_of(rest & by)) / whole


def share(terms: AbstractSet[str], by: AbstractSet[str], frequencies: Frequencies) -> float:
    """The weighted share of some terms that are among others, in [0, 1]."""
    whole = frequencies.weight_of(terms)
    return frequencies.weight_of(terms & by) / whole if whole else 0.0


def focus(
    title: AbstractSet[str], sentences: Sequence[AbstractSet[str]], frequencies: Frequencies
) -> float:
    """The share of a title that the best PASSAGE_SENTENCES neighbouring sentences cover, in [0, 1].

    >>> scattered = [{"lark"}, set(), set(), {"bridge"}]
    >>> focus({"lark", "bridge"}, scattered, Frequencies(0))
    0.5
    """
    passages = max(1, len(sentences) - PASSAGE_SENTENCES + 1)
    return max(
        share(title, frozenset().union(*sentences[at : at + PASSAGE_SENTENCES]), frequencies)
        for at in range(passages)
    )


def relevance(
    asked: Asked, sentences: Sequence[AbstractSet[str]], frequencies: Frequencies
) -> float:
    """How much an article, as the terms of its sentences, has to do with a question, in [0, 1].

    The penalty for breadth is not in it; see `penalty`.
    """
    everything = frozenset[str]().union(*sentences)
    covered = coverage(asked, everything, frequencies)
    return (1 - FOCUS) * covered + FOCUS * focus(asked.title, sentences, frequencies)


def best_sentence(
    asked: Asked, sentences: Sequence[AbstractSet[str]], frequencies: Frequencies
) -> int:
    """The number of the sentence that covers most of a question, the first of equals.

    >>> asked = Asked(frozenset({"lark", "bridge"}), frozenset())
    >>> best_sentence(asked, [{"swan"}, {"lark", "bridge"}, {"lark"}], Frequencies(0))
    1
    """
    covered = [coverage(asked, each, frequencies) for each in sentences]
    return covered.index(max(covered))


def penalty(near: int) -> float:
    """What to multiply an article's relevances with when it comes near to so many questions.

    >>> penalty(1), penalty(BREADTH_FREE), round(penalty(20), 3)
    (1.0, 1.0, 0.713)
    """
    return 1 / (1 + BREADTH_STEEPNESS * math.log(max(1.0, near / BREADTH_FREE)))


def chosen(
    relevances: Mapping[int, float], *, threshold: float = THRESHOLD, limit: int = SUGGESTED_MAX
) -> dict[int, float]:
    """The questions that an article is suggested for, with the penalised relevance, best first.

    >>> chosen({7: 0.9, 8: 0.1, 9: 0.6}, threshold=0.5)
    {7: 0.9, 9: 0.6}
    >>> chosen(dict.fromkeys(range(40), 0.5), threshold=0.45)
    {}
    """
    ranked = ranking(relevances, threshold=threshold)
    return {key: value for key, value in ranked[:limit] if value >= threshold}


def ranking(
    relevances: Mapping[int, float], *, threshold: float = THRESHOLD
) -> list[tuple[int, float]]:
    """All questions with the penalised relevance of an article to each, best first."""
    near = sum(value >= NEAR * threshold for value in relevances.values())
    factor = penalty(near)
    scaled = ((key, value * factor) for key, value in relevances.items())
    return sorted(scaled, key=lambda pair: (-pair[1], pair[0]))


def is_timely(
    published_at: datetime, *, opens_at: datetime | None, resolve_by: datetime | None
) -> bool:
    """Whether an article of that day can have to do with a question of that time.

    From BEFORE_MAX before it opens, which is what people knew when they were asked, until
    AFTER_MAX after it was to be answered: the last news of it, and those who tell of it late.

    >>> day = datetime(2027, 1, 1)
    >>> is_timely(day - timedelta(days=181), opens_at=day, resolve_by=None)
    False
    >>> is_timely(day + timedelta(days=31), opens_at=None, resolve_by=day)
    False
    >>> is_timely(day, opens_at=day, resolve_by=day)
    True
    """
    if opens_at is not None and published_at < opens_at - BEFORE_MAX:
        return False
    return resolve_by is None or published_at <= resolve_by + AFTER_MAX
