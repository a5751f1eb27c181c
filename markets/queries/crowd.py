"""What a crowd comes to by any method, now or at an instant that has passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection

from markets.core.aggregation import (
    Crowd,
    Method,
    MethodNotForBins,
    aggregate,
    default_method,
    methods_for,
)
from markets.core.distribution import Summary, summary
from markets.models import Question
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


@dataclass(frozen=True, kw_only=True)
class CrowdView:
    """A crowd by one method; `crowd` is None where nobody stands, or until it is revealed."""

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
    """
    is_ranged = question.bins is not None
    chosen = method or default_method(is_ranged=is_ranged)
    offered = methods_for(is_ranged=is_ranged)
    if chosen not in offered:
        raise MethodNotForBins(
            f"A number or a date is aggregated by {', '.join(offered)}: medians of bins say little."
        )
    at = as_of or now
    forecasts, weights = _standing(question, as_of=as_of, now=now)
    hidden = is_hidden(question, at)
    crowd = None
    if len(forecasts) and not hidden:
        crowd = aggregate(
            np.array(forecasts), chosen, weights=np.array(weights), extremising=extremising
        )
    return CrowdView(
        question=question,
        method=chosen,
        methods=offered,
        as_of=at,
        forecaster_count=len(forecasts),
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
