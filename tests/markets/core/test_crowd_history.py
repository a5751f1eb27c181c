import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core import crowd_history as module
from markets.core.aggregation import Method, aggregate
from markets.core.crowd_history import crowd_history
from tests.markets.core.strategies import distributions, property_test

ENDED = -1


@st.composite
def stories(draw, events_max=60):
    """Forecasters, instants, probabilities and track records of a question's events, in order."""
    outcome_count = draw(st.integers(2, 4))
    pool = draw(st.lists(distributions(outcome_count), min_size=1, max_size=8))
    event = st.tuples(
        st.integers(0, draw(st.integers(0, 12))),
        st.integers(ENDED, len(pool) - 1),
        st.sampled_from([0.5, 1.0, 1.0, 2.0, 3.7]),
    )
    events = draw(st.lists(event, min_size=1, max_size=events_max))
    nothing = [np.nan] * outcome_count
    return {
        "forecaster": np.array([who for who, *_ in events]),
        "probabilities": np.array(
            [nothing if said == ENDED else pool[said] for _, said, _ in events]
        ),
        "weights": np.array([weight for *_, weight in events]),
    }


def told_plainly(forecaster, probabilities, weights, **asked):
    """The crowd after each event, aggregated anew from everything that was said so far."""
    standing = {}
    for event, who in enumerate(forecaster):
        standing.pop(who, None)
        if not np.isnan(probabilities[event]).any():
            standing[who] = event
        rows = sorted(standing.values())
        yield aggregate(probabilities[rows], weights=weights[rows], **asked) if rows else None


def assert_same(history, plain):
    for row, crowd in enumerate(plain):
        if crowd is None:
            assert history.forecaster_count[row] == 0
            assert np.isnan(history.centre[row]).all()
        else:
            assert history.forecaster_count[row] == crowd.forecaster_count
            assert history.centre[row] == pytest.approx(crowd.centre, abs=1e-12)


@property_test
@given(stories(), st.sampled_from(Method), st.sampled_from([1, 7, 64]))
def test_after_every_event_it_is_the_aggregate_of_what_stands(story, method, block):
    before, module.BLOCK = module.BLOCK, block
    try:
        history = crowd_history(**story, method=method)
    finally:
        module.BLOCK = before

    plain = told_plainly(
        story["forecaster"], story["probabilities"], story["weights"],
        method=method,
    )  # fmt: skip
    assert_same(history, plain)


@pytest.mark.parametrize("method", Method)
def test_so_many_that_the_oldest_weigh_nothing_are_aggregated_the_same(method):
    random = np.random.default_rng(5)
    size = 3_000
    forecaster = np.concatenate([np.arange(size), random.integers(0, size, 200)])
    chances = np.round(random.uniform(0.01, 0.99, len(forecaster)), 2)
    probabilities = np.column_stack([chances, 1 - chances])
    probabilities[size + 20 : size + 160] = np.nan
    weights = random.choice([0.5, 1.0, 2.0], len(forecaster))

    history = crowd_history(
        forecaster=forecaster, probabilities=probabilities,
        method=method, weights=weights,
    )  # fmt: skip

    last = {who: event for event, who in enumerate(forecaster)}
    rows = sorted(event for event in last.values() if not np.isnan(probabilities[event, 0]))
    crowd = aggregate(probabilities[rows], method, weights=weights[rows])
    assert history.forecaster_count[-1] == crowd.forecaster_count < size
    assert history.centre[-1] == pytest.approx(crowd.centre, abs=1e-12)


def test_no_events_make_an_empty_history():
    history = crowd_history(forecaster=np.array([], dtype=int), probabilities=np.empty((0, 3)))

    assert history.centre.shape == (0, 3)
    assert history.forecaster_count.tolist() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"forecaster": np.array([1])}, "for each event"),
        ({"weights": np.array([1.0])}, "one weight"),
        ({"probabilities": np.array([0.5, 0.5])}, "row of probabilities"),
    ],
)
def test_events_that_do_not_fit_together_are_refused(change, reason):
    sound = {
        "forecaster": np.array([1, 2]),
        "probabilities": np.array([[0.5, 0.5], [0.4, 0.6]]),
        "weights": np.array([1.0, 1.0]),
    }

    with pytest.raises(ValueError, match=reason):
        crowd_history(**(sound | change))
