"""What stands in the markets of a batch, read under their locks: one set of rows per kind.

Nothing is read before the markets are locked, and every change of a position, of a resting order or
of a question's status locks its market as well, so what is read here holds until the commit. Only
wallets are shared between markets: they are read as they are and locked when they are written to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from markets.core.exchange import Book, Holding, Resting
from markets.core.lmsr import Maker
from markets.models import Side
from markets.services.commands import OrderState
from markets.services.parameters import as_array
from markets.services.wire import Row, Wire


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
    """Is there no row of the position yet?"""


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
    order_ids: Iterator[int]
    markets: dict[int, Standing] = field(default_factory=dict)
    wallets: dict[int, Wallet] = field(default_factory=dict)
    repeated: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    """By trader and request key: the fingerprint and the order of an earlier request."""


Asked = tuple[str, str, str]

LOCK_MARKETS = """
SELECT market.question_id, escrow.id, market.seq, market.volume, market.trader_count,
       coalesce(market.last_fill_at, market.opened_at), market.shares, market.liquidity,
       market.prior
FROM markets_market AS market
JOIN markets_account AS escrow ON escrow.market_id = market.question_id
WHERE market.question_id = ANY($1::bigint[])
ORDER BY market.question_id
FOR NO KEY UPDATE OF market
"""
QUESTIONS = """
SELECT id, status, closes_at, clock_timestamp()
FROM markets_question
WHERE id = ANY($1::bigint[])
"""
ASKED = """
SELECT asked.market_id, asked.trader_id, wallet.id, wallet.balance - wallet.reserved,
       position.shares, position.reserved_shares, position.spent, position.received,
       asked.request_key, earlier.request_sha256, earlier.id, nextval('markets_order_id_seq')
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS asked (market_id, trader_id, request_key)
LEFT JOIN markets_account AS wallet ON wallet.owner_id = asked.trader_id
LEFT JOIN markets_position AS position
    ON position.trader_id = asked.trader_id AND position.market_id = asked.market_id
LEFT JOIN markets_order AS earlier
    ON earlier.request_key = asked.request_key AND earlier.trader_id + 0 = asked.trader_id
"""
"""Each row brings an id for a new order with it. The + 0 keeps the planner, which may know nothing
of a young table, from going through all orders of a trader instead of to the one with the key."""
RESTING = """
SELECT resting.market_id, resting.trader_id, wallet.id, wallet.balance - wallet.reserved,
       position.shares, position.reserved_shares, position.spent, position.received,
       resting.id, resting.side, resting.claim, resting."limit", resting.budget, resting.shares,
       resting.filled_shares, resting.cost, resting.reserved, resting.expires_at
FROM markets_order AS resting
JOIN markets_account AS wallet ON wallet.owner_id = resting.trader_id
LEFT JOIN markets_position AS position
    ON position.trader_id = resting.trader_id AND position.market_id = resting.market_id
WHERE resting.market_id = ANY($1::bigint[]) AND resting.status = 'open'
"""

NEVER = datetime.max.replace(tzinfo=UTC)


class Reading:
    """What a batch reads: all of it in one round trip, and in a second for those who join it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._markets: list[Row] = []
        self._questions: list[Row] = []
        self._resting: list[Row] = []
        self._asked: list[Row] = []

    def ask(self, asked: Sequence[Asked], *, first: Sequence[str] = ()) -> None:
        """Have the markets of those who ask locked, in the order of their ids.

        Behind the lock, on the same way, all is read that these commands need. The statements
        `first` are run before, in the same transaction.
        """
        market_ids = as_array(sorted({market_id for market_id, _, _ in asked}, key=int))
        for statement in first:
            self._wire.send(statement)
        for statement in (LOCK_MARKETS, QUESTIONS, RESTING):
            self._wire.send(statement, market_ids)
        self._send_asked(asked)
        self._wire.sync()

    def hear(self) -> list[int]:
        """Wait for the locks and for what was asked; return which of the markets there are."""
        *_, self._markets, self._questions, self._resting, self._asked = self._wire.receive()
        return [row[0] for row in self._markets]

    def read_for(self, joined: Sequence[Asked]) -> None:
        """Read what those need who join the batch now that the markets are locked."""
        self._send_asked(joined)
        (asking,) = self._wire.receive()
        self._asked += asking

    def stand(self) -> Stand:
        if not self._markets:
            return Stand(now=NEVER, order_ids=iter(()))
        stand = Stand(
            now=self._questions[0][3], order_ids=iter(sorted(row[-1] for row in self._asked))
        )
        traders, orders = _by_market(self._asked), _by_market(self._resting)
        status_of = {id_: (status, closes_at) for id_, status, closes_at, _ in self._questions}
        for row in self._markets:
            market_id = row[0]
            standing = _standing(row, traders.get(market_id, ()), orders.get(market_id, ()))
            standing.status, standing.closes_at = status_of[market_id]
            stand.markets[market_id] = standing
        for _, trader_id, wallet_id, available, *_ in (*self._asked, *self._resting):
            if wallet_id is not None:
                stand.wallets[trader_id] = Wallet(wallet_id, available)
        for _, trader_id, *_, key, sha256, earlier_id, _ in self._asked:
            if earlier_id is not None:
                stand.repeated[trader_id, key] = (sha256, earlier_id)
        return stand

    def _send_asked(self, asked: Sequence[Asked]) -> None:
        self._wire.send(ASKED, *[as_array(column) for column in zip(*asked, strict=True)])


def _by_market(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _standing(market: Row, traders: Sequence[Row], orders: Sequence[Row]) -> Standing:
    market_id, escrow_id, seq, volume, trader_count, last_fill_at, shares, liquidity, prior = market
    holdings: dict[int, Holding] = {}
    flows: dict[int, Flows] = {}
    for _, trader_id, _, _, held, reserved, spent, received, *_ in (*traders, *orders):
        if held is not None and trader_id not in flows:
            holdings[trader_id] = Holding(
                shares=np.array(held, dtype=np.int64), reserved=np.array(reserved, dtype=np.int64)
            )
            flows[trader_id] = Flows(spent, received, is_new=False)
    return Standing(
        market_id=market_id, escrow_id=escrow_id, seq=seq, volume=volume,
        trader_count=trader_count, last_fill_at=last_fill_at,
        book=Book(
            Maker.of(shares, liquidity, prior), [_resting(row[8:], row[1]) for row in orders],
            holdings,
        ),
        flows=flows,
        orders={row[8]: _order_state(row[8:], row[1]) for row in orders},
    )  # fmt: skip


def _resting(row: Row, trader_id: int) -> Resting:
    id_, side, claim, limit, budget, shares, filled, cost, _, _ = row
    return Resting(
        id=id_, trader=trader_id, is_buy=side == Side.BUY, claim=tuple(claim), limit=limit,
        budget=None if budget is None else budget - cost,
        shares=None if shares is None else shares - filled,
    )  # fmt: skip


def _order_state(row: Row, trader_id: int) -> OrderState:
    id_, _, _, _, _, _, filled, cost, reserved, expires_at = row
    return OrderState(
        id=id_, trader_id=trader_id, filled_shares=filled, cost=cost, reserved=reserved,
        expires_at=expires_at, is_new=False,
    )  # fmt: skip
