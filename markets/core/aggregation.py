"""The crowd's odds: one forecast made out of many.

The input is always the standing forecasts as an array of shape (N, n): one row for each of N
forecasters, oldest first (ties in time by id), and one column for each of n outcomes. Every row is
positive and sums to one.

The default is the recency-weighted median. Forecasts go stale, so the k-th oldest of N weighs
e^(√k − √N): among a hundred forecasters the newest weighs 1, the median forecaster about a
twentieth, the oldest almost nothing. A median rather than a mean, because one careless extreme
moves a mean and leaves a median where it was.

Medians are taken outcome by outcome, and so they need not sum to one when there are three or more.
They are renormalised *above the floor*: every outcome keeps the least probability that a forecast
may state, and what lies above it is scaled to fill the rest.

Bins of a range are aggregated by the recency-weighted *mean* instead. Two forecasters who are sure
of different ranges leave every bin with a median of almost nothing; the mean of their probabilities
is the mean of their curves, keeps both ranges, and needs no renormalising.

The track-record weighted mean weighs each forecaster by how good they were before (see
`track_weight`). It is linear, after the contribution-weighted model of Budescu and Chen (2015),
"Identifying expertise to extract the wisdom of crowds"; so it means the same for outcomes and bins.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from markets.core.errors import MarketError

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]

FLOOR = 0.001
"""The least probability that a forecast on a binary or multiple-choice question may state."""

HISTOGRAM_BUCKETS = 20
SLACK = 1e-12
"""How far, as a share of all weight, a sum of weights may miss a quantile and still be a tie."""

LOWER_QUARTILE, MEDIAN, UPPER_QUARTILE = 0.25, 0.5, 0.75


class NoForecasts(MarketError):
    """Nobody's forecast stands, so there is no crowd."""

    code = "no_forecasts"


class MethodNotForBins(MarketError):
    """A median was asked for of a number or a date."""

    code = "method_not_for_bins"
    field = "method"


class Method(StrEnum):
    """The ways to make one forecast out of many."""

    RECENCY_WEIGHTED_MEDIAN = "recency_weighted_median"
    RECENCY_WEIGHTED_MEAN = "recency_weighted_mean"
    MEDIAN = "median"
    MEAN = "mean"
    LOGIT_MEAN = "logit_mean"
    TRACK_RECORD_WEIGHTED_MEAN = "track_record_weighted_mean"


MEDIANS = frozenset({Method.RECENCY_WEIGHTED_MEDIAN, Method.MEDIAN})
RECENCY_WEIGHTED = frozenset({Method.RECENCY_WEIGHTED_MEDIAN, Method.RECENCY_WEIGHTED_MEAN})


def default_method(*, is_ranged: bool) -> Method:
    """How forecasts become the crowd's odds unless another method is asked for."""
    return Method.RECENCY_WEIGHTED_MEAN if is_ranged else Method.RECENCY_WEIGHTED_MEDIAN


def methods_for(*, is_ranged: bool) -> tuple[Method, ...]:
    """The methods that make sense, the default first: of bins no medians, for they are all small.

    >>> [str(method) for method in methods_for(is_ranged=True)]
    ['recency_weighted_mean', 'mean', 'logit_mean', 'track_record_weighted_mean']
    """
    default = default_method(is_ranged=is_ranged)
    others = (each for each in Method if not (is_ranged and each in MEDIANS))
    return (default, *(each for each in others if each is not default))


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """What a crowd says: `centre` is its odds, which sum to one.

    `lower` and `upper` are the quartiles of what its members say about each outcome by itself.
    `histogram` has shape (n, 20): how many members put each outcome in [0, 5 %), [5 %, 10 %), …;
    None where they were not counted.
    """

    method: Method
    centre: Vector
    lower: Vector
    upper: Vector
    forecaster_count: int
    histogram: NDArray[np.int64] | None


def aggregate(
    forecasts: Matrix,
    method: Method = Method.RECENCY_WEIGHTED_MEDIAN,
    *,
    weights: Vector | None = None,
    extremising: float = 1.0,
) -> Crowd:
    """The crowd of standing `forecasts`, shape (N, n), oldest first; raises `NoForecasts`.

    `weights`, shape (N,), are the forecasters' track records, which only matter to the mean that
    is weighted by them (all alike where none are given); `extremising` only to `logit_mean`.

    >>> crowd = aggregate(np.array([[0.2, 0.8], [0.5, 0.5], [0.6, 0.4]]))
    >>> crowd.centre.tolist(), crowd.forecaster_count
    ([0.5, 0.5], 3)
    """
    if len(forecasts) == 0:
        raise NoForecasts("Nobody's forecast stands on this question yet: make the first one.")
    each_weighs = _weights(len(forecasts), method, weights)
    lower, upper = (
        weighted_quantile(forecasts, each_weighs, share)
        for share in (LOWER_QUARTILE, UPPER_QUARTILE)
    )
    if method in MEDIANS:
        medians = weighted_quantile(forecasts, each_weighs, MEDIAN)
        centre, lower, upper = (above_floor(each, medians) for each in (medians, lower, upper))
    elif method is Method.LOGIT_MEAN:
        centre = logit_mean(forecasts, extremising=extremising)
    else:
        centre = np.asarray(each_weighs @ forecasts / each_weighs.sum(), dtype=np.float64)
    return Crowd(method, centre, lower, upper, len(forecasts), histogram(forecasts))


