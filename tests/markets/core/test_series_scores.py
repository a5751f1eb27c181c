"""Odds that nobody stated, scored as if somebody had; and the working of any score."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.scoring_rules import yardstick_of
from markets.core.working import working_of, working_of_series
from tests.markets.core.scoring_scenes import (
    ALICE,
    BOB,
    DAY,
    HOUR,
    RANGED,
    life_of,
    questions,
    row,
    score,
    series_score,
    stated,
)
from tests.markets.core.strategies import property_test

PHANTOM = 0


@st.composite
def lines(draw):
    """Rows of a series with changes, ties and gaps, on the clock of `questions`."""
    instants = sorted(draw(st.lists(st.integers(-2, 22), min_size=2, max_size=8)))
    rows = []
    for start, end in pairwise(instants):
        if draw(st.booleans()) or not rows:
            said = draw(st.sampled_from([1e-6, 0.3, 0.5, 0.97]))
            rows.append(row(PHANTOM, float(start), float(end), said))
    return rows


@property_test
@given(lines(), questions())
def test_a_series_scores_as_a_phantom_who_stands_among_the_forecasters(line, question):
    rows, options = question

    series = series_score(line, rows, **options)

    among = score([*rows, *line], **options)
    phantom = among.forecaster == PHANTOM
    assert phantom.sum() == len(series.forecaster)
    for kind in (
        "baseline",
        "peer",
        "brier",
        "log_score",
        "coverage",
        "spot_baseline",
        "spot_peer",
    ):
        assert getattr(series, kind) == pytest.approx(
            getattr(among, kind)[phantom], rel=1e-9, abs=1e-9, nan_ok=True
        ), kind


@property_test
@given(lines(), questions())
def test_a_series_is_measured_by_the_medians_of_the_forecasters_alone(line, question):
    rows, options = question

    def slowly(each):
        return [(who, 5 * HOUR * start, 5 * HOUR * end, *said) for who, start, end, *said in each]

    end = 5 * HOUR * options["ended_at"]
    series = series_score(slowly(line), slowly(rows), closes_at=100 * HOUR, ended_at=end)

    at_ends, day_end = [], 0.0
    while day_end < min(end, 100 * HOUR):
        day_end = min(day_end + DAY, end, 100 * HOUR)
        said = [each[4] for each in slowly(line) if max(each[1], 0.0) < day_end <= each[2]]
        standing = [each[4] for each in slowly(rows) if max(each[1], 0.0) < day_end <= each[2]]
        if said and standing:
            at_ends.append(said[0] - np.median(standing))
    expected = [np.mean(at_ends) if at_ends else np.nan] * len(series.forecaster)
    assert series.relative_brier.tolist() == pytest.approx(expected, nan_ok=True)


def test_a_series_that_says_what_the_crowd_says_scores_nothing_against_it():
    rows = [row(ALICE, 0, 10, 0.8), row(BOB, 5, 10, 0.2)]

    scores = series_score([row(PHANTOM, 0, 5, 0.8), row(PHANTOM, 5, 10, 0.4)], rows)

    assert scores.peer.tolist() == pytest.approx([0])  # 0.4 is √(0.8·0.2)


def test_one_forecaster_is_enough_for_a_series_to_be_measured_by():
    scores = series_score([row(PHANTOM, 0, 10, 0.8)], [row(ALICE, 0, 10, 0.4)])

    assert scores.peer.tolist() == pytest.approx([100 * math.log(2)])
    assert scores.spot_peer.tolist() == pytest.approx([100 * math.log(2)])


def test_while_nobody_stands_a_series_gains_and_loses_nothing():
    alone = series_score([row(PHANTOM, 0, 10, 0.8)], [])
    half = series_score([row(PHANTOM, 0, 10, 0.8)], [row(ALICE, 0, 5, 0.4)], spot_at=7.0)

    assert (alone.peer.tolist(), alone.spot_peer.tolist()) == ([0], [0])
    assert np.isnan(alone.relative_brier).all()
    assert half.peer.tolist() == pytest.approx([50 * math.log(2)])
    assert half.spot_peer.tolist() == [0]


def test_of_bins_the_peer_score_of_a_series_is_halved_too():
    scores = series_score([row(PHANTOM, 0, 10, 0.8)], [row(ALICE, 0, 10, 0.4)], yardstick=RANGED)

    assert scores.peer.tolist() == pytest.approx([50 * math.log(2)])


def test_two_series_are_scored_each_by_itself():
    rows = [row(ALICE, 0, 10, 0.5)]
    first, second = row(0, 0, 10, 0.9), row(1, 2, 9, 0.3)

    both = series_score([second, first], rows)

    assert both.forecaster.tolist() == [0, 1]
    assert both.peer[0] == series_score([first], rows).peer[0]
    assert both.peer[1] == series_score([second], rows).peer[0]


def test_tiny_odds_have_a_score():
    assert np.isfinite(
        series_score([row(PHANTOM, 0, 10, 1e-300)], [row(ALICE, 0, 10, 0.5)]).peer[0]
    )


# --- Workings -----------------------------------------------------------------------------------


@property_test
@given(questions())
def test_the_parts_of_a_working_are_the_score(question):
    rows, options = question
    life = life_of(0.0, 20.0, options["ended_at"], options["spot_at"])
    scores = score(rows, **options)

    for place, forecaster in enumerate(scores.forecaster.tolist()):
        working = working_of(forecaster, stated(rows), life, options["yardstick"])
        assert working.baseline.sum() == pytest.approx(scores.baseline[place], abs=1e-9)
        assert working.peer.sum() == pytest.approx(scores.peer[place], abs=1e-9)
        assert {rows[each][0] for each in working.row} == {forecaster}
        stood = (working.ends - working.starts).sum() / 20
        assert stood == pytest.approx(scores.coverage[place])


@property_test
@given(lines(), questions())
def test_the_parts_of_the_working_of_a_series_are_its_score(line, question):
    rows, options = question
    life = life_of(0.0, 20.0, options["ended_at"], options["spot_at"])
    scores = series_score(line, rows, **options)

    working = working_of_series(PHANTOM, stated(line), stated(rows), life, options["yardstick"])

    assert (working is None) == (len(scores.forecaster) == 0)
    if working is not None:
        assert working.peer.sum() == pytest.approx(scores.peer[0], abs=1e-9)
        assert working.baseline.sum() == pytest.approx(scores.baseline[0], abs=1e-9)


def test_who_never_stood_has_no_working():
    life = life_of(0.0, 10.0, 5.0, None)

    assert working_of(BOB, stated([row(ALICE, 0, 4, 0.5)]), life, yardstick_of(2)) is None
    assert working_of(ALICE, stated([row(ALICE, 5, 9, 0.5)]), life, yardstick_of(2)) is None
