"""Writing what a batch did: new rows as columns of arrays, changes by one statement per table.

The rows are sent while the batch is still being carried out, a chunk at a time and without waiting
for answers, so that PostgreSQL inserts the first orders while we compute the last. Wallets are the
only rows that batches of different markets share; they are locked at the very end, in the order of
their ids, just before they change.
"""

from collections.abc import Iterable

from markets.core.exchange import Fill
from markets.models import TransferCode
from markets.services.commands import OrderState, Taken
from markets.services.parameters import (
    Rows,
    array,
    as_array,
    claim,
    columns,
    instant,
    number,
    quoted,
)
from markets.services.standing import Stand, Standing
from markets.services.wire import Wire

STREAM_CHUNK = 16
"""Orders per chunk. Each chunk costs the server some 0.2 ms of its own, at 60 µs for an order."""

_RECORD = """
WITH placed AS (
    INSERT INTO markets_order (
        id, market_id, trader_id, request_key, request_sha256, side, claim, target, budget, shares,
        "limit", time_in_force, expires_at, cost_max, shares_min, origin, status, filled_shares,
        cost, reserved, displaced, end_reason, placed_at, ended_at
    )
    SELECT id, market_id, trader_id, request_key, request_sha256, side, claim::smallint[],
           target::double precision[], budget, shares, mills, time_in_force, expires_at, cost_max,
           shares_min, origin, status, filled_shares, cost, reserved, displaced::bigint[],
           end_reason, $1::timestamptz, ended_at
    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::smallint[],
                $13::text[], $14::timestamptz[], $15::bigint[], $16::bigint[], $17::text[],
                $18::text[], $19::bigint[], $20::bigint[], $21::bigint[], $22::text[],
                $23::text[], $24::timestamptz[])
        AS taken (id, market_id, trader_id, request_key, request_sha256, side, claim, target,
                  budget, shares, mills, time_in_force, expires_at, cost_max, shares_min, origin,
                  status, filled_shares, cost, reserved, displaced, end_reason, ended_at)
), executed AS (
    INSERT INTO markets_fill (
        market_id, seq, order_id, counter_order_id, trader_id, claim, redeemed, cost,
        price_before, price_after, filled_at, shares, probabilities
    )
    SELECT market_id, seq, order_id, counter_order_id, trader_id, claim::smallint[], redeemed, cost,
           price_before, price_after, $1::timestamptz,
           ($37::bigint[])[first:last], ($38::double precision[])[first:last]
    FROM unnest($25::bigint[], $26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[],
                $30::text[], $31::bigint[], $32::bigint[], $33::double precision[],
                $34::double precision[], $35::integer[], $36::integer[])
        AS made (market_id, seq, order_id, counter_order_id, trader_id, claim, redeemed, cost,
                 price_before, price_after, first, last)
), paid AS (
    INSERT INTO markets_transfer (debit_id, credit_id, amount, code, market_id, key, posted_at)
    SELECT debit_id, credit_id, amount, code, market_id, key, $1::timestamptz
    FROM unnest($39::bigint[], $40::bigint[], $41::bigint[], $42::text[], $43::bigint[],
                $44::text[])
        AS made (debit_id, credit_id, amount, code, market_id, key)
), opened AS (
    INSERT INTO markets_position (
        market_id, trader_id, spent, received, payout, shares, reserved_shares
    )
    SELECT market_id, trader_id, spent, received, 0,
           ($51::bigint[])[first:last], ($52::bigint[])[first:last]
    FROM unnest($45::bigint[], $46::bigint[], $47::bigint[], $48::bigint[], $49::integer[],
                $50::integer[])
        AS opened (market_id, trader_id, spent, received, first, last)
)
UPDATE markets_position AS position
SET spent = moved.spent, received = moved.received,
    shares = ($59::bigint[])[first:last], reserved_shares = ($60::bigint[])[first:last]
FROM unnest($53::bigint[], $54::bigint[], $55::bigint[], $56::bigint[], $57::integer[],
            $58::integer[])
    AS moved (market_id, trader_id, spent, received, first, last)
WHERE position.trader_id = moved.trader_id AND position.market_id = moved.market_id
"""
"""One statement for what five would do: each costs PostgreSQL, and us, some 50 µs of its own."""
_LOCK_ACCOUNTS = """
SELECT id FROM markets_account WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_MOVE = """
WITH accounts AS (
    UPDATE markets_account AS account
    SET balance = account.balance + moved.balance, reserved = account.reserved + moved.reserved
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS moved (id, balance, reserved)
    WHERE account.id = moved.id
), markets AS (
    UPDATE markets_market AS market
    SET seq = moved.seq, volume = moved.volume, trader_count = moved.trader_count,
        last_fill_at = moved.last_fill_at, shares = ($11::bigint[])[first:last],
        probabilities = ($12::double precision[])[first:last]
    FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::timestamptz[],
                $9::integer[], $10::integer[])
        AS moved (id, seq, volume, trader_count, last_fill_at, first, last)
    WHERE market.question_id = moved.id
)
UPDATE markets_order AS resting
SET filled_shares = moved.filled_shares, cost = moved.cost, reserved = moved.reserved,
    status = moved.status, ended_at = moved.ended_at, end_reason = moved.end_reason
FROM unnest($13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[],
            $18::timestamptz[], $19::text[])
    AS moved (id, filled_shares, cost, reserved, status, ended_at, end_reason)
