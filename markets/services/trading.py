"""Placing orders: lock, recognise a retry, refuse, compute in `core.exchange`, move, record."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from markets.core.claims import make_claim
from markets.core.errors import MarketError
from markets.core.exchange import Execution, Intent, InvalidOrder, execute, require_sensible
from markets.core.lifecycle import ACCEPTS_TRADES
from markets.core.lmsr import Maker
from markets.models import (
    Account,
    EndReason,
    Fill,
    Market,
    Order,
    OrderStatus,
    Origin,
    Position,
    Side,
    TimeInForce,
    TransferCode,
)
from markets.services import idempotency, ledger
from markets.services.locks import lock_accounts, lock_market, lock_position
from users.models import User

Clock = Callable[[], datetime]

_POSITION_MOVES = ("shares", "spent", "received")
_MARKET_MOVES = ("seq", "shares", "probabilities", "volume", "trader_count", "last_fill_at")


class MarketNotOpen(MarketError):
    code = "market_not_open"


def database_clock() -> datetime:
    """Return the database's own time: called inside the lock, so no order slips past the close."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant


def place_order(
    *,
    trader: User,
    market_id: int,
    claim: Sequence[int],
    side: str,
    budget: int | None = None,
    shares: int | None = None,
    limit: Decimal | None = None,
    time_in_force: str = TimeInForce.IOC,
    cost_max: int | None = None,
    shares_min: int | None = None,
    request_key: str,
    origin: str = Origin.API,
    clock: Clock = database_clock,
) -> Order:
    """Return the order with its fill, or the first answer to the same request key.

    Raises:
        MarketError: with a stable code, and then nothing was written.
    """
    order = Order(
        market_id=market_id, trader=trader, request_key=request_key, side=side,
        claim=sorted(claim), budget=budget, shares=shares,
        limit=None if limit is None else int(limit * 1000),
        time_in_force=time_in_force, cost_max=cost_max, shares_min=shares_min, origin=origin,
    )  # fmt: skip
    order.request_sha256 = idempotency.fingerprint(
        market=market_id, claim=order.claim, side=side, budget=budget, shares=shares, limit=limit,
        time_in_force=time_in_force, cost_max=cost_max, shares_min=shares_min,
    )  # fmt: skip
    idempotency.require_request_key(request_key)
    with idempotency.taken_once("order_request_is_taken_once"), transaction.atomic():
        return _place(order, clock=clock)


def place_stake(
    *,
    forecaster: User,
    market_id: int,
    probabilities: Sequence[float],
    stake: int,
    request_key: str,
    clock: Clock,
) -> Order:
    """Place the order of a forecast's stake, inside the forecast's transaction."""
    order = Order(
        market_id=market_id, trader=forecaster, request_key=request_key, side=Side.BUY,
        target=list(probabilities), budget=stake, origin=Origin.STAKE,
        request_sha256=idempotency.fingerprint(
            market=market_id, target=list(probabilities), stake=stake
        ),
    )  # fmt: skip
    return _place(order, clock=clock)


def _place(order: Order, *, clock: Clock) -> Order:
    market = lock_market(order.market_id)
    earlier = Order.objects.filter(trader=order.trader, request_key=order.request_key)
    repeated = idempotency.recognise(earlier, order.request_sha256)
    if repeated is not None:
        return repeated

    intent = _intent(order, market)
    now = max(clock(), market.last_fill_at or market.opened_at)
    _require_open(market, now)
    require_sensible(intent)
    wallet, escrow = _lock_accounts(order.trader, market, now)
    position = lock_position(trader_id=order.trader.pk, market_id=market.pk)
    held = _sellable(position, market)
    execution = execute(_maker(market), intent, held=held, available=wallet.available)

    order.placed_at = order.ended_at = now
    order.status = _status(execution)
    order.end_reason = "" if order.status == OrderStatus.FILLED else EndReason.UNFILLED
    if execution is None:
        order.save(force_insert=True)
        return order
    order.filled_shares, order.cost = execution.filled, execution.cost
    order.save(force_insert=True)
    _record(order, execution, market, position, now)
    _move(execution, market, wallet, escrow, now)
    return order


