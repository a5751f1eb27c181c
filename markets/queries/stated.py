"""What was stated on a question, by whom, and from when till when each forecast stood."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]
Ids: TypeAlias = NDArray[np.int64]

FETCHED = 5_000
"""Rows that come over the connection at once: numbers as Python objects take twenty times the room
that they take in an array."""

_INTERVALS = """
SELECT
    forecast.probabilities,
    forecast.forecaster_id,
    forecast.id,
    forecast.track_weight,
    extract(epoch FROM forecast.made_at)::float8,
    extract(epoch FROM least(
        lead(forecast.made_at) OVER (PARTITION BY forecast.forecaster_id ORDER BY forecast.id),
        withdrawal.withdrawn_at,
        forecast.ends_at,
        %(ended_at)s
    ))::float8
FROM markets_forecast AS forecast
LEFT JOIN markets_withdrawal AS withdrawal ON withdrawal.forecast_id = forecast.id
WHERE forecast.question_id = %(question)s
ORDER BY forecast.id
"""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """F forecasts in the order that they were made: [start, end) in epoch seconds, shape (F,).

    `probabilities` has shape (F, n), `forecast` are the ids of the rows, and `track_weight` is what
    the forecasters' scores weighed when they made them. A forecast that was made
    at the end or after it has an interval that ends where it starts, or before.
    """

    forecaster: Ids
    forecast: Ids
    track_weight: Vector
    start: Vector
    end: Vector
    probabilities: Matrix


def intervals_on(question_id: int, *, ended_at: datetime) -> Intervals | None:
    """The forecasts of a question that ended at `ended_at`, or None where nobody forecast."""
    found = columns_of(_INTERVALS, question_id, ended_at)
    if found is None:
        return None
    probabilities, forecaster, forecast, track_weight, start, end = found
    return Intervals(
        forecaster.astype(np.int64), forecast.astype(np.int64), track_weight, start, end,
        probabilities,
    )  # fmt: skip


def columns_of(query: str, question_id: int, ended_at: datetime) -> list[NDArray[Any]] | None:
    """The columns of all rows, read in chunks; None where there are no rows."""
    chunks = [
        [np.array(column) for column in zip(*rows, strict=True)]
        for rows in _chunks(query, {"question": question_id, "ended_at": ended_at})
    ]
    if not chunks:
        return None
    return [np.concatenate(columns) for columns in zip(*chunks, strict=True)]


def _chunks(query: str, asked: dict[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, asked)
        while rows := cursor.fetchmany(FETCHED):
            yield rows
