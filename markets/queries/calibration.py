"""How well stated chances fit what happened: a forecaster's, and those of our own odds."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from markets.core.calibration import (
    BUCKETS,
    SUMS,
    Curve,
    curve_of,
)
from markets.core.comparison import Difference, paired_difference
from markets.core.periods import Period
from markets.models import EVERYTHING, Sample
from markets.queries.kept import kept_until_tallied

_SUMS = """
SELECT added.series, added.sample, added.bucket, count(DISTINCT added.resolution_id),
       sum(share), sum(stated), sum(came_true), sum(squared_error), sum(sure), sum("right")
FROM markets_calibrationshare AS added
JOIN markets_tallymark AS mark ON mark.resolution_id = added.resolution_id
WHERE {owner} AND mark.resolved_at >= %(starts_at)s AND mark.resolved_at < %(ends_at)s
  AND (%(tag)s = '' OR %(tag)s = ANY(mark.tags))
GROUP BY GROUPING SETS ((added.series, added.sample, added.bucket), (added.series, added.sample))
"""

_COMPARED = """
SELECT ours.series, count(*), avg(ours.coverage),
       avg(ours.brier), avg(theirs.brier), avg(ours.brier - theirs.brier),
       stddev_samp(ours.brier - theirs.brier),
       avg(ours.log), avg(theirs.log), avg(ours.log - theirs.log),
       stddev_samp(ours.log - theirs.log),
       avg(ours.baseline), avg(theirs.baseline), avg(ours.baseline - theirs.baseline),
       stddev_samp(ours.baseline - theirs.baseline),
       count(*) FILTER (WHERE ours.brier < theirs.brier),
       count(*) FILTER (WHERE ours.brier > theirs.brier)
FROM markets_tallymark AS mark
JOIN markets_seriesscore AS ours ON ours.resolution_id = mark.resolution_id
JOIN markets_seriesscore AS theirs
    ON theirs.resolution_id = mark.resolution_id AND theirs.series = %(against)s
WHERE mark.resolved_at >= %(starts_at)s AND mark.resolved_at < %(ends_at)s
  AND (%(tag)s = '' OR %(tag)s = ANY(mark.tags))
GROUP BY ours.series
"""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether what was put at 70 % happened seven times in ten, and of how many questions.

    `statements` are the outcomes of questions without bins, `ranges` the central ranges of numbers
    and dates; each is None where there is no question of its sort.
    """

    statements: Curve | None
    statement_questions: int
    ranges: Curve | None
    range_questions: int


NOTHING = Calibration(None, 0, None, 0)


@dataclass(frozen=True, slots=True)
class Means:
    """A score of one series, and of the one it is compared with, over the same questions."""

    ours: float
    theirs: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class Compared:
    """One series against another over the questions that both answered.

    `closer` counts the questions on which its Brier score was the lower one, `farther` those on
    which it was the higher.
    """

    series: str
    question_count: int
    coverage: float
    brier: Means
    log: Means
    baseline: Means
    closer: int
    farther: int


def calibration_of(forecaster_id: int, *, period: Period, tag: str = EVERYTHING) -> Calibration:
    """The calibration of one forecaster on what was resolved in a period."""
    asked: dict[str, Any] = {"forecaster": forecaster_id}
    found = _calibrations("added.forecaster_id = %(forecaster)s", asked, period, tag)
    return found.get("", NOTHING)


def calibration_of_series(*, period: Period, tag: str = EVERYTHING) -> dict[str, Calibration]:
    """The calibration of each of our odds, by the name of the series."""
    return kept_until_tallied(
        "calibration_of_series", (period.name, tag),
        lambda: _calibrations("added.forecaster_id IS NULL", {}, period, tag),
    )  # fmt: skip


def series_compared(*, against: str, period: Period, tag: str = EVERYTHING) -> tuple[Compared, ...]:
    """Each series against one of them, itself included, the lowest Brier score first."""
    return kept_until_tallied(
        "series_compared", (against, period.name, tag), lambda: _compared(against, period, tag)
    )


def _compared(against: str, period: Period, tag: str) -> tuple[Compared, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED, {"against": against, **_asked(period, tag)})
        rows = cursor.fetchall()
    return tuple(
        sorted(
            (
                Compared(
                    series, count, coverage, _means(count, *numbers[:4]),
                    _means(count, *numbers[4:8]), _means(count, *numbers[8:12]), *numbers[12:],
                )
                for series, count, coverage, *numbers in rows
            ),
            key=lambda row: (row.brier.difference.mean, row.series),
        )
    )  # fmt: skip


def _means(
    count: int, ours: float, theirs: float, difference: float, deviation: float | None
) -> Means:
    found = paired_difference(mean=difference, deviation=deviation, count=count)
    return Means(ours, theirs, found)


def _calibrations(
    owner: str, values: dict[str, Any], period: Period, tag: str
) -> dict[str, Calibration]:
    sums: dict[tuple[str, str], NDArray[np.float64]] = defaultdict(_no_sums)
    questions: dict[tuple[str, str], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(owner=owner), {**values, **_asked(period, tag)})
        for series, sample, bucket, count, *row in cursor.fetchall():
            if bucket is None:
                questions[series, sample] = count
            else:
                sums[series, sample][bucket] = row
    return {
        series: Calibration(
            curve_of(sums[series, Sample.STATEMENT]), questions.get((series, Sample.STATEMENT), 0),
            curve_of(sums[series, Sample.RANGE]), questions.get((series, Sample.RANGE), 0),
        )
        for series in {series for series, _ in questions}
    }  # fmt: skip


def _no_sums() -> NDArray[np.float64]:
    return np.zeros((BUCKETS, len(SUMS)))


def _asked(period: Period, tag: str) -> dict[str, Any]:
    return {"starts_at": period.starts_at, "ends_at": period.ends_at, "tag": tag}
