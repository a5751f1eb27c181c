"""The scores of a resolution, computed anew from the rows that never change.

Nothing here writes, and nothing here reads a stored score: services store what it says, and an
audit compares what is stored with it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import numpy as np
from django.db.models import F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from markets.core.scoring import Scores, score_forecasts, score_series
from markets.core.scoring_rules import Truth
from markets.core.standing import Life, Stated, Vector
from markets.models import (
    Position,
    Question,
    Resolution,
    ScoredSeries,
    Settlement,
    Transfer,
    TransferCode,
)
from markets.queries.series import Line, lines_of
from markets.queries.stated import Intervals, intervals_on

KINDS = (
    "baseline", "peer", "spot_baseline", "spot_peer", "brier", "relative_brier", "log", "crps",
    "coverage", "attainable_coverage",
)  # fmt: skip
"""The columns of every score, in the database and in `ScoreTable`."""

_RETOLD = {"log", "attainable_coverage"}
"""Columns that have another name or shape in the core."""

Owner = TypeVar("Owner", int, ScoredSeries)


@dataclass(frozen=True, slots=True)
class ScoreTable(Generic[Owner]):
    """Rows of scores, column by column: `owners[i]` has `columns[kind][i]`, None where none."""

    owners: tuple[Owner, ...]
    columns: dict[str, list[float | None]]


@dataclass(frozen=True, slots=True)
class ComputedScores:
    """Everything that a resolution version is worth, as its stored rows should say.

    `forecasters` are owned by the ids of users, `series` by what is scored as if it had stated
    forecasts; `profits` are microcredits by the id of the trader.
    """

    forecasters: ScoreTable[int]
    series: ScoreTable[ScoredSeries]
    profits: dict[int, int]


@dataclass(frozen=True, slots=True)
class Case:
    """A question that is decided: what came true, and over which time it is scored."""

    question: Question
    resolution: Resolution
    truth: Truth
    life: Life
    ended_at: datetime


def case_of(resolution: Resolution) -> Case | None:
    """What there is to score under a resolution; None where every trade was refunded."""
    if resolution.outcome_weights is None:
        return None
    question = resolution.question
    ended_at = _end_of(question, resolution)
    truth = Truth(tuple(resolution.outcome_weights), question.bins, resolution.value)
    return Case(question, resolution, truth, _life_of(question, ended_at), ended_at)


def computed_scores(resolution: Resolution) -> ComputedScores:
    """Every score of one resolution version, which has to be settled; nothing if it refunds."""
    case = case_of(resolution)
    if case is None:
        return ComputedScores(_table((), None), _table((), None), {})
    intervals = intervals_on(case.question.pk, ended_at=case.ended_at)
    stated = stated_in(case, intervals)
    scores = score_forecasts(stated, case.life, case.truth.yardstick)
    return ComputedScores(
        forecasters=_table(tuple(scores.forecaster.tolist()), scores),
        series=_series_scores(case, intervals, stated),
        profits=_profits(resolution),
    )


def stated_in(case: Case, intervals: Intervals | None) -> Stated:
    """What was stated, and how good it was."""
    if intervals is None:
        return Stated(forecaster=(), starts=(), ends=(), probability_of_truth=(), brier=())
    ratings = case.truth.rate(intervals.probabilities)
    return Stated(
        forecaster=intervals.forecaster,
        starts=intervals.start,
        ends=intervals.end,
        probability_of_truth=ratings.probability_of_truth,
        brier=ratings.brier,
        crps=ratings.crps,
    )


def stated_by(case: Case, lines: Sequence[Line]) -> Stated:
    """Lines as forecasts of as many forecasters, numbered from zero."""
    rated = [case.truth.rate(line.probabilities) for line in lines]
    curved = [rating.crps for rating in rated if rating.crps is not None]
    return Stated(
        forecaster=np.repeat(np.arange(len(lines)), [len(line.starts) for line in lines]),
        starts=np.concatenate([line.starts for line in lines]),
        ends=np.concatenate([line.ends for line in lines]),
        probability_of_truth=np.concatenate([rating.probability_of_truth for rating in rated]),
        brier=np.concatenate([rating.brier for rating in rated]),
        crps=np.concatenate(curved) if curved else None,
    )


def _series_scores(
    case: Case, intervals: Intervals | None, stated: Stated
) -> ScoreTable[ScoredSeries]:
    lines = lines_of(case.question, intervals, ended_at=case.ended_at)
    names, said = tuple(lines), stated_by(case, list(lines.values()))
    scores = score_series(said, stated, case.life, case.truth.yardstick)
    return _table(tuple(names[number] for number in scores.forecaster.tolist()), scores)


def _profits(resolution: Resolution) -> dict[int, int]:
    """What each trader made by this answer: received and owed, less spent.

    What was moved and what is owed differ by what the house bore for the trader: nobody's profit
    is credits that they could not give back.
    """
    positions = Position.objects.filter(market_id=resolution.question_id).order_by("pk")
    moved = F("received") + F("payout") - F("spent")
    profits = dict(positions.values_list("trader_id", moved).iterator())
    for trader, borne in _borne(resolution).items():
        profits[trader] -= borne
    return profits


def _borne(resolution: Resolution) -> dict[int, int]:
    """What the house bore for whom when this version was paid; mostly for nobody.

    Earlier versions do not matter: this one took back whatever they had left, or bore it anew.
    """
    if not Settlement.objects.filter(resolution=resolution, borne_amount__gt=0).exists():
        return {}
    key = Concat(
        Value(f"{TransferCode.SHORTFALL}:{resolution.pk}:"), Cast("trader_id", TextField())
    )
    losers = Position.objects.filter(market_id=resolution.question_id).annotate(key=key)
    borne = losers.annotate(
        borne=Subquery(Transfer.objects.filter(key=OuterRef("key")).values("amount"))
    )
    return dict(borne.filter(borne__gt=0).values_list("trader_id", "borne"))


def _end_of(question: Question, resolution: Resolution) -> datetime:
    """When the question closed, or when its answer was known, if that was earlier."""
    if question.closed_at is None:
        raise AssertionError("a settled question was closed")
    return min(question.closed_at, resolution.effective_at)


def _life_of(question: Question, ended_at: datetime) -> Life:
    if question.opened_at is None or question.closes_at is None:
        raise AssertionError("a settled question was opened and had a close")
    return Life(
        opened_at=question.opened_at.timestamp(),
        closes_at=question.closes_at.timestamp(),
        ended_at=ended_at.timestamp(),
        spot_at=question.reveal_at.timestamp() if question.reveal_at else None,
    )


def _table(owners: tuple[Owner, ...], scores: Scores | None) -> ScoreTable[Owner]:
    if scores is None:
        return ScoreTable(owners, {kind: [] for kind in KINDS})
    columns = {kind: _told(getattr(scores, kind)) for kind in KINDS if kind not in _RETOLD}
    columns["log"] = _told(scores.log_score)
    columns["attainable_coverage"] = [scores.attainable_coverage] * len(owners)
    return ScoreTable(owners, columns)


def _told(scores: Vector) -> list[float | None]:
    """Scores as the database knows them: empty where there is none."""
    return [None if math.isnan(score) else score for score in scores.tolist()]
