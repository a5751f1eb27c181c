import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.distribution import (
    QUANTILE_SHARES,
    below_edges,
    bin_floor,
    expected_value,
    quantiles,
    summary,
)
from markets.core.numeric import Bins
from tests.markets.core.strategies import distributions, property_test
from tests.markets.core.test_numeric import sound_bins

CLOSED = Bins(lower=0, upper=4, count=4)
OPEN = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True)
LOG = Bins(lower=1, upper=100, count=2, scale="log")


@st.composite
def believed(draw):
    """Bins with a distribution over them."""
    bins = draw(sound_bins(count_max=12))
    return bins, draw(distributions(bins.count))


def test_the_mean_of_even_bins_is_the_middle():
    assert expected_value(CLOSED, [0.25] * 4) == 2.0


def test_the_mean_counts_a_tail_at_its_edge():
    assert expected_value(OPEN, [0.5, 0, 0, 0, 0, 0.5]) == 11.0


def test_the_mean_of_a_log_bin_is_the_logarithmic_mean_of_its_edges():
    assert expected_value(LOG, [1, 0]) == pytest.approx(9 / math.log(10))


def test_a_mean_agrees_with_values_drawn_evenly_along_the_scale():
    ratios = (np.arange(100_000) + 0.5) / 100_000

    assert expected_value(LOG, [1, 0]) == pytest.approx(float((10**ratios).mean()), rel=1e-9)


@pytest.mark.parametrize(
    ("bins", "probabilities", "share", "value"),
    [
        (CLOSED, [0.25] * 4, 0.5, 2.0),
        (CLOSED, [0.25] * 4, 0.1, 0.4),
        (CLOSED, [0, 0, 1, 0], 0.5, 2.5),
        (CLOSED, [0.5, 0, 0, 0.5], 0.5, 1.0),
        (LOG, [0.5, 0.5], 0.25, math.sqrt(10)),
        (OPEN, [0.3, 0.1, 0.1, 0.1, 0.1, 0.3], 0.25, None),
        (OPEN, [0.3, 0.1, 0.1, 0.1, 0.1, 0.3], 0.3, 10.0),
        (OPEN, [0.3, 0.1, 0.1, 0.1, 0.1, 0.3], 0.5, 11.0),
        (OPEN, [0.3, 0.1, 0.1, 0.1, 0.1, 0.3], 0.7, 12.0),
        (OPEN, [0.3, 0.1, 0.1, 0.1, 0.1, 0.3], 0.9, None),
    ],
)
def test_a_quantile_lies_where_the_curve_reaches_it_and_nowhere_inside_a_tail(
    bins, probabilities, share, value
):
    (found,) = quantiles(bins, probabilities, [share])

    assert found == (None if value is None else pytest.approx(value, rel=1e-9))


@property_test
@given(case=believed())
def test_quantiles_rise_within_the_bounds_and_the_curve_passes_through_them(case):
    bins, probabilities = case
    found = [each for each in quantiles(bins, probabilities, QUANTILE_SHARES) if each is not None]

    assert found == sorted(found)
    assert all(bins.lower <= each <= bins.upper for each in found)
    curve = below_edges(bins, probabilities)
    scale = [bins.on_scale(edge) for edge in bins.edges]
    for share, value in zip(
        QUANTILE_SHARES, quantiles(bins, probabilities, QUANTILE_SHARES), strict=True
    ):
        if value is not None:
            reached = np.interp(bins.on_scale(value), scale, curve)
            assert reached == pytest.approx(share, abs=1e-6)


@property_test
@given(case=believed())
def test_the_mean_lies_within_the_bounds(case):
    bins, probabilities = case
    slack = 1e-9 * (abs(bins.lower) + abs(bins.upper))

    assert bins.lower - slack <= expected_value(bins, probabilities) <= bins.upper + slack


def test_a_summary_has_the_five_quantiles_and_the_middle_half():
    said = summary(CLOSED, [0.25] * 4)

    assert said.quantiles == {0.1: 0.4, 0.25: 1.0, 0.5: 2.0, 0.75: 3.0, 0.9: 3.6}
    assert (said.median, said.band) == (2.0, (1.0, 3.0))


def test_two_hundred_bins_keep_a_hundredth_among_them():
    assert bin_floor(200) * 200 == pytest.approx(0.01)
