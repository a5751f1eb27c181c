"""The exchange: one pure function from what stands in a market, and an order, to what happens.

`execute` takes a `Book` (the maker, the resting orders, who holds what) and an `Intent`; it answers
with an `Execution`, or raises a refusal. It reads no clock, touches no row and leaves the book as
it is (`Book.apply` takes an execution over), so that everything that an order can do to a market
can be tested, replayed and argued about without one.

**The walk.** A market has two sources of liquidity: the maker's curve, on which the price moves
with every share, and the limit orders that rest in the book. An incoming order (the *taker*) walks
whichever is better, up to its own limit: the maker moves to the price of the best resting order,
then that order is filled at *its* price, and so on. Resting orders are met in price–time priority,
as in any continuous double auction.

**Complements.** A buy of A meets sells of A, and buys of not-A as well: together the two buyers pay
for one share of every outcome, a *complete set*, which is minted. Two sellers of complements meet
in the same way, and the set is burned. All credits pass through the market's escrow, and each side
of a match has a fill of its own, the taker's first.

**Triggers.** The walk moves the prices of every claim, so resting orders on *other* claims may now
be bettered by the maker. They are executed against it in turn, the oldest of those that stand first
in their queues before the others, until none crosses. Their own pair's book cannot be in their way:
it is never crossed, so the maker reaches their limit first. An order *crosses* where it would trade
at least a `LOT`, or all that is left of it.

An order sets off at most `TRIGGERED_MAX` such fills, and is never refused because of them. If it
comes to so many, some orders may still cross; they wait for the next order in the market, whose
triggers go on with them, even if it moved no price itself. Meanwhile the maker may serve others.

**Rounding** is against the trader on every fill: charges up, proceeds and shares down. A resting
order never pays more than it reserved. What is lost by rounding stays in escrow.

**Redemption.** Whoever holds x shares of every outcome that no resting sell offers holds x complete
sets, each worth one credit; they are redeemed with the fill that completed them, or with a fill of
no shares where a sell that ends sets them free. Buying "no" is therefore how somebody who holds
"yes" gets out, and no credits are locked in a hedge.

**Self-trade.** A trader's own resting order is never a match: when the walk reaches it, it is
cancelled, and what it reserved is there for the taker (`Execution.displaced`). Triggers meet only
the maker, so one's own order on another claim is triggered like anybody's.

Splitting an order does not help against the maker and the book of its own pair. It can help where
orders rest on other claims, for they are triggered between the parts and push the price back.

Sources: R. Hanson, "Logarithmic market scoring rules for modular combinatorial information
aggregation", Journal of Prediction Markets 1 (2007); L. Harris, "Trading and Exchanges" (2003),
chapter 6, on order precedence and pricing rules.
"""

from dataclasses import dataclass

import numpy as np

from markets.core.book import Book
from markets.core.changes import FILLS_MAX, Changes, TooManyFills
from markets.core.claims import Claim
from markets.core.legs import NO_LEG, Leg, leg, leg_of_resting
from markets.core.limits import require_probabilities
from markets.core.lmsr import portfolio_cost, portfolio_towards
from markets.core.money import FLOAT_NOISE, MILLS, charge
from markets.core.orders import (
    LOT,
    Execution,
    Fill,
    Holding,
    Intent,
    InvalidOrder,
    Release,
    Resting,
    WalletChange,
    at_least,
    at_most,
    require_sensible,
)
from markets.core.pairs import PairedClaim
from markets.core.terms import (
    InsufficientCredits,
    InsufficientShares,
    NotFillable,
    Slippage,
    require_as_agreed,
    require_credits,
    require_in_range,
    require_portfolio_in_range,
    require_shares,
)

TRIGGERED_MAX = 100
"""How many fills with the maker one order may set off among the resting orders. They happen in the
market's lock: 100 take 5 ms with bids on nine of ten outcomes, all at the price, and 16 ms with
bids on 150 overlapping ranges of 200 outcomes."""

__all__ = [
    "FILLS_MAX",
    "LOT",
    "TRIGGERED_MAX",
    "Book",
    "Execution",
    "Fill",
    "Holding",
    "InsufficientCredits",
    "InsufficientShares",
    "Intent",
    "InvalidOrder",
    "NotFillable",
    "Release",
    "Resting",
    "Slippage",
    "TooManyFills",
    "WalletChange",
    "execute",
    "require_sensible",
]


