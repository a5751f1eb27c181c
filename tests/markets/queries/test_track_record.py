"""What one forecaster's scores add up to, and over which questions."""

from datetime import timedelta

import pytest

from markets.models import Profit, Question, Score
from markets.queries.track_record import (
    best_and_worst,
    peer_over_time,
    person_named,
    profits_on,
    records_of,
    scores_of,
)
from markets.services.tallying import tally
from tests.instants import NOON
from tests.markets.decided import amend
from tests.markets.services.verdicts import asked, resolved, scored
from tests.markets.tallied import lived, tally_all

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def decided(question, alice, bob, charlie, eve):
    return lived(question, alice, bob, charlie, eve)


def test_a_name_is_found_however_it_is_spelled(alice):
    assert person_named("Alice") == alice
    assert person_named("zora") is None


def test_a_record_adds_up_the_stored_scores(decided, alice):
    Question.objects.update(tags=["rail", "asia"])
    tally_all()
    score, profit = Score.objects.get(forecaster=alice), Profit.objects.get(trader=alice)

    overall, *by_tag = records_of(alice.pk)

    assert (overall.tag, overall.question_count, overall.traded_count) == ("", 1, 1)
    assert overall.peer_sum == overall.peer_mean == score.peer
    assert overall.baseline_sum == score.baseline
    assert overall.coverage == score.coverage
    assert overall.profit == profit.amount
    assert [record.tag for record in by_tag] == ["asia", "rail"]


def test_whoever_has_no_scores_has_no_record(eve):
    assert records_of(eve.pk) == ()
    assert peer_over_time(eve.pk) == ()


def test_scores_are_those_of_the_version_that_stands(decided, alice):
    wrong = decided.resolutions.get()
    right = amend(decided, wrong, outcome_weights=[0, 1])
    tally_all()

    (score,) = scores_of(alice.pk)

    assert score.resolution == right
    assert Score.objects.filter(forecaster=alice).count() == 2


def test_profits_are_told_for_the_questions_that_are_asked_about(decided, alice, charlie):
    amount = Profit.objects.get(trader=alice).amount

    assert profits_on(alice.pk, [decided.pk]) == {decided.pk: amount}
    assert profits_on(charlie.pk, [decided.pk]) == {}


@pytest.fixture
def seven(alice, eve):
    """Seven questions resolved a day apart, with peer scores −30, −20, … 30."""
    for number in range(7):
        at = NOON + number * DAY
        question = asked(eve, key=f"line-{number}")
        scored(resolved(question, at=at), at=at, peers={alice: 10.0 * number - 30})
        tally(question_id=question.pk, now=at)


def test_peer_scores_add_up_in_the_order_that_questions_were_resolved(seven, alice):
    reached = peer_over_time(alice.pk)

    assert [each.peer_sum for each in reached] == [-30, -50, -60, -60, -50, -30, 0]
    assert [each.at for each in reached] == [NOON + number * DAY for number in range(7)]


def test_a_long_record_is_thinned_and_keeps_its_end(seven, alice):
    reached = peer_over_time(alice.pk, points_max=3)

    assert [each.question_count for each in reached] == [2, 4, 6, 7]
    assert reached[-1].peer_sum == 0


def test_the_best_and_the_worst_calls_are_no_more_than_five_and_on_the_right_side(seven, alice):
    best, worst = best_and_worst(alice.pk)

    assert [score.peer for score in best] == [30, 20, 10]
    assert [score.peer for score in worst] == [-30, -20, -10]
