"""A market with its escrow and its traders' wallets: the books that the services keep around it.

Every step is checked: `World.require_sound` says what must hold after each.
"""

from collections import Counter

import numpy as np

from markets.core.exchange import TRIGGERED_MAX, Book, Execution, Intent, execute
from markets.core.lmsr import Maker, liquidity_for_subsidy
from markets.core.money import MICRO

ALICE, BOB, CHARLIE, ERIN = TRADERS = (1, 2, 3, 4)
SUBSIDY = 500 * MICRO
GRANT = 1_000 * MICRO


class World:
    """A book, what is in the escrow, and what each wallet holds and has reserved."""

    def __init__(
        self, prior=(0.5, 0.5), *, subsidy=SUBSIDY, balance=GRANT, triggered_max=TRIGGERED_MAX
    ):
        prior = tuple(prior)
        liquidity = int(liquidity_for_subsidy(subsidy, prior))
        self.book = Book(Maker((0,) * len(prior), liquidity, prior))
        self.triggered_max = triggered_max
        self.escrow = subsidy
        self.balance = dict.fromkeys(TRADERS, balance)
        self.reserved = dict.fromkeys(TRADERS, 0)
        self.total = self.escrow + sum(self.balance.values())
        self.placed = 0
        self.fills = []
        self.seen = Counter()

    # --- Orders ---------------------------------------------------------------------------------

    def buy(self, trader, claim, **terms) -> Execution:
        return self.place(trader, is_buy=True, claim=claim, **terms)

    def sell(self, trader, claim, shares, **terms) -> Execution:
        return self.place(trader, is_buy=False, claim=claim, shares=shares, **terms)

    def stake(self, trader, target, budget, **terms) -> Execution:
        return self.place(
            trader, is_buy=True, claim=None, target=tuple(target), budget=budget, **terms
        )

    def place(self, trader, **terms) -> Execution:
        return self.submit(self.intent(trader, **terms))

    def intent(self, trader, **terms) -> Intent:
        return Intent(order=self.placed + 1, trader=trader, **terms)

    def submit(self, intent) -> Execution:
        execution = self.execute(intent)
        self.placed = intent.order
        self.book.apply(execution)
        for trader, change in execution.wallets.items():
            self._change(trader, change)
        self.fills.extend(execution.fills)
        self.escrow += sum(fill.cost - fill.redeemed for fill in execution.fills)
        self._count(intent, execution)
        return execution

    def execute(self, intent) -> Execution:
        return execute(
            self.book, intent, available=self.available(intent.trader),
            triggered_max=self.triggered_max,
        )  # fmt: skip

    def cancel(self, order_id):
        release = self.book.cancel(order_id)
        self._change(release.order.trader, release.wallet)
        if release.fill is not None:
            self.fills.append(release.fill)
            self.escrow -= release.fill.redeemed
        return release

    def _change(self, trader, change):
        self.balance[trader] += change.balance
        self.reserved[trader] += change.reserved

    def _count(self, intent, execution):
        self.seen["rests"] += execution.rests is not None
        self.seen["displaced"] += len(execution.displaced)
        for fill in execution.fills:
            if fill.counter is not None:
                self.seen["matched"] += 1
            elif fill.order != intent.order and fill.filled:
                self.seen["triggered"] += 1

    # --- What can be seen -----------------------------------------------------------------------

    def available(self, trader):
        return self.balance[trader] - self.reserved[trader]

    def held(self, trader):
        return self.book.holding(trader).shares.tolist()

    def free(self, trader):
        return self.book.holding(trader).free.tolist()

    def price(self, claim=(0,)):
        return self.book.maker.price(claim)

    def snapshot(self):
        """Everything that a refusal must leave alone."""
        return (
            dict(self.book.resting), self.book.maker.shares.tolist(), dict(self.balance),
            dict(self.reserved), self.escrow, [self.held(trader) for trader in TRADERS],
        )  # fmt: skip

    # --- What must hold -------------------------------------------------------------------------

    def require_sound(self):
        maker, resting = self.book.maker, list(self.book.resting.values())
        assert self.escrow + sum(self.balance.values()) == self.total
        held = np.array([self.held(trader) for trader in TRADERS])
        assert (held.sum(axis=0) == maker.shares).all()
        assert self.escrow >= int(maker.shares.max()), "the maker can pay whatever comes true"
        for trader in TRADERS:
            own = [order for order in resting if order.trader == trader]
            assert self.reserved[trader] == sum(order.reserved for order in own)
            assert 0 <= self.reserved[trader] <= self.balance[trader]
            offered = np.zeros(len(maker.shares), dtype=np.int64)
            for order in own:
                if not order.is_buy:
                    offered[list(order.claim)] += order.shares
            assert (self.book.holding(trader).reserved == offered).all()
            assert min(self.held(trader)) >= 0
            assert min(self.free(trader)) == 0, "no complete set is left to redeem"
