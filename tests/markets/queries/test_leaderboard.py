from datetime import timedelta

import pytest

from markets.queries.desk import waiting
from markets.queries.leaderboard import leaders
from markets.services import forecasting, lifecycle, resolution, scoring, settlement
from tests.instants import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def settle_yes(question, editor):
    lifecycle.advance_due(now=question.closes_at)
    proposed = resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), proposer=editor, now=question.closes_at
    )
    resolution.confirm_uncontested(now=question.closes_at + DAY)
    settlement.settle(resolution_id=proposed.pk, now=question.closes_at + DAY)
    scoring.score(resolution_id=proposed.pk, now=question.closes_at + DAY)


@pytest.fixture
def decided(alice, bob, charlie, eve, publish):
    for number in range(2):
        question = publish(title=f"Number {number}?")
        for forecaster, probability in ((alice, 0.9), (bob, 0.5), (charlie, 0.5)):
            forecasting.submit_forecast(
                forecaster=forecaster, question_id=question.pk, request_key=str(number),
                probabilities=(probability, 1 - probability), now=NOON,
            )  # fmt: skip
        settle_yes(question, eve)


def test_whoever_was_right_leads_and_equal_sums_share_a_rank(decided):
    board = leaders(kind="peer")

    assert [(leader.rank, leader.name) for leader in board] == [
        (1, "alice"),
        (2, "bob"),
        (2, "charlie"),
    ]
    assert board[0].question_count == 2
    assert board[0].score_sum == pytest.approx(2 * board[0].score_mean)
    assert sum(leader.score_sum for leader in board) == pytest.approx(0)


def test_baseline_scores_rank_as_well(decided):
    assert leaders(kind="baseline")[0].score_sum == pytest.approx(2 * 84.7997, abs=1e-3)


def test_an_unknown_kind_is_a_mistake(db):
    with pytest.raises(ValueError, match="peer, baseline"):
        leaders(kind="luck")


def test_the_desk_counts_what_waits(question, eve):
    lifecycle.advance_due(now=question.closes_at)

    queues = waiting(now=question.closes_at)

    assert queues.due_for_resolution == 1
    assert (queues.proposed, queues.settling, queues.drafts_proposed) == (0, 0, 0)
