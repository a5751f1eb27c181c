"""A market rebuilt from its history: from the opening, through every fill, to where it stands.

`Replay` takes fills and added liquidity in the order in which they happened and works out anew what
the market must then look like. It trusts nothing but the history itself: prices come from the
maker's formulas, holdings and flows from the fills. What a row claims beside that (the odds after a
fill, the price of its claim, the liquidity after a change) is compared as it goes by, and `report`
is told of every difference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np

from markets.core.claims import Claim
from markets.core.limits import Vector
from markets.core.liquidity import maker_with, opening_maker
from markets.core.orders import ShareVector
from markets.core.pairs import paired

PROBABILITY_TOLERANCE = 1e-12
"""Replayed on the same machine, floats agree to the last bit; on another one exp may round
differently in its last digit."""


@dataclass(frozen=True, slots=True, eq=False)
class PastFill:
    """One fill as its row tells it."""

    seq: int
    order: int
    counter: int | None
    trader: int
    claim: Claim | None
    shares: ShareVector
    redeemed: int
    cost: int
    price_before: float | None
    price_after: float | None
    probabilities: Vector
    filled_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class PastLiquidity:
    """Liquidity that was added after the fill `seq`, as its row tells it."""

    seq: int
    subsidy: int
    liquidity: int
    prior: Vector


@dataclass(slots=True, eq=False)
class Rebuilt:
    """One trader's holding and flows, rebuilt."""

    shares: ShareVector
    spent: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the history and a row disagree: `seq` is that of the fill, or None at the end."""

    seq: int | None
    what: str
    replayed: str
    stored: str


Report: TypeAlias = Callable[[Difference], None]


class Replay:
    """A market as its history makes it so far.

    Args:
        report: is called with every difference, in the order of the history.
    """

    def __init__(self, *, subsidy: int, prior: Vector, report: Report) -> None:
        self.maker = opening_maker(subsidy, prior)
        self.seq = 0
        self.volume = 0
        self.subsidy = subsidy
        self.last_fill_at: datetime | None = None
        self.positions: dict[int, Rebuilt] = {}
        self._report = report
        self._open_side: PastFill | None = None

    def take(self, fill: PastFill) -> None:
        """Take in the next fill. The first side of a match waits for the second one."""
        self._follow(fill)
        if self._open_side is not None:
            first, self._open_side = self._open_side, None
            if fill.counter == first.order and fill.order == first.counter:
                self._take_match(first, fill)
                return
            self._differ(first.seq, "match", "a second side", "none")
        if fill.counter is not None:
            self._open_side = fill
            return
        self._take_trade(fill)

    def add_liquidity(self, change: PastLiquidity) -> None:
        """Take in liquidity that was added here; no price moves."""
        self.maker = maker_with(self.maker, change.subsidy)
        self.subsidy += change.subsidy
        if self.maker.liquidity != change.liquidity:
            self._differ(self.seq, "liquidity added", self.maker.liquidity, change.liquidity)
        if differs(self.maker.prior, change.prior):
            self._differ(self.seq, "prior", self.maker.prior.tolist(), change.prior.tolist())

    def finish(self) -> None:
        """Say that no more fills come."""
        if self._open_side is not None:
            self._differ(self._open_side.seq, "match", "a second side", "none")

    def _follow(self, fill: PastFill) -> None:
        """Note who traded what for how much, and that it came in its turn."""
        self.seq += 1
        if fill.seq != self.seq:
            self._differ(fill.seq, "seq", self.seq, fill.seq)
            self.seq = fill.seq
        if self.last_fill_at is not None and fill.filled_at < self.last_fill_at:
            self._differ(fill.seq, "instant", f"from {self.last_fill_at}", fill.filled_at)
        self.last_fill_at = fill.filled_at
        held = self.positions.get(fill.trader)
        if held is None:
            held = self.positions[fill.trader] = Rebuilt(np.zeros_like(fill.shares))
        held.shares += fill.shares - fill.redeemed
        held.spent += max(0, fill.cost)
        held.received += max(0, -fill.cost) + fill.redeemed

    def _take_trade(self, fill: PastFill) -> None:
        """A fill against the maker, who moves, or one that only redeems complete sets."""
        self.volume += abs(fill.cost)
        before = self.maker.prices()
        self.maker = self.maker.trade(fill.shares).issue(-fill.redeemed)
        self._compare(fill, before)

    def _take_match(self, first: PastFill, second: PastFill) -> None:
        """Both sides of a match: the maker stands by, but complete sets may come and go."""
        self.volume += abs(first.cost)
        together = first.shares + second.shares
        sets = int(together[0])
        if (together != sets).any():
            self._differ(second.seq, "match", "sides that cancel or make sets", together.tolist())
        self.maker = self.maker.issue(sets - first.redeemed - second.redeemed)
        self._compare(first, self.maker.prices())
        self._compare(second, self.maker.prices())

    def _compare(self, fill: PastFill, before: Vector) -> None:
        """Compare what the fill says of the prices with what they were and are."""
        after = self.maker.prices()
        if differs(after, fill.probabilities):
            self._differ(fill.seq, "probabilities", after.tolist(), fill.probabilities.tolist())
        if fill.claim is None:
            return
        claim = paired(fill.claim, len(after))
        for what, prices, stored in (
            ("price before", before, fill.price_before),
            ("price after", after, fill.price_after),
        ):
            price = claim.price(prices)
            if stored is None or not abs(price - stored) <= PROBABILITY_TOLERANCE:
                self._differ(fill.seq, what, price, stored)

    def _differ(self, seq: int, what: str, replayed: object, stored: object) -> None:
        self._report(Difference(seq, what, str(replayed), str(stored)))


def differs(replayed: Vector, stored: Vector) -> bool:
    """Are these other probabilities? A NaN always differs."""
    return not (np.abs(replayed - stored) <= PROBABILITY_TOLERANCE).all()
