"""The crowd's odds after every event of a question, many times faster than one after another.

An event is a forecast or its end (a withdrawal, an expiry). A forecast replaces the one that its
forecaster had, so what stands changes by one row at an event. What a row weighs changes more:
recency weights go by rank, so an end makes every younger forecast one older in rank and lighter.
No running sum survives that, and yet hardly anything has to be sorted again:

1. Events are worked off in blocks. What may stand at some event of a block are *slots*, in order
   of time; each event has one row of a matrix of weights over them, zero where a slot does not
   stand. A row comes from the one before by moving the ranks of the slots after the one that ended.
2. A mean is the product of that matrix with the slots' probabilities.
3. A median hardly moves within a block. Only slots whose value lies in a *bracket* around where
   it was have to be sorted and summed up; how much weight lies below the bracket is one more
   product. Where a median leaves its bracket, those events are done again with every slot in it.

Slots that weigh nothing in floats (e^-40 of the newest) are left out: with ten thousand standing,
two fifths of them. The result is that of `aggregation.aggregate` at every event, to rounding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from markets.core.aggregation import (
    MEDIAN,
    MEDIANS,
    RECENCY_WEIGHTED,
    SLACK,
    Matrix,
    Method,
    Vector,
    above_floor,
    from_mean_logs,
)

Indices: TypeAlias = NDArray[np.int64]

BLOCK = 64
"""Events worked off together. Measured with 100 000 events: 32 and 128 took a tenth longer."""

NEGLIGIBLE = 40.0
"""A weight below e^-40 of the newest is less than a float can add to the sum of them."""

WIDER = 1.5
"""By how much a bracket grows on each side, in its own widths, where a median left it."""

MARGIN = 0.5
"""How far a bracket reaches beyond where its median was in the last block, in spans of that."""


@dataclass(frozen=True, slots=True, eq=False)
class CrowdHistory:
    """The crowd's odds after each of K events, `centre` (K, n); rows of NaN where nobody stood."""

    centre: Matrix
    forecaster_count: Indices


def crowd_history(
    *,
    forecaster: NDArray[np.integer[Any]],
    probabilities: Matrix,
    method: Method = Method.RECENCY_WEIGHTED_MEDIAN,
    weights: Vector | None = None,
) -> CrowdHistory:
    """The crowd after each event of one question, which are given in the order of time.

    Args:
        forecaster: (E,) who, by any integers.
        probabilities: (E, n); a row of NaN ends what the forecaster had (no matter if nothing).
        weights: (E,) positive, their track record; only matter to the mean weighted by them.

    Raises:
        ValueError: where shapes differ.

    >>> history = crowd_history(
    ...     forecaster=np.array([7, 8, 7, 8]),
    ...     probabilities=np.array([[0.2, 0.8], [0.6, 0.4], [0.4, 0.6], [np.nan, np.nan]]),
    ... )
    >>> history.centre[:, 0].tolist(), history.forecaster_count.tolist()
    ([0.2, 0.4, 0.5, 0.4], [1, 2, 2, 1])
    """
    _require_sound(forecaster, probabilities, weights)
    events = _Events.of(forecaster, probabilities, method, weights)
    is_mirrored = _are_mirrored(probabilities)
    columns = 1 if is_mirrored else probabilities.shape[1]
    brackets = [_Bracket(column) for column in range(columns)] if method in MEDIANS else []
    parts = [_block(events, first, slots, brackets) for first, slots in events.blocks()]
    centre = np.concatenate([*parts, np.empty((0, len(brackets) or probabilities.shape[1]))])
    centre[events.count == 0] = np.nan
    if method in MEDIANS:
        medians = np.concatenate([centre, 1 - centre], axis=1) if is_mirrored else centre
        centre = above_floor(medians, medians)
    return CrowdHistory(centre, events.count)


def _are_mirrored(probabilities: Matrix) -> bool:
    """Are there two outcomes, each what the other leaves? Then one of them need not be sorted."""
    sums = probabilities.sum(axis=1)
    return probabilities.shape[1] == 2 and bool(np.nanmax(np.abs(sums - 1), initial=0) < 1e-14)


