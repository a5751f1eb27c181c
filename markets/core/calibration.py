"""Calibration: of all that was put at 70 %, did 70 % happen?

A forecast stands for a time, so it is the *time* of a statement that is sampled. On one question a
forecaster stood for a while, and spent shares of that while in one or more of the buckets below:
half of it at 60 %, say, and half at 90 %. Each statement, "this outcome comes true", so gives one
whole to the buckets, however long it stood. What two outcomes say is one statement, the first; it
would double every number to count the second, its opposite. Three or more outcomes are one
statement each. For every bucket six sums are kept, each weighed by share:

    share          how many statements it holds,
    stated         p, so that stated/share is what was said on average,
    came_true      o, the outcome's weight in the resolution: 1 if it came true, else 0,
    squared_error  (p − o)²,
    sure           max(p, 1 − p), the chance given to the likelier side,
    right          o if p > ½, 1 − o if p < ½, and ½ in between: was the likelier side right?

Sums of many questions are plain sums of these, which is why they are what is stored.

Numbers and dates have so many outcomes that each is unlikely. Of them it is asked whether the
*range* held the answer: the central range of 80 % leaves out a tenth at each end, and should hold
the answer of eight questions in ten. Buckets are such ranges, from 10 % to 90 %. A forecast over
bins knows no place inside a bin, so the truth's place u in the distribution is spread evenly over
[F(k−1), F(k)], k being the true bin and F the cumulated probabilities: the non-randomised
probability integral transform. For a calibrated forecaster u is uniform.

Sources: A. H. Murphy, "A new vector partition of the probability score", Journal of Applied
Meteorology 12 (1973); D. B. Stephenson, C. A. S. Coelho, I. T. Jolliffe, "Two extra components in
the Brier score decomposition", Weather and Forecasting 23 (2008); E. B. Wilson, "Probable
inference, the law of succession, and statistical inference", Journal of the American Statistical
Association 22 (1927); C. Czado, T. Gneiting, L. Held, "Predictive model assessment for count data",
Biometrics 65 (2009); T. Gneiting, F. Balabdaoui, A. E. Raftery, "Probabilistic forecasts,
calibration and sharpness", Journal of the Royal Statistical Society B 69 (2007).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]
Cube: TypeAlias = NDArray[np.float64]
Ids: TypeAlias = NDArray[np.int64]

SUMS: Final = ("share", "stated", "came_true", "squared_error", "sure", "right")
BUCKETS: Final = 11
"""Around 0 %, 10 %, … 100 %: people say round numbers, which so lie in the middle of a bucket."""

RANGE_LEVELS: Final = tuple(level / 10 for level in range(1, 10))
"""The central ranges that are asked about, of numbers and dates."""

NORMAL_975: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: an interval of ± as much holds 95 %."""

_SLACK = 1e-9


# --- What one question adds ---------------------------------------------------------------------


def bucket_of(probability: ArrayLike) -> Ids:
    """The bucket of each probability, same shape: k for [k/10 − 5 %, k/10 + 5 %).

    >>> bucket_of([0.0, 0.04, 0.05, 0.7, 0.949, 0.95, 1.0]).tolist()
    [0, 0, 1, 7, 9, 10, 10]
    """
    # 1 − 0.95 is a hair above 0.05 in floats, and 1 − 0.85 a hair above 0.15; the other way too.
    places = np.floor(np.asarray(probability) * 10 + 0.5 + _SLACK).astype(np.int64)
    return np.asarray(np.clip(places, 0, BUCKETS - 1))


