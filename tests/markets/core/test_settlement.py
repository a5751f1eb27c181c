from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.settlement import (
    InvalidWeights,
    exact_weights,
    liability,
    payout,
    weight_parts,
    worst_case_liability,
)
from tests.markets.core.strategies import property_test


@st.composite
def split_weights(draw, outcome_count):
    """Float weights whose true values are fractions of up to a thousand parts, zeros included."""
    parts = draw(
        st.lists(st.integers(0, 1_000), min_size=outcome_count, max_size=outcome_count).filter(any)
    )
    return [part / sum(parts) for part in parts]


@st.composite
def settled_markets(draw):
    outcome_count = draw(st.integers(2, 6))
    holding = st.lists(st.integers(0, 10**13), min_size=outcome_count, max_size=outcome_count)
    return draw(st.lists(holding, min_size=1, max_size=20)), draw(split_weights(outcome_count))


def sold(positions):
    return [sum(column) for column in zip(*positions, strict=True)]


def test_a_winning_share_pays_one_credit_and_a_losing_share_nothing():
    assert payout([10_000_000, 3_000_000], [1, 0]) == 10_000_000
    assert payout([10_000_000, 3_000_000], [0.0, 1.0]) == 3_000_000


def test_a_split_answer_pays_each_share_its_part_rounded_down():
    assert payout([10_000_001, 0], [0.5, 0.5]) == 5_000_000
    assert payout([1, 1, 0], [1 / 3, 1 / 3, 1 / 3]) == 0
    assert payout([2, 1, 0], [1 / 3, 1 / 3, 1 / 3]) == 1
    assert payout([3, 3, 3], [0.1, 0.2, 0.7]) == 3


def test_a_third_is_a_third_to_the_last_microcredit():
    assert payout([3 * 10**18, 0, 0], [1 / 3, 1 / 3, 1 / 3]) == 10**18


def test_weights_are_read_as_the_fractions_that_were_meant():
    assert exact_weights([0.1, 0.2, 0.7]) == (Fraction(1, 10), Fraction(1, 5), Fraction(7, 10))
    assert exact_weights([1 / 3, 2 / 3]) == (Fraction(1, 3), Fraction(2, 3))
    assert exact_weights([0.333333, 0.666667]) == (
        Fraction(333_333, 1_000_000),
        Fraction(666_667, 1_000_000),
    )


def test_integer_parts_say_the_same_as_the_weights():
    assert weight_parts([1, 0]) == ((1, 0), 1)
    assert weight_parts([0.25, 0.75]) == ((1, 3), 4)
    assert weight_parts([0.5, 1 / 3, 1 / 6]) == ((3, 2, 1), 6)


@pytest.mark.parametrize(
    "weights",
    [
        [0.5, 0.4],
        [0.5, 0.6],
        [1, 1],
        [0, 0],
        [1.5, -0.5],
        [float("nan"), 1],
        [float("inf"), 0],
        [],
    ],
)
def test_weights_that_do_not_divide_one_credit_are_refused(weights):
    with pytest.raises(InvalidWeights) as refusal:
        payout([1] * len(weights), weights)

    assert refusal.value.code == "invalid_weights"


def test_a_position_must_have_one_number_per_outcome():
    with pytest.raises(ValueError, match="longer"):
        payout([1, 2], [0.5, 0.25, 0.25])


@property_test
@given(settled_markets())
def test_all_payouts_together_are_at_most_the_liability_and_short_of_it_by_less_than_one_each(
    drawn,
):
    positions, weights = drawn

    paid = sum(payout(position, weights) for position in positions)

    owed = sum(
        held * weight for held, weight in zip(sold(positions), exact_weights(weights), strict=True)
    )
    assert paid <= liability(sold(positions), weights) <= owed
    assert paid > owed - len(positions)


@property_test
@given(settled_markets())
def test_no_resolution_owes_more_than_the_worst_case(drawn):
    positions, weights = drawn
    shares = sold(positions)

    assert liability(shares, weights) <= worst_case_liability(shares)
    assert worst_case_liability(shares) == max(
        liability(shares, [float(outcome == true) for outcome in range(len(shares))])
        for true in range(len(shares))
    )
