"""What one stated distribution is worth, against the definitions and against the next worse one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.distribution import below_edges
from markets.core.numeric import Bins
from markets.core.scoring_rules import (
    Truth,
    brier_scores,
    crps,
    ordinal_brier_scores,
    probabilities_of_truth,
    yardstick_of,
    yardstick_of_bins,
)
from tests.markets.core.strategies import distributions, property_test

TEN = Bins(lower=0, upper=10, count=5)
TAILED = Bins(lower=0, upper=10, count=7, open_below=True, open_above=True)
RATIO = Bins(lower=1, upper=1000, count=5, scale="log", open_above=True)
RANGES = st.sampled_from([TEN, TAILED, RATIO])


def truth(count, place):
    return [float(index == place) for index in range(count)]


def plain_crps(bins, forecast, value, steps=20_000):
    """The integral as a sum over small steps along the scale."""
    places = np.array([bins.position(edge) for edge in bins.edges])
    middles = (np.arange(steps) + 0.5) / steps
    reached = np.interp(middles, places, below_edges(bins, forecast))
    happened = middles >= bins.position(value)
    return float(((reached - happened) ** 2).mean())


@property_test
@given(st.data(), RANGES)
def test_crps_agrees_with_its_definition(data, bins):
    forecast = data.draw(distributions(bins.count))
    value = data.draw(st.floats(-2, 12) if bins is not RATIO else st.floats(0.5, 2_000))

    assert crps(bins, np.array([forecast]), value)[0] == pytest.approx(
        plain_crps(bins, forecast, value), abs=1e-4
    )


def test_crps_of_a_forecast_that_is_certain_of_the_right_bin_is_its_least():
    certain = np.eye(5)

    scores = crps(TEN, certain, 5.0)

    assert scores.argmin() == 2
    assert scores[2] == pytest.approx(0.2 / 12)  # a fifth of the range, straight across the middle
    assert scores[1] < scores[0]  # a near miss is better than a far one
    assert scores[3] == pytest.approx(scores[1])


def test_what_lies_in_an_open_tail_counts_from_its_edge():
    certain = np.eye(7)

    assert crps(TAILED, certain[[6]], 99.0).tolist() == [0]
    assert crps(TAILED, certain[[0]], 99.0).tolist() == [1]
    assert crps(TAILED, certain[[0]], -5.0).tolist() == [0]


@pytest.mark.parametrize("value", [0.0, 2.0, 10.0])
def test_crps_is_finite_on_every_edge(value):
    even = np.full((1, 5), 0.2)

    assert crps(TEN, even, value)[0] == pytest.approx(plain_crps(TEN, even[0], value), abs=1e-4)


@property_test
@given(st.data(), st.integers(2, 6))
def test_the_ordinal_brier_score_is_the_mean_over_all_cuts(data, count):
    forecast = data.draw(distributions(count))
    place = data.draw(st.integers(0, count - 1))

    cuts = []
    for cut in range(1, count):
        chance = sum(forecast[:cut])
        happened = float(place < cut)
        cuts.append((chance - happened) ** 2 + ((1 - chance) - (1 - happened)) ** 2)

    assert ordinal_brier_scores(np.array([forecast]), truth(count, place))[0] == pytest.approx(
        sum(cuts) / len(cuts)
    )


@property_test
@given(distributions(2), st.integers(0, 1))
def test_with_two_outcomes_the_ordinal_brier_score_is_the_plain_one(forecast, place):
    forecasts = np.array([forecast])

    assert ordinal_brier_scores(forecasts, truth(2, place)) == pytest.approx(
        brier_scores(forecasts, truth(2, place))
    )


@property_test
@given(st.data(), st.integers(2, 5))
def test_an_honest_distribution_is_best_in_expectation(data, count):
    belief = np.array(data.draw(distributions(count)))
    stated = np.array(data.draw(distributions(count)))

    def expected(rule, forecast):
        return sum(
            weight * rule(np.array([forecast]), truth(count, place))[0]
            for place, weight in enumerate(belief)
        )

    for rule in (brier_scores, ordinal_brier_scores):
        assert expected(rule, belief) <= expected(rule, stated) + 1e-9
    assert expected(log, belief) >= expected(log, stated) - 1e-9


def log(forecasts, weights):
    return np.log(probabilities_of_truth(forecasts, weights))


def test_knowing_nothing_of_outcomes_gives_each_the_same():
    assert yardstick_of(2).ignorance == 0.5
    assert yardstick_of(2).peer_factor == 1


@pytest.mark.parametrize(
    ("bins", "expected"),
    [
        (TEN, [0.2] * 5),
        (TAILED, [0.05, *[0.18] * 5, 0.05]),
        (RATIO, [*[0.2375] * 4, 0.05]),
    ],
)
def test_knowing_nothing_of_bins_gives_a_twentieth_to_each_tail(bins, expected):
    shares = [yardstick_of_bins(bins, weights).ignorance for weights in np.eye(bins.count)]

    assert shares == pytest.approx(expected)
    assert sum(shares) == pytest.approx(1)


@property_test
@given(st.data(), RANGES)
def test_an_honest_curve_has_the_least_crps_in_expectation(data, bins):
    """Whoever believes that inside a bin the value is spread evenly along the scale."""
    belief = np.array(data.draw(distributions(bins.count)))
    stated = np.array(data.draw(distributions(bins.count)))

    def expected(forecast):
        """Gauss's three points in each bin: exact, since CRPS is a cubic of the value there."""
        total = 0.0
        for outcome, weight in enumerate(belief):
            low, high = bins.bounds(outcome)
            if low is None or high is None:
                total += weight * crps(bins, np.array([forecast]), bins.middle(outcome))[0]
                continue
            low, high = bins.on_scale(low), bins.on_scale(high)
            for place, share in zip((-math.sqrt(0.6), 0.0, math.sqrt(0.6)), (5, 8, 5), strict=True):
                value = (low + high) / 2 + place * (high - low) / 2
                value = math.exp(value) if bins.is_log else value
                total += weight * share / 18 * crps(bins, np.array([forecast]), value)[0]
        return total

    assert expected(belief) <= expected(stated) + 1e-9


