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
  averaged over the days at whose end one stood. Below zero is better than the crowd.
- coverage: the share of T that the forecaster stood; attainable: (C − O)/T, what anyone could.

Both baseline and peer are proper: they are ln p times a positive number plus something that does
not depend on one's own p, and E[ln p] is largest for the probabilities that one believes.

The peer score in O(F log F) for F forecasts. Its rate splits into ln p times a part, less a part,
that are the same for everybody who stands at t. With L(t) = Σ ln p over all who stand,

    A(t) = ∫ N/(N−1) dt,   B(t) = ∫ L/(N−1) dt   (over the time when N ≥ 2),
    peer = 100/T · Σ over one's forecasts of [ln p·(A(b) − A(a)) − (B(b) − B(a))].

N and L only change where a forecast begins or ends: sort those instants once, add up, and every
forecast is two look-ups. Relative Brier scores are the same with the running total of the days'
medians.

Odds that no forecaster stated, the market's or the crowd's, are scored as a *series*: a forecast
that changes from time to time. A series is not one of the N, so it is measured against all of them:
while anybody stands its peer score accrues at the rate 100·(ln p − ln G), and it changes nobody
else's. That is the peer score of a phantom who would have said the same among them, because the
phantom's others are exactly the N.

Definitions: Metaculus, "Scores FAQ" (baseline, peer and spot scores, coverage); Good Judgment Open,
"Frequently asked questions" (the daily median that relative Brier scores are measured by).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    running_total,
)


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
    standing = cut(stated, life)
    spot_log, stands_then = _said_at(standing, life.spot)
    others = _others_at_spot(spot_log[stands_then])
    spot_peer = np.full(len(standing.ids), np.nan)
    spot_peer[stands_then] = others
    peer = standing.summed(peer_parts(standing, standing.steps()))
    medians = daily_medians(standing, life.day_ends())
    return _scores(standing, life, yardstick, peer, spot_log, spot_peer, medians)


def score_series(series: Stated, stated: Stated, life: Life, yardstick: Yardstick) -> Scores:
    """Every score of odds that nobody stated, measured against the forecasters who did.

    In `series` the `forecaster` is the number of the series, and its "forecasts" are the stretches
    in which it did not change. Had the market said 60 % throughout to alice and bob above:

    >>> from markets.core.scoring_rules import yardstick_of
    >>> stated = Stated(
    ...     forecaster=[1, 2], starts=[0, 5], ends=[10, 10],
    ...     probability_of_truth=[0.8, 0.5], brier=[0.08, 0.5],
    ... )
    >>> market = Stated(
    ...     forecaster=[0], starts=[0], ends=[10], probability_of_truth=[0.6], brier=[0.32],
    ... )
    >>> life = Life(opened_at=0, closes_at=10, ended_at=10)
    >>> scores = score_series(market, stated, life, yardstick_of(2))
    >>> scores.peer.round(4).tolist()  # 50·ln(0.6/0.8) + 50·ln(0.6/√(0.8·0.5))
    [-17.0181]
    >>> scores.relative_brier.round(4).tolist()  # 0.32 less the same 0.29
    [0.03]

    Raises:
        ValueError: as `score_forecasts`.
    """
    standing, crowd = cut(series, life), cut(stated, life)
    steps, spot_log = crowd.steps(), _said_at(standing, life.spot)[0]
    crowd_log, stands_then = _said_at(crowd, life.spot)
    said = crowd_log[stands_then]
    spot_peer = np.where(np.isnan(spot_log), np.nan, 0.0)
    if len(said):
        spot_peer = 100 * (spot_log - said.mean())
    peer = standing.summed(peer_of_series(standing, steps))
    medians = daily_medians(crowd, life.day_ends())
    return _scores(standing, life, yardstick, peer, spot_log, spot_peer, medians)


def baseline_rates(log_probability: Vector, yardstick: Yardstick) -> Vector:
    """Shape (F,): the rate at which each forecast adds to its forecaster's baseline score."""
    gained = log_probability - math.log(yardstick.ignorance)
    return np.asarray(100 * gained / yardstick.scale)


