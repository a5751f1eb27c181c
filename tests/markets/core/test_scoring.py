"""Every score on questions small enough to work out by hand."""

import math

import numpy as np
import pytest

from markets.core.scoring import score_forecasts
from markets.core.scoring_rules import brier_scores, probabilities_of_truth, yardstick_of
from markets.core.standing import Life, Stated
from tests.markets.core.scoring_scenes import (
    ALICE,
    BOB,
    CHARLIE,
    DAY,
    NOON,
    RANGED,
    row,
    same,
    score,
)


def test_saying_nothing_new_scores_zero_and_certainty_a_hundred():
    assert score([row(ALICE, 0, 10, 0.5)]).baseline.tolist() == [0]
    assert score([row(ALICE, 0, 10, 1.0)]).baseline.tolist() == [100]
    assert score([row(ALICE, 0, 10, 0.25)], yardstick=yardstick_of(4)).baseline[0] == pytest.approx(
        0
    )
    assert score([row(ALICE, 0, 5, 1.0)]).baseline.tolist() == [50]


def test_two_who_stand_together_score_the_logarithm_of_their_ratio():
    scores = score([row(ALICE, 0, 10, 0.8), row(BOB, 0, 10, 0.4)])

    assert scores.peer == pytest.approx([100 * math.log(2), -100 * math.log(2)])


def test_against_two_others_the_yardstick_is_their_geometric_mean():
    scores = score([row(ALICE, 0, 10, 0.6), row(BOB, 0, 10, 0.9), row(CHARLIE, 0, 10, 0.4)])

    assert scores.peer[0] == pytest.approx(0, abs=1e-12)  # 0.6 is √(0.9·0.4)
    assert scores.peer[1] == pytest.approx(100 * math.log(0.9 / math.sqrt(0.6 * 0.4)))


def test_time_when_nobody_else_stands_counts_nothing():
    together = score([row(ALICE, 0, 4, 0.8), row(BOB, 0, 4, 0.4)])
    then_alone = score([row(ALICE, 0, 10, 0.8), row(BOB, 0, 4, 0.4)])
    then_bob_returns = score([row(ALICE, 0, 10, 0.8), row(BOB, 0, 4, 0.4), row(BOB, 7, 10, 0.4)])

    assert then_alone.peer == pytest.approx(together.peer)
    assert then_bob_returns.peer == pytest.approx(together.peer * 7 / 4)


def test_a_lone_forecaster_has_no_peer_score():
    assert score([row(ALICE, 0, 10, 0.9)]).peer.tolist() == [0]


def test_an_update_at_one_instant_replaces_the_forecast_before_it():
    scores = score([row(ALICE, 0, 5, 0.2), row(ALICE, 5, 10, 0.8), row(BOB, 0, 10, 0.4)])

    assert scores.forecaster.tolist() == [ALICE, BOB]
    assert scores.coverage.tolist() == [1, 1]
    assert scores.peer[0] == pytest.approx(0, abs=1e-12)  # half ln ½, half ln 2
    assert scores.brier[0] == pytest.approx((2 * 0.8**2 + 2 * 0.2**2) / 2)
    assert scores.log_score[0] == pytest.approx((math.log(0.2) + math.log(0.8)) / 2)


def test_one_who_comes_as_another_goes_never_meets_them():
    scores = score([row(ALICE, 0, 5, 0.9), row(BOB, 5, 10, 0.1)])

    assert scores.peer.tolist() == [0, 0]
    assert scores.coverage.tolist() == [0.5, 0.5]


def test_a_forecast_replaced_in_the_same_instant_never_stood():
    replaced = score([row(ALICE, 3, 3, 0.01), row(ALICE, 3, 10, 0.8), row(BOB, 0, 10, 0.4)])

    assert same(replaced, score([row(ALICE, 3, 10, 0.8), row(BOB, 0, 10, 0.4)]))


def test_an_early_end_is_no_reward():
    scores = score([row(ALICE, 0, 10, 1.0), row(BOB, 0, 10, 0.5)], ended_at=2.5)

    assert scores.baseline.tolist() == [25, 0]
    assert scores.peer[0] == pytest.approx(25 * math.log(2))
    assert scores.coverage.tolist() == [0.25, 0.25]
    assert scores.attainable_coverage == 0.25


def test_a_late_close_adds_nothing():
    late = score([row(ALICE, 0, 12, 0.8), row(BOB, 10, 12, 0.5)], ended_at=12)

    assert late.forecaster.tolist() == [ALICE]
    assert late.coverage.tolist() == [1]
    assert late.attainable_coverage == 1


def test_a_forecast_made_when_the_answer_was_known_is_not_scored():
    scores = score([row(ALICE, 0, 10, 0.6), row(BOB, 5, 10, 0.99)], ended_at=5)

    assert scores.forecaster.tolist() == [ALICE]
    assert scores.peer.tolist() == [0]


def test_a_forecast_may_stand_without_end():
    assert same(score([row(ALICE, 0, math.inf, 0.8)]), score([row(ALICE, 0, 10, 0.8)]))


def test_when_nothing_ever_stood_nobody_is_scored():
    scores = score([row(ALICE, 5, 10, 0.6)], ended_at=5)

    assert scores.forecaster.tolist() == scores.peer.tolist() == scores.brier.tolist() == []


def test_coverage_in_pieces_is_never_a_hair_more_than_attainable():
    pieces = [row(ALICE, 0, 17, 0.6), row(ALICE, 17, 46, 0.7), row(ALICE, 46, 48, 0.8)]

    scores = score(pieces, closes_at=48.0, ended_at=47.0)  # the pieces add up to 47/48 + 1e-16

    assert scores.coverage.tolist() == [47 / 48]


