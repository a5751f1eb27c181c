"""The door of the exchange: placing orders, cancelling them, and letting them expire.

A command is checked as far as that needs no market, put into a lane (`lanes`), carried out there
together with whatever else waits (`batch`), and comes back with its answer. Inside a transaction of
somebody else, such as a forecast with its stake, it is carried out at once, as a batch of its own.
"""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Q

from markets.core.errors import MarketError
from markets.core.exchange import InvalidOrder
from markets.core.money import MILLS
from markets.models import Fill, Order, OrderStatus, Origin, Side, TimeInForce
from markets.services import idempotency, ledger, metrics
from markets.services.batch import Clock, WalletMissing, begin, carry_out, finish
from markets.services.commands import (
    Cancellation,
    Expiry,
    Placement,
    Request,
    Taken,
    TakenBefore,
)
from markets.services.lane_connection import LaneConnection
from markets.services.lanes import LANES, AnswerT, Busy, Command, Lanes, Lead
from markets.services.standing import Reading
from markets.services.sweeps import for_each
from users.models import User

TRIES_MAX = 3
RETRY_SECONDS = 0.02
EXPIRE_CHUNK = 500
_SIDES, _TIMES_IN_FORCE = frozenset(Side.values), frozenset(TimeInForce.values)
_UNTIL = TimeInForce.GTD.value
_PASSING = {"40001": "serialization", "40P01": "deadlock", "55P03": "lock_timeout"}
_TIMED_OUT = {"57014", "25P03", "25P04"}


class OrderNotFound(MarketError):
    code = "order_not_found"
    field = "order"


def database_clock() -> datetime:
    """Return the database's own time."""
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
    expires_at: datetime | None = None,
    cost_max: int | None = None,
    shares_min: int | None = None,
    request_key: str,
    origin: str = Origin.API,
    clock: Clock | None = None,
) -> Order:
    """Return the order with its fills, or the first answer to the same request key.

    Its instant is the database's, read while the market is locked, unless a `clock` is given.

    Raises:
        MarketError: with a stable code, and then nothing was written.
    """
    idempotency.require_request_key(request_key)
    if side not in _SIDES:
        raise InvalidOrder("An order's side is buy or sell.")
    _require_time_in_force(time_in_force, expires_at)
    mills = None if limit is None else _mills(limit)
    sorted_claim = tuple(sorted(claim))
    request = Request(
        market_id=market_id, trader_id=trader.pk, request_key=request_key,
        request_sha256=idempotency.fingerprint(
            market_id, sorted_claim, side, budget, shares, mills, time_in_force, expires_at,
            cost_max, shares_min,
        ),
        side=side, claim=sorted_claim, target=None, budget=budget, shares=shares, limit=mills,
        time_in_force=time_in_force, expires_at=expires_at, cost_max=cost_max,
        shares_min=shares_min, origin=origin,
    )  # fmt: skip
    return _place(request, trader, clock)


def place_stake(
    *,
    forecaster: User,
    market_id: int,
    probabilities: Sequence[float],
    stake: int,
    request_key: str,
    clock: Clock | None = None,
) -> Order:
    """Place the order of a forecast's stake, inside the forecast's transaction."""
    target = tuple(probabilities)
    request = Request(
        market_id=market_id, trader_id=forecaster.pk, request_key=request_key,
        request_sha256=idempotency.fingerprint(market_id, target, stake),
        side=Side.BUY.value, claim=None, target=target, budget=stake, shares=None, limit=None,
        time_in_force=TimeInForce.IOC.value, expires_at=None, cost_max=None, shares_min=None,
        origin=Origin.STAKE.value,
    )  # fmt: skip
    return _place(request, forecaster, clock)


def cancel_order(*, trader: User, order_id: int, clock: Clock | None = None) -> Order:
    """End one's own resting order; one that has ended already stays as it is."""
    order = Order.objects.filter(pk=order_id, trader=trader).first()
    if order is None:
        raise OrderNotFound("You have placed no such order.")
    if order.status == OrderStatus.OPEN:
        command = Cancellation(market_id=order.market_id, order_id=order_id, trader_id=trader.pk)
        _submit(command, clock)
        order.refresh_from_db()
    return order


def cancel_all(*, trader: User, market_id: int | None = None, clock: Clock | None = None) -> int:
    """End all of one's resting orders, in one market or everywhere; return how many."""
    resting = Order.objects.filter(trader=trader, status=OrderStatus.OPEN)
    if market_id is not None:
        resting = resting.filter(market_id=market_id)
    found = resting.order_by("market_id", "pk").values_list("market_id", "pk")
    return sum(
        _submit(Cancellation(market_id=market, order_id=order, trader_id=trader.pk), clock)
        for market, order in found
    )


def expire_orders(*, now: datetime) -> int:
    """End the resting orders whose time has run out; return in how many markets there were any.

    Every batch ends those of its own markets first, so this is for markets where nobody trades.
    """
    due = (
        Order.objects.filter(Q(status=OrderStatus.OPEN) & Q(expires_at__lte=now))
        .order_by("market_id")
        .values_list("market_id", flat=True)
        .distinct()[:EXPIRE_CHUNK]
    )
    return for_each(list(due), lambda market_id: _submit(Expiry(market_id), lambda: now))


def _place(request: Request, trader: User, clock: Clock | None) -> Order:
    try:
        answer = _submit(Placement(request), clock)
    except WalletMissing:
        ledger.open_wallet(trader=trader, now=clock() if clock else database_clock())
        answer = _submit(Placement(request), clock)
    if isinstance(answer, TakenBefore):
        order = Order.objects.get(pk=answer.order_id)
        order.replayed = True
        return order
    return _order(answer)


