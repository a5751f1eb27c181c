"""Claims and their complements as one: where an order stands in the book of its pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.claims import complement
from markets.core.pairs import paired


@pytest.mark.parametrize(
    ("claim", "outcome_count", "face"),
    [
        ((0,), 2, (0,)),
        ((1,), 2, (0,)),
        ((2,), 3, (2,)),
        ((0, 1), 3, (2,)),
        ((0, 3), 4, (0, 3)),
        ((1, 2), 4, (0, 3)),
    ],
)
def test_the_face_of_a_pair_is_its_smaller_claim_or_the_one_with_the_first_outcome(
    claim, outcome_count, face
):
    assert paired(claim, outcome_count).face == face


@given(st.integers(2, 8), st.data())
def test_a_claim_and_its_complement_have_one_face_and_stand_on_opposite_sides(outcome_count, data):
    mask = data.draw(st.integers(1, 2**outcome_count - 2))
    claim = tuple(outcome for outcome in range(outcome_count) if mask >> outcome & 1)
    one, other = (paired(each, outcome_count) for each in (claim, complement(claim, outcome_count)))

    assert one.face == other.face
    assert one.is_face is not other.is_face
    for is_buy in (True, False):
        assert one.is_bid(is_buy=is_buy) is not other.is_bid(is_buy=is_buy)
    assert one.on_face(300) == 1000 - other.on_face(300)
    assert one.on_face(one.on_face(300)) == 300
    assert (one.inside + other.inside).tolist() == [1] * outcome_count
    assert one.outside.tolist() == other.weights.tolist() == other.inside.tolist()
