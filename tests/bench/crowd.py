"""The crowd after every event of a question, against aggregating anew after each.

A hundred thousand events of a binary question: forecasts of ten thousand forecasters at random, of
whom one event in fifty withdraws. The yardstick finds what stands among everything that was said so
far, with numpy, and aggregates that. All its events would take an hour, so it does SAMPLE of them,
spread evenly over the question's life, and its rate is *extrapolated* from theirs. `aggregate` also
finds quartiles and counts a histogram, which scores do not need. In processor time.
"""

from time import process_time
from typing import Any

import numpy as np

from markets.core.aggregation import Method, aggregate
from markets.core.crowd_history import crowd_history
from tests.bench.figures import Figure, Round
from tests.bench.stage import Stage

EVENTS, FORECASTERS = 100_000, 10_000
SAMPLE = 50
AIM = 100.0
SEED = 20261127


def measure(stage: Stage) -> list[Figure]:
    """The default method, whose median takes longest."""
    events = max(int(EVENTS * stage.scale), SAMPLE)
    forecasters = max(int(FORECASTERS * stage.scale), 1)
    story = _story(events, forecasters)
    stage.say("crowd")
    return [
        Figure(
            what=f"crowd after each of {events:,} events",
            against=f"anew after each, extrapolated from {SAMPLE} of them",
            unit="events/s",
            rounds=tuple(Round(_ours(story), _plainly(story)) for _ in range(stage.rounds)),
            aim=AIM,
            details={"forecasters": forecasters, "sample": SAMPLE},
        )
    ]


def _story(events: int, forecasters: int) -> dict[str, Any]:
    random = np.random.default_rng(SEED)
    chances = np.clip(random.beta(3, 2, events), 0.001, 0.999)
    probabilities = np.column_stack([chances, 1 - chances])
    probabilities[random.random(events) < 0.02] = np.nan
    return {
        "forecaster": random.integers(0, forecasters, events),
        "probabilities": probabilities,
    }


def _ours(story: dict[str, Any]) -> float:
    began = process_time()
    crowd_history(**story)
    return len(story["forecaster"]) / (process_time() - began)


def _plainly(story: dict[str, Any]) -> float:
    forecaster, probabilities = story["forecaster"], story["probabilities"]
    events = len(forecaster)
    began = process_time()
    for event in np.linspace(0, events - 1, SAMPLE).astype(int):
        last = np.full(forecaster.max() + 1, -1)
        last[forecaster[: event + 1]] = np.arange(event + 1)
        rows = np.sort(last[last >= 0])
        standing = probabilities[rows[~np.isnan(probabilities[rows, 0])]]
        if len(standing):
            aggregate(standing, Method.RECENCY_WEIGHTED_MEDIAN)
    return SAMPLE / (process_time() - began)
