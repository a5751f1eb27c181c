"""Calibration from its definition: shares of time, Wilson's interval, Murphy's parts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.calibration import (
    BUCKETS,
    NORMAL_975,
    RANGE_LEVELS,
    SUMS,
    bucket_of,
    curve_of,
    range_sums,
    statement_sums,
    wilson,
)

SHARE, STATED, CAME_TRUE, SQUARED, SURE, RIGHT = range(len(SUMS))
PROBABILITY = st.floats(0.001, 0.999)
COUNT = st.floats(0.05, 500)


def binary(*said):
    return np.array([[chance, 1 - chance] for chance in said])


@st.composite
def forecasts(draw, *, outcomes):
    """Some forecasts of one question: whose, how long each stood, what each said."""
    count = draw(st.integers(1, 8))
    owner = np.sort(np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))))
    owner = np.unique(owner, return_inverse=True)[1]
    durations = np.array(draw(st.lists(st.floats(0.1, 100), min_size=count, max_size=count)))
    raw = np.array(
        draw(
            st.lists(
                st.lists(st.floats(0.01, 1), min_size=outcomes, max_size=outcomes),
                min_size=count, max_size=count,
            )
        )
    )  # fmt: skip
    return owner, durations, raw / raw.sum(axis=1, keepdims=True)


def truth(outcomes, place):
    return [float(index == place) for index in range(outcomes)]


# --- Buckets and shares -------------------------------------------------------------------------


@pytest.mark.parametrize("tenth", range(11))
def test_a_round_number_and_its_complement_lie_in_the_middle_of_their_buckets(tenth):
    assert bucket_of(tenth / 10) == tenth
    assert bucket_of(1 - tenth / 10) == 10 - tenth


@pytest.mark.parametrize("edge", [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95])
def test_an_edge_belongs_to_the_bucket_that_it_begins_however_floats_spell_it(edge):
    bucket = round(edge * 10 + 0.5)

    assert bucket_of(edge) == bucket
    assert bucket_of(1 - (1 - edge)) == bucket
    assert bucket_of(edge - 1e-6) == bucket - 1


def test_how_long_a_forecast_stood_says_how_much_of_the_statement_it_is():
    sums = statement_sums(np.array([0, 0]), np.array([3.0, 1.0]), binary(0.2, 0.8), [1, 0])

    assert sums[0, 2, SHARE] == 0.75
    assert sums[0, 8, SHARE] == 0.25
    assert sums[0, :, STATED].sum() == pytest.approx(0.75 * 0.2 + 0.25 * 0.8)


def test_standing_briefly_weighs_as_much_as_standing_throughout():
    long = statement_sums(np.array([0]), np.array([100.0]), binary(0.7), [1, 0])
    short = statement_sums(np.array([0]), np.array([0.1]), binary(0.7), [1, 0])

    assert np.array_equal(long, short)


@given(forecasts(outcomes=2), st.integers(0, 1))
def test_each_forecaster_makes_one_statement_on_a_binary_question(made, place):
    sums = statement_sums(*made, truth(2, place))

    assert sums[:, :, SHARE].sum(axis=1) == pytest.approx(1)
    assert sums[:, :, CAME_TRUE].sum(axis=1) == pytest.approx(1 - place)


@given(forecasts(outcomes=4), st.integers(0, 3))
def test_each_forecaster_makes_a_statement_on_each_of_several_outcomes(made, place):
    sums = statement_sums(*made, truth(4, place))

    assert sums[:, :, SHARE].sum(axis=1) == pytest.approx(4)
    assert sums[:, :, STATED].sum(axis=1) == pytest.approx(1)
    assert sums[:, :, CAME_TRUE].sum(axis=1) == pytest.approx(1)


@given(forecasts(outcomes=3), st.randoms())
def test_the_order_of_forecasts_never_matters(made, chance):
    owner, durations, probabilities = made
    order = list(range(len(owner)))
    chance.shuffle(order)

    mixed = statement_sums(owner[order], durations[order], probabilities[order], [0, 1, 0])

    assert mixed == pytest.approx(statement_sums(*made, [0, 1, 0]))


def test_which_of_two_outcomes_is_the_first_only_mirrors_the_curve():
    one = curve_of(statement_sums(np.array([0]), np.ones(1), binary(0.7), [1, 0])[0])
    other = curve_of(statement_sums(np.array([0]), np.ones(1), binary(0.3), [0, 1])[0])

    assert (one.brier, one.sure, one.right) == pytest.approx((other.brier, other.sure, other.right))


def test_even_odds_are_half_right_whatever_happens():
    curve = curve_of(statement_sums(np.array([0]), np.ones(1), binary(0.5), [0, 1])[0])

    assert (curve.sure, curve.right) == (0.5, 0.5)


# --- Ranges -------------------------------------------------------------------------------------


def test_a_range_holds_the_answer_by_as_much_of_its_bin_as_lies_in_it():
    said = np.array([[0.1, 0.8, 0.1]])

    sums = range_sums(np.array([0]), np.ones(1), said, [0, 1, 0])

    held = sums[0, :, CAME_TRUE]
    assert held == pytest.approx([min(1, level / 0.8) for level in RANGE_LEVELS])


def test_an_answer_in_the_outer_tenth_lies_outside_of_all_ranges_up_to_that_of_eighty():
    sums = range_sums(np.array([0]), np.ones(1), np.array([[0.1, 0.8, 0.1]]), [1, 0, 0])

    assert sums[0, :8, CAME_TRUE] == pytest.approx([0] * 8, abs=1e-12)
    assert sums[0, 8, CAME_TRUE] == pytest.approx(0.5)


@given(forecasts(outcomes=6), st.integers(0, 5))
def test_wider_ranges_hold_no_less(made, place):
    sums = range_sums(*made, truth(6, place))

    assert sums[:, :, SHARE] == pytest.approx(1)
    assert np.all(np.diff(sums[:, :, CAME_TRUE], axis=1) >= -1e-9)


def test_of_a_calibrated_forecast_each_range_holds_the_answer_as_often_as_it_says():
    said = np.array([[0.05, 0.2, 0.3, 0.25, 0.15, 0.05]])

    held = sum(
        said[0, place] * range_sums(np.array([0]), np.ones(1), said, truth(6, place))[0, :, 2]
        for place in range(6)
    )

    assert held == pytest.approx(RANGE_LEVELS)


# --- Wilson -------------------------------------------------------------------------------------


@given(COUNT, st.floats(0, 1))
def test_the_interval_holds_what_was_observed_and_stays_among_chances(count, share):
    low, high = wilson(share * count, count)

    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


@given(COUNT, st.floats(0.01, 0.99), st.floats(1.1, 50))
def test_the_interval_narrows_as_more_is_counted(count, share, times):
    low, high = wilson(share * count, count)
    nearer, closer = wilson(share * count * times, count * times)

    assert closer - nearer < high - low


@given(COUNT, st.floats(0, 1))
def test_the_interval_mirrors_what_did_not_come_true(count, share):
    low, high = wilson(share * count, count)

    assert wilson((1 - share) * count, count) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(COUNT, st.floats(0.02, 0.98))
def test_its_bounds_are_the_chances_that_are_two_deviations_off(count, share):
    for bound in wilson(share * count, count):
        deviation = math.sqrt(bound * (1 - bound) / count)
        assert abs(share - bound) == pytest.approx(NORMAL_975 * deviation, rel=1e-6)


@pytest.mark.parametrize(("came_true", "count"), [(0, 0), (-1, 3), (4, 3), (math.nan, 3)])
def test_nothing_counted_has_no_interval(came_true, count):
    with pytest.raises(ValueError, match="came true"):
        wilson(came_true, count)


@pytest.mark.parametrize("chance", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("count", [20, 100])
def test_perfectly_calibrated_statements_lie_within_the_band_nineteen_times_in_twenty(
    chance, count
):
    drawn = np.random.default_rng(7).binomial(count, chance, size=4_000)

    inside = [low <= chance <= high for low, high in (wilson(came, count) for came in drawn)]

    assert 0.92 <= np.mean(inside) <= 0.985


# --- The curve ----------------------------------------------------------------------------------


@given(st.lists(st.tuples(PROBABILITY, st.booleans()), min_size=1, max_size=60))
def test_the_parts_of_a_brier_score_add_up_to_it(statements):
    said = np.array([chance for chance, _ in statements])
    came = np.array([float(true) for _, true in statements])
    sums = np.zeros((BUCKETS, len(SUMS)))
    for chance, true in statements:
        sums += statement_sums(np.array([0]), np.ones(1), binary(chance), [true, not true])[0]

    curve = curve_of(sums)

    assert curve.count == pytest.approx(len(statements))
    assert curve.brier == pytest.approx(np.mean((said - came) ** 2))
    assert curve.uncertainty == pytest.approx(came.mean() * (1 - came.mean()))
    assert min(curve.reliability, curve.resolution, curve.error) >= 0
    # Buckets are a tenth wide, and so is what they may blur.
    assert abs(curve.within) <= 0.11
    assert curve.sure == pytest.approx(np.maximum(said, 1 - said).mean())


def test_statements_of_one_chance_are_blurred_by_no_bucket():
    sums = np.zeros((BUCKETS, len(SUMS)))
    for true in (True, True, False):
        sums += statement_sums(np.array([0]), np.ones(1), binary(0.6), [true, not true])[0]

    curve = curve_of(sums)

    assert curve.within == pytest.approx(0, abs=1e-12)
    assert curve.points[0].observed == pytest.approx(2 / 3)
    assert not curve.points[0].is_off


def test_a_hundred_sure_statements_that_mostly_failed_are_off():
    sums = np.zeros((BUCKETS, len(SUMS)))
    sums[9] = [100, 90, 40, 0, 90, 40]

    assert curve_of(sums).points[0].is_off


def test_nothing_stated_has_no_curve():
    assert curve_of(np.zeros((BUCKETS, len(SUMS)))) is None
