import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from markets.core.bin_words import claim_words, labels, spelled_roughly
from markets.core.claims import InvalidClaim, complement
from markets.core.numeric import (
    BIN_COUNT_MAX,
    DAY,
    Bins,
    RangeOffEdges,
    ValueOutsideBins,
)
from tests.markets.core.strategies import property_test

TENS = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True)


def at(*date):
    return datetime(*date, tzinfo=UTC).timestamp()


@st.composite
def sound_bins(draw, count_max=BIN_COUNT_MAX):
    """Bins of any kind that have no faults."""
    tails = {"open_below": draw(st.booleans()), "open_above": draw(st.booleans())}
    count = draw(st.integers(2, count_max))
    kind = draw(st.sampled_from(["linear", "log", "date"]))
    if kind == "date":
        begin = draw(st.integers(0, 40_000)) * DAY + draw(st.sampled_from([0, 0, 3_600]))
        bounds = (begin, begin + draw(st.integers(1, 20_000)) * DAY)
        made = Bins(lower=bounds[0], upper=bounds[1], count=count, is_date=True, **tails)
    else:
        places = draw(st.integers(0, 6))
        low = draw(st.integers(1 if kind == "log" else -(10**9), 10**9)) / 10**places
        high = low + draw(st.integers(1, 10**10)) / 10**places
        made = Bins(lower=low, upper=high, count=count, scale=kind, **tails)
    assume(made.faults() == [])
    return made


@property_test
@given(bins=sound_bins(), share=st.floats(-0.2, 1.2))
def test_every_value_lies_in_exactly_the_bin_whose_bounds_contain_it(bins, share):
    value = bins.lower + (bins.upper - bins.lower) * share

    try:
        low, high = bins.bounds(bins.bin_of(value))
    except ValueOutsideBins:
        assert (value < bins.lower and not bins.open_below) or (
            value > bins.upper or (value == bins.upper and bins.open_above)
        )
        assert not (bins.open_above if value >= bins.upper else bins.open_below)
    else:
        is_last = high == bins.upper and not bins.open_above
        assert low is None or low <= value
        assert high is None or value < high or (is_last and value == high)


@property_test
@given(bins=sound_bins())
def test_an_edge_belongs_to_the_bin_above_it(bins):
    for place, edge in enumerate(bins.edges[:-1]):
        assert bins.bin_of(edge) == place + bins.open_below
        assert bins.bin_of(math.nextafter(edge, math.inf)) == place + bins.open_below


@property_test
@given(bins=sound_bins())
def test_edges_rise_from_the_lower_bound_to_the_upper_in_nearly_equal_steps(bins):
    edges = bins.edges

    assert (edges[0], edges[-1], len(edges)) == (bins.lower, bins.upper, bins.inner_count + 1)
    steps = [bins.on_scale(high) - bins.on_scale(low) for low, high in pairwise(edges)]
    assert min(steps) > 0
    if not bins.is_date:
        even = (bins.on_scale(bins.upper) - bins.on_scale(bins.lower)) / bins.inner_count
        assert max(abs(step - even) for step in steps) <= 0.0201 * even + 1e-9


@property_test
@given(bins=sound_bins())
def test_keys_and_labels_differ_from_each_other_and_fit_their_columns(bins):
    assert len(set(bins.keys())) == len(set(labels(bins))) == bins.count
    assert max(len(label) for label in labels(bins)) <= 120 - 41


@property_test
@given(bins=sound_bins(), data=st.data())
def test_a_range_from_edge_to_edge_is_the_claim_on_the_bins_between(bins, data):
    first = data.draw(st.integers(0, bins.count - 1))
    last = data.draw(st.integers(first, bins.count - 1))
    low, high = bins.bounds(first)[0], bins.bounds(last)[1]
    assume((first, last) != (0, bins.count - 1))

    claim = bins.claim_between(low, high)

    assert claim == tuple(range(first, last + 1))
    assert bins.runs(claim) == ((low, high),)


@pytest.mark.parametrize(
    ("low", "high", "claim"),
    [
        (10, 11, (1, 2)),
        (None, 10.5, (0, 1)),
        (11.5, None, (4, 5)),
        (10, 12, (1, 2, 3, 4)),
        (10.5 + 1e-8, 11, (2,)),
    ],
)
def test_a_range_is_a_claim(low, high, claim):
    assert TENS.claim_between(low, high) == claim


def test_a_range_that_ends_inside_a_bin_names_the_nearest_edges():
    with pytest.raises(RangeOffEdges) as refusal:
        TENS.claim_between(10, 11.2)

    assert refusal.value.code == "range_off_edges"
    assert refusal.value.message == (
        "11.2 is not an edge of a bin; the nearest edges are 11 and 11.5."
    )


def test_a_range_that_ends_outside_of_the_bounds_names_the_bound():
    with pytest.raises(RangeOffEdges, match=r"13 is not .* the nearest edge is 12\.$"):
        TENS.claim_between(10, 13)


