"""Scoring a settled question: every forecaster's scores, once per resolution version."""

import math
from datetime import datetime

from django.db import transaction

from markets.core.numeric import Bins
from markets.core.scoring import Life, Scores, Stated, Vector, score_forecasts
from markets.core.scoring_rules import (
    brier_scores,
    crps,
    ordinal_brier_scores,
    probabilities_of_truth,
    yardstick_of,
    yardstick_of_bins,
)
from markets.models import Question, Resolution, Score, Settlement, SettlementState
from markets.queries.stated import intervals_on
from markets.services.locks import claim_settlement

SCORE_BATCH = 1_000


@transaction.atomic
def score(*, resolution_id: int, now: datetime) -> bool:
    """Store the scores of a settled resolution; False where there is nothing to do (yet)."""
    settlement = claim_settlement(resolution_id)
    if settlement is None or settlement.state != SettlementState.SETTLED:
        return False
    resolution = settlement.resolution
    question = resolution.question
    is_current = question.resolution_id == resolution.pk
    if is_current and resolution.outcome_weights is not None:
        _store(settlement, _score(question, resolution, resolution.outcome_weights), now)
    settlement.state = SettlementState.SCORED
    settlement.scored_at = now
    settlement.save(update_fields=["state", "scored_at"])
    return True


def _score(question: Question, resolution: Resolution, weights: list[float]) -> Scores | None:
    """Return every forecaster's scores, or None where nobody forecast."""
    ended_at = _end_of(question, resolution)
    intervals = intervals_on(question.pk, ended_at=ended_at)
    if intervals is None:
        return None
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
    return score_forecasts(stated, _life_of(question, ended_at), yardstick)


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


def _value_of(resolution: Resolution, weights: list[float], bins: Bins) -> float:
    """The value that came true; where only its bin is known, the middle of that."""
    if resolution.value is not None:
        return resolution.value
    return bins.middle(weights.index(1))


def _store(settlement: Settlement, scores: Scores | None, now: datetime) -> None:
    if scores is None:
        return
    kinds = (
        "baseline", "peer", "spot_baseline", "spot_peer", "brier", "relative_brier", "crps",
        "coverage",
    )  # fmt: skip
    columns = {kind: _told(getattr(scores, kind)) for kind in kinds}
    columns["log"] = _told(scores.log_score)
    Score.objects.bulk_create(
        (
            Score(
                resolution=settlement.resolution,
                question_id=settlement.resolution.question_id,
                forecaster_id=int(forecaster),
                attainable_coverage=scores.attainable_coverage,
                scored_at=now,
                **{kind: column[row] for kind, column in columns.items()},
            )
            for row, forecaster in enumerate(scores.forecaster)
        ),
        batch_size=SCORE_BATCH,
        update_conflicts=True,
        unique_fields=["resolution", "forecaster"],
        update_fields=[*columns, "attainable_coverage", "scored_at"],
    )


def _told(scores: Vector) -> list[float | None]:
    """Scores as the database knows them: empty where there is none."""
    return [None if math.isnan(score) else score for score in scores.tolist()]