@property_test
@given(st.data(), RANGES)
def test_scores_over_bins_stay_in_their_ranges(data, bins):
    forecasts = np.array([data.draw(distributions(bins.count))])
    place = data.draw(st.integers(0, bins.count - 1))

    rated = Truth(tuple(truth(bins.count, place)), bins, bins.middle(place)).rate(forecasts)

    assert 0 <= rated.brier[0] <= 2
    assert 0 <= rated.crps[0] <= 1
    assert rated.probability_of_truth[0] == forecasts[0, place]


@property_test
@given(RANGES, st.data())
def test_a_value_lies_in_the_bin_that_it_is_scored_in(bins, data):
    """At every edge, and a hair beside it, on every scale."""
    edge = data.draw(st.sampled_from(bins.edges))
    value = data.draw(
        st.sampled_from([edge, math.nextafter(edge, -math.inf), math.nextafter(edge, math.inf)])
        | st.floats(bins.lower, bins.upper)
    )
    if (value > bins.upper and not bins.open_above) or (value < bins.lower and not bins.open_below):
        return

    low, high = bins.bounds(bins.bin_of(value))

    assert low is None or low <= value
    assert high is None or value < high or value == high == bins.upper


def test_where_only_the_bin_is_known_crps_is_measured_from_its_middle():
    forecasts = np.eye(5)[[1, 2, 3]]

    known, unknown = (Truth(tuple(truth(5, 2)), TEN, value) for value in (5.0, None))

    assert unknown.rate(forecasts).crps.tolist() == known.rate(forecasts).crps.tolist()


def test_a_truth_split_between_bins_has_no_crps():
    halves = Truth((0.5, 0.5, 0.0, 0.0, 0.0), TEN)

    rated = halves.rate(np.full((1, 5), 0.2))

    assert rated.crps is None
    assert rated.probability_of_truth == pytest.approx([0.2])
    assert halves.yardstick.ignorance == pytest.approx(0.2)


def test_outcomes_without_an_order_are_measured_by_the_plain_brier_score():
    rated = Truth((0.0, 1.0, 0.0)).rate(np.array([[0.2, 0.5, 0.3]]))

    assert rated.brier == pytest.approx([0.04 + 0.25 + 0.09])
    assert rated.crps is None


def test_where_the_value_is_known_crps_is_measured_from_it():
    forecasts = np.eye(5)[[1, 2, 3]]

    rated = Truth(tuple(truth(5, 2)), TEN, 4.2).rate(forecasts)

    assert rated.crps.tolist() == crps(TEN, forecasts, 4.2).tolist()
    assert rated.crps.tolist() != crps(TEN, forecasts, 5.0).tolist()