@pytest.mark.parametrize(("low", "high"), [(11, 11), (11, 10), (None, None)])
def test_an_empty_range_and_the_whole_are_no_claims(low, high):
    with pytest.raises(InvalidClaim):
        TENS.claim_between(low, high)


def test_without_a_tail_below_an_open_beginning_is_the_lower_bound():
    bins = Bins(lower=0, upper=4, count=4)

    assert bins.claim_between(None, 2) == bins.claim_between(0, 2) == (0, 1)


@pytest.mark.parametrize("value", [9.99, 12.01, math.nan, math.inf])
def test_a_value_in_no_bin_is_refused(value):
    with pytest.raises(ValueOutsideBins) as refusal:
        Bins(lower=10, upper=12, count=4).bin_of(value)

    assert refusal.value.code == "value_outside_bins"


def test_edges_are_the_floats_that_people_type():
    assert Bins(lower=0, upper=1, count=10).edges == tuple(place / 10 for place in range(11))
    assert Bins(lower=1, upper=1000, count=4, scale="log", open_above=True).edges == (
        1.0, 10.0, 100.0, 1000.0,
    )  # fmt: skip


def test_edges_that_do_not_come_out_even_have_few_digits():
    assert Bins(lower=0, upper=1, count=3).edges == (0.0, 0.33, 0.67, 1.0)
    assert Bins(lower=1, upper=10, count=3, scale="log").edges == (1.0, 2.15, 4.64, 10.0)


def test_months_are_those_of_the_calendar():
    bins = Bins(lower=at(2027, 1, 1), upper=at(2028, 1, 1), count=13, open_above=True, is_date=True)

    assert bins.edges[:3] == (at(2027, 1, 1), at(2027, 2, 1), at(2027, 3, 1))
    assert labels(bins)[1] == "February 2027"
    assert labels(bins)[-1] == "January 2028 or later"


def test_bins_of_a_day_or_more_begin_at_midnight():
    bins = Bins(lower=at(2027, 1, 1), upper=at(2027, 1, 11), count=3, is_date=True)

    assert labels(bins) == ("1 to 3 January 2027", "4 to 7 January 2027", "8 to 10 January 2027")


def test_shorter_bins_of_dates_say_their_times():
    bins = Bins(lower=at(2027, 1, 1), upper=at(2027, 1, 2), count=3, is_date=True, open_above=True)

    assert labels(bins) == (
        "1 January 2027, 00:00 to 12:00 UTC",
        "1 January 2027, 12:00 to 2 January 2027, 00:00 UTC",
        "2 January 2027 or later",
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"lower": 12}, "its lower bound must lie below its upper bound"),
        ({"lower": math.nan}, "its bounds must be numbers between −1e+15 and 1e+15"),
        ({"upper": math.inf}, "its bounds must be numbers between −1e+15 and 1e+15"),
        ({"lower": 0, "scale": "log"}, "a log scale begins above zero"),
        ({"scale": "cubic"}, "its scale must be linear or log"),
        ({"count": 1}, "it needs 2 to 200 bins, open tails included"),
        ({"count": 201}, "it needs 2 to 200 bins, open tails included"),
        (
            {"count": 2, "open_below": True, "open_above": True},
            "it needs a bin between its tails",
        ),
        ({"lower": 12 - 1e-9, "count": 20}, "its bins are too narrow: take fewer"),
        ({"unit": "x" * 41}, "its unit is longer than 40 characters"),
        ({"is_date": True, "upper": at(2027, 1, 1)}, None),
        ({"is_date": True, "unit": "days", "upper": at(2027, 1, 1)}, "a date has no unit"),
        ({"is_date": True, "upper": 1e13}, "its dates must lie in the years 1900 to 2999"),
        ({"is_date": True, "upper": 100}, "its bins are too narrow: take fewer"),
        (
            {"is_date": True, "scale": "log", "upper": at(2027, 1, 1)},
            "a date is on a linear scale",
        ),
        ({}, None),
    ],
)
def test_every_fault_is_named(changes, fault):
    bins = Bins(**{"lower": 10, "upper": 12, "count": 4, **changes})

    assert bins.faults()[:1] == ([] if fault is None else [fault])


def test_a_claim_and_its_opposite_are_said_in_ranges():
    assert claim_words(TENS, (2, 3)) == "10.5 to below 11.5"
    assert claim_words(TENS, complement((2, 3), 6)) == "below 10.5, or 11.5 or more"


@pytest.mark.parametrize(
    ("bins", "value", "said"),
    [
        (TENS, 10.123456, "10.12"),
        (Bins(lower=0, upper=100_000, count=10, unit="people"), 31_234.5, "31,000 people"),
        (Bins(lower=-1, upper=1, count=20), -0.12345, "−0.12"),
        (Bins(lower=at(2027, 1, 1), upper=at(2028, 1, 1), count=12, is_date=True),
         at(2027, 3, 4, 17), "4 March 2027"),
    ],
)  # fmt: skip
def test_worked_out_values_are_said_to_a_tenth_of_a_bin(bins, value, said):
    assert spelled_roughly(bins, value) == said
