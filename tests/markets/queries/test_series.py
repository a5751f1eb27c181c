"""The lines of the crowd's methods are what aggregating anew at every instant would give."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.aggregation import Method, aggregate
from markets.queries import series
from markets.queries.series import _crowd
from markets.queries.stated import Intervals
from tests.markets.core.strategies import distributions, property_test


@st.composite
def stated(draw):
    """Forecasts of five people on whole seconds, so that many begin and end at one instant.

    Ids grow with the time of making, as they do in the database.
    """
    rows = []
    for forecaster in range(draw(st.integers(1, 5))):
        instants = sorted(draw(st.sets(st.integers(0, 12), min_size=2, max_size=6)))
        for start, end in pairwise(instants):
            if draw(st.booleans()) or not rows:
                rows.append((start, forecaster, end))
    rows.sort(key=lambda each: each[0])
    said = [draw(distributions(3)) for _ in rows]
    weights = [draw(st.sampled_from([0.5, 1.0, 2.0])) for _ in rows]
    starts, forecasters, ends = zip(*rows, strict=True)
    return Intervals(
        np.array(forecasters), np.arange(1, len(rows) + 1), np.array(weights),
        np.array(starts, dtype=float), np.array(ends, dtype=float), np.array(said),
    )  # fmt: skip


def said_at(line, instant):
    found = [
        probabilities
        for start, end, probabilities in zip(
            line.starts, line.ends, line.probabilities, strict=True
        )
        if start <= instant < end
    ]
    return found[0] if found else None


@pytest.mark.parametrize("method", list(Method))
@property_test
@given(intervals=stated())
def test_a_line_says_what_the_crowd_came_to_at_every_instant(method, intervals):
    line = _crowd(intervals, method)

    for instant in np.arange(-1, 14, 0.5):
        stands = (intervals.start <= instant) & (instant < intervals.end)
        said = said_at(line, instant)
        if not stands.any():
            assert said is None
            continue
        crowd = aggregate(
            intervals.probabilities[stands], method, weights=intervals.track_weight[stands]
        )
        assert said == pytest.approx(crowd.centre, abs=1e-9)


@property_test
@given(intervals=stated())
def test_of_a_crowd_that_is_too_large_the_line_is_that_of_evenly_spaced_instants(intervals):
    with pytest.MonkeyPatch.context() as patch:
        whole = _crowd(intervals, Method.MEAN)
        patch.setattr(series, "EACH_CHANGE_MAX", 0)
        sampled = _crowd(intervals, Method.MEAN)

    assert 0 < len(sampled.starts) <= series.SAMPLES
    for start, said in zip(sampled.starts, sampled.probabilities, strict=True):
        assert said == pytest.approx(said_at(whole, start), abs=1e-9)


@pytest.mark.parametrize("each_change_max", [series.EACH_CHANGE_MAX, 0])
def test_forecasts_that_never_stood_make_no_line(monkeypatch, each_change_max):
    monkeypatch.setattr(series, "EACH_CHANGE_MAX", each_change_max)
    intervals = Intervals(
        np.array([1]), np.array([1]), np.ones(1), np.array([5.0]), np.array([5.0]),
        np.array([[0.5, 0.5]]),
    )  # fmt: skip

    line = _crowd(intervals, Method.MEAN)

    assert (line.starts.shape, line.ends.shape, line.probabilities.shape) == ((0,), (0,), (0, 2))
