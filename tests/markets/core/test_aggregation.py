import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from markets.core.aggregation import (
    FLOOR,
    Method,
    NoForecasts,
    aggregate,
    histogram,
    logit_mean,
    recency_weights,
    weighted_quantile,
)
from tests.markets.core.strategies import distributions, property_test

MEDIANS = [Method.RECENCY_WEIGHTED_MEDIAN, Method.MEDIAN]


@st.composite
def crowds(draw, outcomes_max=6, forecasters_max=25):
    """Standing forecasts, shape (N, n), oldest first; some are stated by several people."""
    outcome_count = draw(st.integers(2, outcomes_max))
    pool = draw(st.lists(distributions(outcome_count), min_size=1, max_size=forecasters_max))
    copies = st.lists(st.sampled_from(pool), min_size=1, max_size=forecasters_max)
    return np.array(draw(st.one_of(st.just(pool), copies)))


def plain_quantile(values, weights, share):
    """The weighted quantile one value at a time, straight from its definition."""
    pairs = sorted(zip(values, weights, strict=True))
    goal = share * math.fsum(weights)
    reached = 0.0
    for place, (value, weight) in enumerate(pairs):
        reached += weight
        if math.isclose(reached, goal, rel_tol=1e-13):
            return (value + pairs[place + 1][0]) / 2
        if reached > goal:
            return value
    raise AssertionError("the weights never reached the goal")


def plain_recency_median(forecasts):
    """Centre, lower and upper of the default method for lists of lists, in plain Python."""
    number, outcome_count = len(forecasts), len(forecasts[0])
    weights = [
        1.0 if number <= 2 else math.exp(math.sqrt(k) - math.sqrt(number))
        for k in range(1, number + 1)
    ]
    columns = [[row[outcome] for row in forecasts] for outcome in range(outcome_count)]
    lower, medians, upper = (
        [plain_quantile(column, weights, share) for column in columns]
        for share in (0.25, 0.5, 0.75)
    )
    above = math.fsum(median - FLOOR for median in medians)
    if above <= 0:
        return [[1 / outcome_count] * outcome_count] * 3
    room = 1 - outcome_count * FLOOR
    return [
        [min(max(FLOOR + (value - FLOOR) * room / above, FLOOR), FLOOR + room) for value in values]
        for values in (medians, lower, upper)
    ]


@property_test
@given(crowds())
def test_the_default_agrees_with_its_definition_in_plain_python(forecasts):
    crowd = aggregate(forecasts)

    centre, lower, upper = plain_recency_median(forecasts.tolist())
    assert crowd.method == "recency_weighted_median"
    assert crowd.centre == pytest.approx(centre, rel=1e-9)
    assert crowd.lower == pytest.approx(lower, rel=1e-9)
    assert crowd.upper == pytest.approx(upper, rel=1e-9)


@property_test
@given(crowds(), st.sampled_from(Method))
def test_whatever_the_method_the_odds_are_a_distribution_within_the_floor(forecasts, method):
    crowd = aggregate(forecasts, method)

    assert crowd.centre.shape == crowd.lower.shape == crowd.upper.shape == (forecasts.shape[1],)
    assert crowd.centre.sum() == pytest.approx(1, abs=1e-12)
    assert crowd.centre.min() >= FLOOR * (1 - 1e-9)
    assert np.all(crowd.lower <= crowd.upper)
    assert crowd.forecaster_count == len(forecasts)


@property_test
@given(crowds(), st.sampled_from(MEDIANS))
def test_a_median_lies_between_its_quartiles(forecasts, method):
    crowd = aggregate(forecasts, method)

    assert np.all(crowd.lower <= crowd.centre + 1e-12)
    assert np.all(crowd.centre <= crowd.upper + 1e-12)


@property_test
@given(crowds(outcomes_max=2), st.sampled_from(MEDIANS))
def test_with_two_outcomes_the_median_needs_no_renormalising(forecasts, method):
    crowd = aggregate(forecasts, method)

    weights = recency_weights(len(forecasts)) if method is MEDIANS[0] else np.ones(len(forecasts))
    assert crowd.centre == pytest.approx(weighted_quantile(forecasts, weights, 0.5), abs=1e-12)


@property_test
@given(st.integers(2, 6).flatmap(distributions), st.integers(1, 30), st.sampled_from(Method))
def test_a_unanimous_crowd_says_what_everybody_says(forecast, number, method):
    crowd = aggregate(np.array([forecast] * number), method)

    assert crowd.centre == pytest.approx(forecast, rel=1e-9)
    assert crowd.lower == pytest.approx(forecast, rel=1e-9)
    assert crowd.upper == pytest.approx(forecast, rel=1e-9)


@property_test
@given(st.data(), crowds(), st.sampled_from(Method))
def test_outcomes_are_treated_alike(data, forecasts, method):
    order = data.draw(st.permutations(range(forecasts.shape[1])))

    crowd, shuffled = aggregate(forecasts, method), aggregate(forecasts[:, order], method)

    assert shuffled.centre == pytest.approx(crowd.centre[list(order)], rel=1e-9)
    assert shuffled.histogram.tolist() == crowd.histogram[list(order)].tolist()