def recency_weights(count: int) -> Vector:
    """Shape (N,): e^(√k − √N) for the k-th oldest of N; equal for one or two.

    >>> recency_weights(4).round(4).tolist()
    [0.3679, 0.5567, 0.7649, 1.0]
    """
    if count <= 2:
        return np.ones(count)
    ages = np.sqrt(np.arange(1, count + 1))
    return np.asarray(np.exp(ages - ages[-1]), dtype=np.float64)


def weighted_quantile(values: Matrix, weights: Vector, share: float) -> Vector:
    """Shape (n,): per column of `values`, shape (N, n), the value with `share` of weight below it.

    Sort the column and add up the weights. The quantile is the first value at which the sum
    reaches `share` of the whole; if it reaches it exactly there, the mean of it and the next one.
    With equal weights and a half this is the ordinary median.

    >>> weighted_quantile(np.array([[1.0], [2.0], [4.0], [8.0]]), np.ones(4), 0.5).tolist()
    [3.0]
    >>> weighted_quantile(np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 1.0, 5.0]), 0.5).tolist()
    [4.0]
    """
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    reached = np.cumsum(weights[order], axis=0)
    goal, slack = share * reached[-1], SLACK * reached[-1]
    first_at = (reached < goal - slack).sum(axis=0)
    first_past = (reached <= goal + slack).sum(axis=0)
    columns = np.arange(values.shape[1])
    return np.asarray((ordered[first_at, columns] + ordered[first_past, columns]) / 2)


def above_floor(values: Matrix, medians: Matrix) -> Matrix:
    """Shape (…, n): `values` under the map that makes `medians` sum to one and keeps the floor.

    What lies above the floor is scaled by one factor, so order is kept: a lower quartile stays
    below its median. If all medians lie on the floor there is nothing to scale, and every outcome
    gets the same.

    >>> medians = np.array([0.5, 0.2, 0.1])
    >>> above_floor(medians, medians).round(4).tolist()
    [0.6252, 0.2499, 0.1248]
    """
    outcome_count = medians.shape[-1]
    room = 1 - outcome_count * FLOOR
    above = (medians - FLOOR).sum(axis=-1, keepdims=True)
    are_all_on_it = above <= 0
    factor = room / np.where(are_all_on_it, 1.0, above)
    scaled = np.clip(FLOOR + (values - FLOOR) * factor, FLOOR, FLOOR + room)
    return np.asarray(np.where(are_all_on_it, 1 / outcome_count, scaled), dtype=np.float64)


def logit_mean(forecasts: Matrix, *, extremising: float = 1.0) -> Vector:
    """Shape (n,): the geometric mean of the odds, raised to the power `extremising`.

    Probabilities proportional to e^(a · mean ln p); for two outcomes the odds are then exactly the
    geometric mean of everybody's odds to the power a. Forecasters who share only part of what they
    know are each too close to even, and a > 1 corrects for it (Satopää et al. 2014).

    >>> logit_mean(np.array([[0.5, 0.5], [0.9, 0.1]])).round(4).tolist()  # odds 1 and 9 make 3
    [0.75, 0.25]
    >>> logit_mean(np.array([[0.5, 0.5], [0.9, 0.1]]), extremising=2).round(4).tolist()
    [0.9, 0.1]
    """
    return from_mean_logs(np.log(forecasts).mean(axis=0), extremising=extremising)


def from_mean_logs(mean_logs: Matrix, *, extremising: float = 1.0) -> Matrix:
    """Shape (…, n): the probabilities of a logit mean, from the mean of ln p of each outcome."""
    exponents = extremising * mean_logs
    grown = np.exp(exponents - exponents.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), dtype=np.float64)


def histogram(forecasts: Matrix) -> NDArray[np.int64]:
    """Shape (n, 20): for each outcome, how many forecasts lie in each twentieth of [0, 1].

    >>> histogram(np.array([[0.05, 0.95], [0.04, 0.96]]))[0, :3].tolist()
    [1, 1, 0]
    """
    outcome_count = forecasts.shape[1]
    # 1 − 0.8 is a hair below 0.2 in floats and yet belongs to the bucket that begins at 0.2.
    buckets = np.floor(forecasts * HISTOGRAM_BUCKETS + 1e-9).astype(np.int64)
    buckets = np.minimum(buckets, HISTOGRAM_BUCKETS - 1)
    cells = (buckets + HISTOGRAM_BUCKETS * np.arange(outcome_count)).ravel()
    counts = np.bincount(cells, minlength=outcome_count * HISTOGRAM_BUCKETS)
    return np.asarray(counts.reshape(outcome_count, HISTOGRAM_BUCKETS), dtype=np.int64)


def _weights(count: int, method: Method, track_records: Vector | None) -> Vector:
    if method in RECENCY_WEIGHTED:
        return recency_weights(count)
    if method is Method.TRACK_RECORD_WEIGHTED_MEAN and track_records is not None:
        return track_records
    return np.ones(count)
