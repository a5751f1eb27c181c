"""One transaction for everything that waits: lock, read, carry out in `core`, write, commit.

The steps are those of every command (lock, recognise a retry, refuse, compute, move, record), only
for many orders at once. An order is carried out wholly in memory against the book as its neighbours
left it, and either changes that book or is refused and changes nothing; so a refusal never disturbs
anybody, and what is written at the end is what all of them did together.

The instant of a batch is the database's clock after the locks are held, so no order that waited
slips past the close, and never before the market's last fill.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from django.db import connection, transaction

from markets.core.claims import make_claim
from markets.core.errors import MarketError
from markets.core.exchange import TRIGGERED_MAX, Execution, Fill, Intent, InvalidOrder, execute
from markets.core.lifecycle import ACCEPTS_TRADES
from markets.core.money import GRANT
from markets.models import EndReason, OrderStatus, Side, TimeInForce
from markets.services import idempotency, metrics
from markets.services.commands import (
    Cancellation,
    Expiry,
    FillRow,
    OrderState,
    Placement,
    Request,
    Taken,
    TakenBefore,
)
from markets.services.lanes import Command, Lead
from markets.services.locks import CHECK_AT_ONCE, LIMITS, MarketNotFound
from markets.services.parameters import quoted
from markets.services.recording import Journal, move
from markets.services.standing import (
    Asked,
    Flows,
    Reading,
    Stand,
    Standing,
)
from markets.services.wire import Raw, Wire

Clock = Callable[[], datetime]

OPEN_ORDERS_MAX = 100
"""How many orders one trader may have resting in one market."""

TRIGGERED_IN_BATCH_MAX = 1_000
"""How many fills of other people's resting orders the orders of one batch may set off together: at
most 0.2 s under the lock. What is left over goes on with the next batch."""

MOMENT_SECONDS = 0.002
"""How long those who are answered sleep on at most while a leader waits for locks: once woken they
would want the interpreter just when the leader has work to do."""

CLAIMS_MAX = 8_192
"""How many claims that were asked for are remembered as sound."""

RESTS = {TimeInForce.GTC.value, TimeInForce.GTD.value}


class MarketNotOpen(MarketError):
    code = "market_not_open"


class TooManyOpenOrders(MarketError):
    code = "too_many_open_orders"


class WalletMissing(Exception):
    """The trader has no wallet yet. Nobody outside sees this: `trading` opens one and goes on."""


def carry_out(commands: Sequence[Command[Any]], *, clock: Clock | None = None) -> None:
    """Carry out `commands` in a transaction of this thread, inside of whatever it has begun."""
    outermost = not connection.in_atomic_block
    with _transaction_of_thread() as wire:
        reading = begin(wire, commands, is_whole=outermost)
        reading.hear()
        answers = Batch(reading.stand(), clock).carry_out(commands, wire)
        wire.receive()
    give(commands, answers)


def begin(wire: Wire, commands: Sequence[Command[Any]], *, is_whole: bool) -> Reading:
    """Have the markets of `commands` locked, and read what stands in them; do not wait for it.

    `is_whole`: whether the batch is all that there is to its transaction.
    """
    reading = Reading(wire)
    reading.ask(
        [_asked(command) for command in commands], first=(LIMITS, CHECK_AT_ONCE) if is_whole else ()
    )
    return reading


def finish(wire: Wire, reading: Reading, lead: Lead) -> None:
    """Carry out the batch that was begun, with those who join it, and commit.

    While PostgreSQL writes, the threads that were answered before come back with their next orders;
    and while it commits, the next batch asks for its locks.
    """
    began = time.perf_counter()
    if not wire.is_heard_within(MOMENT_SECONDS):
        lead.let_go()
    held = reading.hear()
    locked = time.perf_counter()
    joined = lead.join(held)
    if joined:
        reading.read_for([_asked(command) for command in joined])
    answers = Batch(reading.stand()).carry_out(lead.commands, wire)
    wire.sync()
    wire.send("COMMIT")
    wire.sync()
    lead.let_go()
    wire.receive()
    written = time.perf_counter()
    lead.look_ahead()
    wire.receive()
    metrics.observe_batch(
        size=len(lead.commands),
        lock_seconds=locked - began,
        hold_seconds=written - locked,
        commit_seconds=time.perf_counter() - written,
    )
    give(lead.commands, answers)


def give(commands: Sequence[Command[Any]], answers: Sequence[object]) -> None:
    """Give every command its answer, or its refusal, now that all of it is committed."""
    for command, answer in zip(commands, answers, strict=True):
        if isinstance(answer, Exception):
            command.refuse(answer)
        else:
            command.answer(answer)


@contextmanager
def _transaction_of_thread() -> Iterator[Wire]:
    with transaction.atomic(), connection.wrap_database_errors:
        connection.ensure_connection()
        with Wire.borrowing(cast("Raw", connection.connection)) as wire:
            yield wire


def _asked(command: Command[Any]) -> Asked:
    """What has to be read for a command: (market, trader, request key)."""
    market_id = str(command.market_id)
    match command:
        case Placement(request=request):
            return market_id, str(request.trader_id), quoted(request.request_key)
        case Cancellation():
            return market_id, str(command.trader_id), "NULL"
    return market_id, "NULL", "NULL"


class Batch:
    """The commands of one transaction, carried out one after the other on what stands."""

    def __init__(self, stand: Stand, clock: Clock | None = None) -> None:
        self._stand = stand
        read_at = clock() if clock else stand.now
        self._now = max([read_at, *(each.last_fill_at for each in stand.markets.values())])
        self._journal = Journal(str(self._now))
        self._answered: dict[tuple[int, str], tuple[str, int]] = {}
        self._taken: dict[int, Taken] = {}
        self._triggers_left = TRIGGERED_IN_BATCH_MAX

    def carry_out(self, commands: Sequence[Command[Any]], wire: Wire) -> list[object]:
        """Return the answers, or refusals, of all commands; everything is on the `wire`."""
        answers = []
        for standing in self._stand.markets.values():
            self._expire(standing)
        for command in commands:
            answers.append(self.answer(command))
            if self._journal.is_worth_sending:
                self._journal.send(wire, self._stand)
        self._journal.send(wire, self._stand)
        move(wire, self._stand)
        return answers

    def answer(self, command: Command[Any]) -> object:
        """Return the answer to one command, or its refusal, which has changed nothing."""
        try:
            standing = self._stand.markets.get(command.market_id)
            if standing is None:
                raise MarketNotFound("There is no market on this question.")
            match command:
                case Placement():
                    return self._place(standing, command.request)
                case Cancellation():
                    return self._cancel(standing, command)
                case Expiry():
                    return True
            raise TypeError(command)
        except (MarketError, WalletMissing) as refusal:
            return refusal

    def _place(self, standing: Standing, request: Request) -> Taken | TakenBefore:
        key = (request.trader_id, request.request_key)
        before = self._stand.repeated.get(key) or self._answered.get(key)
        if before is not None:
            idempotency.require_same(before[0], request.request_sha256)
            return TakenBefore(before[1])

        _require_open(standing, self._now)
        _require_time(standing, request, self._now)
        wallet = self._stand.wallets.get(request.trader_id)
        state = OrderState(id=next(self._stand.order_ids), trader_id=request.trader_id)
        execution = execute(
            standing.book,
            _intent(request, state.id, standing.book.outcome_count),
            available=wallet.available if wallet else GRANT,
            triggered_max=min(TRIGGERED_MAX, self._triggers_left),
        )
        if wallet is None:  # and the order is one that a new wallet could pay
            raise WalletMissing
        if execution.rests is not None:
            _require_few(standing, request)
        standing.book.apply(execution)
        taken = Taken(request, state, self._now, execution.displaced)
        self._progress(standing, state, execution)
        self._taken[state.id] = taken
        self._record(standing, execution.fills)
        for trader_id, change in execution.wallets.items():
            self._stand.wallets[trader_id].change(balance=change.balance, reserved=change.reserved)
        standing.moved.update(execution.holdings.keys() & standing.flows.keys())
        self._answered[key] = (request.request_sha256, state.id)
        self._journal.add_order(taken)
        return taken

    def _progress(self, standing: Standing, state: OrderState, execution: Execution) -> None:
        """Note how far the order and those that it met are filled, and which of them ended."""
        for fill in execution.fills:
            if fill.order != state.id:
                self._triggers_left -= fill.counter is None
                met = standing.orders[fill.order]
                met.filled_shares += fill.filled
                met.cost += fill.cost
        for order_id, left in execution.resting.items():
            met = standing.orders[order_id]
            if left is not None:
                met.reserved = left.reserved
            elif order_id in execution.displaced:
                _end(met, EndReason.SELF_TRADE, self._now)
            else:
                _end(met, "", self._now)
            self._touch(standing, met)
        state.filled_shares, state.cost = execution.filled, execution.cost
        if execution.rests is not None:
            state.reserved = execution.rests.reserved
            standing.orders[state.id] = state
        else:
            reason = "" if execution.is_complete else EndReason.UNFILLED.value
            _end(state, reason, self._now)

    def _record(self, standing: Standing, fills: Sequence[Fill]) -> None:
        """Number fills, and move positions, escrow and the market's figures by them."""
        for fill in fills:
            standing.seq += 1
            standing.last_fill_at, standing.has_fills = self._now, True
            standing.escrow_change += fill.cost - fill.redeemed
            if fill.counter is None or fill.order > fill.counter:  # of a match, the taker's side
                standing.volume += abs(fill.cost)
            flows = standing.flows.get(fill.trader)
            if flows is None:
                flows = standing.flows[fill.trader] = Flows()
                standing.trader_count += 1
            flows.spent += max(0, fill.cost)
            flows.received += max(0, -fill.cost) + fill.redeemed
            standing.moved.add(fill.trader)
            self._journal.add_fill(standing, fill, self._stand.wallets[fill.trader].id)
            if fill.order in self._taken:
                self._taken[fill.order].fills.append(FillRow(fill, standing.seq))

    def _cancel(self, standing: Standing, command: Cancellation) -> bool:
        state = standing.orders.get(command.order_id)
        if state is None or state.trader_id != command.trader_id or state.ended_at is not None:
            return False
        self._release(standing, state, EndReason.CANCELLED)
        return True

    def _expire(self, standing: Standing) -> None:
        for state in list(standing.orders.values()):
            if state.expires_at is not None and state.expires_at <= self._now:
                self._release(standing, state, EndReason.EXPIRED)

    def _release(self, standing: Standing, state: OrderState, reason: EndReason) -> None:
        """End a resting order, and give back what it reserved."""
        release = standing.book.cancel(state.id)
        wallet = self._stand.wallets[state.trader_id]
        wallet.change(balance=release.wallet.balance, reserved=release.wallet.reserved)
        standing.moved.update({state.trader_id} & standing.flows.keys())
        if release.fill is not None:
            self._record(standing, [release.fill])
        _end(state, reason, self._now)
        self._touch(standing, state)

    def _touch(self, standing: Standing, state: OrderState) -> None:
        if not state.is_new:
            standing.touched[state.id] = state


