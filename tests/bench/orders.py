"""Orders through `place_order`, with default durability, against pgbench on the same server."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from markets.queries.ledger import audit
from tests.bench import world
from tests.bench.driver import Load
from tests.bench.figures import Figure, Round
from tests.bench.pgbench import Pgbench
from tests.bench.stage import Program, Stage

THREADS = 64
TRADERS = 256
WARM_UP_SECONDS = 2.0


@dataclass
class Seen:
    """What came with the rates of all turns."""

    latencies: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    engine: Counter[str] = field(default_factory=Counter)

    def add(self, turn: dict[str, Any]) -> None:
        self.latencies += turn["latencies"]
        self.refused.update(turn["refused"])
        self.answered += turn["answered"]
        self.seconds += turn["seconds"]
        self.cpu_seconds += turn["cpu_seconds"]
        self.engine.update(turn["engine"])

    def details(self) -> dict[str, Any]:
        return {
            "p50_ms": percentile(self.latencies, 0.50),
            "p99_ms": percentile(self.latencies, 0.99),
            "answered": self.answered,
            "refused": dict(self.refused),
            **self._of_the_processor(),
            **self._of_the_engine(),
        }

    def _of_the_processor(self) -> dict[str, Any]:
        """What an order costs, which other programs on the machine hardly change."""
        if not (self.cpu_seconds and self.answered):
            return {}
        return {"cpu_us": round(1e6 * self.cpu_seconds / self.answered)}

    def _of_the_engine(self) -> dict[str, Any]:
        batches = self.engine["oddsdesk_batch_size_count"]
        if not batches:
            return {}
        details = {"batch": round(self.engine["oddsdesk_batch_size_sum"] / batches, 1)}
        for step in ("lock", "hold", "commit"):
            took = self.engine[f"oddsdesk_batch_{step}_seconds_sum"]
            details[f"{step}_ms"] = round(1000 * took / batches, 2)
        return details


def driver(stage: Stage, *loads: Load) -> Program:
    """Start a driver program that can take turns at several loads; return it once it is ready."""
    program = stage.program("tests.bench.driver", *(json.dumps(asdict(load)) for load in loads))
    program.hear()
    return program


class Trading:
    """One load of driver programs: the only one, or the one with this number."""

    def __init__(self, stage: Stage, drivers: list[Program], *, load: int = 0) -> None:
        self._stage = stage
        self._drivers = drivers
        self._load = load
        self.seen = Seen()
        self._turn(WARM_UP_SECONDS)

    def rate(self, seconds: float) -> float:
        """Return the orders per second that were answered."""
        self._stage.settle()
        turns = self._turn(seconds)
        for turn in turns:
            self.seen.add(turn)
        return sum(turn["answered"] / turn["seconds"] for turn in turns)

    def end(self) -> dict[str, Any]:
        """End the programs; return what was seen."""
        for driver in self._drivers:
            driver.end()
        return self.seen.details()

    def _turn(self, seconds: float) -> list[dict[str, Any]]:
        for driver in self._drivers:
            driver.tell(f"{self._load} {seconds}")
        return [driver.hear() for driver in self._drivers]


def one_market(stage: Stage) -> list[Figure]:
    return [_against_pgbench(stage, "hot", "orders in one market, 64 threads", aim=5.0)]


def hundred_markets(stage: Stage) -> list[Figure]:
    what = "orders in 100 markets, 64 threads"
    return [_against_pgbench(stage, "hundred", what, markets=100, aim=1.2)]


def two_processes(stage: Stage) -> list[Figure]:
    what = "orders in one market, 2 processes of 32 threads"
    return [_against_pgbench(stage, "processes", what, processes=2, aim=None)]


def resting_orders(stage: Stage) -> list[Figure]:
    what = "orders in one market, a third resting or cancelled"
    return [_against_pgbench(stage, "resting", what, rests=True, aim=None)]


def many_outcomes(stage: Stage) -> list[Figure]:
    """The time of an order with many outcomes, as a multiple of one with two."""
    return [
        _against_binary(stage, 50, "time per order, 50 outcomes"),
        _against_binary(stage, 200, "time per order, 200 bins"),
    ]


def _against_pgbench(
    stage: Stage,
    name: str,
    what: str,
    *,
    markets: int = 1,
    processes: int = 1,
    rests: bool = False,
    aim: float | None,
) -> Figure:
    pgbench = Pgbench(stage, scale=markets)
    stage.database(name)
    editor, people = world.an_editor(), world.traders(TRADERS)
    published = world.markets(markets, editor=editor)
    drivers = [
        driver(
            stage,
            Load(
                markets=[(question.pk, 2) for question in published],
                traders=[person.pk for person in people[number::processes]],
                threads=THREADS // processes, rests=rests, seed=number + 1,
            ),
        )
        for number in range(processes)
    ]  # fmt: skip
    trading = Trading(stage, drivers)
    rounds = []
    for number in range(stage.rounds):
        stage.say(f"{what}: round {number + 1} of {stage.rounds}")
        rounds.append(Round(trading.rate(stage.seconds), pgbench.rate(stage.seconds)))
    return Figure(
        what=what, against=f"pgbench TPC-B scale {markets}, 64 clients", unit="/s",
        rounds=tuple(rounds), aim=aim, details=trading.end(),
        faults=audited(),
    )  # fmt: skip


def _against_binary(stage: Stage, outcomes: int, what: str) -> Figure:
    stage.database(f"outcomes_{outcomes}")
    editor, people = world.an_editor(), [person.pk for person in world.traders(TRADERS)]
    (binary,) = world.markets(1, editor=editor)
    (many,) = world.markets(1, editor=editor, outcomes=outcomes)
    program = driver(
        stage,
        Load(markets=[(binary.pk, 2)], traders=people[: TRADERS // 2], threads=THREADS),
        Load(markets=[(many.pk, outcomes)], traders=people[TRADERS // 2 :], threads=THREADS),
    )
    two, wide = (Trading(stage, [program], load=number) for number in range(2))
    rounds = []
    for number in range(stage.rounds):
        stage.say(f"{what}: round {number + 1} of {stage.rounds}")
        rounds.append(Round(1000 / wide.rate(stage.seconds), 1000 / two.rate(stage.seconds)))
    return Figure(
        what=what, against="a binary market, the same load", unit="ms", rounds=tuple(rounds),
        aim=2.0, is_ceiling=True, details=wide.end(), faults=audited(),
    )  # fmt: skip


def audited() -> tuple[str, ...]:
    """What the audit finds in the database that was traded in."""
    return tuple(finding.sentence for finding in audit())


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of `values` lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
