"""The working of a score: all the numbers that it follows from, so that anybody can add them up.

For a forecaster, or odds that are scored as if somebody had stated them: each stretch of time in
which they said one thing, with what it adds to the baseline and to the peer score; who else stood
meanwhile (N and ln G, stretch by stretch); what was said at the spot instant; and each day's median
Brier score. docs/scoring.md says how the scores follow.
"""

from dataclasses import dataclass

import numpy as np

from markets.core.scoring import (
    baseline_rates,
    crowd_integrals,
    peer_of_series,
    peer_parts,
)
from markets.core.scoring_rules import Yardstick
from markets.core.standing import (
    Ids,
    Life,
    Standing,
    Stated,
    Steps,
    Vector,
    cut,
    daily_medians,
    days_stood,
)


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """The instant of the spot scores: what was said then, by whoever's working it is and by all.

    None where they did not stand, or nobody did.
    """

    at: float
    probability_of_truth: float | None
    forecaster_count: int
    log_mean: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The days at whose end they stood and somebody did: shape (D,), ends in seconds."""

    ends: Vector
    brier: Vector
    median: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Working:
    """One score taken apart; instants are in seconds on the clock of the question's life.

    Of the K forecasts that stood for any time, `row` is where each was in what was stated, and
    [`starts`, `ends`) is when it stood. `baseline` and `peer` are what each adds to the score, and
    `crowd` is the mean of ln G over the time that anybody stood meanwhile, NaN where nobody did.
    `instants`, shape (M + 1,), are those at which anybody's forecast began or ended; from
    instants[i] to instants[i + 1] `forecaster_count[i]` stood, whose mean ln p was `log_mean[i]`,
    NaN for nobody.
    """

    row: Ids
    starts: Vector
    ends: Vector
    baseline: Vector
    peer: Vector
    crowd: Vector
    instants: Vector
    forecaster_count: Ids
    log_mean: Vector
    spot: Spot
    days: Days


def working_of(forecaster: int, stated: Stated, life: Life, yardstick: Yardstick) -> Working | None:
    """The working of one forecaster's scores; None where nothing of theirs stood.

    >>> from markets.core.scoring_rules import yardstick_of
    >>> stated = Stated(
    ...     forecaster=[1, 2], starts=[0, 5], ends=[10, 10],
    ...     probability_of_truth=[0.8, 0.5], brier=[0.08, 0.5],
    ... )
    >>> life = Life(opened_at=0, closes_at=10, ended_at=10)
    >>> working = working_of(1, stated, life, yardstick_of(2))
    >>> working.instants.tolist(), working.forecaster_count.tolist()
    ([0.0, 5.0, 10.0], [1, 2])
    >>> np.exp(working.log_mean).round(4).tolist(), working.peer.round(4).tolist()
    ([0.8, 0.6325], [23.5002])
    """
    crowd = cut(stated, life)
    steps = crowd.steps()
    return _working(forecaster, crowd, peer_parts(crowd, steps), crowd, steps, life, yardstick)


def working_of_series(
    number: int, series: Stated, stated: Stated, life: Life, yardstick: Yardstick
) -> Working | None:
    """The same of odds that nobody stated, the series with this number."""
    standing, crowd = cut(series, life), cut(stated, life)
    steps = crowd.steps()
    peer = peer_of_series(standing, steps)
    return _working(number, standing, peer, crowd, steps, life, yardstick)


def _working(
    owner: int,
    standing: Standing,
    peer: Vector,
    crowd: Standing,
    steps: Steps,
    life: Life,
    yardstick: Yardstick,
) -> Working | None:
    own = np.flatnonzero(standing.ids[standing.place] == owner)
    if not len(own):
        return None
    baseline = baseline_rates(standing.log_probability, yardstick) * standing.duration
    return Working(
        row=standing.row[own],
        starts=_seconds(standing.start[own], life),
        ends=_seconds(standing.end[own], life),
        baseline=baseline[own],
        peer=yardstick.peer_factor * peer[own],
        crowd=_crowd(standing, own, steps),
        instants=_seconds(steps.instants, life),
        forecaster_count=steps.number,
        log_mean=steps.log_mean,
        spot=_spot(standing, own, crowd, life),
        days=_days(standing, own, crowd, life),
    )


def _crowd(standing: Standing, own: Ids, steps: Steps) -> Vector:
    """Shape (K,): the mean of ln G while each of these forecasts stood."""
    shared, logs = crowd_integrals(standing, steps)
    unknown = np.full(len(own), np.nan)
    means: Vector = np.divide(logs[own], shared[own], out=unknown, where=shared[own] > 0)
    return means


def _spot(standing: Standing, own: Ids, crowd: Standing, life: Life) -> Spot:
    spot = life.spot
    said = standing.log_probability[own][(standing.start[own] <= spot) & (spot < standing.end[own])]
    all_said = crowd.log_probability[(crowd.start <= spot) & (spot < crowd.end)]
    return Spot(
        at=float(_seconds(np.array([spot]), life)[0]),
        probability_of_truth=float(np.exp(said[0])) if len(said) else None,
        forecaster_count=len(all_said),
        log_mean=float(all_said.mean()) if len(all_said) else None,
    )


def _days(standing: Standing, own: Ids, crowd: Standing, life: Life) -> Days:
    day_ends = life.day_ends()
    medians = daily_medians(crowd, day_ends)
    brier = np.full(len(day_ends), np.nan)
    first, last = days_stood(standing, day_ends)
    for each in own:
        brier[first[each] : last[each]] = standing.brier[each]
    seen = ~np.isnan(brier) & ~np.isnan(medians)
    return Days(_seconds(day_ends[seen], life), brier[seen], medians[seen])


def _seconds(shares: Vector, life: Life) -> Vector:
    """Shares of T as seconds, to the microsecond that they were told in."""
    return np.round(life.opened_at + shares * life.length, 6)
