import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.distribution import (
    FLOOR_TOGETHER,
    InvalidQuantiles,
    below_edges,
    bin_floor,
)
from markets.core.numeric import Bins
from markets.core.stated_quantiles import curve, from_stated_quantiles, from_three
from tests.markets.core.strategies import property_test

CLOSED = Bins(lower=0, upper=10, count=5)
PAIRS = [(0.1, 2.0), (0.25, 4.0), (0.5, 5.0), (0.75, 6.0), (0.9, 8.0)]


@st.composite
def statements(draw):
    """Bins of any kind, and five to twelve pairs that lie on their scale and rise."""
    is_log = draw(st.booleans())
    bins = Bins(
        lower=1, upper=1000, count=draw(st.integers(6, 60)), scale="log" if is_log else "linear",
        open_below=draw(st.booleans()), open_above=draw(st.booleans()),
    )  # fmt: skip
    number = draw(st.integers(5, 12))
    thousandths = st.integers(1, 999)
    rising = st.lists(thousandths, min_size=number, max_size=number, unique=True).map(sorted)
    low = 0.5 if bins.open_below else 1.0
    high = 2000.0 if bins.open_above else 1000.0
    shares = [each / 1000 for each in draw(rising)]
    places = [each / 1000 for each in draw(rising)]
    if is_log:
        values = [low * (high / low) ** place for place in places]
    else:
        values = [low + (high - low) * place for place in places]
    return bins, list(zip(shares, values, strict=True))


@property_test
@given(statements())
def test_the_curve_passes_through_every_point_and_rises(statement):
    bins, pairs = statement

    found = curve(bins, pairs, np.array([value for _, value in pairs]))
    everywhere = curve(bins, pairs, np.linspace(bins.lower, bins.upper, 200))

    assert found == pytest.approx([share for share, _ in pairs], abs=1e-9)
    assert np.all(np.diff(everywhere) >= 0)


@property_test
@given(statements())
def test_every_bin_keeps_its_floor_and_together_they_are_certain(statement):
    bins, pairs = statement

    probabilities = from_stated_quantiles(bins, pairs)

    assert probabilities.shape == (bins.count,)
    assert probabilities.sum() == pytest.approx(1, abs=1e-12)
    assert probabilities.min() >= bin_floor(bins.count) * (1 - 1e-9)


@property_test
@given(statements())
def test_at_the_edges_the_bins_say_what_the_curve_says_up_to_the_floor(statement):
    bins, pairs = statement

    below = below_edges(bins, from_stated_quantiles(bins, pairs))

    even = (np.arange(bins.inner_count + 1) + bins.open_below) / bins.count
    stated = curve(bins, pairs, np.array(bins.edges))
    assert below == pytest.approx((1 - FLOOR_TOGETHER) * stated + FLOOR_TOGETHER * even, abs=1e-9)


@property_test
@given(statements())
def test_beyond_a_closed_bound_lies_nothing(statement):
    bins, pairs = statement

    low, high = curve(bins, pairs, np.array([bins.lower, bins.upper]))

    assert bins.open_below or low == 0
    assert bins.open_above or high == 1


def test_an_open_tail_goes_on_with_the_odds_as_they_ran():
    bins = Bins(lower=1, upper=9, count=6, open_below=True, open_above=True)

    low, high = curve(bins, PAIRS, np.array([1.0, 9.0]))

    assert low == pytest.approx(1 / (1 + 9 * (9 / 3) ** 0.5))  # odds of 1/9 at 2, of 1/3 at 4
    assert high == pytest.approx(1 - low)
    assert from_stated_quantiles(bins, PAIRS)[0] > bin_floor(6)


def test_an_edge_that_was_stated_is_met():
    probabilities = from_stated_quantiles(CLOSED, PAIRS)

    assert probabilities[:1].sum() == pytest.approx(0.99 * 0.1 + 0.01 * 0.2)
    assert probabilities[:2].sum() == pytest.approx(0.99 * 0.25 + 0.01 * 0.4)
    assert probabilities[:4].sum() == pytest.approx(0.99 * 0.9 + 0.01 * 0.8)


def changed(index, pair):
    return [*PAIRS[:index], pair, *PAIRS[index + 1 :]]


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        (changed(3, (0.75, 5.0)), "quantiles[3]"),
        (changed(3, (0.75, 4.5)), "quantiles[3]"),
        (changed(2, (0.25, 5.0)), "quantiles[2]"),
        (changed(2, (0.2, 5.0)), "quantiles[2]"),
        (changed(0, (0.0, 2.0)), "quantiles[0]"),
        (changed(4, (1.0, 8.0)), "quantiles[4]"),
        (changed(1, (math.nan, 4.0)), "quantiles[1]"),
        (changed(1, (0.25, math.nan)), "quantiles[1]"),
        (changed(4, (0.9, math.inf)), "quantiles[4]"),
        (changed(0, (0.1, -1.0)), "quantiles[0]"),
        (changed(0, (0.1, 0.0)), "quantiles[0]"),
        (changed(4, (0.9, 10.0)), "quantiles[4]"),
        (changed(4, (0.9, 11.0)), "quantiles[4]"),
        (PAIRS[:4], "quantiles"),
        ([(k / 101, k / 11) for k in range(1, 101)], "quantiles"),
        ([], "quantiles"),
    ],
)
def test_the_first_pair_that_is_wrong_is_named(pairs, field):
    with pytest.raises(InvalidQuantiles) as refusal:
        from_stated_quantiles(CLOSED, pairs)

    assert refusal.value.field == field
    assert field == "quantiles" or refusal.value.message.startswith(f"{field}: ")


def test_on_a_log_scale_a_value_that_it_does_not_have_is_named():
    bins = Bins(lower=1, upper=1000, count=5, scale="log", open_below=True, open_above=True)

    with pytest.raises(InvalidQuantiles) as refusal:
        from_stated_quantiles(bins, [(0.1, 0.0), *PAIRS[1:]])

    assert refusal.value.field == "quantiles[0]"


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_three_values_come_back_as_stated_but_for_the_floor(scale, is_open):
    bins = Bins(
        lower=1, upper=256, count=182, scale=scale, open_below=is_open, open_above=is_open
    )  # fmt: skip
    values = [bins.edges[20], bins.edges[90], bins.edges[120]]

    reached = below_edges(bins, from_three(bins, values))

    for place, share in ((20, 0.1), (90, 0.5), (120, 0.9)):
        assert reached[place] == pytest.approx(share, abs=FLOOR_TOGETHER)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ([-1, 3, 5], "quantiles[0]"),
        ([0, 3, 5], "quantiles[0]"),
        ([3, 2, 4], "quantiles[1]"),
        ([2, 2, 4], "quantiles[1]"),
        ([1, 5, 10], "quantiles[2]"),
        ([1, 2, math.inf], "quantiles[2]"),
    ],
)
def test_three_values_that_a_closed_range_cannot_have_are_refused(values, field):
    with pytest.raises(InvalidQuantiles) as refusal:
        from_three(CLOSED, values)

    assert (refusal.value.code, refusal.value.field) == ("invalid_quantiles", field)
