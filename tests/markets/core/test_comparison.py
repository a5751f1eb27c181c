"""Paired differences, and the distribution that says how far chance alone would take them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core import comparison
from markets.core.comparison import SUMMED_MAX, paired_difference, student_quantile

# Abramowitz and Stegun, table 26.10, for 95 % on both sides.
TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 8: 2.306, 15: 2.131, 60: 2.000}


@pytest.mark.parametrize(("degrees", "value"), TABLE.items())
def test_quantiles_are_those_of_the_printed_table(degrees, value):
    assert student_quantile(degrees) == pytest.approx(value, abs=6e-4)


@given(st.integers(1, 400))
def test_more_degrees_of_freedom_come_closer_to_the_normal_distribution(degrees):
    assert student_quantile(degrees) > student_quantile(degrees + 1) > 1.959


@pytest.mark.parametrize("degrees", [SUMMED_MAX + 1, 2 * SUMMED_MAX, 5 * SUMMED_MAX])
def test_many_degrees_of_freedom_have_the_quantile_that_the_sum_leads_to(degrees, monkeypatch):
    expanded = student_quantile(degrees)
    student_quantile.cache_clear()
    monkeypatch.setattr(comparison, "SUMMED_MAX", degrees)

    assert expanded == pytest.approx(student_quantile(degrees), abs=1e-11)


def test_the_sum_over_all_degrees_of_freedom_is_not_taken_where_they_are_many(monkeypatch):
    monkeypatch.setattr(comparison, "_within", None)

    assert student_quantile(99_999) == pytest.approx(1.95999, abs=1e-5)


def test_one_pair_has_a_difference_and_no_interval():
    found = paired_difference(mean=0.2, deviation=None, count=1)

    assert (found.mean, found.low, found.high, found.is_clear) == (0.2, None, None, False)


def test_differences_that_are_all_the_same_leave_no_doubt():
    found = paired_difference(mean=0.1, deviation=0.0, count=3)

    assert found.low == found.high == 0.1
    assert found.is_clear


def test_an_interval_holds_the_true_mean_nineteen_times_in_twenty():
    drawn = np.random.default_rng(11).normal(0.3, 2.0, size=(4_000, 6))

    found = [
        paired_difference(mean=row.mean(), deviation=row.std(ddof=1), count=6) for row in drawn
    ]

    assert np.mean([each.low <= 0.3 <= each.high for each in found]) == pytest.approx(
        0.95, abs=0.012
    )
