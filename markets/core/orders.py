"""What traders ask for and what comes of it: the values that go into `exchange` and come out.

All amounts are whole: shares in microshares, money in microcredits, the limits of orders in mills.
Vectors have one element per outcome, shape (n,). No value ever changes; whoever needs another one
makes another one, always by keywords. They are named tuples, because an order makes a dozen of them
inside its market's lock, and a frozen dataclass takes three times as long. Only those without
vectors may be compared: `==` on vectors has no single answer, and numpy raises.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from markets.core.claims import Claim
from markets.core.errors import MarketError
from markets.core.limits import PRICE_MAX, PRICE_MIN, Vector
from markets.core.lmsr import Maker
from markets.core.money import MILLS

ShareVector = NDArray[np.int64]

LOT = 1_000
"""The least number of microshares for which an order crosses another price, unless it is all that
is left of the order. Without it two orders on different claims could push each other for ever, each
time by less. With limits in mills, a lot at its limit is also a whole number of microcredits."""


class InvalidOrder(MarketError):
    code = "invalid_order"


class Intent(NamedTuple):
    """What is asked for: to buy or sell a claim, or to move the prices towards a forecast.

    Exactly one of `shares` and `budget`. With `target` (probabilities, one per outcome) the budget
    is a stake and `claim` is None. What cannot be traded at once is dropped, or stays in the book
    if it `rests`; with `fill_or_kill` the order is refused instead. `cost_max` and `shares_min`
    bound the part that is traded at once. `order` is the id; ids grow with time, and so they are
    the time priority.
    """

    order: int
    trader: int
    is_buy: bool
    claim: Claim | None
    target: tuple[float, ...] | None = None
    budget: int | None = None
    shares: int | None = None
    limit: int | None = None
    rests: bool = False
    fill_or_kill: bool = False
    cost_max: int | None = None
    shares_min: int | None = None


class Resting(NamedTuple):
    """An order that stands in the book; `shares` or `budget` is what is left of it."""

    id: int
    trader: int
    is_buy: bool
    claim: Claim
    limit: int
    shares: int | None = None
    budget: int | None = None

    @property
    def reserved(self) -> int:
        """Microcredits held back in the trader's wallet; a sell holds back shares instead.

        >>> buy = Resting(id=1, trader=1, is_buy=True, claim=(0,), limit=333, shares=10)
        >>> buy.reserved  # 3.33, rounded up
        4
        """
        if not self.is_buy:
            return 0
        return self.budget if self.budget is not None else at_most(self.shares or 0, self.limit)

    @property
    def shares_left(self) -> int:
        """How many microshares it can still trade at its own limit."""
        if self.budget is not None:
            return self.budget * MILLS // self.limit
        return self.shares or 0

    def after(self, shares: int, cost: int) -> "Resting | None":
        """What is left of it once it has traded `shares` for `cost`; None where nothing is."""
        left_shares = None if self.shares is None else self.shares - shares
        left_budget = None if self.budget is None else self.budget - cost
        if not left_shares and not left_budget:
            return None
        return Resting(
            id=self.id, trader=self.trader, is_buy=self.is_buy, claim=self.claim,
            limit=self.limit, shares=left_shares, budget=left_budget,
        )  # fmt: skip


class Holding(NamedTuple):
    """What one trader holds in one market, and how much of it resting sells offer."""

    shares: ShareVector
    reserved: ShareVector

    @property
    def free(self) -> ShareVector:
        """What may be sold or redeemed."""
        return np.subtract(self.shares, self.reserved)


class Fill(NamedTuple):
    """One execution of one order, against the maker or against the order `counter`.

    `filled` microshares of the claim change hands: `shares` per outcome, negative in a sale, for
    `cost` microcredits, negative where the trader receives. `redeemed` complete sets are then paid
    out. Of a portfolio, which has no claim, `filled` is the largest number and there is no price.
    """

    order: int
    counter: int | None
    trader: int
    claim: Claim | None
    filled: int
    shares: ShareVector
    redeemed: int
    cost: int
    price_before: float | None
    price_after: float | None
    probabilities: Vector


class WalletChange(NamedTuple):
    """By how much a wallet's balance, and the part of it that is reserved, grow."""

    balance: int = 0
    reserved: int = 0


class Execution(NamedTuple):
    """What one order does: to itself, to the maker, and to the orders that it met or moved.

    `filled`, `cost` and `is_complete` speak of the order itself; `rests` is what is left of it in
    the book. `resting` holds the other orders that changed (None: gone), of which `displaced` were
    the trader's own and stood in the way. `holdings` are those after, `wallets` the changes.
    """

    fills: tuple[Fill, ...]
    maker: Maker
    filled: int
    cost: int
    is_complete: bool
    rests: Resting | None
    resting: Mapping[int, Resting | None]
    displaced: tuple[int, ...]
    holdings: Mapping[int, Holding]
    wallets: Mapping[int, WalletChange]


class Release(NamedTuple):
    """What ending a resting order gives back.

    Shares that it offered may complete sets, which are redeemed: then there is a `fill` of no
    shares that says so.
    """

    order: Resting
    wallet: WalletChange
    holding: Holding
    maker: Maker
    fill: Fill | None


def at_most(shares: int, limit: int) -> int:
    """The microcredits that `shares` cost at `limit` mills, rounded up: what a buyer pays."""
    return -(-shares * limit // MILLS)


def at_least(shares: int, limit: int) -> int:
    """The microcredits that `shares` bring in at `limit` mills, rounded down: a seller's part."""
    return shares * limit // MILLS


def require_sensible(intent: Intent) -> None:
    """Refuse contradictory orders before anything is priced; raises `InvalidOrder`."""
    amount = intent.shares if intent.budget is None else intent.budget
    if amount is None or (intent.budget is not None and intent.shares is not None):
        raise InvalidOrder("Give either a budget or a number of shares, and not both.")
    if amount <= 0:
        raise InvalidOrder("The amount must be more than zero.")
    if not intent.is_buy and intent.budget is not None:
        raise InvalidOrder("To sell, say how many shares; a budget is for buying.")
    if intent.limit is not None and not 0 < intent.limit < MILLS:
        raise InvalidOrder(f"A limit lies between {PRICE_MIN} and {PRICE_MAX}.")
    if (intent.claim is None) == (intent.target is None):
        raise InvalidOrder("Name the claim to trade.")
    if intent.target is not None and (intent.shares is not None or intent.limit is not None):
        raise InvalidOrder("A stake on a forecast is a budget, and has no limit.")
    if intent.rests:
        _require_able_to_rest(intent)


def _require_able_to_rest(intent: Intent) -> None:
    if intent.claim is None or intent.limit is None:
        raise InvalidOrder("An order that rests needs a claim and a limit.")
    if intent.fill_or_kill:
        raise InvalidOrder("An order that is filled at once or not at all cannot rest.")
