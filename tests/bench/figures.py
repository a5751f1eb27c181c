"""What a benchmark finds: rates of ours and of a yardstick, taken in turns, and their ratio.

A rate alone says more about the machine than about the code. So every figure is a ratio to
something that was measured in the same run, on the same server, in turns with ours: whatever else
the machine does falls on both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.stage import Stage


@dataclass(frozen=True)
class Round:
    """One turn each: how much `ours` and the `yardstick` did, or how long they took."""

    ours: float
    yardstick: float

    @property
    def ratio(self) -> float:
        return self.ours / self.yardstick


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `aim` is for the ratio; None where there is none."""

    what: str
    against: str
    unit: str
    """Of both rates: "orders/s", or "ms" where less is better."""
    rounds: tuple[Round, ...]
    aim: float | None
    is_ceiling: bool = False
    """Is the aim the most that the ratio may be, rather than the least?"""
    details: dict[str, Any] = field(default_factory=dict)
    """What else was seen: latencies, refusals, sizes of batches."""
    faults: tuple[str, ...] = ()
    """What the audit found afterwards. A rate of wrong answers reaches no aim."""

    @property
    def ours(self) -> float:
        return median(each.ours for each in self.rounds)

    @property
    def yardstick(self) -> float:
        return median(each.yardstick for each in self.rounds)

    @property
    def ratio(self) -> float:
        return median(each.ratio for each in self.rounds)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest ratio of a round."""
        ratios = [each.ratio for each in self.rounds]
        return min(ratios), max(ratios)

    @property
    def is_reached(self) -> bool | None:
        if self.faults:
            return False
        if self.aim is None:
            return None
        return self.ratio <= self.aim if self.is_ceiling else self.ratio >= self.aim


@dataclass(frozen=True)
class Row:
    """A benchmark by name; its module has a function `function(stage) -> list[Figure]`."""

    sentence: str
    module: str
    function: str

    def measure(self, stage: "Stage") -> list[Figure]:
        measure: Callable[[Stage], list[Figure]] = getattr(
            import_module(self.module), self.function
        )
        return measure(stage)


ROWS = {
    "hot": Row("orders in one market, 64 threads", "tests.bench.orders", "one_market"),
    "hundred": Row("orders in 100 markets, 64 threads", "tests.bench.orders", "hundred_markets"),
    "processes": Row("one market, 2 processes", "tests.bench.orders", "two_processes"),
    "outcomes": Row("50 outcomes and 200 bins", "tests.bench.orders", "many_outcomes"),
    "resting": Row("a third of the orders rest", "tests.bench.orders", "resting_orders"),
    "http": Row("orders over HTTP", "tests.bench.over_http", "orders_over_http"),
    "history": Row("history of ten million fills", "tests.bench.history", "measure"),
    "scores": Row("scores of up to a million forecasts", "tests.bench.scores", "measure"),
    "drafting": Row("drafts of articles, confined reading", "tests.bench.drafting", "measure"),
}
"""What `python -m tests.bench` measures, in this order; name some to measure only those."""
