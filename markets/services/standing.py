"""What stands in the markets of a batch, read under their locks: one set of rows per kind.

Nothing is read before the markets are locked, and every change of a position, of a resting order or
of a question's status locks its market as well, so what is read here holds until the commit. Only
wallets are shared between markets: they are read as they are and locked when they are written to.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

import numpy as np
from psycopg import Connection, Cursor

from markets.core.exchange import Book, Holding, Resting
from markets.core.lmsr import Maker
from markets.models import Side
from markets.services.commands import OrderState, Request

Raw = Connection[tuple[Any, ...]]


@dataclass(slots=True)
class Wallet:
    """A trader's account, and what the batch has changed of it so far; in microcredits."""

    id: int
    available: int
    balance_change: int = 0
    reserved_change: int = 0

    def change(self, *, balance: int, reserved: int) -> None:
        self.balance_change += balance
        self.reserved_change += reserved
        self.available += balance - reserved


@dataclass(slots=True)
class Flows:
    """What a position has cost its trader, and brought in, so far."""

    spent: int = 0
    received: int = 0
    is_new: bool = True


@dataclass(slots=True, kw_only=True)
class Standing:
    """One market under its lock."""

    market_id: int
    escrow_id: int
    seq: int
    volume: int
    trader_count: int
    last_fill_at: datetime
    """Or where there is none yet, the opening: nothing may happen before it."""
    status: str = ""
    closes_at: datetime | None = None
    book: Book
    flows: dict[int, Flows] = field(default_factory=dict)
    orders: dict[int, OrderState] = field(default_factory=dict)
    escrow_change: int = 0
    moved: set[int] = field(default_factory=set)
    """The traders whose positions changed."""
    touched: dict[int, OrderState] = field(default_factory=dict)
    """The orders of earlier batches that changed."""
    has_fills: bool = False


@dataclass(slots=True, kw_only=True)
class Stand:
    """Everything that a batch works on."""

    now: datetime
    markets: dict[int, Standing]
    wallets: dict[int, Wallet]
    repeated: dict[tuple[int, str], tuple[str, int]]
    """By trader and request key: the fingerprint and the order of an earlier request."""
    order_ids: Iterator[int]


LOCK_MARKETS = """
SELECT market.question_id, escrow.id, market.seq, market.volume, market.trader_count,
       coalesce(market.last_fill_at, market.opened_at), market.shares, market.liquidity,
       market.prior
FROM markets_market AS market
JOIN markets_account AS escrow ON escrow.market_id = market.question_id
WHERE market.question_id = ANY(%s)
ORDER BY market.question_id
FOR NO KEY UPDATE OF market
"""
QUESTIONS = """
SELECT id, status, closes_at FROM markets_question WHERE id = ANY(%s)
"""
CLOCK = "SELECT clock_timestamp()"
RESTING = """
SELECT id, market_id, trader_id, side, claim, "limit", budget, shares, filled_shares, cost,
       reserved, expires_at
FROM markets_order
WHERE market_id = ANY(%s) AND status = 'open'
"""
REPEATED = """
SELECT earlier.trader_id, earlier.request_key, earlier.request_sha256, earlier.id
FROM unnest(%s::bigint[], %s::text[]) AS asked (trader_id, request_key)
JOIN markets_order AS earlier USING (trader_id, request_key)
"""
WALLETS = """
SELECT owner_id, id, balance - reserved
FROM markets_account
WHERE owner_id IN (
    SELECT unnest(%s::bigint[])
    UNION SELECT trader_id FROM markets_order WHERE market_id = ANY(%s) AND status = 'open'
)
"""
POSITIONS = """
SELECT position.market_id, position.trader_id, position.shares, position.reserved_shares,
       position.spent, position.received
FROM (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[])
    UNION SELECT trader_id, market_id
    FROM markets_order WHERE market_id = ANY(%s) AND status = 'open'
) AS asked (trader_id, market_id)
JOIN markets_position AS position USING (trader_id, market_id)
"""
ORDER_IDS = "SELECT nextval('markets_order_id_seq') FROM generate_series(1, %s)"


