"""Writing what a batch did: rows by COPY, changes by one statement per table.

However many orders a batch has, it costs three streams of new rows (orders, fills, transfers) and
one update for each kind of row that changes. Wallets are the only rows that batches of different
markets share, so they are locked here, in the order of their ids, just before they change.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from psycopg import Cursor

from markets.core.exchange import Fill
from markets.models import TransferCode
from markets.services.commands import OrderState, Taken
from markets.services.standing import Raw, Stand, Standing, ask

_COPY_ORDERS = """
COPY markets_order (
    id, market_id, trader_id, request_key, request_sha256, side, claim, target, budget, shares,
    "limit", time_in_force, expires_at, cost_max, shares_min, origin, status, filled_shares, cost,
    reserved, displaced, placed_at, ended_at, end_reason
) FROM STDIN
"""
_COPY_FILLS = """
COPY markets_fill (
    market_id, seq, order_id, counter_order_id, trader_id, claim, shares, redeemed, cost,
    price_before, price_after, probabilities, filled_at
) FROM STDIN
"""
_COPY_TRANSFERS = """
COPY markets_transfer (debit_id, credit_id, amount, code, market_id, key, posted_at) FROM STDIN
"""
_LOCK_ACCOUNTS = """
SELECT id FROM markets_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
_MOVE_ACCOUNTS = """
UPDATE markets_account AS account
SET balance = account.balance + moved.balance, reserved = account.reserved + moved.reserved
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS moved (id, balance, reserved)
WHERE account.id = moved.id
"""
_MOVE_POSITIONS = """
INSERT INTO markets_position (
    market_id, trader_id, shares, reserved_shares, spent, received, payout
)
SELECT market_id, trader_id, shares::bigint[], reserved_shares::bigint[], spent, received, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
    AS moved (market_id, trader_id, shares, reserved_shares, spent, received)
ON CONFLICT (trader_id, market_id) DO UPDATE
SET shares = EXCLUDED.shares, reserved_shares = EXCLUDED.reserved_shares,
    spent = EXCLUDED.spent, received = EXCLUDED.received
"""
_MOVE_MARKETS = """
UPDATE markets_market AS market
SET seq = moved.seq, shares = moved.shares::bigint[], volume = moved.volume,
    probabilities = moved.probabilities::double precision[],
    trader_count = moved.trader_count, last_fill_at = moved.last_fill_at
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[],
            %s::timestamptz[])
    AS moved (id, seq, shares, volume, probabilities, trader_count, last_fill_at)
WHERE market.question_id = moved.id
"""
_MOVE_ORDERS = """
UPDATE markets_order AS resting
SET filled_shares = moved.filled_shares, cost = moved.cost, reserved = moved.reserved,
    status = moved.status, ended_at = moved.ended_at, end_reason = moved.end_reason
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
            %s::timestamptz[], %s::text[])
    AS moved (id, filled_shares, cost, reserved, status, ended_at, end_reason)
WHERE resting.id = moved.id
"""
_NULL = "\\N"


class Journal:
    """The new rows of a batch, as COPY reads them."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self._fills: list[str] = []
        self._transfers: list[str] = []

    def add_fill(self, standing: Standing, fill: Fill, wallet_id: int, now: datetime) -> None:
        """Add a fill under the market's newest `seq`, and the transfers that pay for it."""
        seq, market_id, escrow_id = standing.seq, standing.market_id, standing.escrow_id
        self._fills.append(
            f"{market_id}\t{seq}\t{fill.order}\t{_or_null(fill.counter)}\t{fill.trader}"
            f"\t{_array_or_null(fill.claim)}\t{_vector(fill.shares)}\t{fill.redeemed}"
            f"\t{fill.cost}\t{_or_null(fill.price_before)}\t{_or_null(fill.price_after)}"
            f"\t{_vector(fill.probabilities)}\t{now}\n"
        )
        if fill.cost:
            debit, credit = (wallet_id, escrow_id) if fill.cost > 0 else (escrow_id, wallet_id)
            self._transfers.append(
                f"{debit}\t{credit}\t{abs(fill.cost)}\t{TransferCode.TRADE.value}\t{market_id}"
                f"\ttrade:{market_id}:{seq}\t{now}\n"
            )
        if fill.redeemed:
            self._transfers.append(
                f"{escrow_id}\t{wallet_id}\t{fill.redeemed}\t{TransferCode.REDEMPTION.value}"
                f"\t{market_id}\tredemption:{market_id}:{seq}\t{now}\n"
            )

    def write(self, raw: Raw, stand: Stand) -> None:
        """Write everything that the batch did; only the commit is left to do."""
        orders = [_order_row(taken) for taken in self.taken]
        for statement, rows in (
            (_COPY_ORDERS, orders),
            (_COPY_FILLS, self._fills),
            (_COPY_TRANSFERS, self._transfers),
        ):
            if rows:
                with Cursor(raw).copy(statement) as copy:
                    copy.write("".join(rows))
        with raw.pipeline():
            _move_accounts(raw, stand)
            _move_positions(raw, stand.markets.values())
            _move_markets(raw, stand.markets.values())
            _move_orders(raw, stand.markets.values())