@dataclass(slots=True, kw_only=True)
class Taker:
    """An incoming order on its walk: what is left of it, and what it has done.

    `limit` is the worst price of its claim, a float because a stake's is a stated probability.
    """

    order: int
    trader: int
    claim: PairedClaim
    is_buy: bool
    limit: float | None
    budget: int | None
    shares: int | None

    @property
    def wants_more(self) -> bool:
        return bool(self.budget or self.shares)

    def accepts(self, price: int) -> bool:
        """Is a price, in mills, within the limit?"""
        if self.limit is None:
            return True
        return price / MILLS <= self.limit if self.is_buy else price / MILLS >= self.limit

    def shares_at(self, price: int) -> int:
        """How many microshares are left to trade at a price in mills."""
        return self.shares or 0 if self.budget is None else self.budget * MILLS // price

    def take(self, shares: int, cost: int) -> None:
        """Note that a part has been traded."""
        if self.budget is None:
            self.shares = (self.shares or 0) - shares
        else:
            self.budget -= cost


def execute(
    book: Book, intent: Intent, *, available: int, triggered_max: int = TRIGGERED_MAX
) -> Execution:
    """What `intent` does to what stands in `book`; nothing at all may be the answer.

    Args:
        available: microcredits that the trader may spend: the balance that is not reserved.
        triggered_max: how many fills of resting orders with the maker it may set off.

    Raises:
        InvalidOrder, InsufficientCredits, InsufficientShares, Slippage, NotFillable,
        PriceOutOfRange, SharesOutOfRange, InvalidProbabilities, TooManyFills: and then nothing
        has happened.
    """
    require_sensible(intent)
    changes = Changes(book, intent.order)
    if intent.target is not None and book.outcome_count > 2:
        return _stake_on_many(changes, intent, available=available, triggered_max=triggered_max)

    taker = _taker_of(book, intent)
    if not taker.is_buy:
        _offer_all(changes, taker)
    _walk(changes, taker)
    is_complete = not taker.wants_more or (intent.target is not None and changes.filled > 0)
    require_as_agreed(changes, intent, is_complete=is_complete)
    _rest_or_drop(changes, taker, intent)
    require_credits(changes, intent.trader, available=available)
    require_in_range(changes)
    rested = changes.rests is not None
    _trigger(changes, triggered_max)
    return _execution(changes, is_complete=is_complete or (rested and changes.rests is None))


# --- The walk -----------------------------------------------------------------------------------


def _taker_of(book: Book, intent: Intent) -> Taker:
    """The order on its way; a stake on two outcomes buys the one that it thinks too cheap."""
    if intent.target is not None:
        target = require_probabilities(intent.target, book.outcome_count)
        outcome = int(np.argmax(target - book.maker.prices()))
        claim: Claim = (outcome,)
        limit: float | None = float(target[outcome])
    else:
        claim = intent.claim or ()
        limit = None if intent.limit is None else intent.limit / MILLS
    return Taker(
        order=intent.order, trader=intent.trader, claim=book.paired(claim), is_buy=intent.is_buy,
        limit=limit, budget=intent.budget, shares=intent.shares,
    )  # fmt: skip


def _walk(changes: Changes, taker: Taker) -> None:
    """Trade with whichever is better, the maker or the first resting order, up to the limit."""
    claim = taker.claim
    facing_bids = not claim.is_bid(is_buy=taker.is_buy)
    while taker.wants_more:
        met = changes.first(claim.face, is_bid=facing_bids)
        price = None if met is None else claim.on_face(changes.price_on_face(met))
        if price is not None and not taker.accepts(price):
            price = None
        _trade_with_maker(changes, taker, taker.limit if price is None else price / MILLS)
        if met is None or price is None or not taker.wants_more:
            return
        if met.trader == taker.trader:
            changes.displace(met)
        else:
            _match(changes, taker, met, price)


def _trade_with_maker(changes: Changes, taker: Taker, bound: float | None) -> None:
    shares, cost = leg(
        changes.maker, taker.claim, is_buy=taker.is_buy, budget=taker.budget, shares=taker.shares,
        bound=bound,
    )  # fmt: skip
    if shares:
        taker.take(shares, cost)
        changes.trade(
            order=taker.order, counter=None, trader=taker.trader, claim=taker.claim,
            is_buy=taker.is_buy, shares=shares, cost=cost,
        )  # fmt: skip


def _match(changes: Changes, taker: Taker, met: Resting, price: int) -> None:
    """Fill the taker against a resting order at the latter's limit; `price` is the taker's side.

    The taker pays its part rounded up and the other at least its own rounded down, so that of a
    set that is minted no less than its whole worth is paid in; of one that is burned, both parts
    are rounded down, so no more is paid out.
    """
    shares = min(taker.shares_at(price), met.shares_left)
    cost = at_most(shares, price) if taker.is_buy else -at_least(shares, price)
    taker.take(shares, cost)
    changes.trade(
        order=taker.order, counter=met.id, trader=taker.trader, claim=taker.claim,
        is_buy=taker.is_buy, shares=shares, cost=cost,
    )  # fmt: skip
    met_cost = _cost_of_resting(met, shares)
    changes.trade(
        order=met.id, counter=taker.order, trader=met.trader,
        claim=changes.book.paired(met.claim), is_buy=met.is_buy, shares=shares, cost=met_cost,
    )  # fmt: skip
    if met.is_buy == taker.is_buy:
        changes.issue(shares if met.is_buy else -shares)
    changes.reduce(met, shares=shares, cost=met_cost)


