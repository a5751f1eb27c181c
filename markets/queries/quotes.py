"""What an order would do, without doing it: the same arithmetic that executes orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from markets.core.book import Book
from markets.core.claims import Claim, make_claim
from markets.core.exchange import NotFillable, execute
from markets.core.lmsr import Maker
from markets.core.money import AMOUNT_MAX, MILLS
from markets.core.orders import Execution, Holding, Intent, Resting
from markets.core.pairs import paired
from markets.models import Market, Position, Side, TimeInForce
from markets.queries.orderbook import resting_orders

_UNBOUNDED = 2**62  # a quote says what something costs, whether or not one can pay
_NOBODY = 0
_NEWEST = AMOUNT_MAX
_RESTS = {TimeInForce.GTC.value, TimeInForce.GTD.value}
_RESTING_COLUMNS = ("id", "trader_id", "side", "claim", "limit", "budget", "shares", "cost")


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Amounts in microcredits and microshares; negative cost is what a sale brings in.

    `cost`, `shares` and the prices are those of the part that is traded at once, of which
    `met_shares` are traded with the `met_orders` resting orders in its way. What is left rests, and
    `reserves` credits; a sale reserves its `rests_shares`. Own orders in the way are displaced, and
    `released` is what they reserved. `probabilities_after` has one number per
    outcome. For a stake on more than two outcomes there is no single claim, so the prices of one
    are None and `shares` is its largest holding.
    """

    cost: int
    shares: int
    average_price: float | None
    price_before: float | None
    price_after: float | None
    probabilities_after: tuple[float, ...]
    payout_if_right: int
    redeemed: int
    met_orders: int
    met_shares: int
    displaced_orders: int
    released: int
    is_complete: bool
    rests_shares: int
    reserves: int
    seq: int


def quote_order(
    *,
    market_id: int,
    claim: Sequence[int],
    side: str,
    budget: int | None = None,
    shares: int | None = None,
    limit: Decimal | None = None,
    time_in_force: str = TimeInForce.IOC,
    trader_id: int | None = None,
    now: datetime,
) -> Quote:
    """Return what an order would cost, move and reserve.

    With a trader, what he or she holds and has resting counts. Without one, a sale is quoted as if
    the shares were there to be sold.
    """
    market = Market.objects.get(pk=market_id)
    wanted = make_claim(claim, len(market.shares))
    intent = Intent(
        order=_NEWEST,
        trader=trader_id or _NOBODY,
        is_buy=side == Side.BUY,
        claim=wanted,
        budget=budget,
        shares=shares,
        limit=None if limit is None else int(limit * MILLS),
        rests=time_in_force in _RESTS,
        fill_or_kill=time_in_force == TimeInForce.FOK,
    )
    lent = (wanted, shares or 0) if trader_id is None and not intent.is_buy else None
    return _quote(market, _book(market, trader_id, now, lent=lent), intent)


def quote_stake(
    *,
    question_id: int,
    probabilities: Sequence[float],
    stake: int,
    trader_id: int | None = None,
    now: datetime,
) -> Quote:
    """Return what staking on a forecast would do."""
    market = Market.objects.get(pk=question_id)
    intent = Intent(
        order=_NEWEST, trader=trader_id or _NOBODY, is_buy=True, claim=None,
        target=tuple(probabilities), budget=stake,
    )  # fmt: skip
    return _quote(market, _book(market, trader_id, now), intent)


def _quote(market: Market, book: Book, intent: Intent) -> Quote:
    before = book.maker
    execution = execute(book, intent, available=_UNBOUNDED)
    if not execution.filled and execution.rests is None:
        raise NotFillable("Nothing can be traded here: the price is already there.")
    mine = [fill for fill in execution.fills if fill.order == intent.order]
    met = [fill for fill in mine if fill.counter is not None]
    rests = execution.rests
    return Quote(
        cost=execution.cost,
        shares=execution.filled,
        average_price=_average(execution) if intent.claim else None,
        price_before=_price(before, intent.claim),
        price_after=_price(execution.maker, intent.claim),
        probabilities_after=tuple(execution.maker.prices().tolist()),
        payout_if_right=execution.filled,
        redeemed=sum(fill.redeemed for fill in mine),
        met_orders=len({fill.counter for fill in met}),
        met_shares=sum(fill.filled for fill in met),
        displaced_orders=len(execution.displaced),
        released=sum(book.resting[own].reserved for own in execution.displaced),
        is_complete=execution.is_complete,
        rests_shares=rests.shares_left if rests else 0,
        reserves=rests.reserved if rests else 0,
        seq=market.seq,
    )


def _average(execution: Execution) -> float | None:
    return abs(execution.cost) / execution.filled if execution.filled else None


def _price(maker: Maker, claim: Claim | None) -> float | None:
    return None if claim is None else maker.price(claim)


def _book(
    market: Market,
    trader_id: int | None,
    now: datetime,
    *,
    lent: tuple[Claim, int] | None = None,
) -> Book:
    """What stands in a market, from its rows, and what nobody in particular is lent to sell."""
    orders = resting_orders(market.pk, now=now)
    rows = list(orders.values(*_RESTING_COLUMNS, "filled_shares"))
    traders = {row["trader_id"] for row in rows} | ({trader_id} if trader_id else set())
    positions = Position.objects.filter(market=market, trader_id__in=traders)
    holdings = {
        position.trader_id: Holding(
            shares=np.array(position.shares, dtype=np.int64),
            reserved=np.array(position.reserved_shares, dtype=np.int64),
        )
        for position in positions
    }
    if lent is not None:
        claim, shares = lent
        shares_lent = paired(claim, len(market.shares)).inside * shares
        holdings[_NOBODY] = Holding(shares=shares_lent, reserved=np.zeros_like(shares_lent))
    maker = Maker.of(market.shares, float(market.liquidity), market.prior)
    return Book(maker, [_resting(row) for row in rows], holdings)


def _resting(row: dict[str, Any]) -> Resting:
    budget, shares = row["budget"], row["shares"]
    return Resting(
        id=row["id"], trader=row["trader_id"], is_buy=row["side"] == Side.BUY,
        claim=tuple(row["claim"]), limit=row["limit"],
        budget=None if budget is None else budget - row["cost"],
        shares=None if shares is None else shares - row["filled_shares"],
    )  # fmt: skip
