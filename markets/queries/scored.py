"""The stored scores of a question: who did how well, and whether they are there yet.

Only the rows of the resolution that stands are ever read. Those of a version that was corrected
stay where they are, and say nothing any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from django.db.models import Count, F, QuerySet

from markets.core.lifecycle import QuestionStatus
from markets.models import Question, Resolution, Score, SeriesScore, Settlement, SettlementState

_DECIDED = {QuestionStatus.RESOLVED, QuestionStatus.FINAL}


class ScoringState(StrEnum):
    """Whether a question's scores can be read."""

    NONE = "none"
    PENDING = "pending"
    SCORED = "scored"
    REFUNDED = "refunded"


def scoring_state(question: Question) -> ScoringState:
    """Where the scoring of a question stands, for the resolution that stands.

    Nothing is scored before an answer is decided, nor ever where every trade was refunded. After a
    correction scores are pending again, until those of the new version are there.
    """
    resolution = question.resolution
    if resolution is None or question.status not in {*_DECIDED, QuestionStatus.ANNULLED}:
        return ScoringState.NONE
    if resolution.outcome_weights is None:
        return ScoringState.REFUNDED
    settlement: Settlement | None = getattr(resolution, "settlement", None)
    is_scored = settlement is not None and settlement.state == SettlementState.SCORED
    return ScoringState.SCORED if is_scored else ScoringState.PENDING


def scores_on(question: Question) -> QuerySet[Score]:
    """Everybody's scores, the best peer score first; nothing until all of them are there."""
    rows = Score.objects.select_related("forecaster").order_by("-peer", "id")
    if scoring_state(question) != ScoringState.SCORED:
        return rows.none()
    return rows.filter(question=question, resolution=question.resolution)


def ranks_of(rows: Sequence[Score]) -> list[int]:
    """The ranks of rows that follow each other by their peer scores; equal ones share a rank."""
    if not rows:
        return []
    alike = Score.objects.filter(resolution_id=rows[0].resolution_id)
    ahead = alike.filter(peer__gt=rows[0].peer).count()
    tied = alike.filter(peer=rows[0].peer, pk__lt=rows[0].pk).count()
    ranks = [ahead + 1]
    for place, (before, row) in enumerate(pairwise(rows), start=1):
        ranks.append(ranks[-1] if row.peer == before.peer else ahead + tied + place + 1)
    return ranks


def series_on(question: Question) -> list[SeriesScore]:
    """What the market and the crowd's methods would have scored, the best first."""
    if scoring_state(question) != ScoringState.SCORED:
        return []
    return list(
        SeriesScore.objects.filter(question=question, resolution=question.resolution).order_by(
            "-peer", "series"
        )
    )


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question whose scores are stored, and how many rows they are."""

    question_id: int
    resolution_id: int
    title: str
    forecaster_count: int
    series_count: int
    trader_count: int


def scored_questions(question_ids: Iterable[int] | None = None) -> list[ScoredQuestion]:
    """The questions that are scored: of those asked for, or of all."""
    found = Resolution.objects.filter(
        settlement__state=SettlementState.SCORED,
        question__resolution=F("pk"),
        outcome_weights__isnull=False,
    )
    if question_ids is not None:
        found = found.filter(question_id__in=question_ids)
    counted = {
        model: dict(found.values_list("pk").annotate(Count(f"{model}s")))
        for model in ("score", "seriesscore", "profit")
    }
    return [
        ScoredQuestion(question_id, pk, title, *(counted[model][pk] for model in counted))
        for pk, question_id, title in found.order_by("question_id").values_list(
            "pk", "question_id", "question__title"
        )
    ]
