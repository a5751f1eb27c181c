"""What a crowd comes to by any method, now or at an instant that has passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from markets.core.aggregation import (
    Crowd,
    Method,
    MethodNotForBins,
    aggregate,
    default_method,
    methods_for,
)
from markets.core.distribution import Summary, summary
from markets.core.errors import MarketError
from markets.models import CrowdSnapshot, Forecast, Question, StandingForecast
from markets.queries.changes import MOMENT
from markets.queries.odds import is_hidden

# What would have ended by itself after an early close stands until the close, and so for good.
_NOW = """
SELECT probabilities, track_weight FROM markets_standingforecast
WHERE question_id = %(question)s AND (ends_at IS NULL OR ends_at > %(until)s)
ORDER BY forecast_id
"""

_THEN = """
SELECT latest.probabilities, latest.track_weight
FROM (
    SELECT DISTINCT ON (forecaster_id) id, probabilities, track_weight, ends_at
    FROM markets_forecast
    WHERE question_id = %(question)s AND made_at <= %(at)s
    ORDER BY forecaster_id, id DESC
) AS latest
LEFT JOIN markets_withdrawal AS withdrawal
    ON withdrawal.forecast_id = latest.id AND withdrawal.withdrawn_at <= %(at)s
WHERE withdrawal.id IS NULL AND (latest.ends_at IS NULL OR latest.ends_at > %(until)s)
ORDER BY latest.id
"""


COUNTED_MAX = 50_000
"""Forecasts times outcomes, up to which a crowd is aggregated for whoever asks: those that stand,
and for an instant that has passed all that had been made. They take about a third of a second."""


class CrowdTooLarge(MarketError):
    code = "crowd_too_large"
    field = "method"


@dataclass(frozen=True, kw_only=True)
class CrowdView:
    """A crowd by one method; `crowd` is None where nobody stands, or until it is revealed.

    That of more than `COUNTED_MAX` has no histogram.
    """

    question: Question
    method: Method
    methods: tuple[Method, ...]
    as_of: datetime
    forecaster_count: int
    reveal_at: datetime | None
    crowd: Crowd | None
    summary: Summary | None


def crowd_of(
    question: Question,
    *,
    method: Method | None = None,
    extremising: float = 1.0,
    as_of: datetime | None = None,
    now: datetime,
) -> CrowdView:
    """The crowd by `method`, else the default one, as anybody could read it at `as_of`.

    Raises:
        MethodNotForBins
        CrowdTooLarge: where so many stand that only the default method is kept.
    """
    is_ranged = question.bins is not None
    chosen = method or default_method(is_ranged=is_ranged)
    offered = methods_for(is_ranged=is_ranged)
    if chosen not in offered:
        raise MethodNotForBins(
            f"A number or a date is aggregated by {', '.join(offered)}: medians of bins say little."
        )
    at = as_of or now
    hidden = is_hidden(question, at)
    if _is_too_large(question, as_of):
        if chosen != offered[0]:
            raise CrowdTooLarge(
                f"So much was said on this question that only {offered[0]} is at hand."
            )
        count, crowd = _as_kept(question.pk, at)
    else:
        count, crowd = _aggregated(_standing(question, as_of=as_of, now=now), chosen, extremising)
    crowd = None if hidden else crowd
    return CrowdView(
        question=question,
        method=chosen,
        methods=offered,
        as_of=at,
        forecaster_count=count,
        reveal_at=question.reveal_at if hidden else None,
        crowd=crowd,
        summary=summary(question.bins, crowd.centre) if crowd and question.bins else None,
    )


def crowds_compared(question: Question, *, now: datetime) -> tuple[Crowd, ...]:
    """The crowd by every method, the default first; empty where nobody stands or it is hidden."""
    if is_hidden(question, now):
        return ()
    forecasts, weights = _standing(question, as_of=None, now=now)
    if not forecasts:
        return ()
    rows, weighed = np.array(forecasts), np.array(weights)
    return tuple(
        aggregate(rows, method, weights=weighed)
        for method in methods_for(is_ranged=question.bins is not None)
    )


def _is_too_large(question: Question, as_of: datetime | None) -> bool:
    rows: QuerySet[Any] = StandingForecast.objects.filter(question_id=question.pk)
    if as_of is not None:
        rows = Forecast.objects.filter(question_id=question.pk, made_at__lte=as_of)
    most = COUNTED_MAX // len(question.prior)
    return rows.values("pk")[: most + 1].count() > most


def _as_kept(question_id: int, at: datetime) -> tuple[int, Crowd | None]:
    """How many stood, and the crowd by the default method, as it was noted at the last change."""
    found = CrowdSnapshot.objects.filter(question_id=question_id, as_of__lte=at)
    kept = found.order_by("-as_of", "-pk").first()
    if kept is None or not kept.forecaster_count:
        return 0, None
    centre, lower, upper = (np.array(each) for each in (kept.centre, kept.lower, kept.upper))
    return kept.forecaster_count, Crowd(
        Method(kept.method), centre, lower, upper, kept.forecaster_count, None
    )


def _aggregated(
    standing: tuple[Sequence[list[float]], Sequence[float]], method: Method, extremising: float
) -> tuple[int, Crowd | None]:
    forecasts, weights = standing
    if not forecasts:
        return 0, None
    rows = np.array(forecasts)
    crowd = aggregate(rows, method, weights=np.array(weights), extremising=extremising)
    return len(forecasts), crowd


def _standing(
    question: Question, *, as_of: datetime | None, now: datetime
) -> tuple[Sequence[list[float]], Sequence[float]]:
    """What stands, oldest first, and what the track record of each weighs."""
    at = as_of or now
    until = at if question.closed_at is None else min(at, question.closed_at - MOMENT)
    with connection.cursor() as cursor:
        cursor.execute(
            _NOW if as_of is None else _THEN,
            {"question": question.pk, "at": at, "until": until},
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]