WHERE resting.id = moved.id
"""
Row = tuple[str, ...]

_TRADE, _REDEMPTION = TransferCode.TRADE.value, TransferCode.REDEMPTION.value


class Journal:
    """The new rows of a batch, on their way to the database."""

    def __init__(self, now: str) -> None:
        self._now = now
        self._start()

    def _start(self) -> None:
        self._orders: list[Taken] = []
        self._fills = Rows(10, vectors=2)
        self._transfers: list[Row] = []

    def add_order(self, taken: Taken) -> None:
        self._orders.append(taken)

    def add_fill(self, standing: Standing, fill: Fill, wallet_id: int) -> None:
        """Add a fill under the market's newest `seq`, and the transfers that pay for it."""
        seq, market_id, escrow_id = standing.seq, standing.market_id, standing.escrow_id
        row = (
            str(market_id), str(seq), str(fill.order), number(fill.counter), str(fill.trader),
            claim(fill.claim), str(fill.redeemed), str(fill.cost), number(fill.price_before),
            number(fill.price_after),
        )  # fmt: skip
        self._fills.add(row, fill.shares, fill.probabilities)
        if fill.cost:
            debit, credit = (wallet_id, escrow_id) if fill.cost > 0 else (escrow_id, wallet_id)
            self._transfers.append((
                str(debit), str(credit), str(abs(fill.cost)), _TRADE, str(market_id),
                f"trade:{market_id}:{seq}",
            ))  # fmt: skip
        if fill.redeemed:
            self._transfers.append((
                str(escrow_id), str(wallet_id), str(fill.redeemed), _REDEMPTION, str(market_id),
                f"redemption:{market_id}:{seq}",
            ))  # fmt: skip

    @property
    def is_worth_sending(self) -> bool:
        return len(self._orders) >= STREAM_CHUNK

    def send(self, wire: Wire, stand: Stand) -> None:
        """Send the rows that have come together, and the positions that they moved.

        From now on a change of these orders is an update.
        """
        opened, moved = _positions(stand.markets.values())
        if not (self._orders or self._fills or moved):
            return
        wire.send(
            _RECORD, self._now,
            *columns(23, [_order_row(taken) for taken in self._orders]), *self._fills.columns(),
            *columns(6, self._transfers), *opened.columns(), *moved.columns(),
        )  # fmt: skip
        wire.push()
        for taken in self._orders:
            taken.state.is_new = False
        self._start()


def move(wire: Wire, stand: Stand) -> None:
    """Change the rows that are changed once: wallets and escrows, markets, resting orders."""
    accounts, markets = _accounts(stand), _markets(stand.markets.values())
    resting_orders = _resting_orders(stand.markets.values())
    if not (accounts or markets or resting_orders):
        return
    wire.send(_LOCK_ACCOUNTS, as_array(id_ for id_, _, _ in accounts))
    wire.send(
        _MOVE, *columns(3, accounts), *markets.columns(), *columns(7, resting_orders)
    )  # fmt: skip


def _order_row(taken: Taken) -> Row:
    asked, state = taken.request, taken.state
    return (
        str(state.id), str(asked.market_id), str(asked.trader_id), quoted(asked.request_key),
        asked.request_sha256, asked.side, claim(asked.claim), array(asked.target),
        number(asked.budget), number(asked.shares), number(asked.limit), asked.time_in_force,
        instant(asked.expires_at), number(asked.cost_max), number(asked.shares_min),
        asked.origin, state.status, str(state.filled_shares), str(state.cost),
        str(state.reserved), array(taken.displaced), f'"{state.end_reason}"',
        instant(state.ended_at),
    )  # fmt: skip


def _accounts(stand: Stand) -> list[Row]:
    moved = {
        wallet.id: (wallet.balance_change, wallet.reserved_change)
        for wallet in stand.wallets.values()
        if wallet.balance_change or wallet.reserved_change
    }
    for standing in stand.markets.values():
        if standing.escrow_change:
            moved[standing.escrow_id] = (standing.escrow_change, 0)
    return [
        (str(id_), str(balance), str(reserved))
        for id_, (balance, reserved) in sorted(moved.items())
    ]


def _positions(standings: Iterable[Standing]) -> tuple[Rows, Rows]:
    """The positions that moved since they were asked for: (without a row so far, with one)."""
    opened, moved = Rows(4, vectors=2), Rows(4, vectors=2)
    for standing in standings:
        for trader_id in sorted(standing.moved):
            holding, flows = standing.book.holding(trader_id), standing.flows[trader_id]
            row = str(standing.market_id), str(trader_id), str(flows.spent), str(flows.received)
            (opened if flows.is_new else moved).add(row, holding.shares, holding.reserved)
            flows.is_new = False
        standing.moved.clear()
    return opened, moved


def _markets(standings: Iterable[Standing]) -> Rows:
    rows = Rows(5, vectors=2)
    for standing in standings:
        if standing.has_fills:
            row = (
                str(standing.market_id), str(standing.seq), str(standing.volume),
                str(standing.trader_count), instant(standing.last_fill_at),
            )  # fmt: skip
            rows.add(row, standing.book.maker.shares, standing.book.maker.prices())
    return rows


def _resting_orders(standings: Iterable[Standing]) -> list[Row]:
    touched: list[OrderState] = [
        state for standing in standings for _, state in sorted(standing.touched.items())
    ]
    return [
        (
            str(state.id), str(state.filled_shares), str(state.cost), str(state.reserved),
            state.status, instant(state.ended_at), f'"{state.end_reason}"',
        )
        for state in touched
    ]  # fmt: skip
