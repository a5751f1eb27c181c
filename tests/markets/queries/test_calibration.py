"""What many questions say about how well stated chances fit what happened."""

import numpy as np
import pytest

from markets.core.money import MICRO
from markets.core.numeric import Bins
from markets.core.periods import period_named
from markets.models import CalibrationShare, Question, SeriesScore
from markets.queries.calibration import (
    NOTHING,
    calibration_of,
    calibration_of_series,
    series_compared,
)
from markets.services import lifecycle
from tests.instants import NOON
from tests.markets.decided import CLOSED, DAY, DECIDED, amend, decide_and_score, say, trade
from tests.markets.tallied import lived, tally_all

pytestmark = pytest.mark.django_db

ALL = period_named("all", now=DECIDED)
NUMBER = {
    "title": "How much trade in 2026?", "type": "numeric", "outcomes": (), "prior": (),
    "bins": Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars"),
}  # fmt: skip


@pytest.fixture
def decided(question, alice, bob, charlie, eve):
    return lived(question, alice, bob, charlie, eve)


def points(curve):
    return {point.bucket: (point.count, point.stated, point.observed) for point in curve.points}


def test_a_forecaster_is_sampled_by_the_share_of_time_that_each_statement_stood(decided, alice):
    found = calibration_of(alice.pk, period=ALL)

    # 60 % from day one to four, 80 % from then to day ten: a third, and two.
    assert found.statement_questions == 1
    assert points(found.statements) == {
        6: pytest.approx((1 / 3, 0.6, 1)), 8: pytest.approx((2 / 3, 0.8, 1)),
    }  # fmt: skip
    assert found.statements.sure == pytest.approx(0.6 / 3 + 1.6 / 3)
    assert found.statements.right == pytest.approx(1)
    assert found.ranges is None


def test_time_without_a_forecast_counts_nothing(decided, bob):
    found = calibration_of(bob.pk, period=ALL)

    # 30 % for 53 hours until he withdrew, 55 % for the last three days.
    first, last = 53, 72
    assert points(found.statements) == {
        3: pytest.approx((first / 125, 0.3, 1)), 6: pytest.approx((last / 125, 0.55, 1)),
    }  # fmt: skip


def test_what_is_said_once_the_answer_was_known_counts_nothing(question, alice, eve):
    say(alice, question, 0.6, 0.4, at=NOON + DAY)
    say(alice, question, 0.999, 0.001, at=NOON + 6 * DAY)
    lifecycle.advance_due(now=CLOSED)
    decided = decide_and_score(question, eve)
    amend(question, decided, effective_at=NOON + 5 * DAY)

    tally_all()

    assert points(calibration_of(alice.pk, period=ALL).statements) == {
        6: pytest.approx((1, 0.6, 1))
    }


def test_the_market_speaks_until_the_answer_was_known(question, alice, eve):
    trade(alice, question, (0,), at=NOON + 4 * DAY, budget=400 * MICRO)
    lifecycle.advance_due(now=CLOSED)
    amend(question, decide_and_score(question, eve), effective_at=NOON + 5 * DAY)

    tally_all()

    # Its prior of 50 % for four days of five, and what the trade left for the fifth.
    market = points(calibration_of_series(period=ALL)["market"].statements)
    assert market[5] == pytest.approx((0.8, 0.5, 1))


def test_the_market_speaks_from_the_opening_on_and_the_crowd_from_its_first_forecast(decided):
    found = calibration_of_series(period=ALL)

    assert {"market", "recency_weighted_median", "mean", "logit_mean"} <= set(found)
    assert all(each.statements.count == pytest.approx(1) for each in found.values())
    assert points(found["market"].statements)[5][0] >= 0.1  # its prior, for the first day
    assert points(found["mean"].statements)[6][0] > 0


def test_a_split_answer_comes_true_by_its_weight(question, alice, eve):
    say(alice, question, 0.7, 0.3, at=NOON + DAY)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(question, eve, outcome_weights=(0.25, 0.75))
    tally_all()

    assert points(calibration_of(alice.pk, period=ALL).statements) == {
        7: pytest.approx((1, 0.7, 0.25))
    }


