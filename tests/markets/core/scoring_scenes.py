"""Questions and their rows for the tests of scores: (forecaster, start, end, p, Brier)."""

from dataclasses import asdict
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from markets.core.scoring import score_forecasts, score_series
from markets.core.scoring_rules import Yardstick, yardstick_of
from markets.core.standing import Life, Stated

ALICE, BOB, CHARLIE = 1, 2, 3
HOUR, DAY = 3_600.0, 86_400.0
RANGED = Yardstick(ignorance=0.04, scale=2.0, peer_factor=0.5)
NOON = 1_795_348_800.0
"""2026-11-22T12:00:00Z in seconds."""


def score(rows, *, opened_at=0.0, closes_at=10.0, ended_at=None, spot_at=None, yardstick=None):
    """Scores of rows (forecaster, start, end, probability of the truth, Brier)."""
    life = life_of(opened_at, closes_at, ended_at, spot_at)
    return score_forecasts(stated(rows), life, yardstick or yardstick_of(2))


def series_score(
    series, rows, *, opened_at=0.0, closes_at=10.0, ended_at=None, spot_at=None, yardstick=None
):
    """Scores of the rows of a series, numbered 0, among those of forecasters."""
    life = life_of(opened_at, closes_at, ended_at, spot_at)
    return score_series(stated(series), stated(rows), life, yardstick or yardstick_of(2))


def stated(rows):
    forecaster, starts, ends, probability, brier = zip(*rows, strict=True) if rows else [()] * 5
    return Stated(
        forecaster=forecaster, starts=starts, ends=ends, probability_of_truth=probability,
        brier=brier,
    )  # fmt: skip


def life_of(opened_at, closes_at, ended_at, spot_at):
    return Life(
        opened_at=opened_at,
        closes_at=closes_at,
        ended_at=closes_at if ended_at is None else ended_at,
        spot_at=spot_at,
    )


def row(forecaster, start, end, probability):
    return forecaster, start, end, probability, 2 * (1 - probability) ** 2


def same(first, second):
    """Whether two have the same scores to the last digit, with NaN where the other has it."""
    ours, theirs = asdict(first), asdict(second)
    return all(np.array_equal(ours[name], theirs[name], equal_nan=True) for name in ours)


@st.composite
def questions(draw):
    """(rows, options): whole seconds, so that many forecasts begin and end at one instant."""
    rows = []
    for forecaster in draw(st.lists(st.integers(1, 50), min_size=1, max_size=6, unique=True)):
        instants = sorted(draw(st.lists(st.integers(-5, 25), min_size=2, max_size=8)))
        pairs = list(pairwise(instants))
        kept = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
        for (start, end), is_kept in zip(pairs, kept, strict=True):
            probability = draw(st.sampled_from([0.001, 0.2, 0.5, 0.9, 0.999]))
            if is_kept:
                rows.append(row(forecaster, float(start), float(end), probability))
    options = {
        "opened_at": 0.0,
        "closes_at": 20.0,
        "ended_at": float(draw(st.integers(1, 22))),
        "spot_at": draw(st.sampled_from([None, -1.0, 0.0, 4.0, 7.5, 21.0])),
        "yardstick": draw(st.sampled_from([yardstick_of(2), yardstick_of(5), RANGED])),
    }
    return rows or [row(ALICE, 0.0, 20.0, 0.5)], options
