"""Scoring a question: against the definitions as a loop, and against the time that it may take.

The questions are drawn, not stored: no database takes part. Everything is measured in processor
time of this one process, which other programs on the machine hardly change, on one core.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from time import process_time

import numpy as np

from markets.core.aggregation import MEDIANS, Method
from markets.core.crowd_history import crowd_history
from markets.core.numeric import Bins
from markets.core.scoring import Scores, score_forecasts
from markets.core.scoring_rules import Truth
from markets.core.standing import DAY, Life, Stated
from tests.bench.figures import Figure, Round
from tests.bench.stage import Stage

DAYS = 90
FORECASTERS, EACH = 1_000, 10
MANY_FORECASTERS = 100_000
RANGED_FORECASTERS, BIN_COUNT = 300, 200
TIMES = 3
"""How often ours is done in a turn; its time is the median."""

AIM = 200.0
SECONDS_MAX, RANGED_SECONDS_MAX = 5.0, 1.0

BINARY = Truth((1.0, 0.0))
RANGE = Truth(
    tuple(float(place == 120) for place in range(BIN_COUNT)),
    Bins(lower=0, upper=198, count=BIN_COUNT, open_below=True, open_above=True),
    119.5,
)
LIFE = Life(opened_at=0.0, closes_at=DAYS * DAY, ended_at=0.9 * DAYS * DAY)


def measure(stage: Stage) -> list[Figure]:
    """The three aims, and what the crowd's methods take beside the forecasters."""
    many = max(1, round(MANY_FORECASTERS * stage.scale))
    stage.say(f"scores: {FORECASTERS * EACH:,} forecasts, in a loop")
    figures = [_against_the_loop(stage.rounds)]
    stage.say(f"scores: {many * EACH:,} forecasts")
    figures.append(_within("all scores", _question(many), BINARY, SECONDS_MAX, stage.rounds))
    stage.say(f"scores: {RANGED_FORECASTERS * EACH:,} forecasts over {BIN_COUNT} bins")
    ranged = _question(RANGED_FORECASTERS, outcome_count=BIN_COUNT)
    figures.append(_within("all scores", ranged, RANGE, RANGED_SECONDS_MAX, stage.rounds))
    figures += [_histories(_question(FORECASTERS), stage), _histories(ranged, stage)]
    return figures


class Question:
    """Forecasters who each stand from some instant to another, and change their minds between."""

    def __init__(self, forecasters: int, outcome_count: int) -> None:
        chance = np.random.default_rng(20261122)
        instants = np.sort(chance.random((forecasters, EACH + 1)) * DAYS * DAY, axis=1)
        self.forecaster = np.repeat(np.arange(forecasters), EACH)
        self.starts, self.ends = instants[:, :-1].ravel(), instants[:, 1:].ravel()
        count = forecasters * EACH
        if outcome_count == 2:
            yes = chance.uniform(0.001, 0.999, count)
            self.said = np.stack([yes, 1 - yes], axis=1)
        else:
            drawn = chance.random((count, outcome_count)) + 0.01
            self.said = drawn / drawn.sum(axis=1, keepdims=True)

    def __len__(self) -> int:
        return len(self.forecaster)

    def stated(self, truth: Truth) -> Stated:
        rated = truth.rate(self.said)
        return Stated(
            forecaster=self.forecaster, starts=self.starts, ends=self.ends,
            probability_of_truth=rated.probability_of_truth, brier=rated.brier, crps=rated.crps,
        )  # fmt: skip

    def scores(self, truth: Truth) -> Scores:
        """Everything from stated distributions to every score."""
        return score_forecasts(self.stated(truth), LIFE, truth.yardstick)


def _question(forecasters: int, outcome_count: int = 2) -> Question:
    return Question(forecasters, outcome_count)


def _against_the_loop(rounds: int) -> Figure:
    question = _question(FORECASTERS)
    stated = question.stated(BINARY)
    plain, ours = loop(stated), question.scores(BINARY)
    worst = max(
        abs(getattr(ours, kind)[place] - plain[forecaster][kind])
        for place, forecaster in enumerate(ours.forecaster.tolist())
        for kind in plain[forecaster]
    )
    return Figure(
        what=f"all scores of {len(question):,} forecasts by {FORECASTERS:,}",
        against="a plain loop of the definitions, forecast by forecast",
        unit="/s",
        rounds=tuple(
            Round(
                1 / _took(lambda: question.scores(BINARY)), 1 / _took(lambda: loop(stated), times=1)
            )
            for _ in range(rounds)
        ),
        aim=AIM,
        details={"largest difference": f"{worst:.1e}", "days": DAYS},
        faults=() if worst < 1e-6 else (f"a score differs by {worst}",),
    )


def _within(what: str, question: Question, truth: Truth, seconds_max: float, rounds: int) -> Figure:
    outcome_count = question.said.shape[1]
    over = "" if outcome_count == 2 else f" over {outcome_count} bins"
    people = len(question) // EACH
    return Figure(
        what=f"{what} of {len(question):,} forecasts by {people:,}{over}",
        against=f"the {seconds_max:g} s that it may take",
        unit="ms",
        rounds=tuple(
            Round(1000 * _took(lambda: question.scores(truth)), 1000 * seconds_max)
            for _ in range(rounds)
        ),
        aim=1.0,
        is_ceiling=True,
    )