def test_brier_and_log_are_averaged_over_the_time_stood_not_over_the_question():
    scores = score([row(ALICE, 8, 10, 0.75)])

    assert scores.brier.tolist() == pytest.approx([0.125])
    assert scores.log_score.tolist() == pytest.approx([math.log(0.75)])


def test_spot_scores_are_those_of_one_instant():
    rows = [row(ALICE, 0, 4, 0.2), row(ALICE, 4, 10, 0.8), row(BOB, 3, 10, 0.4)]

    early, late = score(rows, spot_at=3.0), score(rows, spot_at=4.0)

    assert early.spot_peer == pytest.approx([-100 * math.log(2), 100 * math.log(2)])
    assert late.spot_peer == pytest.approx([100 * math.log(2), -100 * math.log(2)])
    assert late.spot_baseline[0] == pytest.approx(100 * (1 + math.log(0.8) / math.log(2)))


@pytest.mark.parametrize("spot_at", [-1.0, 10.0, 12.0])
def test_a_spot_outside_of_the_life_is_the_middle(spot_at):
    rows = [row(ALICE, 0, 10, 0.8), row(BOB, 3, 10, 0.4)]

    assert score(rows, spot_at=spot_at).spot_peer.tolist() == score(rows).spot_peer.tolist()


def test_whoever_does_not_stand_at_the_instant_has_no_spot_scores():
    scores = score([row(ALICE, 0, 10, 0.8), row(BOB, 6, 10, 0.4)], spot_at=6.0, ended_at=9.0)
    before = score([row(ALICE, 0, 10, 0.8), row(BOB, 6, 10, 0.4)], spot_at=5.0)
    ended = score([row(ALICE, 0, 10, 0.8)], spot_at=6.0, ended_at=6.0)

    assert not np.isnan(scores.spot_peer).any()
    assert np.isnan(before.spot_peer).tolist() == [False, True]
    assert before.spot_peer[0] == 0  # alone
    assert np.isnan(ended.spot_baseline).all()


def test_a_day_is_measured_by_the_median_of_those_who_stand_at_its_end():
    rows = [
        (ALICE, NOON, NOON + DAY, 0.9, 0.02), (BOB, NOON, NOON + DAY, 0.5, 0.5),
        (CHARLIE, NOON, NOON + 0.25 * DAY, 0.1, 1.62),
    ]  # fmt: skip

    scores = score(rows, opened_at=NOON, closes_at=NOON + DAY)

    assert scores.relative_brier[:2] == pytest.approx([-0.24, 0.24])
    assert np.isnan(scores.relative_brier[2])  # withdrawn before midnight


def test_without_bins_there_is_no_crps():
    assert np.isnan(score([row(ALICE, 0, 10, 0.8)]).crps).all()


def test_crps_is_averaged_over_the_time_stood():
    scores = score_forecasts(
        Stated(
            forecaster=[ALICE, ALICE], starts=[0, 6], ends=[6, 8],
            probability_of_truth=[0.1, 0.2], brier=[0, 0], crps=[0.4, 0.08],
        ),
        Life(opened_at=0, closes_at=10, ended_at=10),
        RANGED,
    )  # fmt: skip

    assert scores.crps == pytest.approx([0.32])


def test_a_split_resolution_weighs_the_logarithms():
    forecasts = np.array([[0.9, 0.1], [0.5, 0.5]])

    assert probabilities_of_truth(forecasts, [1, 0]) == pytest.approx([0.9, 0.5])
    assert probabilities_of_truth(forecasts, [0.5, 0.5]) == pytest.approx([0.3, 0.5])
    assert brier_scores(forecasts, [0.5, 0.5]) == pytest.approx([0.32, 0])


def test_the_worst_brier_score_is_two_and_the_best_zero():
    assert brier_scores(np.array([[0.0, 1.0], [1.0, 0.0]]), [1, 0]).tolist() == [2, 0]


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1, math.nan])
def test_an_impossible_probability_is_an_error(probability):
    with pytest.raises(ValueError, match="lies in"):
        score([(ALICE, 0, 10, probability, 0.5)])


def test_overlapping_forecasts_of_one_forecaster_are_an_error():
    with pytest.raises(ValueError, match="stand at the same time"):
        score([row(ALICE, 0, 6, 0.5), row(ALICE, 5, 10, 0.6)])


@pytest.mark.parametrize("closes_at", [0.0, -1.0, math.nan])
def test_a_question_without_length_is_an_error(closes_at):
    with pytest.raises(ValueError, match="closes after it opens"):
        score([row(ALICE, 0, 10, 0.5)], closes_at=closes_at)


def test_a_hundred_thousand_forecasts_are_scored_without_drift():
    chance = np.random.default_rng(20261122)
    instants = np.sort(chance.random((20_000, 6)) * 100 * DAY, axis=1)
    probability = chance.uniform(0.01, 0.99, 100_000)

    scores = score_forecasts(
        Stated(
            forecaster=np.repeat(np.arange(20_000), 5),
            starts=NOON + instants[:, :-1].ravel(),
            ends=NOON + instants[:, 1:].ravel(),
            probability_of_truth=probability,
            brier=2 * (1 - probability) ** 2,
        ),
        Life(opened_at=NOON, closes_at=NOON + 100 * DAY, ended_at=NOON + 90 * DAY),
        yardstick_of(2),
    )

    assert abs(scores.peer.sum()) < 1e-5
    assert np.abs(scores.peer).max() > 50
