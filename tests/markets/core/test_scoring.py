"""The fast scores against the definitions, written down second by second."""

import math
from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.scoring import score_forecasts
from markets.core.scoring_rules import (
    Yardstick,
    brier_scores,
    probabilities_of_truth,
    yardstick_of,
)
from markets.core.standing import Life, Stated
from tests.markets.core.reference_scores import DAY, plain_relative_brier, plain_scores
from tests.markets.core.strategies import distributions, property_test

ALICE, BOB, CHARLIE = 1, 2, 3
HOUR = 3_600.0
RANGED = Yardstick(ignorance=0.04, scale=2.0, peer_factor=0.5)
NOON = 1_795_348_800.0
"""2026-11-22T12:00:00Z in seconds."""


def score(rows, *, opened_at=0.0, closes_at=10.0, ended_at=None, spot_at=None, yardstick=None):
    """Scores of rows (forecaster, start, end, probability of the truth, Brier)."""
    forecaster, starts, ends, probability, brier = zip(*rows, strict=True)
    return score_forecasts(
        Stated(
            forecaster=forecaster,
            starts=starts,
            ends=ends,
            probability_of_truth=probability,
            brier=brier,
        ),
        Life(
            opened_at=opened_at,
            closes_at=closes_at,
            ended_at=closes_at if ended_at is None else ended_at,
            spot_at=spot_at,
        ),
        yardstick or yardstick_of(2),
    )


def row(forecaster, start, end, probability):
    return forecaster, start, end, probability, 2 * (1 - probability) ** 2


def same(first, second):
    """Whether two have the same scores to the last digit, with NaN where the other has it."""
    ours, theirs = asdict(first), asdict(second)
    return all(np.array_equal(ours[name], theirs[name], equal_nan=True) for name in ours)


@st.composite
def questions(draw):
    """(rows, options): whole seconds, so that many forecasts begin and end at one instant."""
    rows = []
    for forecaster in draw(st.lists(st.integers(1, 50), min_size=1, max_size=6, unique=True)):
        instants = sorted(draw(st.lists(st.integers(-5, 25), min_size=2, max_size=8)))
        pairs = list(pairwise(instants))
        kept = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
        for (start, end), is_kept in zip(pairs, kept, strict=True):
            probability = draw(st.sampled_from([0.001, 0.2, 0.5, 0.9, 0.999]))
            if is_kept:
                rows.append(row(forecaster, float(start), float(end), probability))
    options = {
        "opened_at": 0.0,
        "closes_at": 20.0,
        "ended_at": float(draw(st.integers(1, 22))),
        "spot_at": draw(st.sampled_from([None, -1.0, 0.0, 4.0, 7.5, 21.0])),
        "yardstick": draw(st.sampled_from([yardstick_of(2), yardstick_of(5), RANGED])),
    }
    return rows or [row(ALICE, 0.0, 20.0, 0.5)], options


# --- Against the definitions --------------------------------------------------------------------


@property_test
@given(questions())
def test_every_score_agrees_with_its_definition(question):
    rows, options = question

    scores = score(rows, **options)

    plain = plain_scores(rows, **options)
    assert scores.forecaster.tolist() == sorted(plain)
    for place, forecaster in enumerate(scores.forecaster.tolist()):
        for name, value in plain[forecaster].items():
            assert getattr(scores, name)[place] == pytest.approx(value, rel=1e-9, abs=1e-9), name
        stood_then = "spot_peer" in plain[forecaster]
        assert np.isnan(scores.spot_peer[place]) == np.isnan(scores.spot_baseline[place])
        assert np.isnan(scores.spot_peer[place]) != stood_then


@property_test
@given(questions(), st.sampled_from([0.0, 2.0 * HOUR, 23.0 * HOUR]))
def test_relative_brier_scores_agree_with_their_definition(question, opened_at):
    rows, options = question
    hours = [
        (who, opened_at + 5 * HOUR * start, opened_at + 5 * HOUR * end, *rest)
        for who, start, end, *rest in rows
    ]
    closes_at, ended_at = opened_at + 100 * HOUR, opened_at + 5 * HOUR * options["ended_at"]

    scores = score(hours, opened_at=opened_at, closes_at=closes_at, ended_at=ended_at)

    plain = plain_relative_brier(hours, opened_at=opened_at, ended_at=min(ended_at, closes_at))
    told = dict(zip(scores.forecaster.tolist(), scores.relative_brier.tolist(), strict=True))
    assert {who: value for who, value in told.items() if not math.isnan(value)} == (
        pytest.approx(plain)
    )