def _submit(command: Command[AnswerT], clock: Clock | None) -> AnswerT:
    """Carry out a command: in its lane, or at once inside of somebody's transaction."""
    if connection.in_atomic_block:
        try:
            carry_out([command], clock=clock)
        except DatabaseError as fault:
            raise _refusal(fault) from fault
    elif clock is None:
        return _LANES.submit(command)
    else:
        _carry_out_alone(command, clock=clock)
    return command.result()


class Engine:
    """Carries out the batches of one lane, on a connection that is the lane's own."""

    def __init__(self) -> None:
        self._connection = LaneConnection()
        self._begun: Reading | None = None

    def begin(self, commands: Sequence[Command[Any]]) -> None:
        """Send what the next batch begins with; where that fails `carry_out` meets it again."""
        with suppress(Exception):
            self._begun = self._begin(commands)

    def carry_out(self, lead: Lead) -> None:
        """Answer every command, one at a time where they cannot be carried out together."""
        try:
            with self._connection.undoing():
                reading, self._begun = self._begun or self._begin(lead.commands), None
                finish(self._connection.wire, reading, lead)
        except Exception as fault:  # noqa: BLE001 - each command is answered by itself
            self._begun = None
            _note(fault)
            self._carry_out_singly(lead.commands)

    def _begin(self, commands: Sequence[Command[Any]]) -> Reading:
        wire = self._connection.wire
        wire.send("BEGIN")
        return begin(wire, commands, is_whole=True)

    def _carry_out_singly(self, commands: list[Command[Any]]) -> None:
        """One transaction for each; but nobody waits again for a market that cannot be had."""
        held_up: set[int] = set()
        for command in commands:
            if command.market_id in held_up:
                command.refuse(_busy())
            elif not _carry_out_alone(command):
                held_up.add(command.market_id)

    def close(self) -> None:
        """Close the connection; the next batch opens another."""
        self._connection.close()


def _carry_out_alone(command: Command[Any], *, clock: Clock | None = None) -> bool:
    """Answer one command whatever happens, so that a poisoned one fails alone.

    False where its market could not be had in time.
    """
    tries = 1
    while True:
        try:
            carry_out([command], clock=clock)
        except Exception as fault:  # noqa: BLE001 - whoever waits for the answer gets it
            if _note(fault) in _PASSING and tries < TRIES_MAX:
                time.sleep(random.uniform(0.5, 1.5) * RETRY_SECONDS * tries)  # noqa: S311
                tries += 1
                continue
            refusal = _refusal(fault)
            command.refuse(refusal)
            return not isinstance(refusal, Busy)
        else:
            return True


def close_engines() -> None:
    """Let go of the connections of the lanes, before the database is dropped or left."""
    for engine in _ENGINES:
        engine.close()


def _note(fault: Exception) -> str:
    """Count why a batch failed, let go of a connection that is lost, and return the SQLSTATE."""
    state = _sqlstate(fault)
    metrics.FAILURES.labels(reason=_PASSING.get(state, state) or type(fault).__name__).inc()
    if connection.connection is not None and connection.connection.closed:
        connection.close()
    return state


def _refusal(fault: Exception) -> Exception:
    """What a trader is told where the database would not."""
    state = _sqlstate(fault)
    if state in _PASSING or state in _TIMED_OUT:
        return _busy()
    if "order_request_is_taken_once" in str(fault):
        return idempotency.reused()
    return fault


def _busy() -> Busy:
    return Busy("This market is very busy; send the same request again in a moment.")


def _sqlstate(fault: Exception) -> str:
    return getattr(fault.__cause__, "sqlstate", None) or ""


def _require_time_in_force(time_in_force: str, expires_at: datetime | None) -> None:
    if time_in_force not in _TIMES_IN_FORCE:
        raise InvalidOrder("An order's time in force is ioc, fok, gtc or gtd.")
    if (time_in_force == _UNTIL) != (expires_at is not None):
        raise InvalidOrder("Give expires_at with time in force gtd, and only with it.")


def _mills(limit: Decimal) -> int:
    mills = limit * MILLS
    if mills != int(mills) or not 0 < mills < MILLS:
        raise InvalidOrder("A limit is from 0.001 to 0.999, in steps of 0.001.")
    return int(mills)


def _order(taken: Taken) -> Order:
    """The row that was written, without reading it again."""
    asked, state = taken.request, taken.state
    order = Order.of_row(
        state.id, asked.market_id, asked.trader_id, asked.request_key, asked.request_sha256,
        asked.side, None if asked.claim is None else list(asked.claim),
        None if asked.target is None else list(asked.target), asked.budget, asked.shares,
        asked.limit, asked.time_in_force, asked.expires_at, asked.cost_max, asked.shares_min,
        asked.origin, state.status, state.filled_shares, state.cost, state.reserved,
        list(taken.displaced), taken.placed_at, state.ended_at, state.end_reason,
    )  # fmt: skip
    order.make_fills = partial(_fills, taken)
    return order


def _fills(taken: Taken) -> list[Fill]:
    """The rows of the fills that an order was answered with, without reading them."""
    return [
        Fill(
            market_id=taken.request.market_id, seq=seq, order_id=fill.order,
            counter_order_id=fill.counter, trader_id=fill.trader,
            claim=None if fill.claim is None else list(fill.claim), shares=fill.shares.tolist(),
            redeemed=fill.redeemed, cost=fill.cost, price_before=fill.price_before,
            price_after=fill.price_after, probabilities=fill.probabilities.tolist(),
            filled_at=taken.placed_at,
        )
        for fill, seq in taken.fills
    ]  # fmt: skip


_ENGINES = [Engine() for _ in range(LANES)]
_LANES = Lanes(_ENGINES)
