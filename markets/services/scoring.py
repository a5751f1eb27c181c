"""Scoring a settled question: every forecaster's scores, once per resolution version."""

from datetime import datetime

import numpy as np
from django.db import connection, transaction

from markets.core.scoring import (
    Scores,
    brier_scores,
    probabilities_of_truth,
    score_forecasts,
)
from markets.models import Question, Score, Settlement, SettlementState
from markets.services.locks import claim_settlement

SCORE_BATCH = 1_000

_INTERVALS = """
SELECT
    forecast.forecaster_id,
    extract(epoch FROM forecast.made_at)::float8,
    extract(epoch FROM least(
        lead(forecast.made_at) OVER (PARTITION BY forecast.forecaster_id ORDER BY forecast.id),
        withdrawal.withdrawn_at,
        forecast.ends_at,
        %(ended_at)s
    ))::float8,
    forecast.probabilities
FROM markets_forecast AS forecast
LEFT JOIN markets_withdrawal AS withdrawal ON withdrawal.forecast_id = forecast.id
WHERE forecast.question_id = %(question)s
ORDER BY forecast.id
"""


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
        _store(settlement, _score(question, resolution.outcome_weights), now)
    settlement.state = SettlementState.SCORED
    settlement.scored_at = now
    settlement.save(update_fields=["state", "scored_at"])
    return True


def _score(question: Question, weights: list[float]) -> Scores | None:
    """Return every forecaster's scores, or None where nobody forecast."""
    if question.opened_at is None or question.closes_at is None or question.closed_at is None:
        raise AssertionError("a settled question was opened and closed")
    with connection.cursor() as cursor:
        cursor.execute(_INTERVALS, {"question": question.pk, "ended_at": question.closed_at})
        rows = cursor.fetchall()
    if not rows:
        return None
    forecaster, starts, ends, stated = zip(*rows, strict=True)
    probabilities = np.array(stated)
    return score_forecasts(
        forecaster,
        starts,
        ends,
        probabilities_of_truth(probabilities, weights),
        brier_scores(probabilities, weights),
        opened_at=question.opened_at.timestamp(),
        closes_at=question.closes_at.timestamp(),
        ended_at=question.closed_at.timestamp(),
        outcome_count=len(weights),
    )


def _store(settlement: Settlement, scores: Scores | None, now: datetime) -> None:
    if scores is None:
        return
    columns = ("baseline", "peer", "brier", "log", "coverage", "attainable_coverage", "scored_at")
    Score.objects.bulk_create(
        (
            Score(
                resolution=settlement.resolution,
                question_id=settlement.resolution.question_id,
                forecaster_id=int(forecaster),
                baseline=scores.baseline[row],
                peer=scores.peer[row],
                brier=scores.brier[row],
                log=scores.log_score[row],
                coverage=scores.coverage[row],
                attainable_coverage=scores.attainable_coverage,
                scored_at=now,
            )
            for row, forecaster in enumerate(scores.forecaster)
        ),
        batch_size=SCORE_BATCH,
        update_conflicts=True,
        unique_fields=["resolution", "forecaster"],
        update_fields=columns,
    )