def _end(state: OrderState, reason: str, now: datetime) -> None:
    state.reserved, state.ended_at, state.end_reason = 0, now, reason
    if not reason:
        state.status = OrderStatus.FILLED
    elif state.filled_shares:
        state.status = OrderStatus.PARTLY_FILLED
    else:
        state.status = OrderStatus.CANCELLED


def _require_open(standing: Standing, now: datetime) -> None:
    if standing.status not in ACCEPTS_TRADES:
        raise MarketNotOpen(f"This question is {standing.status}; only open ones are traded.")
    if standing.closes_at is not None and now >= standing.closes_at:
        raise MarketNotOpen("Trading on this question has closed.")


def _require_time(standing: Standing, request: Request, now: datetime) -> None:
    expires_at, closes_at = request.expires_at, standing.closes_at
    if expires_at is not None and expires_at <= now:
        raise InvalidOrder("This order would have expired already: give a later expires_at.")
    if expires_at is not None and closes_at is not None and expires_at > closes_at:
        raise InvalidOrder("Trading closes before this order expires: give an earlier expires_at.")


def _require_few(standing: Standing, request: Request) -> None:
    resting = sum(
        state.trader_id == request.trader_id and state.ended_at is None
        for state in standing.orders.values()
    )
    if resting >= OPEN_ORDERS_MAX:
        raise TooManyOpenOrders(
            f"You have {OPEN_ORDERS_MAX} orders resting in this market; cancel one first."
        )


_claim = lru_cache(maxsize=CLAIMS_MAX)(make_claim)


def _intent(request: Request, order_id: int, outcome_count: int) -> Intent:
    return Intent(
        order=order_id, trader=request.trader_id, is_buy=request.side == Side.BUY,
        claim=None if request.claim is None else _claim(request.claim, outcome_count),
        target=request.target, budget=request.budget, shares=request.shares,
        limit=request.limit, rests=request.time_in_force in RESTS,
        fill_or_kill=request.time_in_force == TimeInForce.FOK, cost_max=request.cost_max,
        shares_min=request.shares_min,
    )  # fmt: skip
