"""The fast scores against the definitions, and what must hold of every question."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.scoring_rules import (
    brier_scores,
    probabilities_of_truth,
    yardstick_of,
)
from tests.markets.core.reference_scores import plain_relative_brier, plain_scores
from tests.markets.core.scoring_scenes import (
    ALICE,
    BOB,
    CHARLIE,
    DAY,
    HOUR,
    NOON,
    questions,
    same,
    score,
)
from tests.markets.core.strategies import distributions, property_test

# --- Against the definitions --------------------------------------------------------------------


@property_test
@given(questions())
def test_every_score_agrees_with_its_definition(question):
    rows, options = question

    scores = score(rows, **options)

    plain = plain_scores(rows, **options)
    assert scores.forecaster.tolist() == sorted(plain)
    for place, forecaster in enumerate(scores.forecaster.tolist()):
        for name, value in plain[forecaster].items():
            assert getattr(scores, name)[place] == pytest.approx(value, rel=1e-9, abs=1e-9), name
        stood_then = "spot_peer" in plain[forecaster]
        assert np.isnan(scores.spot_peer[place]) == np.isnan(scores.spot_baseline[place])
        assert np.isnan(scores.spot_peer[place]) != stood_then


@property_test
@given(questions(), st.sampled_from([0.0, 2.0 * HOUR, 23.0 * HOUR]))
def test_relative_brier_scores_agree_with_their_definition(question, opened_at):
    rows, options = question
    hours = [
        (who, opened_at + 5 * HOUR * start, opened_at + 5 * HOUR * end, *rest)
        for who, start, end, *rest in rows
    ]
    closes_at, ended_at = opened_at + 100 * HOUR, opened_at + 5 * HOUR * options["ended_at"]

    scores = score(hours, opened_at=opened_at, closes_at=closes_at, ended_at=ended_at)

    plain = plain_relative_brier(hours, opened_at=opened_at, ended_at=min(ended_at, closes_at))
    told = dict(zip(scores.forecaster.tolist(), scores.relative_brier.tolist(), strict=True))
    assert {who: value for who, value in told.items() if not math.isnan(value)} == (
        pytest.approx(plain)
    )


@property_test
@given(questions())
def test_spot_peer_scores_sum_to_zero(question):
    rows, options = question

    assert np.nansum(score(rows, **options).spot_peer) == pytest.approx(0, abs=1e-9)


@property_test
@given(questions())
def test_peer_scores_sum_to_zero(question):
    rows, options = question

    assert score(rows, **options).peer.sum() == pytest.approx(0, abs=1e-9)


@property_test
@given(questions(), st.integers(1, 20))
def test_peer_scores_sum_to_zero_at_every_instant(question, until):
    rows, options = question

    so_far = score(rows, **{**options, "ended_at": float(until)})
    a_moment_more = score(rows, **{**options, "ended_at": until + 0.5})

    assert so_far.peer.sum() == pytest.approx(0, abs=1e-9)
    assert a_moment_more.peer.sum() == pytest.approx(0, abs=1e-9)


@property_test
@given(st.data(), questions())
def test_the_order_of_rows_never_matters(data, question):
    rows, options = question

    shuffled = score(data.draw(st.permutations(rows)), **options)

    assert same(shuffled, score(rows, **options))


@property_test
@given(questions())
def test_coverage_stays_within_what_anyone_could_have(question):
    rows, options = question

    scores = score(rows, **options)

    assert scores.attainable_coverage == min(options["ended_at"], 20) / 20
    assert np.all(scores.coverage > 0)
    assert np.all(scores.coverage <= scores.attainable_coverage)


@property_test
@given(questions(), st.sampled_from([1.0, 60.0, DAY]))
def test_scores_do_not_depend_on_the_clock_they_are_told_in(question, unit):
    rows, options = question

    def shifted(instant):
        return NOON + unit * instant

    moved = score(
        [(who, shifted(start), shifted(end), *rest) for who, start, end, *rest in rows],
        opened_at=shifted(0.0),
        closes_at=shifted(20.0),
        ended_at=shifted(options["ended_at"]),
        spot_at=None if options["spot_at"] is None else shifted(options["spot_at"]),
        yardstick=options["yardstick"],
    )

    here = score(rows, **options)
    assert moved.peer == pytest.approx(here.peer, abs=1e-6)
    assert moved.baseline == pytest.approx(here.baseline, abs=1e-6)


# --- An honest forecast is the best one ---------------------------------------------------------


@property_test
@given(st.data(), st.integers(2, 4))
def test_an_honest_forecast_is_best_in_expectation(data, outcome_count):
    belief = data.draw(distributions(outcome_count))
    stated = data.draw(distributions(outcome_count))
    others = [data.draw(distributions(outcome_count)) for _ in range(2)]

    def expected(forecast):
        """The proper scores of a forecaster who stands with the others, weighted by belief."""
        total = np.zeros(6)
        for truth, weight in enumerate(belief):
            weights = [float(outcome == truth) for outcome in range(outcome_count)]
            everybody = np.array([forecast, *others])
            scores = score(
                list(
                    zip(
                        [ALICE, BOB, CHARLIE],
                        [0, 2, 5],
                        [10, 10, 8],
                        probabilities_of_truth(everybody, weights),
                        brier_scores(everybody, weights),
                        strict=True,
                    )
                ),
                ended_at=9.0,
                yardstick=yardstick_of(outcome_count),
            )
            kinds = (
                scores.baseline, scores.peer, scores.spot_baseline, scores.spot_peer,
                scores.log_score, -scores.brier,
            )  # fmt: skip
            total += weight * np.array([kind[0] for kind in kinds])
        return total

    assert np.all(expected(belief) >= expected(stated) - 1e-9)


# --- What may not change a score ----------------------------------------------------------------

SUMMED = ("baseline", "peer", "brier", "log_score", "coverage")


@property_test
@given(st.data(), questions())
def test_splitting_a_forecast_in_two_identical_ones_changes_nothing(data, question):
    rows, options = question
    who, start, end, *said = rows[data.draw(st.integers(0, len(rows) - 1))]
    middle = data.draw(st.floats(start, end))

    others = [each for each in rows if each[:3] != (who, start, end)]
    split = score([*others, (who, start, middle, *said), (who, middle, end, *said)], **options)

    whole = score([*others, (who, start, end, *said)], **options)
    for kind in (*SUMMED, "spot_baseline", "spot_peer", "relative_brier"):
        assert getattr(split, kind) == pytest.approx(
            getattr(whole, kind), rel=1e-9, abs=1e-9, nan_ok=True
        ), kind


@property_test
@given(questions())
def test_an_answer_known_early_counts_as_if_everybody_had_withdrawn_then(question):
    rows, options = question
    ended_at = min(options["ended_at"], 20.0)

    cut = score(rows, **options)

    withdrawn = [(who, start, min(end, ended_at), *said) for who, start, end, *said in rows]
    whole = score(withdrawn, **{**options, "ended_at": 20.0})
    assert whole.forecaster.tolist() == cut.forecaster.tolist()
    for kind in (*SUMMED, "spot_baseline", "spot_peer"):
        assert getattr(cut, kind) == pytest.approx(
            getattr(whole, kind), rel=1e-9, abs=1e-9, nan_ok=True
        ), kind


@property_test
@given(questions())
def test_nobody_gains_more_than_a_hundred_points_of_the_time_that_there_was(question):
    rows, options = question
    options["yardstick"] = yardstick_of(2)

    scores = score(rows, **options)

    assert np.all(scores.baseline <= 100 * scores.attainable_coverage)
    assert np.all(scores.baseline <= 100 * scores.coverage + 1e-9)


@property_test
@given(questions(), st.floats(1.5, 100.0))
def test_a_question_that_was_to_last_longer_gives_less_for_the_same_time(question, factor):
    """An early end is no reward: only the scheduled length counts."""
    rows, options = question
    longer = {**options, "closes_at": 20.0 * factor, "spot_at": 4.0}
    options = {**options, "ended_at": min(options["ended_at"], 20.0), "spot_at": 4.0}
    longer["ended_at"] = options["ended_at"]

    early, due = score(rows, **longer), score(rows, **options)

    for kind in ("baseline", "peer", "coverage"):
        assert getattr(early, kind) * factor == pytest.approx(getattr(due, kind), abs=1e-9), kind
    for kind in ("brier", "log_score", "spot_peer"):
        assert getattr(early, kind) == pytest.approx(getattr(due, kind), nan_ok=True), kind
