"""The scores of a resolution, computed anew from the rows that never change.

Nothing here writes, and nothing here reads a stored score: services store what it says, and an
audit compares what is stored with it.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from markets.core.numeric import Bins
from markets.core.scoring import Scores, score_forecasts
from markets.core.scoring_rules import (
    brier_scores,
    crps,
    ordinal_brier_scores,
    probabilities_of_truth,
    yardstick_of,
    yardstick_of_bins,
)
from markets.core.standing import Life, Stated, Vector
from markets.models import Question, Resolution
from markets.queries.stated import intervals_on

KINDS = (
    "baseline", "peer", "spot_baseline", "spot_peer", "brier", "relative_brier", "log", "crps",
    "coverage", "attainable_coverage",
)  # fmt: skip
"""The columns of every score, in the database and in `ScoreTable`."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Rows of scores, column by column: `owners[i]` has `columns[kind][i]`, None where none."""

    owners: tuple[int, ...]
    columns: dict[str, list[float | None]]


@dataclass(frozen=True, slots=True)
class ComputedScores:
    """Everything that a resolution version is worth, as its stored rows should say."""

    forecasters: ScoreTable


NOTHING = ComputedScores(forecasters=ScoreTable((), {kind: [] for kind in KINDS}))


def computed_scores(resolution: Resolution) -> ComputedScores:
    """The scores of one resolution version; `NOTHING` where a question was annulled."""
    weights = resolution.outcome_weights
    if weights is None:
        return NOTHING
    question = resolution.question
    ended_at = end_of(question, resolution)
    intervals = intervals_on(question.pk, ended_at=ended_at)
    if intervals is None:
        return NOTHING
    forecasts, bins, is_certain = intervals.probabilities, question.bins, max(weights) == 1
    stated = Stated(
        forecaster=intervals.forecaster,
        starts=intervals.start,
        ends=intervals.end,
        probability_of_truth=probabilities_of_truth(forecasts, weights),
        brier=(ordinal_brier_scores if bins else brier_scores)(forecasts, weights),
        crps=crps(bins, forecasts, _value_of(resolution, weights, bins))
        if bins and is_certain
        else None,
    )
    yardstick = yardstick_of_bins(bins, weights) if bins else yardstick_of(len(weights))
    scores = score_forecasts(stated, life_of(question, ended_at), yardstick)
    return ComputedScores(forecasters=_table(scores))


def end_of(question: Question, resolution: Resolution) -> datetime:
    """When the question closed, or when its answer was known, if that was earlier."""
    if question.closed_at is None:
        raise AssertionError("a settled question was closed")
    return min(question.closed_at, resolution.effective_at)


def life_of(question: Question, ended_at: datetime) -> Life:
    if question.opened_at is None or question.closes_at is None:
        raise AssertionError("a settled question was opened and had a close")
    return Life(
        opened_at=question.opened_at.timestamp(),
        closes_at=question.closes_at.timestamp(),
        ended_at=ended_at.timestamp(),
        spot_at=question.reveal_at.timestamp() if question.reveal_at else None,
    )


def _value_of(resolution: Resolution, weights: list[float], bins: Bins) -> float:
    """The value that came true; where only its bin is known, the middle of that."""
    if resolution.value is not None:
        return resolution.value
    return bins.middle(weights.index(1))


def _table(scores: Scores) -> ScoreTable:
    named = {kind: getattr(scores, kind) for kind in KINDS if kind not in _RETOLD}
    columns = {kind: _told(values) for kind, values in named.items()}
    columns["log"] = _told(scores.log_score)
    columns["attainable_coverage"] = [scores.attainable_coverage] * len(scores.forecaster)
    return ScoreTable(tuple(scores.forecaster.tolist()), columns)


_RETOLD = {"log", "attainable_coverage"}
"""Columns that have another name or shape in the core."""


def _told(scores: Vector) -> list[float | None]:
    """Scores as the database knows them: empty where there is none."""
    return [None if math.isnan(score) else score for score in scores.tolist()]
