"""The clock's part of a question's life, run by a real beat and a real worker."""

from datetime import timedelta

import pytest

from markets.models import Question, Score, Settlement
from markets.queries.ledger import audit
from markets.services import forecasting, resolution
from markets.services.trading import database_clock
from tests.processes import celery, eventually, running, worker

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = timedelta(seconds=1)


def test_beat_opens_closes_settles_and_scores_a_question(alice, bob, eve, publish, tmp_path):
    now = database_clock()
    question = publish(
        at=now, opens_at=now + SECOND, closes_at=now + 12 * SECOND,
        resolve_by=now + timedelta(days=1), challenge_window=SECOND,
    )  # fmt: skip

    def status():
        return Question.objects.get(pk=question.pk).status

    beat = celery("beat", "--schedule", str(tmp_path / "beat"), "--loglevel", "WARNING")
    with running(worker(), beat):
        eventually(lambda: status() == "open")
        for forecaster in (alice, bob):
            forecasting.submit_forecast(
                forecaster=forecaster, question_id=question.pk, probabilities=(0.8, 0.2),
                request_key="forecast", stake=5_000_000, now=database_clock(),
            )  # fmt: skip
        eventually(lambda: status() == "closed")
        resolution.propose(
            question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=database_clock()
        )
        eventually(lambda: status() == "final")
        eventually(lambda: Settlement.objects.get().state == "scored")

    assert Score.objects.count() == 2
    assert audit() == []