@dataclass(slots=True)
class _Bracket:
    """Between which values of one outcome to look for its median."""

    column: int
    low: float = -np.inf
    high: float = np.inf

    def ever_wider(self) -> Iterator[tuple[float, float]]:
        """The bracket itself, a wider one, and at last everything."""
        yield self.low, self.high
        if self.high < np.inf:
            room = WIDER * (self.high - self.low)
            yield self.low - room, self.high + room
            yield -np.inf, np.inf

    def follow(self, found: Vector) -> None:
        """Move around the values that the median had in a block."""
        if len(found) == 0:
            self.low, self.high = -np.inf, np.inf
            return
        low, high = float(found.min()), float(found.max())
        margin = MARGIN * (high - low)
        self.low, self.high = low - margin, high + margin


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """The events of one question, and what follows from their order alone."""

    probabilities: Matrix
    states: NDArray[np.bool_]
    """(E,) is it a forecast, rather than an end?"""
    ended_by: Indices
    """(E,) the event that ends what this one stated: the next of the same forecaster, else E."""
    ends: Indices
    """(E,) the event whose forecast this one ends, else -1."""
    count: Indices
    """(E,) how many stand after it."""
    method: Method
    track_records: Vector

    @classmethod
    def of(
        cls,
        forecaster: NDArray[np.integer[Any]],
        probabilities: Matrix,
        method: Method,
        weights: Vector | None,
    ) -> "_Events":
        size = len(forecaster)
        states: NDArray[np.bool_] = np.asarray(~np.isnan(probabilities).any(axis=1), dtype=np.bool_)
        order = np.argsort(forecaster, kind="stable")
        earlier, later = order[:-1], order[1:]
        same: NDArray[np.bool_] = np.asarray(
            forecaster[earlier] == forecaster[later], dtype=np.bool_
        )
        ended_by = np.full(size, size, dtype=np.int64)
        ended_by[earlier[same]] = later[same]
        ends = np.full(size, -1, dtype=np.int64)
        stated = same & states[earlier]
        ends[later[stated]] = earlier[stated]
        count = np.cumsum(states.astype(np.int64) - (ends >= 0))
        weighted = method is Method.TRACK_RECORD_WEIGHTED_MEAN and weights is not None
        track_records = weights if weighted and weights is not None else np.ones(size)
        return cls(probabilities, states, ended_by, ends, count, method, track_records)

    def blocks(self) -> "Sequence[tuple[int, Indices]]":
        """The first event of each block, with the events whose forecasts stand at some of it."""
        found = []
        slots = np.empty(0, dtype=np.int64)
        for first in range(0, len(self.states), BLOCK):
            born = first + np.flatnonzero(self.states[first : first + BLOCK])
            slots = np.concatenate([slots[self.ended_by[slots] > first], born])
            found.append((first, slots))
        return found


def _block(events: _Events, first: int, slots: Indices, brackets: list[_Bracket]) -> Matrix:
    """(events of the block, n): the mean of each outcome, or the medians of the brackets."""
    weights, slots = _weights(events, first, slots)
    values = events.probabilities[slots]
    if not brackets:
        return _means(events.method, weights, values)
    below = np.ones((len(slots), len(brackets) + 1))
    for each, bracket in enumerate(brackets):
        np.less(values[:, bracket.column], bracket.low, out=below[:, each])
    under = weights @ below
    totals = under[:, -1]
    found = np.empty((len(weights), len(brackets)))
    somebody = totals > 0
    for each, bracket in enumerate(brackets):
        median = _median(weights, totals, values[:, bracket.column], bracket, under[:, each])
        bracket.follow(median[somebody])
        found[:, each] = median
    return found


def _weights(events: _Events, first: int, slots: Indices) -> tuple[Matrix, Indices]:
    """(events of the block, slots): what each slot weighs after each event; and those slots.

    The slots come back without the oldest that weigh nothing at any event of the block.
    """
    count = events.count[first : first + BLOCK]
    last = first + len(count)
    if events.method in RECENCY_WEIGHTED:
        light = int(max(np.sqrt(count.min()) - NEGLIGIBLE, 0.0) ** 2)
        weights = _recency_weights(events, first, slots, light)
        slots = slots[light:]
        weights[count <= 2] = 1.0
    else:
        weights = np.tile(events.track_records[slots], (len(count), 1))
    passing = np.flatnonzero((slots >= first) | (events.ended_by[slots] < last))
    rows = np.arange(first, last)[:, None]
    stands = (slots[passing] <= rows) & (rows < events.ended_by[slots[passing]])
    weights[:, passing] *= stands
    return weights, slots


