"""How good one stated distribution was, once the answer is known: the rules that scores add up.

A forecast is a row p of n probabilities, and o are the outcome weights of the resolution: a single
1 as a rule. All of these rules are proper: whoever believes p does best, on average, to say p.

- probability of the truth, whose logarithm is the log score;
- Brier: Σᵢ(pᵢ − oᵢ)², from 0 to 2;
- ordinal Brier, for bins, which have an order: the mean of the Brier scores of all the questions
  "is it in bin k or below it?". A near miss costs less than a far one. With two bins it is Brier's;
- CRPS: ∫(F(u) − H(u))² du over the range, where F is the forecast's chance of at most u, straight
  along the scale inside a bin, and H jumps from 0 to 1 at the value. In shares of the range: 0 for
  certainty at the value, at most 1. Of open tails only the edge is known, so they have no width.

And the yardstick: what knowing nothing says of the truth, and what a hundred points are.

Sources: G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
Review 78 (1950); V. R. R. Jose, R. F. Nau, R. L. Winkler, "Sensitivity to distance and baseline
distributions in forecast evaluation", Management Science 55 (2009); J. E. Matheson, R. L. Winkler,
"Scoring rules for continuous probability distributions", Management Science 22 (1976); Metaculus,
"Scores FAQ" (the constants of the baseline score).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from markets.core.numeric import Bins

Vector: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = NDArray[np.float64]

TAIL_SHARE: Final = 0.05
"""What knowing nothing gives to each open tail."""

RANGED_SCALE: Final = 2.0
RANGED_PEER_FACTOR: Final = 0.5
"""Densities differ by more than chances do: scores over bins are halved to be comparable."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a log score is measured by: 100·ln(p/ignorance)/scale, and peer times its factor."""

    ignorance: float
    scale: float
    peer_factor: float


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """What each of F distributions was worth, each of shape (F,); `crps` is None without bins."""

    probability_of_truth: Vector
    brier: Vector
    crps: Vector | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What came true: the weight of each outcome, and of a range its bins and the value.

    Where only the bin is known, `value` is None, and CRPS is measured from the bin's middle. Where
    the truth is split between bins there is no value, and no CRPS.
    """

    weights: tuple[float, ...]
    bins: Bins | None = None
    value: float | None = None

    @property
    def yardstick(self) -> Yardstick:
        if self.bins is None:
            return yardstick_of(len(self.weights))
        return yardstick_of_bins(self.bins, self.weights)

    @property
    def place(self) -> float | None:
        """The value that CRPS is measured from; None where there is none."""
        if self.bins is None or max(self.weights) < 1:
            return None
        return self.bins.middle(self.weights.index(1)) if self.value is None else self.value

    def rate(self, forecasts: Matrix) -> Ratings:
        """What distributions of shape (F, n) were worth.

        >>> ratings = Truth((1, 0)).rate(np.array([[0.75, 0.25]]))
        >>> ratings.probability_of_truth.tolist(), ratings.brier.tolist(), ratings.crps
        ([0.75], [0.125], None)
        """
        rule = brier_scores if self.bins is None else ordinal_brier_scores
        return Ratings(
            probabilities_of_truth(forecasts, self.weights),
            rule(forecasts, self.weights),
            crps(self.bins, forecasts, self.place)
            if self.bins is not None and self.place is not None
            else None,
        )


def yardstick_of(outcome_count: int) -> Yardstick:
    """Of n outcomes without an order: 0 points for 1/n, 100 for certainty.

    >>> yardstick_of(4)
    Yardstick(ignorance=0.25, scale=1.3862943611198906, peer_factor=1.0)
    """
    return Yardstick(1 / outcome_count, math.log(outcome_count), 1.0)


def yardstick_of_bins(bins: Bins, weights: Sequence[float]) -> Yardstick:
    """Of bins: knowing nothing gives 5 % to each open tail, and the rest evenly to the others.

    >>> bins = Bins(lower=0, upper=10, count=11, open_above=True)
    >>> [round(yardstick_of_bins(bins, truth).ignorance, 9) for truth in np.eye(11)[[0, 10]]]
    [0.095, 0.05]
    """
    tails = bins.open_below + bins.open_above
    inner = (1 - TAIL_SHARE * tails) / bins.inner_count
    shares = np.full(bins.count, inner)
    shares[: int(bins.open_below)] = TAIL_SHARE
    shares[bins.count - int(bins.open_above) :] = TAIL_SHARE
    ignorance = float(np.exp(np.log(shares) @ np.asarray(weights, dtype=np.float64)))
    return Yardstick(ignorance, RANGED_SCALE, RANGED_PEER_FACTOR)


def probabilities_of_truth(forecasts: Matrix, weights: Sequence[float]) -> Vector:
    """Shape (F,): what forecasts of shape (F, n) gave to the outcome that came true.

    A resolution split between outcomes takes the geometric mean ∏ pᵢ^oᵢ: every log score is linear
    in ln p, so it is the same weighting of the scores for each outcome.

    >>> probabilities_of_truth(np.array([[0.2, 0.8], [0.5, 0.5]]), [0.5, 0.5]).round(4).tolist()
    [0.4, 0.5]
    """
    parts = np.asarray(weights, dtype=np.float64)
    true = np.flatnonzero(parts)
    if len(true) == 1:
        return np.array(forecasts[:, true[0]], dtype=np.float64)
    return np.asarray(np.exp(np.log(forecasts[:, true]) @ parts[true]), dtype=np.float64)


def brier_scores(forecasts: Matrix, weights: Sequence[float]) -> Vector:
    """Shape (F,): Σᵢ(pᵢ − oᵢ)² for forecasts of shape (F, n) and outcome weights o; from 0 to 2.

    >>> brier_scores(np.array([[0.75, 0.25], [0.5, 0.5]]), [1, 0]).tolist()
    [0.125, 0.5]
    """
    misses = forecasts - np.asarray(weights, dtype=np.float64)
    return np.asarray((misses**2).sum(axis=1), dtype=np.float64)


def ordinal_brier_scores(forecasts: Matrix, weights: Sequence[float]) -> Vector:
    """Shape (F,): the mean over k < n of 2·(p₁+…+pₖ − o₁−…−oₖ)², for outcomes in order; 0 to 2.

    The truth is the first of three bins. All on the second is a nearer miss than all on the third:

    >>> ordinal_brier_scores(np.array([[0, 1.0, 0], [0, 0, 1.0]]), [1, 0, 0]).tolist()
    [1.0, 2.0]
    """
    misses = np.cumsum(forecasts - np.asarray(weights, dtype=np.float64), axis=1)[:, :-1]
    return np.asarray(2 * (misses**2).mean(axis=1), dtype=np.float64)


def crps(bins: Bins, forecasts: Matrix, value: float) -> Vector:
    """Shape (F,): the CRPS of forecasts of shape (F, n) over bins, in shares of their range.

    >>> bins = Bins(lower=0, upper=10, count=2)
    >>> crps(bins, np.array([[0.5, 0.5], [1.0, 0.0]]), 5.0).round(6).tolist()
    [0.083333, 0.166667]
    """
    places = np.array([bins.position(edge) for edge in bins.edges])
    below = np.minimum(np.cumsum(forecasts, axis=1), 1.0)
    if not bins.open_below:
        below = np.insert(below, 0, 0.0, axis=1)
    at, below = bins.position(value), below[:, : bins.inner_count + 1]
    inside = min(int(np.searchsorted(places, at, side="right")), bins.inner_count)
    part = (at - places[inside - 1]) / (places[inside] - places[inside - 1])
    reached = below[:, inside - 1] + part * (below[:, inside] - below[:, inside - 1])
    places, below = np.insert(places, inside, at), np.insert(below, inside, reached, axis=1)
    happened = places[:-1] >= at
    low, high = below[:, :-1] - happened, below[:, 1:] - happened
    return np.asarray(((low**2 + low * high + high**2) / 3) @ np.diff(places), dtype=np.float64)
