"""When the crowd acts: every visit of every forecaster to every question, in order of time."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from markets.management.demo.dates import instant
from markets.management.demo.people import Person
from markets.management.demo.plan import NOT_OPENED, QuestionPlan
from markets.management.demo.skill import stance_of, truth_path

VISITS_MAX = 7
MARGIN_DAYS = 0.01  # a quarter of an hour after the opening and before the end
RATIONALE_CHANCE = 0.35
NEWS_SHARE = 0.35
LATE_SHARE = 0.25
LATE_PART = 0.15  # of the question's life is late
NEWS_DAYS = 1.2  # the mean time from a turn of the path to a visit that it causes


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One act of one person: a forecast, with or without a stake, or an order."""

    at: datetime
    plan: QuestionPlan
    person: Person
    number: int
    belief: tuple[float, ...]
    credits: int | None  # the stake, or the budget of an order
    is_order: bool
    rationale: str = ""

    @property
    def request_key(self) -> str:
        return f"demo-{self.plan.key}-{self.person.name}-{self.number}"


def visits_to(
    plan: QuestionPlan, crowd: tuple[Person, ...], *, anchor: datetime, seed: int
) -> list[Visit]:
    """Return what the crowd does on one question, in order of time."""
    if plan.fate in NOT_OPENED:
        return []
    unsaid = list(plan.rationales)
    visits: list[Visit] = []
    path = truth_path(plan, seed=seed)
    for person in crowd:
        chance = random.Random(f"{seed}:visits:{plan.key}:{person.name}")  # noqa: S311 - make-believe
        if chance.random() > person.zeal:
            continue
        stance = stance_of(person, plan, seed=seed)
        orders = _count(chance, person.trades)
        forecasts = 1 + _count(chance, 1.8)
        acts = [False] * forecasts + [True] * orders
        days = sorted(_days(plan, len(acts), chance))
        chance.shuffle(acts)
        for number, (day, is_order) in enumerate(zip(days, acts, strict=True)):
            belief = stance.belief(path, day)
            with_credits = is_order or chance.random() < person.stakes
            visits.append(
                Visit(
                    at=instant(anchor, day), plan=plan, person=person, number=number,
                    belief=belief, is_order=is_order,
                    credits=_credits(person, chance) if with_credits else None,
                    rationale="" if is_order else _rationale(belief, unsaid, plan, chance),
                )
            )  # fmt: skip
    return sorted(visits, key=lambda visit: (visit.at, visit.person.name, visit.number))


def _days(plan: QuestionPlan, count: int, chance: random.Random) -> Iterator[float]:
    """Yield when one person comes: early on, after a turn of the path, late, or at any time."""
    start, end = plan.opens + MARGIN_DAYS, plan.ends - MARGIN_DAYS
    turns = [day for day, _ in plan.path if start <= day < end]
    yield start + (end - start) * chance.betavariate(0.7, 2.4)
    for _ in range(count - 1):
        mood = chance.random()
        if mood < LATE_SHARE:
            yield end - (end - start) * LATE_PART * chance.random()
        elif turns and mood < LATE_SHARE + NEWS_SHARE:
            yield min(chance.choice(turns) + chance.expovariate(1 / NEWS_DAYS), end)
        else:
            yield chance.uniform(start, end)


def _favoured(belief: tuple[float, ...], plan: QuestionPlan) -> int:
    """Return the outcome that seems likelier than at first; of a range one of its two ends."""
    if plan.range is None:
        return max(range(len(belief)), key=lambda index: belief[index] / plan.prior[index])
    middles = [
        sum(index * part for index, part in enumerate(each)) for each in (belief, plan.prior)
    ]
    return 0 if middles[0] < middles[1] else len(belief) - 1


def _count(chance: random.Random, mean: float) -> int:
    """Return a small number of times with about this mean."""
    return min(int(chance.expovariate(1 / mean)) if mean > 0 else 0, VISITS_MAX)


def _credits(person: Person, chance: random.Random) -> int:
    return max(2, round(person.purse * chance.uniform(0.4, 1.8)))


def _rationale(
    belief: tuple[float, ...],
    unsaid: list[tuple[int, str]],
    plan: QuestionPlan,
    chance: random.Random,
) -> str:
    """Take one of the plan's reasons for the outcome that seems likelier than at first."""
    favoured = _favoured(belief, plan)
    for reason in unsaid:
        if reason[0] == favoured and chance.random() < RATIONALE_CHANCE:
            unsaid.remove(reason)
            return reason[1]
    return ""
