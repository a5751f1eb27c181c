"""How good a forecaster was on a question, once the answer is known.

A question opens at O, is scheduled to close at S and truly ends at C: when it closed, or earlier if
the answer was known earlier. A forecast stands on [a, b), its own interval cut to [O, C). It put
the probability p on the outcome that came true. Every integral is divided by the *scheduled* length
T = S − O, so a question that ends early rewards nobody for having ended early. What knowing nothing
says of the truth, q, and what a hundred points are, d, is the yardstick's (scoring_rules).

- baseline: 100·ln(p/q)/d for the share (b−a)/T of the time. Without an order of outcomes that is
  100·(1 + ln p / ln n): zero for saying 1/n throughout, 100 for certainty throughout.
- peer: let N(t) stand at t, with G(t) the geometric mean of their p. While N(t) ≥ 2 the score
  accrues at the rate 100·N/(N−1)·(ln p − ln G). Since ln G is the mean over all N,
      N/(N−1)·(ln p − ln G) = ln p − mean of ln p over the N−1 others,
  the log score against everybody else. Summed over the N who stand it is zero at every instant;
  while nobody else stands it is nothing. Over bins it is halved.
- spot baseline, spot peer: the same for one instant alone, for those who stand then.
- Brier, log and CRPS: averaged over the time that the forecaster stood.
- relative Brier: on each day (UTC), one's Brier score less the median of all who stand at its end;
  averaged over the days on which one stood. Below zero is better than the crowd.
- coverage: the share of T that the forecaster stood; attainable: (C − O)/T, what anyone could.

Both baseline and peer are proper: they are ln p times a positive number plus something that does
not depend on one's own p, and E[ln p] is largest for the probabilities that one believes.

The peer score in O(F log F) for F forecasts. Its rate splits into ln p times a part, less a part,
that are the same for everybody who stands at t. With L(t) = Σ ln p over all who stand,

    A(t) = ∫ N/(N−1) dt,   B(t) = ∫ L/(N−1) dt   (over the time when N ≥ 2),
    peer = 100/T · Σ over one's forecasts of [ln p·(A(b) − A(a)) − (B(b) − B(a))].

N and L only change where a forecast begins or ends: sort those instants once, add up, and every
forecast is two look-ups.

Definitions: Metaculus, "Scores FAQ" (baseline, peer and spot scores, coverage); Good Judgment Open,
"Frequently asked questions" (the daily median that relative Brier scores are measured by).
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from markets.core.scoring_rules import Yardstick

Vector: TypeAlias = NDArray[np.float64]
Ids: TypeAlias = NDArray[np.int64]

DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of one question, one place per forecaster, in order of forecaster id.

    Only those are here whose forecasts stood at some time in [opened, ended). NaN stands for no
    score: spot scores of those who did not stand then, CRPS where there are no bins, and a
    relative Brier score of those who stood at no day's end.
    """

    forecaster: Ids
    baseline: Vector
    peer: Vector
    spot_baseline: Vector
    spot_peer: Vector
    brier: Vector
    relative_brier: Vector
    log_score: Vector
    crps: Vector
    coverage: Vector
    attainable_coverage: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stated:
    """F forecasts in any order, each array of shape (F,): whose, from when till when, how good.

    Intervals are half-open; one forecaster's may not overlap, because only one forecast of a person
    stands at a time. One that stood until the end may have any later end, even infinity. The last
    three are what scoring_rules says of each; `crps` is None where there are no bins.
    """

    forecaster: ArrayLike
    starts: ArrayLike
    ends: ArrayLike
    probability_of_truth: ArrayLike
    brier: ArrayLike
    crps: ArrayLike | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A question's instants in seconds on one clock, whose days begin at multiples of DAY.

    `closes_at` is S and `ended_at` is C, of which nothing after S counts; at `spot_at`, None for
    the middle of O and S, spot scores are taken.
    """

    opened_at: float
    closes_at: float
    ended_at: float
    spot_at: float | None = None

    @property
    def length(self) -> float:
        return self.closes_at - self.opened_at

    @property
    def attainable_coverage(self) -> float:
        return min(max((self.ended_at - self.opened_at) / self.length, 0.0), 1.0)

    @property
    def spot(self) -> float:
        """When spot scores are taken, as a share of T."""
        return 0.5 if self.spot_at is None else (self.spot_at - self.opened_at) / self.length

    def day_ends(self) -> Vector:
        """The end of each day that the question saw, as shares of T; the last one is its own."""
        end = min(self.ended_at, self.closes_at)
        first, last = math.floor(self.opened_at / DAY) + 1, math.ceil(end / DAY)
        midnights = DAY * np.arange(first, last, dtype=np.float64)
        return (np.append(midnights, end) - self.opened_at) / self.length


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """Forecasts cut to the question's life, by forecaster and start; times are shares of T."""

    forecaster: Ids
    start: Vector
    end: Vector
    log_probability: Vector
    brier: Vector
    crps: Vector

    @property
    def duration(self) -> Vector:
        return self.end - self.start


