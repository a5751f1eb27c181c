"""Kills under load: of PostgreSQL, or of the programs that trade, again and again.

The programs keep journals of what they were answered (`tests.faults.trader`). At the end each order
that a journal calls taken must be in the database, as it was asked for, exactly once; an order that
nobody has an answer to, at most once. The audit alone could not tell: an order that was answered
and then lost leaves books that add up.
"""

import json
import random
import signal
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import connection

from config.stack import liveness
from markets.models import Order
from tests.bench import world
from tests.bench.stage import Program, Stage
from tests.faults.books import faults_in_the_books
from tests.faults.trader import ASKED, REFUSED, TAKEN, Siege, read_journal, unanswered
from tests.faults.verdict import Verdict

PROGRAMS, THREADS = 2, 16
MARKETS, TRADERS = 3, 48
ANSWERS_BETWEEN = 40
"""How many orders are answered between two kills at least: then there is load again."""
PATIENCE_SECONDS = 60.0


class Besieged:
    """Programs that trade in a database of their own, until the verdict."""

    def __init__(
        self,
        stage: Stage,
        directory: Path,
        *,
        database: str,
        commits_carelessly: bool = False,
        is_early: bool = False,
    ) -> None:
        self._stage = stage
        stage.database(database)
        markets = world.markets(MARKETS, editor=world.an_editor())
        people = [person.pk for person in world.traders(TRADERS)]
        self._sieges = [
            Siege(
                journal=str(directory / f"{database}-{number}.journal"),
                markets=[market.pk for market in markets],
                traders=people[number::PROGRAMS],
                threads=THREADS,
                seed=number,
                is_early=is_early,
            )
            for number in range(PROGRAMS)
        ]
        if commits_carelessly:
            stage.commit_carelessly(database)  # for connections that are made from now on
        self._programs = [self._start(siege) for siege in self._sieges]

    def answers(self) -> int:
        """How many answers the journals hold."""
        return sum(
            Path(siege.journal).read_bytes().count(f'["{TAKEN}"'.encode()) for siege in self._sieges
        )

    def wait_for_load(self) -> None:
        """Return once enough more orders were answered; raises where nothing recovers."""
        enough = self.answers() + ANSWERS_BETWEEN
        if not liveness.wait_until(lambda: self.answers() >= enough, PATIENCE_SECONDS):
            running = {server.name: server.pid for server in self._stage.services.status()}
            raise TimeoutError(
                f"no {ANSWERS_BETWEEN} orders in {PATIENCE_SECONDS:g} s; servers: {running}"
            )

    def kill_postgres(self) -> None:
        """Kill the server with all its processes at once, and start it again."""
        home = self._stage.services.places.postgres
        for pid in liveness.occupants(home):
            if liveness.program_name(pid) == "postgres":
                liveness.send(pid, signal.SIGKILL)
        connection.close()  # ours died with it
        # A process that was killed is still seen for a moment; `make run` looks every second.
        if not liveness.wait_until(self._stage.services.revive, PATIENCE_SECONDS):
            raise TimeoutError("PostgreSQL was killed and is still there")

    def kill_trader(self, number: int) -> None:
        """Kill one of the programs, and start another on its journal."""
        self._programs[number].end()
        self._programs[number] = self._start(self._sieges[number])

    def verdict(self) -> Verdict:
        """Let every request be answered, end the programs, and compare."""
        self._answer_everything()
        seen: Counter[str] = Counter()
        verdict = Verdict()
        for program in self._programs:
            program.tell("end")
            told = program.hear()
            seen["replayed"] += told["replayed"]
            seen["retried"] += sum(told["retried"].values())
            verdict.faults += [f"{n} times {what}" for what, n in told["unexpected"].items()]
        lines = [line for siege in self._sieges for line in read_journal(Path(siege.journal))]
        refused = {line.key for line in lines if line.kind == REFUSED}
        taken = {
            (line.key, line.what)
            for line in lines
            if line.kind == TAKEN and line.key not in refused
        }
        verdict.faults += _faults_in_answers(
            taken, {line.key: line.what for line in lines if line.kind == ASKED}
        )
        verdict.faults += faults_in_the_books()
        verdict.seen = {"acknowledged": len(taken), **seen}
        return verdict

    def _answer_everything(self) -> None:
        """Wait until nothing that an earlier program asked is left without an answer."""
        asked_before = {
            asked.key
            for siege in self._sieges
            for asked in unanswered(read_journal(Path(siege.journal)))
        }

        def all_answered() -> bool:
            return not any(
                asked.key in asked_before
                for siege in self._sieges
                for asked in unanswered(read_journal(Path(siege.journal)))
            )

        if not liveness.wait_until(all_answered, PATIENCE_SECONDS):
            raise TimeoutError("requests from before the last kill are still not answered")

    def _start(self, siege: Siege) -> Program:
        program = self._stage.program("tests.faults.trader", json.dumps(asdict(siege)))
        program.hear()
        return program