def _require_open(market: Market, now: datetime) -> None:
    question = market.question
    if question.status not in ACCEPTS_TRADES:
        raise MarketNotOpen(f"This question is {question.status}; only open ones are traded.")
    if question.closes_at is not None and now >= question.closes_at:
        raise MarketNotOpen("Trading on this question has closed.")


def _intent(order: Order, market: Market) -> Intent:
    if order.side not in Side.values:
        raise InvalidOrder("An order's side is buy or sell.")
    if order.time_in_force not in TimeInForce.values:
        raise InvalidOrder("An order's time in force is ioc or fok.")
    claim = None if order.claim is None else make_claim(order.claim, len(market.shares))
    return Intent(
        is_buy=order.side == Side.BUY,
        claim=claim,
        target=None if order.target is None else tuple(order.target),
        budget=order.budget,
        shares=order.shares,
        limit=None if order.limit is None else order.limit / 1000,
        fill_or_kill=order.time_in_force == TimeInForce.FOK,
        cost_max=order.cost_max,
        shares_min=order.shares_min,
    )


def _maker(market: Market) -> Maker:
    return Maker(tuple(market.shares), float(market.liquidity), tuple(market.prior))


def _lock_accounts(trader: User, market: Market, now: datetime) -> tuple[Account, Account]:
    wallet_id, escrow_id = ledger.open_wallet(trader=trader, now=now).pk, market.escrow.pk
    accounts = lock_accounts([wallet_id, escrow_id])
    return accounts[wallet_id], accounts[escrow_id]


def _sellable(position: Position | None, market: Market) -> list[int]:
    if position is None:
        return [0] * len(market.shares)
    return [
        held - reserved
        for held, reserved in zip(position.shares, position.reserved_shares, strict=True)
    ]


def _status(execution: Execution | None) -> OrderStatus:
    if execution is None:
        return OrderStatus.CANCELLED
    return OrderStatus.FILLED if execution.is_complete else OrderStatus.PARTLY_FILLED


def _record(
    order: Order, execution: Execution, market: Market, position: Position | None, now: datetime
) -> None:
    """Write the fill, the trader's position and the market's new row."""
    market.seq += 1
    Fill.objects.create(
        market=market, seq=market.seq, order=order, trader=order.trader, claim=order.claim,
        shares=list(execution.deltas), redeemed=execution.redeemed, cost=execution.cost,
        price_before=execution.price_before, price_after=execution.price_after,
        probabilities=list(execution.probabilities), filled_at=now,
    )  # fmt: skip
    if position is None:
        nothing = [0] * len(market.shares)
        position = Position(
            trader=order.trader, market=market, shares=nothing, reserved_shares=nothing
        )
        market.trader_count += 1
    position.shares = [
        held + delta - execution.redeemed
        for held, delta in zip(position.shares, execution.deltas, strict=True)
    ]
    position.spent += max(0, execution.cost)
    position.received += max(0, -execution.cost) + execution.redeemed
    position.save(update_fields=None if position.pk is None else _POSITION_MOVES)
    market.shares = list(execution.maker.shares)
    market.probabilities = list(execution.probabilities)
    market.volume += abs(execution.cost)
    market.last_fill_at = now
    market.save(update_fields=_MARKET_MOVES)


def _move(
    execution: Execution, market: Market, wallet: Account, escrow: Account, now: datetime
) -> None:
    postings = []
    if execution.cost:
        payer, payee = (wallet, escrow) if execution.cost > 0 else (escrow, wallet)
        postings.append(
            ledger.Posting(
                debit=payer, credit=payee, amount=abs(execution.cost), code=TransferCode.TRADE,
                key=f"trade:{market.pk}:{market.seq}", market_id=market.pk,
            )
        )  # fmt: skip
    if execution.redeemed:
        postings.append(
            ledger.Posting(
                debit=escrow, credit=wallet, amount=execution.redeemed,
                code=TransferCode.REDEMPTION, key=f"redemption:{market.pk}:{market.seq}",
                market_id=market.pk,
            )
        )  # fmt: skip
    ledger.post(*postings, now=now)
