"""How good stated probabilities were, once the answer is known.

A question opens at O, is scheduled to close at S and truly ends at C: when it closed, or earlier if
the answer was known earlier. A forecast stands on [a, b), its own interval cut to [O, C). It put
the probability p on the outcome that came true. Every integral is divided by the *scheduled* length
T = S − O, so a question that ends early rewards nobody for having ended early.

- baseline: 100·(1 + ln p / ln n) for the share (b−a)/T of the time. Zero for saying 1/n
  throughout, 100 for certainty throughout.
- peer: let N(t) stand at t, with G(t) the geometric mean of their p. While N(t) ≥ 2 the score
  accrues at the rate 100·N/(N−1)·(ln p − ln G). Since ln G is the mean over all N,
      N/(N−1)·(ln p − ln G) = ln p − mean of ln p over the N−1 others,
  the log score against everybody else. Summed over the N who stand it is zero at every instant;
  while nobody else stands it is nothing.
- Brier and log: Σᵢ(pᵢ − oᵢ)² and ln p, averaged over the time that the forecaster stood.
- coverage: the share of T that the forecaster stood; attainable: (C − O)/T, what anyone could.

Both baseline and peer are proper: they are ln p times a positive number plus something that does
not depend on one's own p, and E[ln p] is largest for the probabilities that one believes.

The peer score in O(F log F) for F forecasts. Its rate splits into ln p times a part, less a part,
that are the same for everybody who stands at t. With L(t) = Σ ln p over all who stand,

    A(t) = ∫ N/(N−1) dt,   B(t) = ∫ L/(N−1) dt   (over the time when N ≥ 2),
    peer = 100/T · Σ over one's forecasts of [ln p·(A(b) − A(a)) − (B(b) − B(a))].

N and L only change where a forecast begins or ends: sort those instants once, add up, and every
forecast is two look-ups.

Definitions: Metaculus, "Scores FAQ" (baseline and peer score, coverage); G. W. Brier,
"Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]
Ids: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of one question, one place per forecaster, in order of forecaster id.

    Only those are here whose forecasts stood at some time in [opened, ended).
    """

    forecaster: Ids
    baseline: Vector
    peer: Vector
    brier: Vector
    log_score: Vector
    coverage: Vector
    attainable_coverage: float


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """Forecasts cut to the question's life, by forecaster and start; times are shares of T."""

    forecaster: Ids
    start: Vector
    end: Vector
    log_probability: Vector
    brier: Vector

    @property
    def duration(self) -> Vector:
        return self.end - self.start


def probabilities_of_truth(forecasts: Matrix, weights: Sequence[float]) -> Vector:
    """Shape (F,): what forecasts of shape (F, n) gave to the outcome that came true.

    `weights` are the outcome weights o of the resolution: a single 1 as a rule. A resolution split
    between outcomes takes the geometric mean ∏ pᵢ^oᵢ: every score below but Brier's is linear in
    ln p, so its score is the same weighting of the scores for each outcome.

    >>> probabilities_of_truth(np.array([[0.2, 0.8], [0.5, 0.5]]), [0.5, 0.5]).round(4).tolist()
    [0.4, 0.5]
    """
    return np.asarray(np.exp(np.log(forecasts) @ np.asarray(weights, dtype=np.float64)))


def brier_scores(forecasts: Matrix, weights: Sequence[float]) -> Vector:
    """Shape (F,): Σᵢ(pᵢ − oᵢ)² for forecasts of shape (F, n) and outcome weights o; from 0 to 2.

    >>> brier_scores(np.array([[0.75, 0.25], [0.5, 0.5]]), [1, 0]).tolist()
    [0.125, 0.5]
    """
    misses = forecasts - np.asarray(weights, dtype=np.float64)
    return np.asarray((misses**2).sum(axis=1), dtype=np.float64)


