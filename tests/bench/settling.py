"""Settling a million positions, against the same rows changed in two statements.

The yardstick is what nobody could do without: one UPDATE that marks the positions, and one INSERT
… SELECT of the transfers, each in a transaction of its own, with no wallet changed, no lock taken
in order and nothing to resume by. Both sides work on copies of one database, right after a
checkpoint.
"""

import resource
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from django.db import connection
from django.utils import timezone

from markets.core.money import MICRO
from markets.models import Resolution, Settlement
from markets.queries.ledger import audit
from markets.services import lifecycle, resolution, settlement
from tests.bench import world
from tests.bench.figures import Figure, Round
from tests.bench.stage import Stage
from tests.holders import give_positions, instant_of_pair
from users.models import User

POSITIONS = 1_000_000
AIM = 3.0
FILLED = "settling"
CHUNKS = (1_000, 2_500, 5_000, 10_000, 20_000)
CHUNKS_SHARE = 0.1
"""The share of the positions with which sizes of chunks are compared."""

_MARK = """
UPDATE markets_position SET payout = shares[1], settled_by_id = %(resolution)s
WHERE market_id = %(market)s
"""
_POST = """
INSERT INTO markets_transfer (debit_id, credit_id, amount, code, market_id, key, posted_at)
SELECT escrow.id, wallet.id, position.shares[1], 'payout', position.market_id,
       'settle:' || %(resolution)s || ':' || position.trader_id, now()
FROM markets_position AS position
JOIN markets_account AS wallet ON wallet.owner_id = position.trader_id
JOIN markets_account AS escrow ON escrow.market_id = position.market_id
WHERE position.market_id = %(market)s AND position.shares[1] > 0
"""


def measure(stage: Stage) -> list[Figure]:
    """Settle, and settle with three quarters of the trades undone; then compare sizes of chunks."""
    many = 2 * max(100, round(POSITIONS * stage.scale / 2))
    few = 2 * max(100, round(POSITIONS * stage.scale * CHUNKS_SHARE / 2))
    market = _fill(stage, many)
    figures = [
        _against_two_statements(stage, market, "settling"),
        _against_two_statements(stage, market, "settling, most trades undone", is_early=True),
    ]
    market = _fill(stage, few)
    return figures + [
        _against_two_statements(stage, market, f"chunks of {chunk:,}", chunk=chunk)
        for chunk in CHUNKS
    ]


@dataclass(frozen=True)
class Filled:
    """A market that was traded by so many, from an instant on, and is over."""

    question_id: int
    count: int
    began_at: datetime

    @property
    def ended_at(self) -> datetime:
        return instant_of_pair(self.began_at, self.count)


def _fill(stage: Stage, count: int) -> Filled:
    stage.database(FILLED)
    stage.say(f"settling: giving out {count:,} positions")
    editor = world.an_editor()
    User.objects.create_user("second@example.com", None, name="second", is_staff=True)
    (question,) = world.markets(1, editor=editor, subsidy=500 * MICRO)
    filled = Filled(question.pk, count, question.opened_at or timezone.now())
    give_positions(question, count=count, at=filled.began_at)
    lifecycle.close(
        question_id=question.pk, editor=editor, reason="It is over.", now=filled.ended_at
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    return filled


def _against_two_statements(
    stage: Stage,
    filled: Filled,
    what: str,
    *,
    is_early: bool = False,
    chunk: int = settlement.SETTLE_CHUNK,
) -> Figure:
    stage.say(f"{what}: two statements over {filled.count:,} positions")
    plain = _two_statements(_decide(stage, filled, is_early=is_early))
    stage.say(f"{what}: {filled.count:,} positions in chunks of {chunk:,}")
    decided = _decide(stage, filled, is_early=is_early)
    before = _memory()
    began, longest = perf_counter(), 0.0
    state: str | None = "due"
    while state in {"due", "settling"}:
        began_chunk = perf_counter()
        state = settlement.settle_chunk(resolution_id=decided.pk, now=timezone.now(), chunk=chunk)
        longest = max(longest, perf_counter() - began_chunk)
    ours = perf_counter() - began
    row = Settlement.objects.get(pk=decided.pk)
    return Figure(
        what=f"{what}, {filled.count:,} positions",
        against="one UPDATE and one INSERT … SELECT",
        unit="ms",
        rounds=(Round(1000 * ours, 1000 * plain),),
        aim=AIM if chunk == settlement.SETTLE_CHUNK and not is_early else None,
        is_ceiling=True,
        details={
            "positions_per_second": round(row.done_count / ours),
            "longest_transaction_ms": round(1000 * longest),
            "memory_growth_kib": _memory() - before,
            "undone_fills": row.undone_count,
        },
        faults=tuple(finding.sentence for finding in audit())[:5],
    )


def _decide(stage: Stage, filled: Filled, *, is_early: bool) -> Resolution:
    """A fresh copy in which the answer is confirmed: everybody who holds "yes" is to be paid."""
    stage.copy(FILLED, "settling_copy")
    resolution.propose(
        question_id=filled.question_id,
        outcome_weights=(1, 0),
        proposer=User.objects.get(name="editor"),
        now=filled.ended_at,
        effective_at=instant_of_pair(filled.began_at, filled.count // 8) if is_early else None,
    )
    due = resolution.confirm(
        question_id=filled.question_id,
        editor=User.objects.get(name="second"),
        now=filled.ended_at,
    )
    stage.settle()
    return due.resolution


def _two_statements(decided: Resolution) -> float:
    """Seconds for the yardstick."""
    parameters = {"resolution": decided.pk, "market": decided.question_id}
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_MARK, parameters)
        cursor.execute(_POST, parameters)
    return perf_counter() - began


def _memory() -> int:
    """The most memory that this program has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
