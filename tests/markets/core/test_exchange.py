"""What one order can do to a maker, on random streams of orders."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.core.errors import MarketError
from markets.core.exchange import Execution, Intent, execute
from markets.core.lmsr import Maker, liquidity_for_subsidy
from markets.core.money import MICRO

PLENTY = 10**15


@dataclass
class World:
    """A maker with its escrow and the holdings of its traders: the books around `execute`."""

    maker: Maker
    escrow: int
    held: list[list[int]] = field(default_factory=list)
    balance: list[int] = field(default_factory=list)

    def submit(self, trader: int, intent: Intent) -> Execution | None:
        execution = execute(
            self.maker, intent, held=self.held[trader], available=self.balance[trader]
        )
        if execution is None:
            return None
        self.held[trader] = [
            have + delta - execution.redeemed
            for have, delta in zip(self.held[trader], execution.deltas, strict=True)
        ]
        self.balance[trader] += execution.redeemed - execution.cost
        self.escrow += execution.cost - execution.redeemed
        self.maker = execution.maker
        return execution


def world_of(prior, subsidy=500 * MICRO, *, traders=3, balance=1_000 * MICRO):
    maker = Maker((0,) * len(prior), float(int(liquidity_for_subsidy(subsidy, prior))), prior)
    nothing = [[0] * len(prior) for _ in range(traders)]
    return World(maker, subsidy, nothing, [balance] * traders)


def buy(claim, **amounts):
    return Intent(is_buy=True, claim=claim, **amounts)


def sell(claim, shares, **guards):
    return Intent(is_buy=False, claim=claim, shares=shares, **guards)


@st.composite
def priors(draw):
    parts = draw(st.lists(st.integers(1, 50), min_size=2, max_size=6))
    return tuple(part / sum(parts) for part in parts)


def claims(outcome_count):
    return (
        st.sets(st.integers(0, outcome_count - 1), min_size=1, max_size=outcome_count - 1)
        .map(sorted)
        .map(tuple)
    )


@st.composite
def intents(draw, outcome_count):
    kind = draw(st.sampled_from(["budget", "shares", "sell", "stake"]))
    amount = draw(st.integers(1, 300 * MICRO))
    limit = draw(st.none() | st.integers(1, 999).map(lambda thousandths: thousandths / 1000))
    if kind == "stake":
        parts = draw(st.lists(st.integers(1, 50), min_size=outcome_count, max_size=outcome_count))
        target = tuple(part / sum(parts) for part in parts)
        return Intent(is_buy=True, claim=None, target=target, budget=amount)
    claim = draw(claims(outcome_count))
    if kind == "sell":
        return sell(claim, amount, limit=limit)
    return buy(claim, limit=limit, **{kind: amount})


@st.composite
def streams(draw):
    prior = draw(priors())
    orders = st.tuples(st.integers(0, 2), intents(len(prior)))
    return prior, draw(st.lists(orders, min_size=1, max_size=25))


@given(streams())
@settings(deadline=None)
def test_whatever_happens_credits_and_shares_are_conserved_and_the_maker_can_pay(stream):
    prior, orders = stream
    world = world_of(prior)
    total = world.escrow + sum(world.balance)

    for trader, intent in orders:
        try:
            world.submit(trader, intent)
        except MarketError:
            continue

        assert world.escrow + sum(world.balance) == total
        assert min(world.balance) >= 0
        assert min(min(held) for held in world.held) >= 0
        sold = [sum(held[outcome] for held in world.held) for outcome in range(len(prior))]
        assert list(world.maker.shares) == sold
        assert world.escrow >= max(sold)
        assert min(min(held) for held in world.held) == 0


@given(priors().flatmap(lambda prior: st.tuples(st.just(prior), claims(len(prior)))),
       st.integers(1, 400 * MICRO))  # fmt: skip
@settings(deadline=None)
def test_buying_and_selling_back_never_profits(prior_and_claim, budget):
    prior, claim = prior_and_claim
    world = world_of(prior)
    try:
        bought = world.submit(0, buy(claim, budget=budget))
    except MarketError:
        return

    world.submit(0, sell(claim, bought.filled))

    assert world.balance[0] <= 1_000 * MICRO
    assert world.held[0] == [0] * len(prior)


@given(st.integers(2, 200 * MICRO), st.floats(0.05, 0.95))
@settings(deadline=None)
def test_splitting_an_order_never_helps(budget, share):
    whole, split = world_of((0.3, 0.7)), world_of((0.3, 0.7))
    first = max(1, int(budget * share))

    try:
        whole.submit(0, buy((0,), budget=budget))
        split.submit(0, buy((0,), budget=first))
        split.submit(0, buy((0,), budget=budget - first))
    except MarketError:
        return

    assert split.held[0][0] <= whole.held[0][0]


@given(st.integers(1, 900 * MICRO), st.integers(2, 998))
@settings(deadline=None)
def test_a_limit_is_never_passed(budget, thousandths):
    world = world_of((0.5, 0.5))
    limit = thousandths / 1000

    execution = world.submit(0, buy((0,), budget=budget, limit=limit))

    if execution is None:
        assert limit <= 0.5 + 1e-6
    else:
        assert execution.price_after <= limit + 1e-9
        assert execution.cost <= execution.filled * limit + 1


def test_a_stake_on_two_outcomes_is_a_buy_of_the_cheaper_one():
    staked, bought = world_of((0.5, 0.5)), world_of((0.5, 0.5))

    staked.submit(0, Intent(is_buy=True, claim=None, target=(0.8, 0.2), budget=20 * MICRO))
    bought.submit(0, buy((0,), budget=20 * MICRO))

    assert abs(staked.held[0][0] - bought.held[0][0]) <= 1
    assert staked.held[0][1] == bought.held[0][1] == 0


def test_a_stake_stops_where_the_prices_are_what_was_stated():
    world = world_of((0.5, 0.3, 0.2))

    execution = world.submit(
        0, Intent(is_buy=True, claim=None, target=(0.6, 0.2, 0.2), budget=900 * MICRO)
    )

    assert execution.is_complete
    assert execution.probabilities == pytest.approx((0.6, 0.2, 0.2), abs=1e-8)


def test_a_stake_at_the_market_price_has_nothing_to_trade():
    world = world_of((0.5, 0.5))

    execution = world.submit(
        0, Intent(is_buy=True, claim=None, target=(0.5, 0.5), budget=900 * MICRO)
    )

    assert execution is None
    assert world.balance[0] == 1_000 * MICRO


def test_an_order_may_be_paid_from_the_complete_sets_that_it_redeems():
    world = world_of((0.5, 0.5), balance=100 * MICRO)
    bought = world.submit(0, buy((0,), budget=100 * MICRO))
    assert world.balance[0] == 0

    world.submit(0, buy((1,), shares=bought.filled))

    assert world.held[0] == [0, 0]
    assert world.balance[0] == 100 * MICRO - 1


def test_a_sale_below_the_limit_price_is_left_unfilled():
    world = world_of((0.5, 0.5))
    bought = world.submit(0, buy((0,), budget=100 * MICRO))

    assert world.submit(0, sell((0,), bought.filled, limit=0.9)) is None
    assert world.held[0] == [bought.filled, 0]