def _faults_in_answers(
    taken: set[tuple[str, int | None]], asked: dict[str, dict[str, Any]]
) -> list[str]:
    """Compare what clients were told with what the database holds."""
    rows = {
        row["request_key"]: row
        for row in Order.objects.values(
            "id", "request_key", "trader_id", "market_id", "side", "budget", "shares", "limit"
        )
    }
    by_key: dict[str, set[int]] = {}
    for key, order_id in taken:
        told = by_key.setdefault(key, set())
        if order_id is not None:
            told.add(order_id)
    lost = [key for key, ids in by_key.items() if key not in rows or ids - {rows[key]["id"]}]
    strange = [key for key in rows if key not in asked or not _is_same(rows[key], asked[key])]
    doubled = [key for key, ids in by_key.items() if len(ids) > 1]
    return [
        f"{len(keys)} orders {what}, such as {keys[0]}"
        for what, keys in (
            ("were acknowledged and are not there", lost),
            ("were answered with two different orders", doubled),
            ("are not what anybody asked for", strange),
        )
        if keys
    ]


def _is_same(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    amount = row["budget"] if asked["side"] == "buy" else row["shares"]
    found = (row["trader_id"], row["market_id"], row["side"], amount, row["limit"])
    names = ("trader", "market", "side", "amount", "limit")
    return found == tuple(asked[name] for name in names)


def kill_postgres(stage: Stage, directory: Path, *, kills: int, careless: bool) -> Verdict:
    """Kill the database server under load; `careless` answers before a commit is on the disk."""
    besieged = Besieged(stage, directory, database="postgres_killed", commits_carelessly=careless)
    chance = random.Random(1)
    for kill in range(kills):
        stage.say(f"PostgreSQL, kill {kill + 1} of {kills}")
        besieged.wait_for_load()
        time.sleep(chance.uniform(0, 0.3))
        besieged.kill_postgres()
    besieged.wait_for_load()
    stage.say("PostgreSQL was killed; comparing")
    return _told(besieged.verdict(), kills)


def kill_traders(stage: Stage, directory: Path, *, kills: int, careless: bool) -> Verdict:
    """Kill the trading programs under load, in turns; `careless` ones answer too early."""
    besieged = Besieged(stage, directory, database="traders_killed", is_early=careless)
    chance = random.Random(2)
    for kill in range(kills):
        stage.say(f"traders, kill {kill + 1} of {kills}")
        besieged.wait_for_load()
        time.sleep(chance.uniform(0, 0.1))
        besieged.kill_trader(kill % PROGRAMS)
    besieged.wait_for_load()
    stage.say("traders were killed; comparing")
    return _told(besieged.verdict(), kills)


def _told(verdict: Verdict, kills: int) -> Verdict:
    verdict.seen = {"kills": kills, **verdict.seen}
    return verdict
