"""Who has been right: forecasters ranked by their scores."""

from dataclasses import dataclass

from django.db.models import Avg, Count, F, Sum
from django.db.models.expressions import Window
from django.db.models.functions import Rank

from markets.models import Score

KINDS = ("peer", "baseline")
LEADERS_MAX = 50


@dataclass(frozen=True)
class Leader:
    rank: int
    name: str
    score_sum: float
    score_mean: float
    question_count: int
    coverage: float


def leaders(*, kind: str = "peer", limit: int = LEADERS_MAX) -> tuple[Leader, ...]:
    """Return the best forecasters by the sum of one kind of score; equal sums share a rank."""
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    rows = (
        Score.objects.filter(resolution=F("question__resolution"))
        .values(name=F("forecaster__name"))
        .annotate(
            score_sum=Sum(kind),
            score_mean=Avg(kind),
            question_count=Count("pk"),
            mean_coverage=Avg("coverage"),
        )
        .annotate(rank=Window(Rank(), order_by=F("score_sum").desc()))
        .order_by("rank", "name")[:limit]
    )
    return tuple(
        Leader(
            row["rank"], row["name"], row["score_sum"], row["score_mean"], row["question_count"],
            row["mean_coverage"],
        )
        for row in rows
    )  # fmt: skip
