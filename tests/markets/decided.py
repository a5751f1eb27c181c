"""Questions that were forecast on, traded on and decided: what the tests of scores meet around."""

from datetime import datetime, timedelta

from markets.core.money import MICRO
from markets.models import Question, Resolution, Settlement
from markets.services import forecasting, lifecycle, resolution, scoring, settlement
from markets.services.trading import place_order
from tests.instants import NOON

DAY = timedelta(days=1)
CLOSED = NOON + 10 * DAY
DECIDED = NOON + 11 * DAY


def say(forecaster, question, *probabilities, at, ends_at=None):
    return forecasting.submit_forecast(
        forecaster=forecaster, question_id=question.pk, probabilities=probabilities,
        request_key=f"{question.pk}-{at.isoformat()}", ends_at=ends_at, now=at,
    )  # fmt: skip


def trade(trader, question, claim, *, at, side="buy", **size):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side=side,
        request_key=f"{question.pk}-{at.isoformat()}", clock=lambda: at,
        **(size or {"budget": 50 * MICRO}),
    )  # fmt: skip


def lively(question, alice, bob, charlie):
    """Three forecasters who come, change their minds and go, and two who trade.

    Everybody stands for a while alone, some instants belong to two events, and one expires.
    """
    say(alice, question, 0.6, 0.4, at=NOON + DAY)
    trade(alice, question, (0,), at=NOON + DAY)
    said = say(bob, question, 0.3, 0.7, at=NOON + 2 * DAY)
    say(charlie, question, 0.9, 0.1, at=NOON + 2 * DAY, ends_at=NOON + 5 * DAY)
    trade(bob, question, (1,), at=NOON + 3 * DAY)
    say(alice, question, 0.8, 0.2, at=NOON + 4 * DAY)
    forecasting.withdraw_forecast(
        forecast_id=said.pk, forecaster=bob, now=NOON + 4 * DAY + timedelta(hours=5)
    )
    say(bob, question, 0.55, 0.45, at=NOON + 7 * DAY)
    trade(bob, question, (0,), at=NOON + 7 * DAY)
    lifecycle.advance_due(now=CLOSED)


def decide(question, editor, *, now=DECIDED, **answer) -> Resolution:
    """Propose, let the window pass, and settle."""
    proposed = resolution.propose(
        question_id=question.pk, proposer=editor, now=now, **(answer or {"outcome_weights": (1, 0)})
    )
    passed = now + DAY
    resolution.confirm_uncontested(now=passed)
    settlement.settle(resolution_id=proposed.pk, now=passed)
    return Resolution.objects.get(pk=proposed.pk)


def decide_and_score(question, editor, *, now: datetime = DECIDED, **answer) -> Resolution:
    decided = decide(question, editor, now=now, **answer)
    assert scoring.score(resolution_id=decided.pk, now=now + DAY)
    return decided


def amend(question, decided, *, is_done: bool = True, **changes) -> Resolution:
    """A corrected version that stands from now on; settled and scored unless asked not to."""
    answer = {
        "version": decided.version + 1,
        "outcome_weights": decided.outcome_weights,
        "value": decided.value,
        "effective_at": decided.effective_at,
        **changes,
    }
    corrected = Resolution.objects.create(
        question_id=question.pk, proposer=decided.proposer, proposed_at=DECIDED,
        challenge_until=DECIDED, **answer,
    )  # fmt: skip
    Question.objects.filter(pk=question.pk).update(resolution=corrected)
    Settlement.objects.create(resolution=corrected, due_at=DECIDED)
    if is_done:
        settlement.settle(resolution_id=corrected.pk, now=DECIDED + 2 * DAY)
        assert scoring.score(resolution_id=corrected.pk, now=DECIDED + 2 * DAY)
    return corrected