def statement_sums(
    owner: Ids, durations: Vector, probabilities: Matrix, weights: Sequence[float]
) -> Cube:
    """What one question without bins adds: shape (P, BUCKETS, 6), the last axis as `SUMS`.

    Args:
        owner: shape (F,), whose forecast each is, numbered 0 … P−1.
        durations: shape (F,), how long each stood, in any unit; some of it for each owner.
        probabilities: shape (F, n).
        weights: the resolution's outcome weights, n.

    Half of the time somebody said 60 %, half 90 %, and it came true:

    >>> sums = statement_sums(
    ...     np.array([0, 0]), np.array([5.0, 5.0]), np.array([[0.6, 0.4], [0.9, 0.1]]), [1, 0]
    ... )
    >>> sums[0, [6, 9]].round(3).tolist()
    [[0.5, 0.3, 0.5, 0.08, 0.3, 0.5], [0.5, 0.45, 0.5, 0.005, 0.45, 0.5]]
    """
    columns = 1 if probabilities.shape[1] == 2 else probabilities.shape[1]
    said = probabilities[:, :columns].ravel()
    came = np.tile(np.asarray(weights, dtype=np.float64)[:columns], len(owner))
    share = np.repeat(_shares(owner, durations), columns)
    even = np.abs(said - 0.5) <= _SLACK
    right = np.where(even, 0.5, np.where(said > 0.5, came, 1 - came))
    terms = (np.ones_like(said), said, came, (said - came) ** 2, np.maximum(said, 1 - said), right)
    cells = np.repeat(owner, columns) * BUCKETS + bucket_of(said)
    return _summed(cells, share, terms, _owners(owner), BUCKETS)


def range_sums(
    owner: Ids, durations: Vector, probabilities: Matrix, weights: Sequence[float]
) -> Cube:
    """What one question over bins adds: shape (P, 9, 6), one place per level of `RANGE_LEVELS`.

    Arguments are as of `statement_sums`. Only share, stated (the level) and came_true (how much of
    the truth's place lies in the central range) are told; the other sums are zero.

    Half of the probability lies below the true bin and a quarter in it, so that its place is spread
    over 50 % … 75 %. The central half ends at 75 % and holds all of it, that of 20 % at 60 %:

    >>> sums = range_sums(np.array([0]), np.ones(1), np.array([[0.5, 0.25, 0.25]]), [0, 1, 0])
    >>> sums[0, [1, 4], :3].round(3).tolist()
    [[1.0, 0.2, 0.4], [1.0, 0.5, 1.0]]
    """
    share = _shares(owner, durations)
    upper = np.cumsum(probabilities, axis=1)
    lower = upper - probabilities
    truth = np.asarray(weights, dtype=np.float64)
    planes = []
    for level in RANGE_LEVELS:
        begin, end = 0.5 - level / 2, 0.5 + level / 2
        inside = np.clip(np.minimum(upper, end) - np.maximum(lower, begin), 0, None)
        held = np.clip(inside / probabilities, 0, 1) @ truth
        nothing = np.zeros_like(share)
        terms = (np.ones_like(share), np.full_like(share, level), held, nothing, nothing, nothing)
        planes.append(_summed(owner, share, terms, _owners(owner), 1))
    return np.concatenate(planes, axis=1)


def _owners(owner: Ids) -> int:
    return int(owner.max()) + 1


def _shares(owner: Ids, durations: Vector) -> Vector:
    """Shape (F,): each duration as a share of its owner's whole time."""
    return np.asarray(durations / np.bincount(owner, weights=durations)[owner])


def _summed(
    cells: Ids, share: Vector, terms: Sequence[Vector], owner_count: int, bucket_count: int
) -> Cube:
    size = owner_count * bucket_count
    sums = [np.bincount(cells, weights=share * term, minlength=size) for term in terms]
    stacked = np.stack(sums, axis=-1).reshape(owner_count, bucket_count, len(terms))
    return np.asarray(stacked, dtype=np.float64)


