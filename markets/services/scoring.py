"""Scoring a settled question: what queries/scores.py computes is stored, once per version.

Scores are a function of a resolution version and of rows that never change, so that it does not
matter how often or in what order they are computed. What matters is which version is written. The
question is locked first and throughout: one worker at a time scores it, and a correction takes the
same lock, so that a version that is current when we look is current when we commit. A version that
a later one has overtaken is never scored: it is superseded.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction

from markets.models import (
    Profit,
    Resolution,
    Score,
    SeriesScore,
    SettlementState,
)
from markets.queries.scores import KINDS, ComputedScores, Owner, ScoreTable, computed_scores
from markets.services.locks import claim_settlement, lock_question, take_question
from markets.services.settlement import note_failure

SCORE_BATCH = 1_000
"""Rows of scores in one statement."""

Row = TypeVar("Row", Score, SeriesScore, Profit)


def score(*, resolution_id: int, now: datetime) -> bool:
    """Store the scores of a settled resolution; False where none are due, or not of this version.

    False too where another worker is at it. A failure is noted in the settlement's row, which then
    waits, and raised.
    """
    try:
        return _score(resolution_id, now)
    except Exception as failure:
        note_failure(resolution_id, failure, now)
        raise


@transaction.atomic
def _score(resolution_id: int, now: datetime) -> bool:
    question = take_question(_question_of(resolution_id))
    settlement = None if question is None else claim_settlement(resolution_id)
    if question is None or settlement is None or settlement.state != SettlementState.SETTLED:
        return False
    is_current = question.resolution_id == resolution_id
    if is_current:
        _store(settlement.resolution, computed_scores(settlement.resolution), now)
        settlement.scored_at = now
    settlement.state = SettlementState.SCORED if is_current else SettlementState.SUPERSEDED
    settlement.attempts, settlement.last_error, settlement.next_attempt_at = 0, "", None
    settlement.save()
    return is_current


@transaction.atomic
def score_anew(*, resolution_id: int, now: datetime) -> bool:
    """Replace the stored scores, after a formula has changed; False where none are due."""
    question = lock_question(_question_of(resolution_id))
    settlement = claim_settlement(resolution_id)
    if settlement is None or settlement.state != SettlementState.SCORED:
        return False
    if question.resolution_id != resolution_id:
        return False
    _store(settlement.resolution, computed_scores(settlement.resolution), now)
    return True


def _question_of(resolution_id: int) -> int:
    return Resolution.objects.values_list("question_id", flat=True).get(pk=resolution_id)


def _store(resolution: Resolution, computed: ComputedScores, now: datetime) -> None:
    """Make the stored rows of this version those that were computed, and no others."""
    version = {"resolution": resolution, "question_id": resolution.question_id, "scored_at": now}
    forecasters = (
        Score(forecaster_id=forecaster, **version, **kinds)
        for forecaster, kinds in _rows(computed.forecasters)
    )
    series = (
        SeriesScore(series=each, **version, **kinds) for each, kinds in _rows(computed.series)
    )
    profits = (
        Profit(trader_id=trader, amount=amount, **version)
        for trader, amount in computed.profits.items()
    )
    _upsert(Score, forecasters, owner="forecaster", kinds=KINDS)
    _upsert(SeriesScore, series, owner="series", kinds=KINDS)
    _upsert(Profit, profits, owner="trader", kinds=["amount"])
    for model in (Score, SeriesScore, Profit):
        model.objects.filter(resolution=resolution).exclude(scored_at=now).delete()


def _rows(table: ScoreTable[Owner]) -> Iterator[tuple[Owner, dict[str, float | None]]]:
    for row, owner in enumerate(table.owners):
        yield owner, {kind: table.columns[kind][row] for kind in KINDS}


def _upsert(model: type[Row], rows: Iterator[Row], *, owner: str, kinds: Sequence[str]) -> None:
    """Write rows statement by statement, so that no more of them than that exist at once."""
    while batch := list(islice(rows, SCORE_BATCH)):
        model.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["resolution", owner],
            update_fields=[*kinds, "scored_at"],
        )
