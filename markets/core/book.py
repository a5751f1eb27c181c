"""The order book of one market: the maker, the orders that rest beside it, and who holds what.

Orders on the two claims of a pair share one `Ladder` (see `pairs`): bids for the pair's face with
the dearest first, asks with the cheapest first, at one price the oldest first. This is price–time
priority, as on every exchange that matches continuously.

Within a ladder every bid is always below every ask. Nor could an order at the head of its ladder
trade with the maker, unless the last order set off as many fills as one may (see `exchange`); a
cancelled order leaves its place to the next, who then waits likewise. Which heads the maker betters
is found for all ladders at once: their faces are the rows of one matrix, so one product with the
vector of prices gives the price of every face, to compare with the best bid and the best ask.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

import numpy as np

from markets.core.claims import Claim
from markets.core.lmsr import Maker
from markets.core.money import MILLS
from markets.core.orders import Execution, Fill, Holding, Release, Resting, WalletChange
from markets.core.pairs import PairedClaim, paired

Key = tuple[int, int]
"""What a queue is sorted by: (price, dearest bid first, then id)."""

NO_BID, NO_ASK = 0, MILLS
"""Prices, in mills, that the maker never reaches."""


class Ladder:
    """The resting orders on one pair of claims, by their price for its face in mills."""

    __slots__ = ("asks", "bids", "face")

    def __init__(self, face: PairedClaim) -> None:
        self.face = face
        self.bids: list[Key] = []
        self.asks: list[Key] = []

    def queue(self, *, is_bid: bool) -> list[Key]:
        """The keys of one side, the first to be filled first; the id comes last in each."""
        return self.bids if is_bid else self.asks

    @property
    def best_bid(self) -> int:
        return -self.bids[0][0] if self.bids else NO_BID

    @property
    def best_ask(self) -> int:
        return self.asks[0][0] if self.asks else NO_ASK


class Book:
    """What stands in one market. Only `apply` and `cancel` change it.

    Args:
        resting: the open orders, in any order.
        holdings: by trader; whoever is not named holds nothing.
    """

    def __init__(
        self,
        maker: Maker,
        resting: Iterable[Resting] = (),
        holdings: Mapping[int, Holding] | None = None,
    ) -> None:
        self.maker = maker
        self.outcome_count = len(maker.shares)
        self._holdings = dict(holdings or {})
        self._nothing = np.zeros(self.outcome_count, dtype=np.int64)
        self._resting: dict[int, Resting] = {}
        self._ladders: dict[Claim, Ladder] = {}
        self._heads = Heads(self.outcome_count)
        for order in resting:
            ladder, queue, key = self._place_of(order)
            queue.append(key)
            self._resting[order.id] = order
        for ladder in self._ladders.values():
            ladder.bids.sort()
            ladder.asks.sort()
            self._heads.update(ladder)

    # --- Reading --------------------------------------------------------------------------------

    @property
    def resting(self) -> Mapping[int, Resting]:
        """The orders in the book, by id."""
        return self._resting

    def holding(self, trader: int) -> Holding:
        """What a trader holds, which may be nothing."""
        found = self._holdings.get(trader)
        return found or Holding(shares=self._nothing, reserved=self._nothing)

    def paired(self, claim: Claim) -> PairedClaim:
        """A claim on this market's outcomes, with its place in its pair."""
        return paired(claim, self.outcome_count)

    def order_at(self, place: int, face: Claim, *, is_bid: bool) -> Resting | None:
        """The order at a place (0 is the first to be filled) on one side of a pair, if any."""
        ladder = self._ladders.get(face)
        queue = ladder.queue(is_bid=is_bid) if ladder else ()
        return self._resting[queue[place][1]] if place < len(queue) else None

    def beaten(self, maker: Maker) -> list[tuple[Claim, bool]]:
        """The sides (face, is_bid) whose best price `maker` would better, by however little."""
        return self._heads.beaten(maker)

    # --- Writing --------------------------------------------------------------------------------

    def apply(self, execution: Execution) -> None:
        """Take over what `execute` worked out against this very book."""
        self.maker = execution.maker
        self._holdings.update(execution.holdings)
        for order_id, left in execution.resting.items():
            if left is None:
                self._remove(order_id)
            else:
                self._resting[order_id] = left
        if execution.rests is not None:
            self._add(execution.rests)

    def cancel(self, order_id: int) -> Release:
        """End a resting order, and return what that gives back; raises `KeyError`."""
        order = self._resting[order_id]
        release = release_of(order, self.holding(order.trader), self.maker)
        self._remove(order_id)
        self._holdings[order.trader] = release.holding
        self.maker = release.maker
        return release

    def _add(self, order: Resting) -> None:
        ladder, queue, key = self._place_of(order)
        insort(queue, key)
        self._resting[order.id] = order
        self._heads.update(ladder)

    def _remove(self, order_id: int) -> None:
        ladder, queue, key = self._place_of(self._resting.pop(order_id))
        del queue[bisect_left(queue, key)]
        self._heads.update(ladder)
        if not ladder.bids and not ladder.asks:
            del self._ladders[ladder.face.claim]
            self._heads.remove(ladder)

    def _place_of(self, order: Resting) -> tuple[Ladder, list[Key], Key]:
        """(ladder, queue, key) of an order; a ladder that nobody needed before is set up."""
        claim = self.paired(order.claim)
        ladder = self._ladders.get(claim.face)
        if ladder is None:
            ladder = self._ladders[claim.face] = Ladder(self.paired(claim.face))
            self._heads.add(ladder)
        is_bid, price = claim.is_bid(is_buy=order.is_buy), claim.on_face(order.limit)
        return ladder, ladder.queue(is_bid=is_bid), (-price if is_bid else price, order.id)


