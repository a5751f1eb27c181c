"""The track record of one forecaster: the scores in the tallies, and what they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import F, QuerySet

from markets.core.periods import ALL_TIME
from markets.models import EVERYTHING, Profit, Score, Tally
from users.models import User

POINTS_MAX: Final = 400
CALLS_SHOWN: Final = 5

_CUMULATIVE = """
SELECT resolved_at, total, number
FROM (
    SELECT mark.resolved_at, sum(score.peer) OVER so_far AS total,
           row_number() OVER so_far AS number, count(*) OVER () AS size
    FROM markets_score AS score
    JOIN markets_tallymark AS mark ON mark.resolution_id = score.resolution_id
    WHERE score.forecaster_id = %(forecaster)s
    WINDOW so_far AS (ORDER BY mark.resolved_at, score.id)
) AS step
WHERE number = size OR number %% greatest(1, size / %(points)s) = 0
ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a forecaster's peer scores had added up to once a question was resolved."""

    at: datetime
    peer_sum: float
    question_count: int


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody's scores add up to, on all questions or on those of one tag."""

    tag: str
    question_count: int
    peer_sum: float
    peer_mean: float | None
    baseline_sum: float
    relative_brier_mean: float | None
    coverage: float | None
    traded_count: int
    profit: int


def person_named(name: str) -> User | None:
    """The user whom others know by this name, however it is spelled."""
    return User.objects.filter(name__iexact=name).first()


def records_of(forecaster_id: int) -> tuple[Record, ...]:
    """Over all questions first, then by tag, the one with most questions first."""
    rows = Tally.objects.filter(forecaster_id=forecaster_id, period=ALL_TIME)
    ordered = sorted(rows, key=lambda row: (row.tag != EVERYTHING, -row.question_count, row.tag))
    return tuple(_record(row) for row in ordered)


def scores_of(forecaster_id: int) -> QuerySet[Score]:
    """The scores that count, of the version of each question that stands; the latest first."""
    return (
        Score.objects.filter(
            forecaster_id=forecaster_id, resolution=F("question__tally_mark__resolution")
        )
        .select_related("question__tally_mark", "resolution")
        .order_by("-pk")
    )


def profits_on(forecaster_id: int, questions: Sequence[int]) -> dict[int, int]:
    """Microcredits that a trader made on each of these questions, where he or she traded."""
    return dict(
        Profit.objects.filter(
            trader_id=forecaster_id,
            question__in=questions,
            resolution=F("question__tally_mark__resolution"),
        ).values_list("question_id", "amount")
    )


def best_and_worst(forecaster_id: int) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
    """The questions of the highest peer scores above zero, and of the lowest below."""
    scores = scores_of(forecaster_id)
    best = scores.filter(peer__gt=0).order_by("-peer", "pk")[:CALLS_SHOWN]
    worst = scores.filter(peer__lt=0).order_by("peer", "pk")[:CALLS_SHOWN]
    return tuple(best), tuple(worst)


def peer_over_time(forecaster_id: int, *, points_max: int = POINTS_MAX) -> tuple[Reached, ...]:
    """The sum of peer scores after each question; of long records every so many, and the last."""
    with connection.cursor() as cursor:
        cursor.execute(_CUMULATIVE, {"forecaster": forecaster_id, "points": points_max})
        return tuple(Reached(*row) for row in cursor.fetchall())


def _record(row: Tally) -> Record:
    count = row.question_count
    return Record(
        tag=row.tag, question_count=count, peer_sum=row.peer_sum, peer_mean=row.peer_mean,
        baseline_sum=row.baseline_sum, relative_brier_mean=row.relative_brier_mean,
        coverage=row.coverage_sum / count if count else None,
        traded_count=row.traded_count, profit=row.profit,
    )  # fmt: skip