def score_forecasts(stated: Stated, life: Life, yardstick: Yardstick) -> Scores:
    """Every score of every forecaster of one question.

    Alice says 80 % for the whole ten seconds, bob 50 % for the second half, and it comes true:

    >>> from markets.core.scoring_rules import yardstick_of
    >>> stated = Stated(
    ...     forecaster=[1, 2], starts=[0, 5], ends=[10, 10],
    ...     probability_of_truth=[0.8, 0.5], brier=[0.08, 0.5],
    ... )
    >>> life = Life(opened_at=0, closes_at=10, ended_at=10)
    >>> scores = score_forecasts(stated, life, yardstick_of(2))
    >>> scores.baseline.round(4).tolist()  # 100·(1 + ln 0.8 / ln 2); bob says nothing new
    [67.8072, 0.0]
    >>> scores.peer.round(4).tolist()  # half of the time 100·ln(0.8/0.5), and its opposite
    [23.5002, -23.5002]
    >>> scores.spot_peer.round(4).tolist()  # both stand in the middle: all of it, for once
    [47.0004, -47.0004]
    >>> scores.relative_brier.round(4).tolist()  # the median of the day's 0.08 and 0.5 is 0.29
    [-0.21, 0.21]
    >>> scores.coverage.tolist(), scores.attainable_coverage
    ([1.0, 0.5], 1.0)

    Raises:
        ValueError: for a probability outside (0, 1], a question without length, or forecasts of
            one person that overlap. Stored rows cannot be so; scoring them would be wrong.
    """
    if not life.length > 0:
        raise ValueError("a question closes after it opens")
    standing = _cut(stated, life)
    ids, place = np.unique(standing.forecaster, return_inverse=True)

    def summed(values: Vector) -> Vector:
        return np.bincount(place, weights=values, minlength=len(ids)).astype(np.float64)

    stood = summed(standing.duration)
    spot_baseline, spot_peer = _spot(standing, place, len(ids), life.spot, yardstick)
    return Scores(
        forecaster=ids,
        baseline=summed(_baseline(standing.log_probability, yardstick) * standing.duration),
        peer=yardstick.peer_factor * summed(_peer(standing)),
        spot_baseline=spot_baseline,
        spot_peer=spot_peer,
        brier=summed(standing.brier * standing.duration) / stood,
        relative_brier=_relative_brier(standing, place, len(ids), life.day_ends()),
        log_score=summed(standing.log_probability * standing.duration) / stood,
        crps=summed(standing.crps * standing.duration) / stood,
        coverage=np.minimum(stood, life.attainable_coverage),
        attainable_coverage=life.attainable_coverage,
    )


def _cut(stated: Stated, life: Life) -> _Standing:
    """The forecasts that stood for any time, in an order that does not depend on the input's."""
    forecaster = np.asarray(stated.forecaster, dtype=np.int64)
    start, end = (
        np.clip(
            (np.asarray(instants, dtype=np.float64) - life.opened_at) / life.length,
            0.0,
            life.attainable_coverage,
        )
        for instants in (stated.starts, stated.ends)
    )
    order = np.lexsort((start, forecaster))
    order = order[start[order] < end[order]]
    forecaster, start, end = forecaster[order], start[order], end[order]
    same = forecaster[1:] == forecaster[:-1]
    if np.any(same & (start[1:] < end[:-1])):
        raise ValueError("two forecasts of one forecaster stand at the same time")
    log_probability = _log(np.asarray(stated.probability_of_truth, dtype=np.float64))
    brier = np.asarray(stated.brier, dtype=np.float64)
    crps = np.full_like(brier, np.nan) if stated.crps is None else np.asarray(stated.crps)
    return _Standing(forecaster, start, end, log_probability[order], brier[order], crps[order])


def _log(probability: Vector) -> Vector:
    if not np.all((probability > 0) & (probability <= 1)):
        raise ValueError("a probability of the truth lies in (0, 1]")
    return np.log(probability)


def _baseline(log_probability: Vector, yardstick: Yardstick) -> Vector:
    """Shape (F,): the rate at which each forecast adds to its forecaster's baseline score."""
    gained = log_probability - math.log(yardstick.ignorance)
    return np.asarray(100 * gained / yardstick.scale)


def _spot(
    standing: _Standing, place: Ids, forecaster_count: int, spot: float, yardstick: Yardstick
) -> tuple[Vector, Vector]:
    """Spot baseline and spot peer of each forecaster, NaN for those who do not stand then."""
    baseline, peer = np.full((2, forecaster_count), np.nan)
    stands = (standing.start <= spot) & (spot < standing.end)
    who, said = place[stands], standing.log_probability[stands]
    number = len(said)
    baseline[who] = _baseline(said, yardstick)
    shared = number / (number - 1) * (said - said.mean()) if number >= 2 else np.zeros(number)
    peer[who] = yardstick.peer_factor * 100 * shared
    return baseline, peer


def _relative_brier(
    standing: _Standing, place: Ids, forecaster_count: int, day_ends: Vector
) -> Vector:
    """Each forecaster's Brier score less the day's median, averaged over the days they stood."""
    total, days = np.zeros((2, forecaster_count))
    for at in day_ends:
        stands = (standing.start < at) & (at <= standing.end)
        who, said = place[stands], standing.brier[stands]
        if len(said):
            total[who] += said - np.median(said)
            days[who] += 1
    averages: Vector = np.divide(total, days, out=np.full(forecaster_count, np.nan), where=days > 0)
    return averages


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
