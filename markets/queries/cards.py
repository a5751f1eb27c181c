"""Questions as lists show them: odds, a week's line, and how many articles stand behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from markets.core.bin_words import spelled
from markets.core.distribution import median_place
from markets.core.lifecycle import QuestionStatus
from markets.models import Citation, Question
from markets.queries.instants import probabilities_at
from markets.queries.odds import Odds, OutcomeOdds, odds_of

SPARKLINE_PERIOD = timedelta(days=7)
SPARKLINE_STEPS = 28

_DECIDED = frozenset({QuestionStatus.RESOLVED, QuestionStatus.FINAL, QuestionStatus.ANNULLED})


@dataclass(frozen=True)
class Card:
    """A question with what a reader wants to know before opening it.

    `sparkline` holds the leading outcome's probability at even steps over the last week, oldest
    first; it is shorter for a market younger than a week and empty for one that never opened. Of a
    number or a date it holds the median instead, as a place between the bounds, 0 to 1.
    """

    question: Question
    odds: Odds
    leading: OutcomeOdds
    sparkline: tuple[float, ...]
    article_count: int

    @property
    def is_decided(self) -> bool:
        return self.question.status in _DECIDED

    @property
    def answer(self) -> str:
        """What came true, in words: the value where one is known, else the outcome."""
        resolution, bins = self.question.resolution, self.odds.bins
        if resolution is not None and resolution.is_refunded:
            return resolution.verdict.capitalize()
        if bins is not None and resolution is not None and resolution.value is not None:
            return spelled(bins, resolution.value)
        return self.leading.label


def cards_of(questions: Iterable[Question], *, now: datetime) -> tuple[Card, ...]:
    """The cards of questions in their order; the number of queries does not grow with them."""
    asked = list(questions)
    odds = odds_of(asked, now=now)
    leading = {question.pk: leading_outcome(odds[question.pk]) for question in asked}
    lines = _sparklines(asked, leading, now)
    counts = _article_counts(asked)
    return tuple(
        Card(
            question=question,
            odds=odds[question.pk],
            leading=leading[question.pk],
            sparkline=lines[question.pk],
            article_count=counts.get(question.pk, 0),
        )
        for question in asked
    )


def leading_outcome(odds: Odds) -> OutcomeOdds:
    """The likeliest outcome; of two outcomes always the first, so that a number means "yes"."""
    if len(odds.outcomes) == 2 and odds.price_source != "settlement":
        return odds.outcomes[0]
    return max(odds.outcomes, key=lambda outcome: (outcome.probability or 0.0, -outcome.index))


def _sparklines(
    questions: Sequence[Question], leading: dict[int, OutcomeOdds], now: datetime
) -> dict[int, tuple[float, ...]]:
    ends = {question.pk: min(now, question.closed_at or now) for question in questions}
    step = SPARKLINE_PERIOD / SPARKLINE_STEPS
    instants = [
        (question.pk, ends[question.pk] - step * back)
        for question in questions
        for back in range(SPARKLINE_STEPS, -1, -1)
    ]
    lines: dict[int, list[float]] = {question.pk: [] for question in questions}
    bins_of = {question.pk: question.bins for question in questions}
    for (question_id, _), probabilities in zip(instants, probabilities_at(instants), strict=True):
        if probabilities is not None:
            bins, index = bins_of[question_id], leading[question_id].index
            place = probabilities[index] if bins is None else median_place(bins, probabilities)
            lines[question_id].append(place)
    return {question_id: tuple(line) for question_id, line in lines.items()}


def _article_counts(questions: Sequence[Question]) -> dict[int, int]:
    rows = (
        Citation.objects.filter(question__in=questions)
        .values_list("question_id")
        .annotate(Count("article_id", distinct=True))
        .order_by("question_id")
    )
    return {question_id: count for question_id, count in rows}  # noqa: C416 - rows are typed as tuples of Any
