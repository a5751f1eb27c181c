"""What the property tests draw from: the ranges that the market promises to be exact in."""

from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from markets.core.errors import MarketError
from markets.core.exchange import Intent
from markets.core.lmsr import shares_to_price
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, World

CREDIT = 1_000_000

property_test = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)

liquidities = st.one_of(
    st.sampled_from([1e6, 1e8, 1e12, 1e15]),
    st.floats(6, 15).map(lambda exponent: 10.0**exponent),
)
"""One credit to a thousand million credits, in microcredits, evenly by order of magnitude."""

claim_prices = st.one_of(st.sampled_from([0.001, 0.5, 0.999]), st.floats(0.001, 0.999))


def distributions(outcome_count: int, least: float = 0.001):
    """Probabilities of n outcomes, each at least `least`."""
    parts = st.lists(st.integers(0, 10**6), min_size=outcome_count, max_size=outcome_count)

    def fill(values: list[int]) -> list[float]:
        room, total = 1 - outcome_count * least, sum(values)
        if total == 0:
            return [1 / outcome_count] * outcome_count
        return [least + room * value / total for value in values]

    return parts.map(fill)


@st.composite
def trades(draw, shares_max: int = 1_000_000 * CREDIT):
    """(price, microshares, liquidity) with price and price after in range; negative is a sale."""
    price, liquidity = draw(claim_prices), draw(liquidities)
    allowed = shares_to_price(price, draw(claim_prices), liquidity)
    size = min(abs(allowed), shares_max)
    shares = int(size * draw(st.one_of(st.just(1.0), st.floats(-12, 0).map(lambda e: 10.0**e))))
    return price, (shares if allowed > 0 else -shares), liquidity


@dataclass(frozen=True)
class Plan:
    """One step of a stream, in terms that make sense whatever the market has come to.

    `claim` counts through the claims, `size` is microcredits, microshares or, of a sale, millionths
    of what is free; `offset` is how many mills the limit lies above the price.
    """

    kind: str
    trader: int
    claim: int
    size: int
    offset: int | None
    rests: bool
    fill_or_kill: bool

    def intent(self, world: World) -> Intent | None:
        """The order in `world`; None where there is nothing to sell."""
        outcome_count = world.book.outcome_count
        claim = tuple(
            outcome for outcome in range(outcome_count) if self._mask(outcome_count) >> outcome & 1
        )
        limit, amount = None, self.size
        if self.offset is not None:
            limit = min(999, max(1, round(world.price(claim) * 1000) + self.offset))
        if self.kind == "sell":
            amount = min(world.free(self.trader)[outcome] for outcome in claim)
            amount = amount * self.size // 10**8
            if not amount:
                return None
        return world.intent(
            self.trader, is_buy=self.kind != "sell", claim=claim, limit=limit,
            rests=self.rests and limit is not None,
            fill_or_kill=self.fill_or_kill and not self.rests,
            **{"budget" if self.kind == "budget" else "shares": amount},
        )  # fmt: skip

    def _mask(self, outcome_count: int) -> int:
        return 1 + self.claim % (2**outcome_count - 2)


plans = st.builds(
    Plan,
    kind=st.sampled_from(["budget", "shares", "shares", "sell", "cancel"]),
    trader=st.sampled_from([ALICE, BOB, CHARLIE]),
    claim=st.integers(0, 13),
    size=st.one_of(st.integers(1, 3_000), st.integers(1, 10**8), st.integers(10**6, 10**8)),
    offset=st.none() | st.integers(-60, 60),
    rests=st.sampled_from([True, True, True, False]),
    fill_or_kill=st.sampled_from([False, False, False, True]),
)

streams = st.lists(plans, max_size=30) | st.lists(plans, min_size=20, max_size=40)
"""Short ones, to which failures shrink, and long ones, in which markets become crowded."""


def large_buys(offsets, *, rests: bool):
    return st.builds(
        Plan,
        kind=st.sampled_from(["budget", "shares"]),
        trader=st.sampled_from([ALICE, BOB, CHARLIE]),
        claim=st.integers(0, 13),
        size=st.integers(10**7, 10**8),
        offset=offsets,
        rests=st.just(rests),
        fill_or_kill=st.just(False),
    )


crowded_streams = st.tuples(
    st.lists(large_buys(st.integers(-8, -1), rests=True), min_size=5, max_size=8),
    st.lists(plans | large_buys(st.integers(1, 60), rests=False), min_size=4, max_size=12),
).map(lambda both: [*both[0], *both[1]])
"""Bids next to the price of many claims, then orders that set them off."""


@st.composite
def priors(draw, outcomes_min: int = 2, outcomes_max: int = 4):
    parts = draw(st.lists(st.integers(1, 20), min_size=outcomes_min, max_size=outcomes_max))
    return tuple(part / sum(parts) for part in parts)


def step(world: World, plan: Plan):
    """Do what is planned, if the market takes it; what came of it, or the refusal."""
    if plan.kind == "cancel":
        own = [order.id for order in world.book.resting.values()]
        return world.cancel(own[plan.claim % len(own)]) if own else None
    intent = plan.intent(world)
    if intent is None:
        return None
    try:
        return world.submit(intent)
    except MarketError as refusal:
        return refusal