def _scores(
    standing: Standing,
    life: Life,
    yardstick: Yardstick,
    peer: Vector,
    spot_log: Vector,
    spot_peer: Vector,
    medians: Vector,
) -> Scores:
    """The scores of whoever stood, with everything in place that depends on others."""
    stood, summed = standing.summed(standing.duration), standing.summed
    baseline = baseline_rates(standing.log_probability, yardstick)
    return Scores(
        forecaster=standing.ids,
        baseline=summed(baseline * standing.duration),
        peer=yardstick.peer_factor * peer,
        spot_baseline=baseline_rates(spot_log, yardstick),
        spot_peer=yardstick.peer_factor * spot_peer,
        brier=summed(standing.brier * standing.duration) / stood,
        relative_brier=_relative_brier(standing, life.day_ends(), medians),
        log_score=summed(standing.log_probability * standing.duration) / stood,
        crps=summed(standing.crps * standing.duration) / stood,
        coverage=np.minimum(stood, life.attainable_coverage),
        attainable_coverage=life.attainable_coverage,
    )


def _said_at(standing: Standing, spot: float) -> tuple[Vector, NDArray[np.bool_]]:
    """Each forecaster's ln p at one instant, NaN for those who do not stand, and who does."""
    said = np.full(len(standing.ids), np.nan)
    stands = (standing.start <= spot) & (spot < standing.end)
    said[standing.place[stands]] = standing.log_probability[stands]
    return said, ~np.isnan(said)


def _others_at_spot(said: Vector) -> Vector:
    """Peer scores of those who stand at one instant, from the ln p of all of them."""
    number = len(said)
    if number < 2:
        return np.zeros(number)
    return np.asarray(100 * number / (number - 1) * (said - said.mean()))


def _relative_brier(standing: Standing, day_ends: Vector, medians: Vector) -> Vector:
    """The Brier score less the day's median, averaged over the days that have one; else NaN.

    A forecast that stands at the end of d days adds d times its Brier score, less the medians of
    those days, which is the difference of two running totals.
    """
    first, last = days_stood(standing, day_ends)
    has_median = ~np.isnan(medians)
    counted, median_sum = (
        running_total(has_median),
        running_total(np.where(has_median, medians, 0.0)),
    )
    days = counted[last] - counted[first]
    total = standing.summed(standing.brier * days - (median_sum[last] - median_sum[first]))
    number = standing.summed(days)
    averages: Vector = np.divide(total, number, out=np.full(len(number), np.nan), where=number > 0)
    return averages


def peer_parts(standing: Standing, steps: Steps) -> Vector:
    """Shape (F,): what each forecast adds to its forecaster's peer score."""
    shared = steps.number >= 2
    others = np.where(shared, steps.number - 1, 1)
    a = steps.total(np.where(shared, steps.number / others, 0.0))
    b = steps.total(np.where(shared, steps.log_sum / others, 0.0))
    begins, stops = steps.begins, steps.stops
    return 100 * (standing.log_probability * (a[stops] - a[begins]) - (b[stops] - b[begins]))


def peer_of_series(standing: Standing, steps: Steps) -> Vector:
    """Shape (F,): what each stretch of a series adds to its peer score."""
    shared, logs = crowd_integrals(standing, steps)
    return np.asarray(100 * (standing.log_probability * shared - logs))


def crowd_integrals(standing: Standing, steps: Steps) -> tuple[Vector, Vector]:
    """Two of shape (F,): for how long anybody stood meanwhile, and ∫ ln G over that time."""
    if len(steps.instants) == 0:
        return np.zeros(len(standing.start)), np.zeros(len(standing.start))
    anybody = steps.number >= 1
    shared, logs = (
        np.interp(standing.end, steps.instants, total)
        - np.interp(standing.start, steps.instants, total)
        for total in (
            steps.total(np.where(anybody, 1.0, 0.0)),
            steps.total(np.where(anybody, steps.log_mean, 0.0)),
        )
    )
    return shared, logs
