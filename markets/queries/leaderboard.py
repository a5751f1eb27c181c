"""Who has been right: forecasters ranked by what their scores of a period add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, Max, Q, QuerySet

from markets.core.periods import ALL_TIME
from markets.models import EVERYTHING, Tally
from markets.queries.kept import kept_until_tallied


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to rank: by which column, which end is better, and who has enough to be ranked."""

    column: str
    count_column: str
    count_min: int
    is_lower_better: bool = False


SUM_COUNT_MIN: Final = 1
"""A sum of few is small by itself, so everybody with a score has a place."""

MEAN_COUNT_MIN: Final = 10
"""A mean of few is luck: below ten questions nobody is ranked by one."""

KINDS: Final = {
    "peer": Kind("peer_sum", "question_count", SUM_COUNT_MIN),
    "peer_mean": Kind("peer_mean", "question_count", MEAN_COUNT_MIN),
    "baseline": Kind("baseline_sum", "question_count", SUM_COUNT_MIN),
    "relative_brier": Kind(
        "relative_brier_mean", "relative_brier_count", MEAN_COUNT_MIN, is_lower_better=True
    ),
    "profit": Kind("profit", "traded_count", SUM_COUNT_MIN),
}


@dataclass(frozen=True, slots=True)
class Leader:
    """One line of a leaderboard; `rank` is None for who has too few questions to be ranked.

    `value` is what ranks: a score, or microcredits of profit. Sums and means are of the kind's own
    score, and of the peer score where profit ranks; they are None for who has no score.
    """

    rank: int | None
    name: str
    value: float | None
    counted: int
    score_sum: float | None
    score_mean: float | None
    question_count: int
    coverage: float | None
    profit: int
    traded_count: int


def board(*, kind: str, period: str = ALL_TIME, tag: str = EVERYTHING) -> QuerySet[Tally]:
    """Whoever is ranked, the best first; equal values in the order of names.

    Raises:
        ValueError: for a kind that there is not.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    ranked_by = KINDS[kind]
    value = F(ranked_by.column)
    return (
        Tally.objects.filter(
            period=period, tag=tag, **{f"{ranked_by.count_column}__gte": ranked_by.count_min}
        )
        .select_related("forecaster")
        .order_by(value.asc() if ranked_by.is_lower_better else value.desc(), "forecaster__name")
    )


def ranked(rows: Sequence[Tally], *, kind: str) -> tuple[Leader, ...]:
    """Successive rows of a board as its lines: ranks are one more than how many are better.

    It takes one query, whatever the page.
    """
    if not rows:
        return ()
    first = rows[0]
    better, equal_before = _ahead_of(first, kind)
    lines: list[Leader] = []
    for place, row in enumerate(rows):
        tied = lines and _value(row, kind) == lines[-1].value
        rank = lines[-1].rank if tied else better + equal_before * (place > 0) + place + 1
        lines.append(_line(row, kind, rank))
    return tuple(lines)


def standing_of(
    forecaster_id: int, *, kind: str, period: str = ALL_TIME, tag: str = EVERYTHING
) -> Leader | None:
    """The line of one forecaster wherever it is, ranked or not yet; None without any score."""
    row = (
        Tally.objects.filter(period=period, tag=tag, forecaster_id=forecaster_id)
        .select_related("forecaster")
        .first()
    )
    if row is None:
        return None
    is_ranked = getattr(row, KINDS[kind].count_column) >= KINDS[kind].count_min
    return _line(row, kind, _ahead_of(row, kind)[0] + 1 if is_ranked else None)


def busiest_tags(*, period: str = ALL_TIME, limit: int) -> tuple[str, ...]:
    """The tags with the most scored questions of a period, the busiest first."""
    return kept_until_tallied("busiest_tags", (period, limit), lambda: _busiest_tags(period, limit))


def _busiest_tags(period: str, limit: int) -> tuple[str, ...]:
    rows = (
        Tally.objects.filter(period=period)
        .exclude(tag=EVERYTHING)
        .values("tag")
        .annotate(question_max=Max("question_count"))
        .order_by("-question_max", "tag")[:limit]
    )
    return tuple(row["tag"] for row in rows)


def _ahead_of(row: Tally, kind: str) -> tuple[int, int]:
    """How many of its board are better than a row, and how many are equal and come before it."""
    column, value = KINDS[kind].column, _value(row, kind)
    beyond = "lt" if KINDS[kind].is_lower_better else "gt"
    alike = board(kind=kind, period=row.period, tag=row.tag).filter(
        **{f"{column}__{beyond}e": value}
    )
    counted = alike.aggregate(
        better=Count("forecaster_id", filter=Q(**{f"{column}__{beyond}": value})),
        equal=Count(
            "forecaster_id", filter=Q(**{column: value}, forecaster__name__lt=row.forecaster.name)
        ),
    )
    return counted["better"], counted["equal"]


def _value(row: Tally, kind: str) -> float | None:
    value: float | None = getattr(row, KINDS[kind].column)
    return value


def _line(row: Tally, kind: str, rank: int | None) -> Leader:
    count = row.question_count
    score_sum, counted = {
        "baseline": (row.baseline_sum, count),
        "relative_brier": (row.relative_brier_sum, row.relative_brier_count),
    }.get(kind, (row.peer_sum, count))
    return Leader(
        rank=rank,
        name=row.forecaster.name,
        value=_value(row, kind),
        counted=getattr(row, KINDS[kind].count_column),
        score_sum=score_sum if counted else None,
        score_mean=score_sum / counted if counted else None,
        question_count=count,
        coverage=row.coverage_sum / count if count else None,
        profit=row.profit,
        traded_count=row.traded_count,
    )