class Heads:
    """The best prices of all ladders side by side, to be compared with the maker's at once."""

    def __init__(self, outcome_count: int) -> None:
        self._faces: list[Claim] = []
        self._rows: dict[Claim, int] = {}
        self._weights = np.zeros((4, outcome_count))
        self._bids = np.zeros(4)
        self._asks = np.zeros(4)

    def add(self, ladder: Ladder) -> None:
        row = len(self._faces)
        if row == len(self._bids):  # twice the room, so that a book of many pairs grows seldom
            self._weights = np.concatenate([self._weights, np.zeros_like(self._weights)])
            self._bids, self._asks = (
                np.concatenate([each, np.zeros_like(each)]) for each in (self._bids, self._asks)
            )
        self._faces.append(ladder.face.claim)
        self._rows[ladder.face.claim] = row
        self._weights[row] = ladder.face.weights

    def update(self, ladder: Ladder) -> None:
        row = self._rows[ladder.face.claim]
        self._bids[row], self._asks[row] = ladder.best_bid / MILLS, ladder.best_ask / MILLS

    def remove(self, ladder: Ladder) -> None:
        """Forget a ladder; the last row takes its place."""
        row, last = self._rows.pop(ladder.face.claim), self._faces.pop()
        if last != ladder.face.claim:
            end = len(self._faces)
            self._faces[row], self._rows[last] = last, row
            for each in (self._weights, self._bids, self._asks):
                each[row] = each[end]

    def beaten(self, maker: Maker) -> list[tuple[Claim, bool]]:
        count = len(self._faces)
        if count < 2:  # always so in a market of two outcomes, and a fraction of the time
            return self._beaten_of_one(maker) if count else []
        prices = self._weights[:count] @ maker.prices()
        beats_bid, beats_ask = prices < self._bids[:count], prices > self._asks[:count]
        if not (beats_bid.any() or beats_ask.any()):
            return []
        return [(self._faces[row], True) for row in np.flatnonzero(beats_bid)] + [
            (self._faces[row], False) for row in np.flatnonzero(beats_ask)
        ]

    def _beaten_of_one(self, maker: Maker) -> list[tuple[Claim, bool]]:
        price = self._weights[0].dot(maker.prices())
        if price < self._bids[0]:
            return [(self._faces[0], True)]
        return [(self._faces[0], False)] if price > self._asks[0] else []


def release_of(order: Resting, holding: Holding, maker: Maker) -> Release:
    """What ending a resting order gives back to its trader, who has `holding`."""
    if order.is_buy:
        wallet = WalletChange(reserved=-order.reserved)
        return Release(order=order, wallet=wallet, holding=holding, maker=maker, fill=None)
    claim = paired(order.claim, len(maker.shares))
    freed = offering(holding, claim, -order.shares_left)
    redeemed, left = redeem(freed)
    after = maker.issue(-redeemed)
    fill = redemption(order.id, order.trader, claim, redeemed, after) if redeemed else None
    return Release(
        order=order, wallet=WalletChange(balance=redeemed), holding=left, maker=after, fill=fill
    )


def offering(holding: Holding, claim: PairedClaim, shares: int) -> Holding:
    """The holding once `shares` more of the claim are offered for sale (negative: fewer)."""
    return Holding(shares=holding.shares, reserved=holding.reserved + claim.inside * shares)


def redeem(holding: Holding) -> tuple[int, Holding]:
    """(complete sets among the free shares, what is left when they are paid out)."""
    sets: int = min(holding.free.tolist())
    if sets <= 0:
        return 0, holding
    return sets, Holding(shares=holding.shares - sets, reserved=holding.reserved)


def redemption(order_id: int, trader: int, claim: PairedClaim, redeemed: int, maker: Maker) -> Fill:
    """The fill of no shares that says that complete sets became free and were paid out."""
    price = claim.price(maker.prices())
    return Fill(
        order=order_id, counter=None, trader=trader, claim=claim.claim, filled=0,
        shares=np.zeros_like(claim.inside), redeemed=redeemed, cost=0, price_before=price,
        price_after=price, probabilities=maker.prices(),
    )  # fmt: skip
