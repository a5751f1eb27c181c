"""A program whose threads place orders as fast as they are answered.

It runs as `python -m tests.bench.driver LOAD …`. It says {"ready": true}; then, for each line with
the number of a load and of seconds, it trades for so long and says a `Turn`. The threads of each
load, with their connections to the database, stay from turn to turn.

What to do next is drawn before the clock starts, so that the threads spend their time in the
engine. Each trader belongs to one thread. A taker buys a claim and with the next order sells what
that gave, so nobody is ever refused for want of shares and prices stay where they are. With
`rests`, every third trader offers to buy near the price instead, and cancels the oldest offer when
three are open.
"""

import json
import random
import sys
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import django

DRAWS = 4_096
OFFERS_MAX = 3


@dataclass(frozen=True, kw_only=True)
class Load:
    """Who trades what: `markets` by id with their number of outcomes."""

    markets: list[tuple[int, int]]
    traders: list[int]
    threads: int
    rests: bool = False
    seed: int = 1


@dataclass(kw_only=True)
class Turn:
    """What the threads did in one turn."""

    seconds: float = 0.0
    answered: int = 0
    latencies: list[float] = field(default_factory=list)
    """Of each answer, in milliseconds."""
    refused: Counter[str] = field(default_factory=Counter)
    cpu_seconds: float = 0.0
    """Of this whole program, the load's own share included."""
    engine: dict[str, float] = field(default_factory=dict)
    """By how much the engine's own metrics grew."""


class Taker:
    """Buys a claim, then sells what that gave, and so on."""

    def __init__(self, trader: Any, chance: random.Random, markets: list[tuple[int, int]]) -> None:
        self._trader = trader
        self._draws = [
            (market, (chance.randrange(outcomes),), chance.randint(200_000, 1_000_000))
            for market, outcomes in chance.choices(markets, k=DRAWS)
        ]
        self._turn = 0
        self._held: dict[int, tuple[tuple[int, ...], int]] = {}

    def act(self, key: str) -> None:
        market, claim, budget = self._draws[self._turn % DRAWS]
        self._turn += 1
        held = self._held.pop(market, None)
        if held is None:
            order = place_order(
                trader=self._trader, market_id=market, claim=claim, side="buy", budget=budget,
                request_key=key,
            )  # fmt: skip
            self._held[market] = claim, order.filled_shares
        else:
            place_order(
                trader=self._trader, market_id=market, claim=held[0], side="sell",
                shares=held[1], request_key=key,
            )  # fmt: skip


class Offerer:
    """Offers to buy near the price, and cancels the oldest offer when there are enough."""

    def __init__(self, trader: Any, chance: random.Random, markets: list[tuple[int, int]]) -> None:
        self._trader = trader
        self._draws = [
            (
                market, (chance.randrange(outcomes),), chance.randint(200_000, 1_000_000),
                Decimal(1000 // outcomes - chance.randint(1, 20)) / 1000,
            )
            for market, outcomes in chance.choices(markets, k=DRAWS)
        ]  # fmt: skip
        self._turn = 0
        self._offers: deque[int] = deque()

    def act(self, key: str) -> None:
        if len(self._offers) >= OFFERS_MAX:
            cancel_order(trader=self._trader, order_id=self._offers.popleft())
            return
        market, claim, budget, limit = self._draws[self._turn % DRAWS]
        self._turn += 1
        order = place_order(
            trader=self._trader, market_id=market, claim=claim, side="buy", budget=budget,
            limit=limit, time_in_force="gtc", request_key=key,
        )  # fmt: skip
        if order.status == "open":
            self._offers.append(order.pk)


class Crew:
    """The threads; each waits at the gate between turns."""

    def __init__(self, load: Load) -> None:
        people = User.objects.in_bulk(load.traders)
        chance = random.Random(load.seed)
        actors = [
            (Offerer if load.rests and number % 3 == 0 else Taker)(
                people[trader], chance, load.markets
            )
            for number, trader in enumerate(load.traders)
        ]
        self._gate = threading.Barrier(load.threads + 1)
        self._until = 0.0
        self._turns = [Turn() for _ in range(load.threads)]
        for number in range(load.threads):
            own = actors[number :: load.threads]
            threading.Thread(target=self._work, args=(number, own), daemon=True).start()

    def trade(self, seconds: float) -> Turn:
        """Let all threads trade for so long; return what they did together."""
        before, cpu_before = engine_metrics(), time.process_time()
        self._until = time.perf_counter() + seconds
        began = time.perf_counter()
        self._gate.wait()
        self._gate.wait()
        whole = Turn(seconds=time.perf_counter() - began)
        whole.cpu_seconds = time.process_time() - cpu_before
        for turn in self._turns:
            whole.answered += turn.answered
            whole.latencies += turn.latencies
            whole.refused += turn.refused
        whole.engine = {name: now - before[name] for name, now in engine_metrics().items()}
        return whole

    def _work(self, number: int, own: list[Taker | Offerer]) -> None:
        prefix, count = uuid.uuid4().hex[:12], 0
        while True:
            self._gate.wait()
            turn = self._turns[number] = Turn()
            clock: Callable[[], float] = time.perf_counter
            began = clock()
            while began < self._until:
                count += 1
                try:
                    own[count % len(own)].act(f"{prefix}-{count}")
                except MarketError as refusal:
                    turn.refused[refusal.code] += 1
                except Exception as fault:  # noqa: BLE001 - counted, and shown with the figure
                    turn.refused[type(fault).__name__] += 1
                else:
                    turn.answered += 1
                    turn.latencies.append(round((clock() - began) * 1000, 3))
                began = clock()
            self._gate.wait()


def engine_metrics() -> dict[str, float]:
    """The sums and counts of what the engine tells Prometheus."""
    return {
        sample.name: sample.value
        for metric in REGISTRY.collect()
        if metric.name.startswith("oddsdesk_batch") and metric.type == "histogram"
        for sample in metric.samples
        if sample.name.endswith(("_sum", "_count"))
    }


def main(loads: list[str]) -> None:
    crews = [Crew(read(load)) for load in loads]
    say({"ready": True})
    for line in sys.stdin:
        number, seconds = line.split()
        turn = crews[int(number)].trade(float(seconds))
        say({**vars(turn), "refused": dict(turn.refused)})


def read(text: str) -> Load:
    load = json.loads(text)
    return Load(**{**load, "markets": [tuple(market) for market in load["markets"]]})


def say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    from django.conf import settings
    from prometheus_client import REGISTRY

    from config.one_core import take_one_core
    from markets.core.errors import MarketError
    from markets.services.trading import cancel_order, place_order
    from users.models import User

    if settings.WEB_ONE_CORE:  # as the web processes do
        take_one_core()
    main(sys.argv[1:])
