"""What was stated on a question, by whom, and from when till when each forecast stood."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]

_INTERVALS = """
SELECT
    forecast.forecaster_id,
    extract(epoch FROM forecast.made_at)::float8,
    extract(epoch FROM least(
        lead(forecast.made_at) OVER (PARTITION BY forecast.forecaster_id ORDER BY forecast.id),
        withdrawal.withdrawn_at,
        forecast.ends_at,
        %(ended_at)s
    ))::float8,
    forecast.probabilities
FROM markets_forecast AS forecast
LEFT JOIN markets_withdrawal AS withdrawal ON withdrawal.forecast_id = forecast.id
WHERE forecast.question_id = %(question)s
ORDER BY forecast.id
"""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """F forecasts in the order that they were made: [start, end) in epoch seconds, shape (F,).

    `probabilities` has shape (F, n). A forecast that was made at the end or after it has an
    interval that ends where it starts, or before.
    """

    forecaster: NDArray[np.int64]
    start: Vector
    end: Vector
    probabilities: Matrix


def intervals_on(question_id: int, *, ended_at: datetime) -> Intervals | None:
    """The forecasts of a question that ended at `ended_at`, or None where nobody forecast."""
    with connection.cursor() as cursor:
        cursor.execute(_INTERVALS, {"question": question_id, "ended_at": ended_at})
        rows = cursor.fetchall()
    if not rows:
        return None
    forecaster, start, end, probabilities = zip(*rows, strict=True)
    return Intervals(
        np.array(forecaster, dtype=np.int64), np.array(start), np.array(end),
        np.array(probabilities),
    )  # fmt: skip
