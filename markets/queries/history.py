"""How the odds came to be what they are: points for charts, with articles on the time axis."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from markets.models import Citation, Market, Question

POINTS_MAX = 400


@dataclass(frozen=True)
class Point:
    """From `at` on these were the probabilities, until the next point."""

    at: datetime
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Marker:
    at: datetime
    article_id: int
    title: str


@dataclass(frozen=True)
class History:
    market: tuple[Point, ...]
    crowd: tuple[Point, ...]
    articles: tuple[Marker, ...]


# Of each of `points_max` equal stretches of time the last row stands for all, so that a thinned
# line still passes through what was true at the end of every stretch.
_LAST_OF_EACH_STRETCH = """
SELECT DISTINCT ON (stretch) at, probabilities
FROM (
    SELECT {at} AS at, {probabilities} AS probabilities, id,
           width_bucket(extract(epoch FROM {at}), extract(epoch FROM %(start)s::timestamptz),
                        extract(epoch FROM %(end)s::timestamptz), %(points)s) AS stretch
    FROM {table}
    WHERE {key} = %(question)s AND {at} >= %(start)s AND {at} < %(end)s {condition}
) AS rows
ORDER BY stretch, at DESC, id DESC
"""
_FILLS = _LAST_OF_EACH_STRETCH.format(
    at="filled_at", probabilities="probabilities", table="markets_fill", key="market_id",
    condition="",
)  # fmt: skip
_SNAPSHOTS = _LAST_OF_EACH_STRETCH.format(
    at="as_of", probabilities="centre", table="markets_crowdsnapshot", key="question_id",
    condition="AND forecaster_count > 0",
)  # fmt: skip


def history_of(
    question: Question,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    now: datetime,
    points_max: int = POINTS_MAX,
) -> History:
    """Return at most `points_max` points each for market and crowd in [start, end)."""
    opened_at = question.opened_at or now
    start = max(start or opened_at, opened_at)
    end = min(end or now, now)
    if start >= end:
        return History((), (), ())
    window: dict[str, int | datetime] = {
        "question": question.pk,
        "start": start,
        "end": end,
        "points": points_max - 1,
    }
    hidden = question.reveal_at is not None and now < question.reveal_at
    return History(
        market=(*_before(question, start), *_points(_FILLS, window)),
        crowd=() if hidden else _points(_SNAPSHOTS, window),
        articles=_markers(question, start, end),
    )


def _points(query: str, window: dict[str, int | datetime]) -> tuple[Point, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, window)
        return tuple(Point(at, tuple(probabilities)) for at, probabilities in cursor.fetchall())


def _before(question: Question, start: datetime) -> tuple[Point, ...]:
    """The point that the line starts from: the last fill before the window, else the prior."""
    market = Market.objects.filter(pk=question.pk).first()
    if market is None:
        return ()
    earlier = market.fills.filter(filled_at__lt=start).order_by("-filled_at", "-seq").first()
    return (Point(start, tuple(earlier.probabilities if earlier else market.prior)),)


def _markers(question: Question, start: datetime, end: datetime) -> tuple[Marker, ...]:
    citations = (
        Citation.objects.filter(
            question=question, article__published_at__gte=start, article__published_at__lt=end
        )
        .select_related("article")
        .order_by("article__published_at", "pk")
    )
    seen = {each.article_id: each.article for each in citations}
    return tuple(Marker(each.published_at, each.pk, each.title) for each in seen.values())