# --- What many questions say --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket: what was said there on average, and how often it came true.

    `count` is how many statements it holds, in shares: two halves make one. `low` and `high` bound
    the frequency that lies behind what was observed, with 95 % confidence.
    """

    bucket: int
    stated: float
    observed: float
    count: float
    low: float
    high: float

    @property
    def is_off(self) -> bool:
        """Whether chance alone would hardly bring what was observed that far from the stated."""
        return not self.low <= self.stated <= self.high


@dataclass(frozen=True, slots=True)
class Curve:
    """What many statements say about whoever made them.

    `error` is the mean distance between stated and observed, by bucket. `sure` is sharpness: the
    chance that was given to the likelier side on average; `right` how often that side was right.
    Then Brier's score of a single outcome, the mean of (p − o)² from 0 to 1, and its parts:
    brier = reliability − resolution + uncertainty + within.
    """

    points: tuple[Point, ...]
    count: float
    error: float
    sure: float
    right: float
    brier: float
    reliability: float
    resolution: float
    uncertainty: float

    @property
    def within(self) -> float:
        """What the buckets blur: they hold statements that differ a little."""
        return self.brier - (self.reliability - self.resolution + self.uncertainty)


def curve_of(sums: Matrix) -> Curve | None:
    """The curve of summed buckets, shape (B, 6) as `SUMS`; None where there is nothing.

    Ten statements of 70 %, of which six came true, and ten of 20 %, of which two did:

    >>> sums = np.zeros((BUCKETS, 6))
    >>> sums[7] = [10, 7, 6, 6 * 0.09 + 4 * 0.49, 7, 6]
    >>> sums[2] = [10, 2, 2, 2 * 0.64 + 8 * 0.04, 8, 8]
    >>> curve = curve_of(sums)
    >>> [(p.stated, p.observed, round(p.low, 3), round(p.high, 3)) for p in curve.points]
    [(0.2, 0.2, 0.057, 0.51), (0.7, 0.6, 0.313, 0.832)]
    >>> round(curve.error, 4), curve.sure, curve.right
    (0.05, 0.75, 0.7)
    >>> [round(part, 4) for part in (curve.reliability, curve.resolution, curve.uncertainty)]
    [0.005, 0.04, 0.24]
    >>> round(curve.brier, 4), round(abs(curve.within), 4)
    (0.205, 0.0)
    """
    filled = [(bucket, row) for bucket, row in enumerate(sums.tolist()) if row[0] > _SLACK]
    if not filled:
        return None
    points = tuple(_point(bucket, *row[:3]) for bucket, row in filled)
    count = math.fsum(row[0] for _, row in filled)
    share, _, came_true, squared_error, sure, right = (
        math.fsum(row[place] for _, row in filled) for place in range(len(SUMS))
    )
    base = came_true / share

    def averaged(values: Sequence[float]) -> float:
        return math.fsum(
            point.count * value for point, value in zip(points, values, strict=True)
        ) / count  # fmt: skip

    return Curve(
        points=points,
        count=count,
        error=averaged([abs(point.stated - point.observed) for point in points]),
        sure=sure / share,
        right=right / share,
        brier=squared_error / share,
        reliability=averaged([(point.stated - point.observed) ** 2 for point in points]),
        resolution=averaged([(point.observed - base) ** 2 for point in points]),
        uncertainty=base * (1 - base),
    )


def _point(bucket: int, share: float, stated: float, came_true: float) -> Point:
    observed = min(max(came_true / share, 0.0), 1.0)
    return Point(bucket, stated / share, observed, share, *wilson(observed * share, share))


def wilson(came_true: float, count: float, *, z: float = NORMAL_975) -> tuple[float, float]:
    """The Wilson score interval of a frequency: which true chances are compatible with it.

    Unlike p̂ ± z·√(p̂(1−p̂)/n) it never leaves [0, 1], and has a width for none or all of few. `count`
    need not be whole: statements count by the share of time that they stood.

    >>> [round(bound, 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    >>> [round(bound, 4) for bound in wilson(0, 10)]
    [0.0, 0.2775]

    Raises:
        ValueError: where nothing was counted, or more came true than that.
    """
    if count <= 0 or not 0 <= came_true <= count:
        raise ValueError("some of what was counted came true")
    observed = came_true / count
    shrunk = 1 + z * z / count
    centre = (observed + z * z / (2 * count)) / shrunk
    reach = z / shrunk * math.sqrt(observed * (1 - observed) / count + (z / (2 * count)) ** 2)
    low = 0.0 if came_true == 0 else max(0.0, centre - reach)
    high = 1.0 if came_true == count else min(1.0, centre + reach)
    return low, high