@property_test
@given(questions())
def test_spot_peer_scores_sum_to_zero(question):
    rows, options = question

    assert np.nansum(score(rows, **options).spot_peer) == pytest.approx(0, abs=1e-9)


@property_test
@given(questions())
def test_peer_scores_sum_to_zero(question):
    rows, options = question

    assert score(rows, **options).peer.sum() == pytest.approx(0, abs=1e-9)


@property_test
@given(questions(), st.integers(1, 20))
def test_peer_scores_sum_to_zero_at_every_instant(question, until):
    rows, options = question

    so_far = score(rows, **{**options, "ended_at": float(until)})
    a_moment_more = score(rows, **{**options, "ended_at": until + 0.5})

    assert so_far.peer.sum() == pytest.approx(0, abs=1e-9)
    assert a_moment_more.peer.sum() == pytest.approx(0, abs=1e-9)


@property_test
@given(st.data(), questions())
def test_the_order_of_rows_never_matters(data, question):
    rows, options = question

    shuffled = score(data.draw(st.permutations(rows)), **options)

    assert same(shuffled, score(rows, **options))


@property_test
@given(questions())
def test_coverage_stays_within_what_anyone_could_have(question):
    rows, options = question

    scores = score(rows, **options)

    assert scores.attainable_coverage == min(options["ended_at"], 20) / 20
    assert np.all(scores.coverage > 0)
    assert np.all(scores.coverage <= scores.attainable_coverage)


@property_test
@given(questions(), st.sampled_from([1.0, 60.0, DAY]))
def test_scores_do_not_depend_on_the_clock_they_are_told_in(question, unit):
    rows, options = question

    def shifted(instant):
        return NOON + unit * instant

    moved = score(
        [(who, shifted(start), shifted(end), *rest) for who, start, end, *rest in rows],
        opened_at=shifted(0.0),
        closes_at=shifted(20.0),
        ended_at=shifted(options["ended_at"]),
        spot_at=None if options["spot_at"] is None else shifted(options["spot_at"]),
        yardstick=options["yardstick"],
    )

    here = score(rows, **options)
    assert moved.peer == pytest.approx(here.peer, abs=1e-6)
    assert moved.baseline == pytest.approx(here.baseline, abs=1e-6)


# --- An honest forecast is the best one ---------------------------------------------------------


@property_test
@given(st.data(), st.integers(2, 4))
def test_an_honest_forecast_is_best_in_expectation(data, outcome_count):
    belief = data.draw(distributions(outcome_count))
    stated = data.draw(distributions(outcome_count))
    others = [data.draw(distributions(outcome_count)) for _ in range(2)]

    def expected(forecast):
        """The proper scores of a forecaster who stands with the others, weighted by belief."""
        total = np.zeros(6)
        for truth, weight in enumerate(belief):
            weights = [float(outcome == truth) for outcome in range(outcome_count)]
            everybody = np.array([forecast, *others])
            scores = score(
                list(
                    zip(
                        [ALICE, BOB, CHARLIE],
                        [0, 2, 5],
                        [10, 10, 8],
                        probabilities_of_truth(everybody, weights),
                        brier_scores(everybody, weights),
                        strict=True,
                    )
                ),
                ended_at=9.0,
                yardstick=yardstick_of(outcome_count),
            )
            kinds = (
                scores.baseline, scores.peer, scores.spot_baseline, scores.spot_peer,
                scores.log_score, -scores.brier,
            )  # fmt: skip
            total += weight * np.array([kind[0] for kind in kinds])
        return total

    assert np.all(expected(belief) >= expected(stated) - 1e-9)


# --- Worked cases -------------------------------------------------------------------------------


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