def ask(raw: Raw, statement: LiteralString, parameters: Sequence[Any]) -> Cursor[tuple[Any, ...]]:
    """Run a statement that the server prepares once per connection."""
    return Cursor(raw).execute(statement, parameters, prepare=True)


def lock_markets(raw: Raw, market_ids: Collection[int]) -> list[tuple[Any, ...]]:
    """Lock the rows of markets in the order of their ids, and return them."""
    return ask(raw, LOCK_MARKETS, [sorted(market_ids)]).fetchall()


def read_stand(
    raw: Raw,
    markets: list[tuple[Any, ...]],
    requests: Collection[Request],
    traders: Iterable[tuple[int, int]],
) -> Stand:
    """Read what stands in markets that are locked; one round trip.

    Args:
        markets: what `lock_markets` returned.
        requests: the orders to be placed.
        traders: (trader, market) of everybody who gave a command.
    """
    market_ids = [row[0] for row in markets]
    pairs = sorted(set(traders))
    trader_ids, their_markets = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    keys = [request.request_key for request in requests]
    owners = [request.trader_id for request in requests]
    with raw.pipeline():
        clock = ask(raw, CLOCK, [])
        questions = ask(raw, QUESTIONS, [market_ids])
        resting = ask(raw, RESTING, [market_ids])
        wallets = ask(raw, WALLETS, [trader_ids, market_ids])
        asked = [trader_ids, their_markets, market_ids]
        positions = ask(raw, POSITIONS, asked)
        repeated = ask(raw, REPEATED, [owners, keys])
        order_ids = ask(raw, ORDER_IDS, [len(keys)])
    asked_now = {row[0]: row[1:] for row in questions.fetchall()}
    held = _holdings(positions.fetchall())
    rest = _by_market(resting.fetchall())
    return Stand(
        now=clock.fetchall()[0][0],
        markets={
            row[0]: _standing(row, asked_now[row[0]], held.get(row[0], []), rest.get(row[0], []))
            for row in markets
        },
        wallets={owner: Wallet(id_, available) for owner, id_, available in wallets.fetchall()},
        repeated={(owner, key): (sha256, id_) for owner, key, sha256, id_ in repeated.fetchall()},
        order_ids=iter([id_ for (id_,) in order_ids.fetchall()]),
    )


def _holdings(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _by_market(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(row)
    return found


def _standing(
    market: tuple[Any, ...],
    question: tuple[Any, ...],
    positions: list[tuple[Any, ...]],
    resting: list[tuple[Any, ...]],
) -> Standing:
    market_id, escrow_id, seq, volume, trader_count, last_fill_at, shares, liquidity, prior = market
    status, closes_at = question
    holdings, flows = {}, {}
    for _, trader_id, held, reserved, spent, received in positions:
        holdings[trader_id] = Holding(
            shares=np.array(held, dtype=np.int64), reserved=np.array(reserved, dtype=np.int64)
        )
        flows[trader_id] = Flows(spent, received, is_new=False)
    return Standing(
        market_id=market_id, escrow_id=escrow_id, seq=seq, volume=volume,
        trader_count=trader_count, last_fill_at=last_fill_at, status=status, closes_at=closes_at,
        book=Book(
            Maker.of(shares, liquidity, prior), [_resting(row) for row in resting], holdings
        ),
        flows=flows,
        orders={row[0]: _order_state(row) for row in resting},
    )  # fmt: skip


def _resting(row: tuple[Any, ...]) -> Resting:
    id_, _, trader_id, side, claim, limit, budget, shares, filled, cost, _, _ = row
    return Resting(
        id=id_, trader=trader_id, is_buy=side == Side.BUY, claim=tuple(claim), limit=limit,
        budget=None if budget is None else budget - cost,
        shares=None if shares is None else shares - filled,
    )  # fmt: skip


def _order_state(row: tuple[Any, ...]) -> OrderState:
    return OrderState(
        id=row[0], trader_id=row[2], filled_shares=row[8], cost=row[9], reserved=row[10],
        expires_at=row[11], is_new=False,
    )  # fmt: skip
