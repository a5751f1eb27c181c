"""A program that trades and keeps its own account of every answer: it may be killed at any moment.

It runs as `python -m tests.faults.trader LOAD`. Before a request is sent its thread writes down
what it will ask, and when the answer is there it writes the answer down, to the disk, before it
goes on. Whatever is refused as busy or unavailable is sent again with the same request key until
there is an answer. A program that starts on the journal of one that was killed first sends again
everything that has no answer in it.

It says {"ready": true} and trades until it reads "end"; then it says how that went, once every
request has its answer.
"""

import json
import os
import random
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

from tests.bench.driver import say

PAUSE_SECONDS = 0.05
AGAIN_SHARE = 0.05
"""How often an order that was taken is sent once more, as a client does that lost the answer."""

TAKEN, ASKED, REFUSED = "taken", "asked", "refused"


@dataclass(frozen=True, kw_only=True)
class Siege:
    """Who trades where, and where the journal is."""

    journal: str
    markets: list[int]
    traders: list[int]
    threads: int
    seed: int
    is_early: bool = False
    """Is an order called taken before it is sent? A kill must then be seen to lose orders."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, as it is written down and as it is sent again."""

    key: str
    trader: int
    market: int
    claim: int
    side: str
    amount: int
    limit: int | None


@dataclass(frozen=True)
class Line:
    """One line of a journal: the kind, the request key, and what the kind says."""

    kind: str
    key: str
    what: Any


def read_journal(path: Path) -> Iterator[Line]:
    """The whole lines of a journal; a kill may have cut off the last one."""
    if path.exists():
        for line in path.read_bytes().split(b"\n"):
            try:
                yield Line(*json.loads(line))
            except ValueError:
                continue


class Journal:
    """Lines that outlive this program; an answer also outlives the machine."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._mutex = threading.Lock()
        self._write(b"\n")  # ends the line that a kill cut off

    def note(self, kind: str, key: str, what: Any) -> None:
        self._write(json.dumps([kind, key, what]).encode() + b"\n")
        if kind != ASKED:
            os.fsync(self._file)

    def _write(self, line: bytes) -> None:
        with self._mutex:
            os.write(self._file, line)


class Traders:
    """The threads, and what they have seen beside their answers."""

    def __init__(self, siege: Siege) -> None:
        self._siege = siege
        self._journal = Journal(Path(siege.journal))
        self._people = User.objects.in_bulk(siege.traders)
        self._unanswered = unanswered(read_journal(Path(siege.journal)))
        self._mutex = threading.Lock()
        self._ended = threading.Event()
        self.retried: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()
        self.replayed = 0

    def run(self) -> None:
        """Trade until somebody says "end" or nothing at all any more."""
        threads = [
            threading.Thread(target=self._trade, args=(number,), daemon=True)
            for number in range(self._siege.threads)
        ]
        for thread in threads:
            thread.start()
        say({"ready": True})
        sys.stdin.readline()
        self._ended.set()
        for thread in threads:
            thread.join()

    def _trade(self, number: int) -> None:
        chance = random.Random(f"{self._siege.seed}-{number}-{uuid.uuid4()}")
        while not self._ended.is_set():
            with self._mutex:
                again = self._unanswered.pop() if self._unanswered else None
            asked = again or self._draw(chance)
            if again is None:
                self._journal.note(ASKED, asked.key, asdict(asked))
            if self._siege.is_early:
                self._journal.note(TAKEN, asked.key, None)
            self._ask(asked)
            if chance.random() < AGAIN_SHARE:
                self._ask(asked)
        close_old_connections()

    def _draw(self, chance: random.Random) -> Asked:
        kind = chance.choice(["buy", "buy", "buy", "rest", "rest", "sell"])
        return Asked(
            key=str(uuid.uuid4()),
            trader=chance.choice(self._siege.traders),
            market=chance.choice(self._siege.markets),
            claim=chance.randrange(2),
            side="sell" if kind == "sell" else "buy",
            amount=chance.randint(100_000, 2_000_000),
            limit=chance.randint(460, 540) if kind == "rest" else None,
        )

    def _ask(self, asked: Asked) -> None:
        """Send a request until it is answered, and write the answer down."""
        while True:
            close_old_connections()  # as happens between the requests of a web server
            try:
                order = self._place(asked)
            except Busy as busy:
                self.retried[busy.code] += 1
            except MarketError as refusal:
                self._journal.note(REFUSED, asked.key, refusal.code)
                return
            except (OperationalError, InterfaceError) as fault:
                self.retried[type(fault).__name__] += 1
            except Exception as fault:  # noqa: BLE001 - whatever it is, nobody should see it
                self.unexpected[f"{type(fault).__name__}: {fault}"[:200]] += 1
            else:
                if not self._siege.is_early:
                    self._journal.note(TAKEN, asked.key, order.pk)
                self.replayed += order.replayed
                return
            time.sleep(PAUSE_SECONDS)

    def _place(self, asked: Asked) -> Any:
        rests = asked.limit is not None
        return place_order(
            trader=self._people[asked.trader],
            market_id=asked.market,
            claim=(asked.claim,),
            side=asked.side,
            budget=asked.amount if asked.side == "buy" else None,
            shares=asked.amount if asked.side == "sell" else None,
            limit=Decimal(asked.limit) / 1000 if asked.limit is not None else None,
            time_in_force="gtc" if rests else "ioc",
            request_key=asked.key,
        )


def unanswered(lines: Iterator[Line]) -> list[Asked]:
    """What was asked and has no answer yet."""
    waiting: dict[str, Asked] = {}
    for line in lines:
        if line.kind == ASKED:
            waiting[line.key] = Asked(**line.what)
        else:
            waiting.pop(line.key, None)
    return list(waiting.values())


if __name__ == "__main__":
    django.setup()
    from django.db import InterfaceError, OperationalError, close_old_connections

    from markets.core.errors import MarketError
    from markets.services.lanes import Busy
    from markets.services.trading import place_order
    from users.models import User

    traders = Traders(Siege(**json.loads(sys.argv[1])))
    traders.run()
    say(
        {
            "retried": traders.retried,
            "unexpected": traders.unexpected,
            "replayed": traders.replayed,
        }
    )