def _recency_weights(events: _Events, first: int, slots: Indices, light: int) -> Matrix:
    """(events of the block, slots from the `light`-th on): e^√rank, whether it stands or not."""
    count = events.count[first : first + BLOCK]
    standing = int(np.searchsorted(slots, first))
    scale = np.sqrt(np.arange(max(count.max(), standing, 1) + 1))
    by_rank = np.exp(scale - scale[-1])
    # A slot that does not stand has the rank of the last one before it that does.
    ranks = np.minimum(np.arange(1, len(slots) + 1), standing)[light:]
    weights = np.empty((len(count), len(ranks)))
    ended = np.searchsorted(slots, events.ends[first : first + len(count)]) - light
    for row in range(len(count)):
        event, moved = first + row, len(ranks)
        if row > 0 and events.ends[event] >= 0:
            moved = max(ended[row], 0)
            ranks[moved:] -= 1
        if events.states[event]:
            born = max(standing - light, 0)
            ranks[born:] += 1
            standing += 1
            moved = min(moved, born)
        if row == 0:
            moved = 0
        weights[row, :moved] = weights[row - 1, :moved]
        np.take(by_rank, ranks[moved:], out=weights[row, moved:], mode="clip")
    return weights


def _means(method: Method, weights: Matrix, values: Matrix) -> Matrix:
    """(events of the block, n): the mean of the method."""
    totals = weights.sum(axis=1)
    whole = np.where(totals > 0, totals, 1.0)[:, None]
    if method is Method.LOGIT_MEAN:
        return from_mean_logs(weights @ np.log(values) / whole)
    return np.asarray(weights @ values / whole, dtype=np.float64)


def _median(
    weights: Matrix, totals: Vector, values: Vector, bracket: _Bracket, under: Vector
) -> Vector:
    """(events of the block,): the median of one outcome, `under` weighing below the bracket."""
    found = np.zeros(len(totals))
    rows = np.flatnonzero(totals > 0)
    of_rows, under = (weights if len(rows) == len(weights) else weights[rows]), under[rows]
    for low, high in bracket.ever_wider():
        if len(rows) == 0:
            break
        if low < bracket.low:
            under = of_rows @ (values < low)
        inside = np.flatnonzero((values >= low) & (values <= high))
        found[rows], is_inside = _crossing(of_rows, totals[rows], values, inside, under)
        rows, of_rows, under = rows[~is_inside], of_rows[~is_inside], under[~is_inside]
    return found


def _crossing(
    weights: Matrix, totals: Vector, values: Vector, inside: Indices, under: Vector
) -> tuple[Vector, NDArray[np.bool_]]:
    """(rows,): where the sum of weights reaches half, and whether that is `inside`.

    As `aggregation.weighted_quantile`: of a tie the mean of it and of the next that stands.
    """
    if len(inside) == 0:
        return np.zeros(len(totals)), np.zeros(len(totals), dtype=np.bool_)
    inside = inside[np.argsort(values[inside])]
    ordered = values[inside]
    reached = np.cumsum(weights.take(inside, axis=1), axis=1)
    reached += under[:, None]
    goal, slack = MEDIAN * totals, SLACK * totals
    past = np.count_nonzero(reached <= (goal + slack)[:, None], axis=1)
    is_inside = (under < goal - slack) & (past < len(inside))
    past = np.minimum(past, len(inside) - 1)
    found = ordered[past]
    tied = np.flatnonzero(reached[np.arange(len(past)), past - 1] >= goal - slack)
    tied = tied[past[tied] > 0]
    first_at = np.count_nonzero(reached[tied] < (goal - slack)[tied, None], axis=1)
    found[tied] = (found[tied] + ordered[first_at]) / 2
    return found, is_inside


def _require_sound(forecaster: NDArray[Any], probabilities: Matrix, weights: Vector | None) -> None:
    size = len(forecaster)
    if probabilities.ndim != 2 or len(probabilities) != size:
        raise ValueError("Give one forecaster and one row of probabilities for each event.")
    if weights is not None and len(weights) != size:
        raise ValueError("Give one weight for each event.")
