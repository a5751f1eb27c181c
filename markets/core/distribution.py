"""What a distribution over bins says: its mean, its quantiles, its curve.

Inside a bin the value is taken to be spread evenly along the scale: over a linear bin evenly, over
a logarithmic one so that equal ratios are equally likely. Nothing is assumed about open tails: a
quantile inside one is unknown (None), and the mean is that of the value *cut to the bounds*,
E[min(max(x, lower), upper)], which counts a tail at its edge. It is the mean itself where there are
no tails, and a bound of it where there is one.

People do not think in two hundred bins. They state a few quantiles, of which `stated_quantiles`
makes a distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from markets.core.errors import MarketError
from markets.core.limits import Numbers, Vector
from markets.core.numeric import Bins

QUANTILE_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
STATED_SHARES = (0.1, 0.5, 0.9)
"""The quantiles of a forecast in three numbers: low, even, high."""

FLOOR_TOGETHER = 0.01
"""What all bins keep together, whatever is stated: each has a hundredth of an even share."""

SHARE_TOLERANCE = 1e-9
LOG_ODDS_MAX = 700.0


class InvalidQuantiles(MarketError):
    """Stated quantiles do not rise, or name values that the scale does not have."""

    code = "invalid_quantiles"

    def __init__(self, message: str, *, field: str = "probabilities") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Summary:
    """A distribution in a few numbers; a quantile is None inside an open tail."""

    expected_value: float
    quantiles: dict[float, float | None]

    @property
    def median(self) -> float | None:
        return self.quantiles[0.5]

    @property
    def band(self) -> tuple[float | None, float | None]:
        """The middle half: the value lies in it with even odds."""
        return self.quantiles[0.25], self.quantiles[0.75]


def summary(bins: Bins, probabilities: Numbers) -> Summary:
    """The mean and the usual quantiles of a distribution over bins.

    >>> said = summary(Bins(lower=0, upper=4, count=4), [0.25, 0.25, 0.25, 0.25])
    >>> said.expected_value, said.median, said.band
    (2.0, 2.0, (1.0, 3.0))
    """
    found = quantiles(bins, probabilities, QUANTILE_SHARES)
    return Summary(
        expected_value(bins, probabilities), dict(zip(QUANTILE_SHARES, found, strict=True))
    )


def bin_floor(outcome_count: int) -> float:
    """The least probability of a bin in a forecast or prior: a hundredth of an even share.

    A floor that did not shrink with the bins would leave two hundred of them no freedom: at 0.001
    each, a fifth of every forecast would be given away.
    """
    return FLOOR_TOGETHER / outcome_count


def uniform(outcome_count: int) -> Vector:
    """Shape (n,): the same for every outcome."""
    return np.full(outcome_count, 1 / outcome_count)


def expected_value(bins: Bins, probabilities: Numbers) -> float:
    """The mean of the value, cut to the bounds where there are open tails.

    >>> expected_value(Bins(lower=0, upper=2, count=3, open_above=True), [0.5, 0.25, 0.25])
    1.125
    """
    return float(np.dot(np.asarray(probabilities, dtype=np.float64), _means(bins)))


def quantiles(
    bins: Bins, probabilities: Numbers, shares: Sequence[float]
) -> tuple[float | None, ...]:
    """For each share the value that lies above so much of the probability; None inside a tail.

    >>> bins = Bins(lower=1, upper=100, count=3, scale="log", open_below=True)
    >>> [q and round(q, 6) for q in quantiles(bins, [0.25, 0.5, 0.25], [0.1, 0.25, 0.5, 0.75])]
    [None, 1.0, 3.162278, 10.0]
    """
    below = below_edges(bins, probabilities)
    return tuple(_quantile(bins, below, share) for share in shares)


def median_place(bins: Bins, probabilities: Numbers) -> float:
    """Where the median lies along the scale: 0 at the lower bound or below, 1 at the upper.

    >>> median_place(Bins(lower=0, upper=4, count=4), [0.25, 0.25, 0.25, 0.25])
    0.5
    >>> median_place(Bins(lower=0, upper=1, count=2, open_above=True), [0.1, 0.9])
    1.0
    """
    below = below_edges(bins, probabilities)
    median = _quantile(bins, below, 0.5)
    if median is None:
        return 0.0 if below[0] > 0.5 else 1.0
    return bins.position(median)


def below_edges(bins: Bins, probabilities: Numbers) -> Vector:
    """Shape (inner bins + 1,): how likely the value lies below each edge; the curve of a chart.

    >>> below_edges(Bins(lower=0, upper=2, count=3, open_below=True), [0.5, 0.25, 0.25]).tolist()
    [0.5, 0.75, 1.0]
    """
    reached = np.cumsum(np.asarray(probabilities, dtype=np.float64))
    if not bins.open_below:
        reached = np.concatenate([[0.0], reached])
    return np.minimum(reached[: bins.inner_count + 1], 1.0)


def through_points(at: Vector, values: Sequence[float], shares: Sequence[float]) -> Vector:
    """Shares at each place: log-odds straight through the points, and on past the outer ones."""
    points = np.array(values)
    log_odds = np.log(np.array(shares)) - np.log1p(-np.array(shares))
    segment = np.clip(np.searchsorted(points, at) - 1, 0, len(points) - 2)
    slope = np.diff(log_odds) / np.diff(points)
    straight = log_odds[segment] + slope[segment] * (at - points[segment])
    return _expit(np.clip(straight, -LOG_ODDS_MAX, LOG_ODDS_MAX))


def above_floor(masses: Vector) -> Vector:
    """Shape (n,): the same proportions with a hundredth mixed in evenly, so none is impossible.

    >>> above_floor(np.array([1.0, 0.0])).tolist()
    [0.995, 0.005]
    """
    total = float(masses.sum())
    shares = masses / total if total > 0 else uniform(len(masses))
    mixed = (1 - FLOOR_TOGETHER) * shares + bin_floor(len(masses))
    return np.asarray(mixed / mixed.sum(), dtype=np.float64)


def _means(bins: Bins) -> Vector:
    """Shape (n,): the mean of the value inside each bin; a tail's is its edge.

    Over [a, b) evenly in ln x the mean is (b − a)/ln(b/a), the logarithmic mean of a and b.
    """
    edges = np.array(bins.edges)
    low, high = edges[:-1], edges[1:]
    inner = (high - low) / np.log(high / low) if bins.is_log else (low + high) / 2
    below, above = edges[: int(bins.open_below)], edges[len(edges) - int(bins.open_above) :]
    return np.concatenate([below, inner, above])


def _quantile(bins: Bins, below: Vector, share: float) -> float | None:
    """The value at which the curve first reaches `share`, straight along the scale in a bin."""
    place = int(np.searchsorted(below, share - SHARE_TOLERANCE))
    if place == len(below):
        return None if bins.open_above else bins.edges[-1]
    if abs(below[place] - share) <= SHARE_TOLERANCE:
        return bins.edges[place]
    if place == 0:
        return None
    part = (share - below[place - 1]) / (below[place] - below[place - 1])
    low, high = bins.edges[place - 1], bins.edges[place]
    between = low * (high / low) ** part if bins.is_log else low + (high - low) * part
    return float(between)


def _expit(log_odds: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)
