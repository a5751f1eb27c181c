"""How the odds came to be what they are: points for charts, with articles on the time axis."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import Any

from django.db import connection

from markets.models import Citation, Market, Question, Series
from markets.queries.changes import (
    AGGREGATES,
    CHANGES,
    EPOCH,
    MOMENT,
    WIDTHS,
    instant,
    microseconds,
)
from markets.queries.odds import is_hidden

POINTS_MAX = 400
RAW = "raw"
"""The period of a history that leaves no instant out."""


@dataclass(frozen=True)
class Point:
    """From `at` on these were the probabilities, until the next point; empty while nobody stood."""

    at: datetime
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Marker:
    at: datetime
    article_id: int
    title: str


@dataclass(frozen=True)
class History:
    """The lines of market and crowd; where one was cut short, `next` is where it goes on."""

    market: tuple[Point, ...]
    crowd: tuple[Point, ...]
    articles: tuple[Marker, ...]
    next: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Window:
    """Of each stretch of `width`, counted from `origin`, the last change in [start, end)."""

    question: int
    start: datetime
    end: datetime
    origin: datetime
    width: timedelta
    points_max: int

    def end_of_stretch(self, at: datetime) -> datetime:
        return at - (at - self.origin) % self.width + self.width


_LAST_OF_ITS_STRETCH = """
    SELECT at, probabilities FROM {changes} AS change
    WHERE question_id = %(question)s AND at >= {since}
      AND at < LEAST(date_bin(%(width)s, {since}, %(origin)s) + %(width)s, %(end)s)
    ORDER BY at DESC, number DESC
    LIMIT 1
"""

# Walks from one stretch that has a change to the next, by looking them up in an index: once for
# each point where changes are dense, three times after a gap, and never through what lies between.
# The first row is what stood at the start.
_LINE = """
WITH RECURSIVE line (seek, at, probabilities) AS (
    SELECT %(start)s::timestamptz + %(moment)s, %(start)s::timestamptz, (
        SELECT probabilities FROM {changes} AS change
        WHERE question_id = %(question)s AND at <= %(start)s
        ORDER BY at DESC, number DESC LIMIT 1
    )
    UNION ALL
    SELECT LEAST(date_bin(%(width)s, step.at, %(origin)s) + %(width)s, %(end)s), step.*
    FROM line
    CROSS JOIN LATERAL (
        ({last_from_seek})
        UNION ALL
        (SELECT last.* FROM (
            SELECT at FROM {changes} AS change
            WHERE question_id = %(question)s AND at >= line.seek AND at < %(end)s
            ORDER BY at LIMIT 1
        ) AS first
        CROSS JOIN LATERAL ({last_from_first}) AS last)
        LIMIT 1
    ) AS step
)
SELECT {at}, probabilities FROM line LIMIT %(rows)s
"""


def _line_of(changes: str) -> str:
    return _LINE.format(
        changes=changes,
        at=microseconds("at"),
        last_from_seek=_LAST_OF_ITS_STRETCH.format(changes=changes, since="line.seek"),
        last_from_first=_LAST_OF_ITS_STRETCH.format(changes=changes, since="first.at"),
    )


# A line also says from when on nobody stood.
_LINES: dict[str, str] = {
    Series.MARKET: _line_of(CHANGES[Series.MARKET]),
    Series.CROWD: _line_of(AGGREGATES),
}


def history_of(
    question: Question,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    now: datetime,
    points_max: int = POINTS_MAX,
    period: str | None = None,
    series: Collection[str] = tuple(Series),
) -> History:
    """What each series said in [start, end), as far as it was public at `now`.

    A line begins with what stood at its start, or at the opening if that is later, and steps with
    the last change of each stretch of time: of `points_max` equal ones, or of each `period`, of
    which the line holds the first `points_max` that have a change.
    """
    opened_at = question.opened_at
    if opened_at is None:
        return History((), (), ())
    start = max(start or opened_at, opened_at)
    end = min(end or now + MOMENT, now + MOMENT)
    if start >= end:
        return History((), (), ())
    window = _Window(
        question=question.pk, start=start, end=end, points_max=points_max,
        origin=EPOCH if period else start,
        width=_width(period) or max((end - start) / (points_max - 1), MOMENT),
    )  # fmt: skip
    hidden = is_hidden(question, now)
    drawn = {each for each in series if not (each == Series.CROWD and hidden)}
    market, market_next = _line(Series.MARKET, window) if Series.MARKET in drawn else ((), None)
    crowd, crowd_next = _line(Series.CROWD, window) if Series.CROWD in drawn else ((), None)
    if market and not market[0].probabilities:
        market = (*_prior(question, start), *market[1:])
    goes_on = min(filter(None, (market_next, crowd_next)), default=None)
    return History(
        market=_until(goes_on, market),
        crowd=_until(goes_on, dropwhile(lambda point: not point.probabilities, crowd)),
        articles=_markers(question, start, end, now),
        next=goes_on,
    )


def _until(end: datetime | None, points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(point for point in points if end is None or point.at < end)


def _width(period: str | None) -> timedelta | None:
    if period is None:
        return None
    return MOMENT if period == RAW else WIDTHS[period]


def _line(series: Series, window: _Window) -> tuple[tuple[Point, ...], datetime | None]:
    """The points of a series, and where it goes on if there are more.

    The first point is at the start, and has no probabilities where nothing had changed by then.
    """
    asked: dict[str, Any] = {**vars(window), "moment": MOMENT, "rows": window.points_max + 2}
    with connection.cursor() as cursor:
        cursor.execute(_LINES[series], asked)
        points = tuple(
            Point(instant(at), tuple(probabilities or ()))
            for at, probabilities in cursor.fetchall()
        )
    if len(points) <= window.points_max + 1:
        return points, None
    return points[:-1], window.end_of_stretch(points[-2].at)


def _prior(question: Question, start: datetime) -> tuple[Point, ...]:
    """What a market says that nobody has traded in: added liquidity changes the maker's prior."""
    market: Market | None = getattr(question, "market", None)
    return (Point(start, tuple(question.prior)),) if market else ()


def _markers(
    question: Question, start: datetime, end: datetime, now: datetime
) -> tuple[Marker, ...]:
    citations = (
        Citation.objects.filter(
            question=question,
            added_at__lte=now,
            article__published_at__gte=start,
            article__published_at__lt=end,
        )
        .select_related("article")
        .order_by("article__published_at", "pk")
    )
    seen = {each.article_id: each.article for each in citations}
    return tuple(Marker(each.published_at, each.pk, each.title) for each in seen.values())