@property_test
@given(st.data(), crowds(), st.sampled_from([Method.MEDIAN, Method.MEAN, Method.LOGIT_MEAN]))
def test_age_only_matters_to_the_default(data, forecasts, method):
    shuffled = forecasts[list(data.draw(st.permutations(range(len(forecasts)))))]

    assert aggregate(shuffled, method).centre == pytest.approx(
        aggregate(forecasts, method).centre, rel=1e-9
    )


def test_the_newest_forecasts_weigh_most():
    rising = np.array([[p, 1 - p] for p in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)])

    assert aggregate(rising).centre[0] == pytest.approx(0.6)
    assert aggregate(rising[::-1]).centre[0] == pytest.approx(0.4)
    assert aggregate(rising, Method.MEDIAN).centre[0] == pytest.approx(0.5)


def test_one_or_two_forecasts_weigh_the_same():
    assert recency_weights(1).tolist() == [1]
    assert recency_weights(2).tolist() == [1, 1]
    assert recency_weights(3) == pytest.approx([math.exp(1 - 3**0.5), math.exp(2**0.5 - 3**0.5), 1])
    assert aggregate(np.array([[0.2, 0.8], [0.6, 0.4]])).centre == pytest.approx([0.4, 0.6])


def test_medians_are_renormalised_above_the_floor():
    forecasts = np.array([[0.9, 0.099, 0.001], [0.099, 0.9, 0.001], [0.1, 0.1, 0.8]])

    crowd = aggregate(forecasts, Method.MEDIAN)  # medians 0.1, 0.1 and 0.001

    assert crowd.centre == pytest.approx([0.4995, 0.4995, 0.001])


def test_a_crowd_that_agrees_on_nothing_gives_every_outcome_the_same():
    each_its_own = np.full((5, 5), FLOOR) + np.eye(5) * (1 - 5 * FLOOR)

    crowd = aggregate(each_its_own, Method.MEDIAN)

    assert crowd.centre.tolist() == crowd.lower.tolist() == crowd.upper.tolist() == [0.2] * 5


@property_test
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from([0.25, 0.5, 0.75]))
def test_with_equal_weights_a_quantile_is_the_ordinary_one(values, share):
    quantile = weighted_quantile(np.array(values)[:, None], np.ones(len(values)), share)[0]

    ordinary = np.quantile(values, share, method="averaged_inverted_cdf")
    assert quantile == pytest.approx(ordinary)


@property_test
@given(crowds(), st.floats(0.2, 3))
def test_the_logit_mean_is_the_geometric_mean_of_odds_to_a_power(forecasts, exponent):
    mean = logit_mean(forecasts, extremising=exponent)

    ratio = np.exp(np.log(forecasts[:, 0] / forecasts[:, 1]).mean() * exponent)
    assume(mean.min() > 1e-12)
    assert mean[0] / mean[1] == pytest.approx(ratio, rel=1e-9)
    assert mean.sum() == pytest.approx(1)


def test_extremising_moves_the_logit_mean_away_from_even():
    forecasts = np.array([[0.7, 0.3], [0.8, 0.2], [0.6, 0.4]])

    plain = aggregate(forecasts, Method.LOGIT_MEAN)
    extremised = aggregate(forecasts, Method.LOGIT_MEAN, extremising=2.0)

    assert plain.centre[0] == pytest.approx(0.7067, abs=1e-4)
    assert extremised.centre[0] == pytest.approx(0.8531, abs=1e-4)


def test_the_mean_is_the_mean():
    crowd = aggregate(np.array([[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]), Method.MEAN)

    assert crowd.centre == pytest.approx([0.2, 0.3, 0.5])
    assert crowd.lower.tolist() == [0.1, 0.2, 0.3]
    assert crowd.upper.tolist() == [0.3, 0.4, 0.7]


@property_test
@given(crowds())
def test_a_histogram_counts_every_forecaster_once_per_outcome(forecasts):
    counts = aggregate(forecasts).histogram

    assert counts.shape == (forecasts.shape[1], 20)
    assert counts.sum(axis=1).tolist() == [len(forecasts)] * forecasts.shape[1]


def test_a_bucket_begins_at_its_lower_edge_and_the_last_includes_certainty():
    edges = np.array([[k / 20, 1 - k / 20] for k in range(21)])

    counts = histogram(edges)

    assert counts.tolist() == [[1] * 19 + [2]] * 2
    assert histogram(np.array([[0.049, 0.951]])).tolist() == [[1] + [0] * 19, [0] * 19 + [1]]


def test_a_crowd_of_nobody_is_refused():
    with pytest.raises(NoForecasts) as refusal:
        aggregate(np.empty((0, 2)))

    assert refusal.value.code == "no_forecasts"


def test_the_mean_of_bins_keeps_both_ranges_that_two_forecasters_are_sure_of():
    forecasts = np.array([[0.9, 0.05, 0.05], [0.05, 0.05, 0.9]])

    crowd = aggregate(forecasts, Method.RECENCY_WEIGHTED_MEAN)

    assert crowd.centre.tolist() == pytest.approx([0.475, 0.05, 0.475])


def test_the_mean_of_bins_weighs_recent_forecasts_more():
    forecasts = np.array([[0.2, 0.8], [0.4, 0.6], [0.6, 0.4]])
    weights = recency_weights(3)

    crowd = aggregate(forecasts, Method.RECENCY_WEIGHTED_MEAN)

    expected = float(weights @ forecasts[:, 0]) / float(weights.sum())
    assert crowd.centre.tolist() == pytest.approx([expected, 1 - expected])