def test_of_a_number_it_is_told_whether_ranges_held_it(publish, alice, eve):
    asked = publish(**NUMBER)
    say(alice, asked, 0.02, 0.1, 0.6, 0.2, 0.06, 0.02, at=NOON + DAY)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(asked, eve, value=10.75)
    tally_all()

    found = calibration_of(alice.pk, period=ALL)

    # The value's bin holds 12 % to 72 % of what she said, the middle range of 50 % 25 % to 75 %.
    assert (found.statements, found.range_questions) == (None, 1)
    assert points(found.ranges)[4] == pytest.approx((1, 0.5, (0.72 - 0.25) / 0.6))


def test_a_correction_takes_what_was_wrong_out_of_the_curve(decided, alice):
    standing = decided.resolutions.get()
    amend(decided, standing, outcome_weights=[0, 1])

    tally_all()

    found = calibration_of(alice.pk, period=ALL).statements
    assert {point.observed for point in found.points} == {0}
    assert found.count == pytest.approx(1)
    assert CalibrationShare.objects.filter(resolution=standing).exists(), "but it is kept"


def test_an_annulled_question_has_no_part_in_it(decided, alice):
    amend(decided, decided.resolutions.get(), outcome_weights=None, verdict="annulled")

    tally_all()

    assert calibration_of(alice.pk, period=ALL) == NOTHING
    assert calibration_of_series(period=ALL) == {}


def test_a_period_and_a_tag_hold_what_was_resolved_then_and_is_about_it(decided, alice):
    Question.objects.update(tags=["rail"])
    tally_all()
    month, earlier = (period_named(name, now=DECIDED) for name in ("2026-12", "2026-11"))

    def count(period, tag=""):
        return calibration_of(alice.pk, period=period, tag=tag).statement_questions

    assert (count(month), count(earlier)) == (1, 0)
    assert (count(ALL, "rail"), count(ALL, "road")) == (1, 0)


def test_curves_cost_one_query_each_and_one_for_whether_they_are_kept(
    decided, alice, django_assert_num_queries
):
    with django_assert_num_queries(1):
        calibration_of(alice.pk, period=ALL)
    with django_assert_num_queries(2):
        calibration_of_series(period=ALL)
    with django_assert_num_queries(2):
        series_compared(against="market", period=ALL)


# --- Which of our odds --------------------------------------------------------------------------


@pytest.fixture
def two_decided(decided, publish, alice, bob, charlie, eve):
    other = publish(title="Will the bridge open?")
    say(bob, other, 0.9, 0.1, at=NOON + 3 * DAY)
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(other, eve)
    third = publish(title="Will the port open?")
    lifecycle.advance_due(now=CLOSED)
    decide_and_score(third, eve)
    tally_all()
    return decided


def briers(series):
    scores = SeriesScore.objects.filter(series=series).order_by("question_id")
    return {score.question_id: score.brier for score in scores}


def test_series_are_compared_on_the_questions_that_both_answered(two_decided):
    rows = {row.series: row for row in series_compared(against="market", period=ALL)}

    assert rows["market"].question_count == 3
    assert rows["mean"].question_count == 2, "nobody forecast on the third"
    ours, theirs = briers("mean"), briers("market")
    differences = np.array([ours[each] - theirs[each] for each in ours])
    found = rows["mean"].brier
    assert found.ours == pytest.approx(np.mean(list(ours.values())))
    assert found.theirs == pytest.approx(np.mean([theirs[each] for each in ours]))
    assert found.difference.mean == pytest.approx(differences.mean())
    reach = 12.706204736 * differences.std(ddof=1) / np.sqrt(2)
    assert found.difference.high == pytest.approx(differences.mean() + reach)
    assert rows["mean"].closer == (differences < 0).sum()
    assert rows["mean"].farther == (differences > 0).sum()


def test_the_lowest_brier_score_comes_first_and_one_against_itself_is_even(two_decided):
    rows = series_compared(against="mean", period=ALL)

    means = [row.brier.difference.mean for row in rows]
    assert means == sorted(means)
    (itself,) = [row for row in rows if row.series == "mean"]
    assert (itself.brier.difference.mean, itself.closer, itself.farther) == (0, 0, 0)
    assert not itself.brier.difference.is_clear


def test_before_anything_is_decided_there_is_nothing_to_compare(question):
    assert series_compared(against="market", period=ALL) == ()
