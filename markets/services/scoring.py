"""Scoring a settled question: what queries/scores.py computes is stored, once per version."""

from datetime import datetime

from django.db import transaction

from markets.models import Resolution, Score, SettlementState
from markets.queries.scores import KINDS, ScoreTable, computed_scores
from markets.services.locks import claim_settlement

SCORE_BATCH = 1_000


@transaction.atomic
def score(*, resolution_id: int, now: datetime) -> bool:
    """Store the scores of a settled resolution; False where there is nothing to do (yet)."""
    settlement = claim_settlement(resolution_id)
    if settlement is None or settlement.state != SettlementState.SETTLED:
        return False
    resolution = settlement.resolution
    if resolution.question.resolution_id == resolution.pk:
        _store(resolution, computed_scores(resolution).forecasters, now)
    settlement.state = SettlementState.SCORED
    settlement.scored_at = now
    settlement.save(update_fields=["state", "scored_at"])
    return True


def _store(resolution: Resolution, table: ScoreTable, now: datetime) -> None:
    Score.objects.bulk_create(
        (
            Score(
                resolution=resolution,
                question_id=resolution.question_id,
                forecaster_id=forecaster,
                scored_at=now,
                **{kind: table.columns[kind][row] for kind in KINDS},
            )
            for row, forecaster in enumerate(table.owners)
        ),
        batch_size=SCORE_BATCH,
        update_conflicts=True,
        unique_fields=["resolution", "forecaster"],
        update_fields=[*KINDS, "scored_at"],
    )