def _order_row(taken: Taken) -> str:
    asked, state = taken.request, taken.state
    return (
        f"{state.id}\t{asked.market_id}\t{asked.trader_id}\t{_escaped(asked.request_key)}"
        f"\t{asked.request_sha256}\t{asked.side}\t{_array_or_null(asked.claim)}"
        f"\t{_array_or_null(asked.target)}\t{_or_null(asked.budget)}\t{_or_null(asked.shares)}"
        f"\t{_or_null(asked.limit)}\t{asked.time_in_force}\t{_or_null(asked.expires_at)}"
        f"\t{_or_null(asked.cost_max)}\t{_or_null(asked.shares_min)}\t{asked.origin}"
        f"\t{state.status}\t{state.filled_shares}\t{state.cost}\t{state.reserved}"
        f"\t{_array(taken.displaced)}\t{taken.placed_at}\t{_or_null(state.ended_at)}"
        f"\t{state.end_reason}\n"
    )


def _move_accounts(raw: Raw, stand: Stand) -> None:
    moved = {
        wallet.id: (wallet.balance_change, wallet.reserved_change)
        for wallet in stand.wallets.values()
        if wallet.balance_change or wallet.reserved_change
    }
    for standing in stand.markets.values():
        if standing.escrow_change:
            moved[standing.escrow_id] = (standing.escrow_change, 0)
    if moved:
        ids = sorted(moved)
        ask(raw, _LOCK_ACCOUNTS, [ids])
        changes = [[moved[id_][0] for id_ in ids], [moved[id_][1] for id_ in ids]]
        ask(raw, _MOVE_ACCOUNTS, [ids, *changes])


def _move_positions(raw: Raw, standings: Iterable[Standing]) -> None:
    rows = [
        (
            standing.market_id, trader_id,
            _vector(standing.book.holding(trader_id).shares),
            _vector(standing.book.holding(trader_id).reserved),
            standing.flows[trader_id].spent, standing.flows[trader_id].received,
        )
        for standing in standings
        for trader_id in sorted(standing.moved)
    ]  # fmt: skip
    _execute_on_columns(raw, _MOVE_POSITIONS, rows)


def _move_markets(raw: Raw, standings: Iterable[Standing]) -> None:
    rows = [
        (
            standing.market_id, standing.seq, _vector(standing.book.maker.shares),
            standing.volume, _vector(standing.book.maker.prices()), standing.trader_count,
            standing.last_fill_at,
        )
        for standing in standings
        if standing.has_fills
    ]  # fmt: skip
    _execute_on_columns(raw, _MOVE_MARKETS, rows)


def _move_orders(raw: Raw, standings: Iterable[Standing]) -> None:
    touched: list[OrderState] = [
        state for standing in standings for _, state in sorted(standing.touched.items())
    ]
    rows = [
        (
            state.id, state.filled_shares, state.cost, state.reserved, state.status,
            state.ended_at, state.end_reason,
        )
        for state in touched
    ]  # fmt: skip
    _execute_on_columns(raw, _MOVE_ORDERS, rows)


def _execute_on_columns(
    raw: Raw, statement: LiteralString, rows: Sequence[tuple[Any, ...]]
) -> None:
    if rows:
        ask(raw, statement, [list(column) for column in zip(*rows, strict=True)])


def _vector(values: NDArray[np.int64] | NDArray[np.float64]) -> str:
    return "{" + ",".join(map(str, values.tolist())) + "}"


def _array(values: Iterable[float]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _array_or_null(values: Iterable[float] | None) -> str:
    return _NULL if values is None else _array(values)


def _or_null(value: object) -> str:
    return _NULL if value is None else str(value)


def _escaped(text: str) -> str:
    """Text as COPY takes it; the only text in these rows that a trader chooses."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
