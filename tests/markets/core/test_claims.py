import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.claims import InvalidClaim, claim_price, complement, indicator, make_claim
from tests.markets.core.strategies import property_test


@st.composite
def claims(draw):
    outcome_count = draw(st.integers(2, 30))
    outcomes = draw(
        st.sets(st.integers(0, outcome_count - 1), min_size=1, max_size=outcome_count - 1)
    )
    return make_claim(outcomes, outcome_count), outcome_count


def test_a_claim_is_its_outcomes_in_order():
    assert make_claim([3, 0, 2], 5) == (0, 2, 3)
    assert make_claim({1}, 2) == (1,)


@pytest.mark.parametrize(
    ("outcomes", "outcome_count"),
    [([], 3), ([0, 1], 2), ([0, 1, 2], 3), ([1, 1], 3), ([-1], 3), ([3], 3), ([0, 7], 3)],
)
def test_what_is_not_a_non_empty_proper_subset_is_refused(outcomes, outcome_count):
    with pytest.raises(InvalidClaim) as refusal:
        make_claim(outcomes, outcome_count)

    assert refusal.value.code == "invalid_claim"
    assert refusal.value.field == "claim"


@property_test
@given(claims())
def test_a_claim_and_its_complement_are_every_outcome_once(drawn):
    claim, outcome_count = drawn

    other = complement(claim, outcome_count)

    assert sorted(claim + other) == list(range(outcome_count))
    assert make_claim(other, outcome_count) == other
    assert complement(other, outcome_count) == claim


@property_test
@given(claims())
def test_an_indicator_is_one_inside_and_zero_outside(drawn):
    claim, outcome_count = drawn

    inside = indicator(claim, outcome_count)

    assert inside.shape == (outcome_count,)
    assert [outcome for outcome in range(outcome_count) if inside[outcome] == 1] == list(claim)
    assert inside.sum() == len(claim)


def test_a_claim_is_priced_at_the_sum_of_its_outcomes():
    assert claim_price([0.5, 0.3, 0.2], (0, 2)) == 0.7
    assert claim_price(np.array([0.1] * 10), tuple(range(9))) == 0.9
    assert type(claim_price(np.array([0.5, 0.5]), (1,))) is float