def score_forecasts(
    forecaster: ArrayLike,
    starts: ArrayLike,
    ends: ArrayLike,
    probability_of_truth: ArrayLike,
    brier_per_forecast: ArrayLike,
    *,
    opened_at: float,
    closes_at: float,
    ended_at: float,
    outcome_count: int,
) -> Scores:
    """Every score of every forecaster, from F forecasts in any order, all of shape (F,).

    Instants are seconds on any one clock. `starts` and `ends` are half-open intervals; one
    forecaster's may not overlap, because only one forecast of a person stands at a time. A forecast
    that stood until the end may have any later end, even infinity. `closes_at` is S, and `ended_at`
    is C, of which nothing after S counts.

    Alice says 80 % for the whole ten seconds, bob 50 % for the second half, and it comes true:

    >>> scores = score_forecasts(
    ...     [1, 2], [0, 5], [10, 10], [0.8, 0.5], [0.08, 0.5],
    ...     opened_at=0, closes_at=10, ended_at=10, outcome_count=2,
    ... )
    >>> scores.baseline.round(4).tolist()  # 100·(1 + ln 0.8 / ln 2); bob says nothing new
    [67.8072, 0.0]
    >>> scores.peer.round(4).tolist()  # half of the time 100·ln(0.8/0.5), and its opposite
    [23.5002, -23.5002]
    >>> scores.coverage.tolist(), scores.attainable_coverage
    ([1.0, 0.5], 1.0)

    Raises:
        ValueError: for a probability outside (0, 1], a question without length, or forecasts of
            one person that overlap. Stored rows cannot be so; scoring them would be wrong.
    """
    length = closes_at - opened_at
    if not length > 0:
        raise ValueError("a question closes after it opens")
    attainable = min(max((ended_at - opened_at) / length, 0.0), 1.0)
    standing = _cut(
        np.asarray(forecaster, dtype=np.int64),
        np.clip((np.asarray(starts, dtype=np.float64) - opened_at) / length, 0.0, attainable),
        np.clip((np.asarray(ends, dtype=np.float64) - opened_at) / length, 0.0, attainable),
        _log(np.asarray(probability_of_truth, dtype=np.float64)),
        np.asarray(brier_per_forecast, dtype=np.float64),
    )
    ids, place = np.unique(standing.forecaster, return_inverse=True)

    def per_forecaster(values: Vector) -> Vector:
        return np.bincount(place, weights=values, minlength=len(ids)).astype(np.float64)

    stood = per_forecaster(standing.duration)
    return Scores(
        forecaster=ids,
        baseline=per_forecaster(_baseline(standing, outcome_count)),
        peer=per_forecaster(_peer(standing)),
        brier=per_forecaster(standing.brier * standing.duration) / stood,
        log_score=per_forecaster(standing.log_probability * standing.duration) / stood,
        coverage=np.minimum(stood, attainable),
        attainable_coverage=attainable,
    )


def _cut(
    forecaster: Ids, start: Vector, end: Vector, log_probability: Vector, brier: Vector
) -> _Standing:
    """The forecasts that stood for any time, in an order that does not depend on the input's."""
    order = np.lexsort((start, forecaster))
    order = order[start[order] < end[order]]
    forecaster, start, end = forecaster[order], start[order], end[order]
    same = forecaster[1:] == forecaster[:-1]
    if np.any(same & (start[1:] < end[:-1])):
        raise ValueError("two forecasts of one forecaster stand at the same time")
    return _Standing(forecaster, start, end, log_probability[order], brier[order])


def _log(probability: Vector) -> Vector:
    if not np.all((probability > 0) & (probability <= 1)):
        raise ValueError("a probability of the truth lies in (0, 1]")
    return np.log(probability)


def _baseline(standing: _Standing, outcome_count: int) -> Vector:
    """Shape (F,): what each forecast adds to its forecaster's baseline score."""
    rate = 100 * (1 + standing.log_probability / math.log(outcome_count))
    return rate * standing.duration


def _peer(standing: _Standing) -> Vector:
    """Shape (F,): what each forecast adds to its forecaster's peer score."""
    count = len(standing.start)
    instants, place = np.unique(np.concatenate([standing.start, standing.end]), return_inverse=True)
    begins, stops = place[:count], place[count:]
    a, b = _peer_integrals(instants, begins, stops, standing.log_probability)
    return 100 * (standing.log_probability * (a[stops] - a[begins]) - (b[stops] - b[begins]))


def _peer_integrals(
    instants: Vector, begins: Ids, stops: Ids, log_probability: Vector
) -> tuple[Vector, Vector]:
    """A and B at each instant, where forecasts begin and stop at the instants so numbered."""
    size = len(instants)
    begun, stopped = np.bincount(begins, minlength=size), np.bincount(stops, minlength=size)
    number = np.cumsum(begun - stopped)[:-1]
    log_sum = np.cumsum(
        np.bincount(begins, weights=log_probability, minlength=size)
        - np.bincount(stops, weights=log_probability, minlength=size)
    )[:-1]
    gaps = np.diff(instants)
    shared = number >= 2
    others = np.where(shared, number - 1, 1)
    a = np.where(shared, number / others, 0.0) * gaps
    b = np.where(shared, log_sum / others, 0.0) * gaps
    return _from_zero(a), _from_zero(b)


def _from_zero(steps: Vector) -> Vector:
    """Shape (F+1,): the running total of shape (F,), from zero on."""
    return np.concatenate([[0.0], np.cumsum(steps)])
