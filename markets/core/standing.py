"""Who stood when on a question: forecasts as they were stated, cut to the question's life.

Times are told in seconds on one clock and kept as shares of the scheduled length T, counted from
the opening. Every score is an integral over these shares, so whatever adds up here adds up there.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector: TypeAlias = NDArray[np.float64]
Ids: TypeAlias = NDArray[np.int64]

DAY: Final = 86_400.0


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

    `closes_at` is S and `ended_at` is C, of which nothing after S counts; at `spot_at` spot scores
    are taken, or in the middle of O and S where it is None or does not lie in [O, S).
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
        if self.spot_at is None or not self.opened_at <= self.spot_at < self.closes_at:
            return 0.5
        return (self.spot_at - self.opened_at) / self.length

    def day_ends(self) -> Vector:
        """The end of each day that the question saw, as shares of T; the last one is its own."""
        end = min(self.ended_at, self.closes_at)
        first, last = math.floor(self.opened_at / DAY) + 1, math.ceil(end / DAY)
        midnights = DAY * np.arange(first, last, dtype=np.float64)
        return (np.append(midnights, end) - self.opened_at) / self.length


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Who stands when: M stretches of time in which nobody's forecast begins or ends.

    Stretch i lies between `instants[i]` and `instants[i + 1]`, shares of T. In it `number[i]`
    forecasters stand, whose ln p sum to `log_sum[i]`. Before the first instant and after the last
    one nobody stands. Forecast f begins at `instants[begins[f]]` and stops at `instants[stops[f]]`.
    """

    instants: Vector
    number: Ids
    log_sum: Vector
    begins: Ids
    stops: Ids

    @property
    def log_mean(self) -> Vector:
        """Shape (M,): ln G, the mean ln p of those who stand; NaN while nobody does."""
        unknown = np.full(len(self.number), np.nan)
        means: Vector = np.divide(self.log_sum, self.number, out=unknown, where=self.number > 0)
        return means

    def total(self, rates: Vector) -> Vector:
        """Shape (M + 1,): what has accrued by each instant, at one rate in each stretch."""
        return running_total(rates * np.diff(self.instants))


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The F forecasts that stood, cut to the question's life, by forecaster and start.

    Times are shares of T. `row` is where each forecast was in what was stated, and `place` where
    its forecaster is in `ids`.
    """

    row: Ids
    ids: Ids
    place: Ids
    start: Vector
    end: Vector
    log_probability: Vector
    brier: Vector
    crps: Vector

    @property
    def duration(self) -> Vector:
        return self.end - self.start

    def summed(self, values: Vector) -> Vector:
        """Shape (forecasters,): the sums of the values of each one's forecasts."""
        return np.bincount(self.place, weights=values, minlength=len(self.ids)).astype(np.float64)

    def steps(self) -> Steps:
        """Who stands when."""
        count = len(self.start)
        instants, at = np.unique(np.concatenate([self.start, self.end]), return_inverse=True)
        begins, stops, size = at[:count], at[count:], len(instants)
        begun, stopped = np.bincount(begins, minlength=size), np.bincount(stops, minlength=size)
        gained = np.bincount(begins, weights=self.log_probability, minlength=size)
        lost = np.bincount(stops, weights=self.log_probability, minlength=size)
        return Steps(
            instants,
            np.cumsum(begun - stopped)[:-1],
            np.cumsum(gained - lost)[:-1],
            begins,
            stops,
        )


def cut(stated: Stated, life: Life) -> Standing:
    """The forecasts that stood for any time, in an order that does not depend on the input's.

    Raises:
        ValueError: as `score_forecasts`.
    """
    if not life.length > 0:
        raise ValueError("a question closes after it opens")
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
    ids, place = np.unique(forecaster, return_inverse=True)
    return Standing(
        order, ids, place, start, end, log_probability[order], brier[order], crps[order]
    )


def daily_medians(standing: Standing, day_ends: Vector) -> Vector:
    """Shape (D,): the median Brier score of all who stand at the end of each day; NaN for nobody.

    Between two days only those who came, changed or left are touched, and where nobody did, the
    median is that of the day before.
    """
    first, last = days_stood(standing, day_ends)
    seen = np.flatnonzero(first < last)
    arriving = np.split(*_by(seen, first[seen], len(day_ends)))
    leaving = np.split(*_by(seen, last[seen], len(day_ends)))
    now, median = np.full(len(standing.ids), np.nan), np.nan
    medians = np.empty(len(day_ends))
    for day in range(len(day_ends)):
        if len(leaving[day]) or len(arriving[day]):
            now[standing.place[leaving[day]]] = np.nan
            now[standing.place[arriving[day]]] = standing.brier[arriving[day]]
            said = now[~np.isnan(now)]
            median = np.median(said) if len(said) else np.nan
        medians[day] = median
    return medians


def _by(rows: Ids, day: Ids, day_count: int) -> tuple[Ids, Ids]:
    """The rows in order of their day, and where each day but the first begins among them."""
    order = np.argsort(day, kind="stable")
    return rows[order], np.searchsorted(day[order], np.arange(1, day_count + 1))


def days_stood(standing: Standing, day_ends: Vector) -> tuple[Ids, Ids]:
    """Two of shape (F,): from which day's end on each forecast stands, and from which no more."""
    first, last = (
        np.searchsorted(day_ends, instants, side="right")
        for instants in (standing.start, standing.end)
    )
    return first, last


def _log(probability: Vector) -> Vector:
    if not np.all((probability > 0) & (probability <= 1)):
        raise ValueError("a probability of the truth lies in (0, 1]")
    return np.log(probability)


def running_total(steps: NDArray[np.generic]) -> Vector:
    """Shape (M+1,): the running total of shape (M,), from zero on."""
    return np.concatenate([[0.0], np.cumsum(steps, dtype=np.float64)])