def _cost_of_resting(order: Resting, shares: int) -> int:
    """What a resting order pays for `shares` at its limit; out of what it reserved for them."""
    if not order.is_buy:
        return -at_least(shares, order.limit)
    if order.budget is not None:
        return at_most(shares, order.limit)
    left = order.after(shares, 0)
    return order.reserved - (left.reserved if left else 0)


# --- What is left, and what it moved ------------------------------------------------------------


def _offer_all(changes: Changes, taker: Taker) -> None:
    """Set aside what a sale is for, so that nothing else happens to it on the way."""
    wanted = taker.shares or 0
    require_shares(changes, taker.trader, taker.claim, wanted=wanted)
    changes.offer(taker.trader, taker.claim, wanted)


def _rest_or_drop(changes: Changes, taker: Taker, intent: Intent) -> None:
    """Let the rest of an order stand in the book, if it may and is worth it; or let it go."""
    if not taker.wants_more:
        return
    if intent.rests and intent.limit is not None:
        order = Resting(
            id=taker.order, trader=taker.trader, is_buy=taker.is_buy, claim=taker.claim.claim,
            limit=intent.limit, shares=taker.shares, budget=taker.budget,
        )  # fmt: skip
        if order.shares_left >= LOT:
            changes.rest(order)
            return
    if not taker.is_buy:
        changes.take_back(taker.trader, taker.claim, taker.shares or 0)


def _trigger(changes: Changes, triggered_max: int) -> None:
    """Let the maker fill resting orders that it betters, the oldest first, until none crosses.

    Of each side of each pair only the order that comes first is looked at, for the others may not
    pass it. All sides are, whatever the incoming order moved, for an earlier one may have stopped
    short. It comes to an end, because every fill ends an order or is of at least a lot. Two bids
    on disjoint claims may push each other for a while, for longer the nearer their limits add up to
    one: 15 fills where they add up to 0.6, 131 for 0.96, 494 for 0.99 (10 credits for the third
    outcome at a subsidy of 5,000). With bids on nine of ten outcomes, all at their limits, even one
    credit for the tenth takes 3,766. So what is left after `triggered_max` fills has to wait.
    """
    while changes.triggered < triggered_max:
        crossing = _oldest_that_crosses(changes)
        if crossing is None:
            return
        order, (shares, cost) = crossing
        changes.trigger(order, shares=shares, cost=cost)


def _oldest_that_crosses(changes: Changes) -> tuple[Resting, Leg] | None:
    for order in sorted(changes.beaten(), key=lambda each: each.id):
        traded = leg_of_resting(changes.maker, order, changes.book.paired(order.claim))
        if traded != NO_LEG:
            return order, traded
    return None


def _execution(changes: Changes, *, is_complete: bool) -> Execution:
    return Execution(
        fills=tuple(changes.fills),
        maker=changes.maker,
        filled=changes.filled,
        cost=changes.cost,
        is_complete=is_complete,
        rests=changes.rests,
        resting=changes.resting,
        displaced=tuple(changes.displaced),
        holdings=changes.holdings,
        wallets=changes.wallets,
    )


# --- A stake on more than two outcomes ----------------------------------------------------------


def _stake_on_many(
    changes: Changes, intent: Intent, *, available: int, triggered_max: int
) -> Execution:
    """Buy, from the maker, the portfolio that moves all prices towards the stated ones."""
    maker, stake = changes.maker, intent.budget or 0
    before = maker.prices()
    bought = portfolio_towards(before, intent.target or (), stake, maker.liquidity)
    exact = bought.deltas * (1 - FLOAT_NOISE)  # as money.shares_received, for all at once
    deltas = np.maximum(np.floor(exact), 0).astype(np.int64)
    if not deltas.any():
        require_as_agreed(changes, intent, is_complete=False)
        return _execution(changes, is_complete=False)
    cost = min(stake, charge(portfolio_cost(before, deltas.astype(np.float64), maker.liquidity)))
    is_complete = bought.travelled >= 1 or cost >= stake
    changes.trade_portfolio(order=intent.order, trader=intent.trader, deltas=deltas, cost=cost)
    require_as_agreed(changes, intent, is_complete=is_complete)
    require_credits(changes, intent.trader, available=available)
    require_portfolio_in_range(changes)
    _trigger(changes, triggered_max)
    return _execution(changes, is_complete=is_complete)
