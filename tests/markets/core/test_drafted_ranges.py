"""Whatever range drafting reckons, markets can make bins of it, and its prior may open a market."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.core import periods
from articles.core.passage_types import LEVEL, Measure
from articles.core.quantities import CURRENCIES, MAGNITUDES, Quantity
from articles.core.ranges import Range, date_range, figure_range
from markets.core.bin_words import labels
from markets.core.distribution import bin_floor
from markets.core.numeric import Bins

UNITS = (
    *sorted(set(CURRENCIES.values())), "percent", "percentage point", "basis point", "ton",
    "person", "case", "launch", "TEU", "GWh", "km", "",
)  # fmt: skip
PRECISIONS = ("month", "quarter", "half", "year")
SUBJECTS = ("trade", "unemployment in Ghana", "inflation in Ghana", "growth of trade")

quantities = st.builds(
    Quantity,
    start_offset=st.just(0),
    end_offset=st.just(1),
    value=st.decimals(min_value=0, max_value=10**13, places=3, allow_nan=False),
    unit=st.sampled_from(UNITS),
    magnitude=st.sampled_from(sorted({1, *MAGNITUDES.values()})),
    percent=st.just(False),
    upper=st.none() | st.just(Decimal(10**14)),
)


def bins_of(found: Range) -> Bins:
    return Bins(
        lower=found.lower, upper=found.upper, count=found.bin_count, scale=found.scale,
        open_below=found.open_below, open_above=found.open_above, is_date=found.is_date,
        unit=found.unit,
    )  # fmt: skip


def assert_sound(found: Range) -> None:
    bins = bins_of(found)
    assert bins.faults() == []
    assert all(low < high for low, high in pairwise(bins.edges))
    assert len(set(labels(bins))) == found.bin_count == len(found.prior)
    assert sum(found.prior) == pytest.approx(1.0, abs=1e-9)
    assert min(found.prior) >= bin_floor(found.bin_count)


@given(
    quantities,
    st.sampled_from(PRECISIONS),
    st.sampled_from([LEVEL, "grow", "fall"]),
    st.sampled_from(SUBJECTS),
)
@settings(max_examples=300, deadline=None)
def test_any_figure_gives_sound_bins_around_it_or_none(last, precision, verb, subject) -> None:
    period = periods.containing(dt.datetime(2026, 5, 1, tzinfo=dt.UTC), precision)

    found = figure_range(Measure(last, "x", period, verb), subject)

    if found is not None:
        assert_sound(found)
        assert found.lower <= float(last.value) <= found.upper
        assert found.bin_count <= 20
        assert found.unit


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC)),
    st.integers(min_value=-400, max_value=9_000),
    st.floats(min_value=0.05, max_value=0.95),
)
@settings(max_examples=300, deadline=None)
def test_any_deadline_gives_months_that_begin_before_and_end_after_it(
    opens_at, days, prior
) -> None:
    ends_at = opens_at + dt.timedelta(days=days)

    found = date_range(opens_at, ends_at, prior)

    assert (found is None) == (days <= 0) or days > 2_000
    if found is not None:
        assert_sound(found)
        assert found.lower <= opens_at.timestamp() < ends_at.timestamp() < found.upper
        assert (found.open_below, found.open_above) == (False, True)
        starts = [dt.datetime.fromtimestamp(edge, dt.UTC) for edge in bins_of(found).edges]
        assert {(at.day, at.hour, at.minute) for at in starts} == {(1, 0, 0)}


def figure(value: str, unit: str, precision: str, subject: str = "trade", magnitude: int = 1):
    last = Quantity(0, 1, Decimal(value), unit, magnitude, percent=unit == "percent")
    period = periods.containing(dt.datetime(2026, 5, 1, tzinfo=dt.UTC), precision)
    return figure_range(Measure(last, value, period, LEVEL), subject)


def test_a_share_ends_at_nothing_and_at_everything() -> None:
    low, high = (
        figure(value, "percent", "year", "unemployment in Ghana") for value in ("1.5", "98")
    )

    assert (low.lower, low.open_below, low.open_above) == (0.0, False, True)
    assert (high.upper, high.open_below, high.open_above) == (100.0, True, False)


def test_inflation_may_turn_negative() -> None:
    found = figure("0.3", "percent", "year", "inflation in Ghana")

    assert found.lower < 0
    assert found.open_below


def test_a_few_of_something_are_counted_by_ones_from_nothing() -> None:
    found = figure("3", "launch", "year")

    assert bins_of(found).edges == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
    assert (found.open_below, found.open_above) == (False, True)


def test_cases_of_a_disease_differ_by_factors() -> None:
    found = figure("1200", "case", "year")

    assert found.scale == "log"
    assert found.lower > 0


def test_longer_periods_leave_more_room() -> None:
    widths = [
        found.upper - found.lower
        for found in (figure("100", "USD", precision) for precision in PRECISIONS)
    ]

    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
