"""Keeping the crowd up to date: what stands, and what it comes to.

What stands on a question is read from a table of its own, a row for each forecaster, so that a
forecast costs as many rows as people stand there, and not as many as ever spoke.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from markets.core.aggregation import aggregate, default_method
from markets.core.track_weight import track_weight
from markets.models import CrowdSnapshot, Forecast, Question, StandingForecast

_STANDING = """
SELECT probabilities FROM markets_standingforecast
WHERE question_id = %(question)s AND (ends_at IS NULL OR ends_at > %(now)s) AND {others}
ORDER BY forecast_id
"""
_BUT_THE_FORECASTER = _STANDING.format(others="forecaster_id <> %(forecaster)s")
_BUT_THE_FORECAST = _STANDING.format(others="forecast_id <> %(forecast)s")
_ALL = _STANDING.format(others="TRUE")

# The SELECT of a statement does not see what its WITH has written; so it leaves that row out.
_STAND = """
WITH stands AS (
    INSERT INTO markets_standingforecast
        (forecast_id, question_id, forecaster_id, probabilities, track_weight, ends_at)
    VALUES (%(forecast)s, %(question)s, %(forecaster)s, %(probabilities)s, %(track_weight)s,
            %(ends_at)s)
    ON CONFLICT (question_id, forecaster_id) DO UPDATE SET
        forecast_id = EXCLUDED.forecast_id, probabilities = EXCLUDED.probabilities,
        track_weight = EXCLUDED.track_weight, ends_at = EXCLUDED.ends_at
)
{standing}
"""

_LEAVE = """
WITH leaves AS (DELETE FROM markets_standingforecast WHERE forecast_id = %(forecast)s)
{standing}
"""

_REST = """
WITH ended AS (
    DELETE FROM markets_standingforecast WHERE question_id = %(question)s AND ends_at <= %(now)s
)
{standing}
"""

_RECORD = """
SELECT COALESCE(sum(score.peer), 0), count(score.id)
FROM markets_score AS score
JOIN markets_question AS question
  ON question.id = score.question_id AND question.resolution_id = score.resolution_id
WHERE score.forecaster_id = %s
"""


def weight_of_record(forecaster_id: int) -> float:
    """What a forecaster weighs by the scores that are stored now, of resolutions that stand."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [forecaster_id])
        peer_sum, question_count = cursor.fetchone()
    return track_weight(peer_sum=peer_sum, question_count=question_count)


def let_stand(forecast: Forecast, question: Question) -> None:
    """Have a new forecast stand in the place of its forecaster's last, and aggregate."""
    others = _read(
        _STAND.format(standing=_BUT_THE_FORECASTER),
        forecast=forecast.pk,
        question=question.pk,
        forecaster=forecast.forecaster_id,
        probabilities=forecast.probabilities,
        track_weight=forecast.track_weight,
        ends_at=forecast.ends_at,
        now=forecast.made_at,
    )
    _record(question, [*others, forecast.probabilities], forecast.made_at)


def let_go(forecast: Forecast, question: Question, *, now: datetime) -> None:
    """Have a forecast stand no longer, and aggregate the others."""
    others = _read(
        _LEAVE.format(standing=_BUT_THE_FORECAST),
        forecast=forecast.pk, question=question.pk, now=now,
    )  # fmt: skip
    _record(question, others, now)


def let_end(question: Question, *, now: datetime) -> None:
    """Have what ends by itself until now stand no longer, and aggregate the rest."""
    _record(question, _read(_REST.format(standing=_ALL), question=question.pk, now=now), now)


def let_end_before_close(question: Question, *, closed_at: datetime) -> None:
    """The same in the step that closes a question, for what no sweep has come by yet.

    What would end later stands for good: it said so until the close.
    """
    ended = StandingForecast.objects.filter(question=question, ends_at__lt=closed_at)
    if ended.exists():
        just_before = closed_at - timedelta(microseconds=1)
        let_end(question, now=max(just_before, question.crowd_as_of or just_before))


def _read(statement: str, **parameters: Any) -> list[list[float]]:
    """Run one of the statements above: what stands, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def _record(question: Question, standing: Sequence[Sequence[float]], now: datetime) -> None:
    """Store what the crowd says now, and how many it is."""
    question.forecaster_count, question.crowd_as_of = len(standing), now
    question.save(update_fields=["forecaster_count", "crowd_as_of"])
    method = default_method(is_ranged=question.bins is not None)
    centre, lower, upper = [], [], []  # nobody stands after the last one withdrew
    if standing:
        crowd = aggregate(np.array(standing), method)
        centre, lower, upper = crowd.centre.tolist(), crowd.lower.tolist(), crowd.upper.tolist()
    CrowdSnapshot.objects.create(
        question=question, method=method, centre=centre, lower=lower,
        upper=upper, forecaster_count=len(standing), as_of=now,
    )  # fmt: skip
