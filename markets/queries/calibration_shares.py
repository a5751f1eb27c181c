"""What one resolution says about the calibration of whoever forecast, and of our own odds."""

from collections.abc import Iterator

import numpy as np

from markets.core.calibration import SUMS, Cube, Ids, Matrix, Vector, range_sums, statement_sums
from markets.models import CalibrationShare, Resolution, Sample
from markets.queries.scores import Case, case_of
from markets.queries.series import lines_of
from markets.queries.stated import intervals_on


def calibration_shares(resolution: Resolution) -> list[CalibrationShare]:
    """What it adds to each bucket, as rows that nobody has saved; none of an annulled question.

    They are computed from forecasts and fills alone, and from no stored score.
    """
    case = case_of(resolution)
    if case is None:
        return []
    rows: list[CalibrationShare] = []
    stated = intervals_on(case.question.pk, ended_at=case.ended_at)
    for series, line in lines_of(case.question, stated, ended_at=case.ended_at).items():
        alone = np.zeros(len(line.starts), dtype=np.int64)
        rows.extend(
            CalibrationShare(resolution=resolution, series=series, **bucket)
            for _, bucket in _buckets(case, alone, (line.starts, line.ends), line.probabilities)
        )
    if stated is not None:
        buckets = _buckets(
            case, stated.forecaster, (stated.start, stated.end), stated.probabilities
        )
        rows.extend(
            CalibrationShare(resolution=resolution, forecaster_id=forecaster, **bucket)
            for forecaster, bucket in buckets
        )
    return rows


def _buckets(
    case: Case, forecaster: Ids, interval: tuple[Vector, Vector], probabilities: Matrix
) -> Iterator[tuple[int, dict[str, object]]]:
    """The buckets of everybody who stood at some time of the question's life, and whose they are.

    Shapes are (F,), twice (F,), and (F, n).
    """
    life = case.life
    start, end = (
        np.clip(instants, life.opened_at, min(life.ended_at, life.closes_at))
        for instants in interval
    )
    stood = end > start
    if not stood.any():
        return
    owners, owner = np.unique(forecaster[stood], return_inverse=True)
    sums = _add_up(case, owner, (end - start)[stood], probabilities[stood])
    sample = Sample.RANGE if case.question.bins else Sample.STATEMENT
    for place, bucket in np.argwhere(sums[:, :, 0] > 0):
        values = dict(zip(SUMS, sums[place, bucket].tolist(), strict=True))
        yield int(owners[place]), {"sample": sample, "bucket": int(bucket), **values}


def _add_up(case: Case, owner: Ids, durations: Vector, probabilities: Matrix) -> Cube:
    add_up = range_sums if case.question.bins else statement_sums
    return add_up(owner, durations, probabilities, case.resolution.outcome_weights or [])
