"""What forecasters see: a hidden truth that drifts towards the outcome, through their own noise.

Everything happens in log-odds space: a distribution is the softmax of its logarithms, so paths can
be interpolated, and errors and habits added, without ever leaving the probabilities.
"""

import bisect
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from markets.core.distribution import above_floor
from markets.management.demo.people import Person
from markets.management.demo.plan import QuestionPlan
from markets.management.demo.ranges import smooth_error

STEP_DAYS = 0.5
WOBBLE = 0.14  # standard deviation of the truth's own daily wobble, in log-odds
PULL = 0.25  # share of the wobble that a day takes away again
PERSISTENT = 0.7  # share of a forecaster's error that stays through a question
PERCENT_MIN = 1

Logits = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TruthPath:
    """The hidden log-odds of a question over its days."""

    days: tuple[float, ...]
    logits: tuple[Logits, ...]

    def at(self, day: float) -> Logits:
        index = bisect.bisect_right(self.days, day) - 1
        return self.logits[max(index, 0)]


def truth_path(plan: QuestionPlan, *, seed: int) -> TruthPath:
    """Return the plan's waypoints, joined in log-odds, with a wobble that always comes back."""
    chance = random.Random(f"{seed}:truth:{plan.key}")  # noqa: S311 - make-believe, not secrets
    start, end = plan.path[0][0], plan.path[-1][0]
    count = math.ceil((end - start) / STEP_DAYS) + 1
    days = tuple(start + STEP_DAYS * index for index in range(count))
    wobble = [0.0] * len(plan.prior)
    logits = []
    for day in days:
        pushed = _error(plan, WOBBLE * math.sqrt(STEP_DAYS), chance)
        wobble = [
            each * (1 - PULL * STEP_DAYS) + push for each, push in zip(wobble, pushed, strict=True)
        ]
        logits.append(_added(_between_waypoints(plan, day), wobble))
    return TruthPath(days, tuple(logits))


@dataclass(frozen=True, slots=True)
class Stance:
    """How one person is wrong about one question for good, and by chance each time."""

    person: Person
    plan: QuestionPlan
    error: Logits
    chance: random.Random

    def belief(self, path: TruthPath, day: float) -> tuple[float, ...]:
        """Return what the person would say on that day: whole percents, or a smooth range."""
        seen = path.at(day - self.person.lag)
        fresh = self.person.noise * math.sqrt(1 - PERSISTENT)
        noisy = [
            self.person.boldness * each + error + slip
            for each, error, slip in zip(
                seen, self.error, _error(self.plan, fresh, self.chance), strict=True
            )
        ]
        if self.plan.range is not None:
            return tuple(above_floor(np.array(softmax(noisy))).tolist())
        return whole_percents(softmax(noisy))


def stance_of(person: Person, plan: QuestionPlan, *, seed: int) -> Stance:
    chance = random.Random(f"{seed}:stance:{plan.key}:{person.name}")  # noqa: S311 - make-believe
    lasting = person.noise * math.sqrt(PERSISTENT)
    error = _error(plan, lasting / math.sqrt(2), chance)
    if plan.range is None:
        error[0] += person.leaning
    return Stance(person, plan, tuple(error), chance)


def _error(plan: QuestionPlan, scale: float, chance: random.Random) -> list[float]:
    """Draw an error in log-odds: of each outcome by itself, or of a range as a whole."""
    if plan.range is not None:
        return smooth_error(len(plan.prior), scale, chance)
    return [chance.gauss(0, scale) for _ in plan.prior]


def softmax(logits: Sequence[float]) -> tuple[float, ...]:
    most = max(logits)
    grown = [math.exp(each - most) for each in logits]
    return tuple(each / sum(grown) for each in grown)


def whole_percents(probabilities: Sequence[float]) -> tuple[float, ...]:
    """Return percents as people state them, each at least one, with the largest taking the rest.

    >>> whole_percents([0.614, 0.386])
    (0.61, 0.39)
    """
    percents = [max(PERCENT_MIN, round(100 * each)) for each in probabilities]
    largest = percents.index(max(percents))
    percents[largest] += 100 - sum(percents)
    return tuple(percent / 100 for percent in percents)


def _between_waypoints(plan: QuestionPlan, day: float) -> Logits:
    """Return the centred log-probabilities that the plan's path has on a day."""
    days = [at for at, _ in plan.path]
    index = min(max(bisect.bisect_right(days, day), 1), len(days) - 1)
    (left_at, left), (right_at, right) = plan.path[index - 1], plan.path[index]
    share = min(max((day - left_at) / (right_at - left_at), 0.0), 1.0)
    return tuple(
        (1 - share) * math.log(here) + share * math.log(there)
        for here, there in zip(left, right, strict=True)
    )


def _added(logits: Logits, wobble: Sequence[float]) -> Logits:
    """Return the sum, moved so that its middle is zero: boldness then works both ways alike."""
    moved = [each + noise for each, noise in zip(logits, wobble, strict=True)]
    middle = sum(moved) / len(moved)
    return tuple(each - middle for each in moved)
