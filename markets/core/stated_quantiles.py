"""Forecasts of a number or a date in quantiles: pairs of a probability and a value.

A pair (p, v) says "the value lies below v with probability p". Five pairs or more make a curve, or
the three of a low, an even and a high value: "one chance in ten that it is below 9, even odds at
11, one in ten above 14". The curve makes the probabilities of the bins:

- Between two pairs the log-odds of "below x" run straight along the scale.
- Beyond the first and the last pair, towards an open tail, the line goes on, so that the tail is
  thin like that of a logistic distribution.
- Towards a closed bound, where the value cannot lie, the probability itself runs straight along the
  scale: to exactly 0 at the lower bound, and to exactly 1 at the upper.

So the curve passes through every pair and rises strictly, whatever was stated. At last every bin
gets its floor, a hundredth of an even share: 99 parts of the curve and one part evenly.
"""

import math
from collections.abc import Sequence

import numpy as np

from markets.core.distribution import (
    STATED_SHARES,
    InvalidQuantiles,
    above_floor,
    through_points,
)
from markets.core.limits import Vector
from markets.core.numeric import Bins

QUANTILE_COUNT_MIN, QUANTILE_COUNT_MAX = 5, 99

Pair = tuple[float, float]
"""A probability, and the value below which the answer lies with it."""


def from_stated_quantiles(bins: Bins, stated: Sequence[Pair]) -> Vector:
    """Shape (n,): the probabilities of the bins, each at least the floor.

    Raises:
        InvalidQuantiles: its field names the first pair that is wrong, such as `quantiles[3]`.

    >>> bins = Bins(lower=0, upper=10, count=5)
    >>> pairs = [(0.1, 2), (0.25, 4), (0.5, 5), (0.75, 6), (0.9, 8)]
    >>> from_stated_quantiles(bins, pairs).round(4).tolist()
    [0.101, 0.1505, 0.497, 0.1505, 0.101]
    """
    require_sound(bins, stated)
    return _binned(bins, stated)


def from_three(bins: Bins, values: Sequence[float]) -> Vector:
    """Shape (n,): the same for three values, those of STATED_SHARES.

    Raises:
        InvalidQuantiles: its field names the first value that is wrong, such as `quantiles[2]`.

    >>> from_three(Bins(lower=0, upper=10, count=5), [0.5, 1, 5]).round(3).tolist()
    [0.63, 0.205, 0.083, 0.042, 0.042]
    """
    stated = list(zip(STATED_SHARES, values, strict=True))
    _require_pairs(bins, stated)
    return _binned(bins, stated)


def _binned(bins: Bins, stated: Sequence[Pair]) -> Vector:
    below = curve(bins, stated, np.array(bins.edges))
    cuts = np.concatenate([[0.0] * bins.open_below, below, [1.0] * bins.open_above])
    return above_floor(np.maximum(np.diff(cuts), 0.0))


def curve(bins: Bins, stated: Sequence[Pair], at: Vector) -> Vector:
    """How likely the answer lies below each value of `at`, before the floor.

    >>> bins = Bins(lower=0, upper=10, count=5)
    >>> pairs = [(0.1, 2), (0.25, 4), (0.5, 5), (0.75, 6), (0.9, 8)]
    >>> curve(bins, pairs, np.array([0.0, 1.0, 4.0, 8.0, 9.0, 10.0])).round(6).tolist()
    [0.0, 0.05, 0.25, 0.9, 0.95, 1.0]
    """
    places = np.array([bins.on_scale(float(value)) for value in at])
    shares = [share for share, _ in stated]
    points = [bins.on_scale(value) for _, value in stated]
    below = through_points(places, points, shares)
    if not bins.open_below:
        start = bins.on_scale(bins.lower)
        part = (places - start) / (points[0] - start)
        below = np.where(places < points[0], shares[0] * np.clip(part, 0, 1), below)
    if not bins.open_above:
        end = bins.on_scale(bins.upper)
        part = (end - places) / (end - points[-1])
        below = np.where(places > points[-1], 1 - (1 - shares[-1]) * np.clip(part, 0, 1), below)
    return np.asarray(below, dtype=np.float64)


def require_sound(bins: Bins, stated: Sequence[Pair]) -> None:
    """Refuse what makes no rising curve; raises `InvalidQuantiles`, which names the pair."""
    if not QUANTILE_COUNT_MIN <= len(stated) <= QUANTILE_COUNT_MAX:
        raise InvalidQuantiles(
            f"Give {QUANTILE_COUNT_MIN} to {QUANTILE_COUNT_MAX} quantiles, not {len(stated)}.",
            field="quantiles",
        )
    _require_pairs(bins, stated)


def _require_pairs(bins: Bins, stated: Sequence[Pair]) -> None:
    for index in range(len(stated)):
        fault = _fault(bins, stated, index)
        if fault:
            name = f"quantiles[{index}]"
            raise InvalidQuantiles(f"{name}: {fault}", field=name)


def _fault(bins: Bins, stated: Sequence[Pair], index: int) -> str:
    """What is wrong with a pair by itself or after the one before it; "" if nothing is."""
    share, value = stated[index]
    if not (math.isfinite(share) and math.isfinite(value)):
        return "give finite numbers."
    if not 0 < share < 1:
        return "a probability lies strictly between 0 and 1."
    if index > 0 and share <= stated[index - 1][0]:
        return "the probability is larger than the one before."
    fault = _fault_of_value(bins, value)
    if not fault and index > 0 and bins.on_scale(value) <= bins.on_scale(stated[index - 1][1]):
        return "the value is larger than the one before."
    return fault


def _fault_of_value(bins: Bins, value: float) -> str:
    if not bins.open_below and value <= bins.lower:
        return "the value lies above the lower bound, below which nothing can be."
    if not bins.open_above and value >= bins.upper:
        return "the value lies below the upper bound, above which nothing can be."
    return "" if math.isfinite(bins.on_scale(value)) else "this question's scale has no such value."