def _histories(question: Question, stage: Stage) -> Figure:
    """What the crowd's methods said after each change, which their scores need besides."""
    outcome_count = question.said.shape[1]
    methods = [each for each in Method if outcome_count == 2 or each not in MEDIANS]
    order = np.argsort(question.starts, kind="stable")

    def ours() -> None:
        for method in methods:
            crowd_history(
                forecaster=question.forecaster[order], probabilities=question.said[order],
                method=method,
            )  # fmt: skip

    truth = BINARY if outcome_count == 2 else RANGE
    return Figure(
        what=f"{len(methods)} crowd methods after each of {len(question):,} forecasts, "
        f"{outcome_count} outcomes",
        against="all scores of the forecasters",
        unit="ms",
        rounds=tuple(
            Round(1000 * _took(ours, times=1), 1000 * _took(lambda: question.scores(truth)))
            for _ in range(stage.rounds)
        ),
        aim=None,
    )


def loop(stated: Stated) -> dict[int, dict[str, float]]:
    """Baseline, peer, Brier, log, relative Brier, spot scores and coverage, as they are defined.

    As one would write it down: the mean ln p of whoever stands is taken anew in each stretch
    between two events; then each forecast goes through the stretches in which it stood.
    """
    rows = _rows(stated)
    length, end = LIFE.length, LIFE.ended_at
    instants = sorted({0.0, end, *(each[1] for each in rows), *(each[2] for each in rows)})
    stretches, first = _stretches(rows, instants)
    scores: dict[int, dict[str, float]] = {}
    for forecaster, start, stop, probability, brier in rows:
        log, share = math.log(probability), (stop - start) / length
        found = scores.setdefault(
            forecaster, dict.fromkeys(("baseline", "peer", "brier", "log_score", "coverage"), 0.0)
        )
        found["baseline"] += 100 * (1 + log / math.log(2)) * share
        found["brier"] += brier * share
        found["log_score"] += log * share
        found["coverage"] += share
        for begin, until, number, mean in stretches[first[start] :]:
            if begin >= stop:
                break
            if number >= 2:
                rate = 100 * number / (number - 1) * (log - mean)
                found["peer"] += rate * (until - begin) / length
    for found in scores.values():
        found["brier"] /= found["coverage"]
        found["log_score"] /= found["coverage"]
    _add_spot(scores, rows)
    _add_days(scores, rows)
    return scores


Row = tuple[int, float, float, float, float]


def _rows(stated: Stated) -> list[Row]:
    columns = (
        stated.forecaster, stated.starts, stated.ends, stated.probability_of_truth, stated.brier,
    )  # fmt: skip
    rows = zip(*(np.asarray(each).tolist() for each in columns), strict=True)
    return [
        (who, start, min(stop, LIFE.ended_at), *rest)
        for who, start, stop, *rest in rows
        if start < min(stop, LIFE.ended_at)
    ]


def _stretches(
    rows: list[Row], instants: list[float]
) -> tuple[list[tuple[float, float, int, float]], dict[float, int]]:
    """(begin, end, N, ln G) of each stretch, and which begins at an instant."""
    by_start: dict[float, list[Row]] = {}
    for each in rows:
        by_start.setdefault(each[1], []).append(each)
    standing: dict[int, Row] = {}
    found, first = [], {}
    for begin, until in pairwise(instants):
        standing = {who: each for who, each in standing.items() if each[2] > begin}
        for each in by_start.get(begin, ()):
            standing[each[0]] = each
        logs = [math.log(each[3]) for each in standing.values()]
        first[begin] = len(found)
        found.append((begin, until, len(logs), sum(logs) / len(logs) if logs else 0.0))
    return found, first


def _add_spot(scores: dict[int, dict[str, float]], rows: list[Row]) -> None:
    spot = LIFE.length / 2
    said = {each[0]: math.log(each[3]) for each in rows if each[1] <= spot < each[2]}
    mean = sum(said.values()) / len(said)
    for who, log in said.items():
        scores[who]["spot_baseline"] = 100 * (1 + log / math.log(2))
        scores[who]["spot_peer"] = 100 * len(said) / (len(said) - 1) * (log - mean)


def _add_days(scores: dict[int, dict[str, float]], rows: list[Row]) -> None:
    differences: dict[int, list[float]] = {}
    ends = [day * DAY for day in range(1, DAYS + 1) if day * DAY < LIFE.ended_at]
    for at in [*ends, LIFE.ended_at]:
        said = {each[0]: each[4] for each in rows if each[1] < at <= each[2]}
        middle = median(said.values())
        for who, brier in said.items():
            differences.setdefault(who, []).append(brier - middle)
    for who, days in differences.items():
        scores[who]["relative_brier"] = sum(days) / len(days)


def _took(work: Callable[[], object], *, times: int = TIMES) -> float:
    """Seconds of processor time, in the middle of so many turns."""
    took = []
    for _ in range(times):
        began = process_time()
        work()
        took.append(process_time() - began)
    return median(took)
