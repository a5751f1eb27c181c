"""The maker with whole microcredits: whatever traders try, it can pay, and nobody milks it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core import lmsr
from markets.core.claims import claim_price, complement
from markets.core.limits import PRICE_MAX, PRICE_MIN
from markets.core.money import charge, proceeds, shares_received
from tests.markets.core.strategies import (
    CREDIT,
    claim_prices,
    distributions,
    liquidities,
    property_test,
    trades,
)

subsidies = st.sampled_from([CREDIT, 100 * CREDIT, 12_345_678_901, 10**6 * CREDIT])


def buy(maker, claim, shares):
    """(maker after, microcredits charged) for whole microshares of a claim."""
    return maker.trade(spread(claim, shares, maker)), charge(maker.cost(claim, shares))


def sell(maker, claim, shares):
    """(maker after, microcredits paid out)."""
    return maker.trade(spread(claim, -shares, maker)), proceeds(-maker.cost(claim, -shares))


def spread(claim, shares, maker):
    return [shares if outcome in claim else 0 for outcome in range(len(maker.shares))]


def room_to_buy(maker, claim):
    price = maker.price(claim)
    return int(lmsr.shares_to_price(price, max(price, PRICE_MAX), maker.liquidity))


def room_to_sell(maker, claim):
    price = maker.price(claim)
    down = int(-lmsr.shares_to_price(price, min(price, PRICE_MIN), maker.liquidity))
    return min(down, *(maker.shares[outcome] for outcome in claim))


@st.composite
def openings(draw):
    """(maker, escrow) of a market just opened with a whole-microcredit subsidy."""
    prior = draw(distributions(draw(st.integers(2, 5)), least=0.01))
    subsidy = draw(subsidies)
    liquidity = math.floor(lmsr.liquidity_for_subsidy(subsidy, prior))
    return lmsr.Maker((0,) * len(prior), liquidity, tuple(prior)), subsidy


@st.composite
def moves(draw, outcome_count):
    claim = draw(st.sets(st.integers(0, outcome_count - 1), min_size=1, max_size=outcome_count - 1))
    kind = draw(st.sampled_from(["buy", "buy", "sell", "add"]))
    return kind, tuple(sorted(claim)), draw(st.sampled_from([1.0, 0.999, 0.5, 0.01, 1e-9]))


def after_move(maker, move):
    """(maker after, change of escrow): buys and sells a part of what the guards leave room for."""
    kind, claim, part = move
    if kind == "add":
        added = part * maker.liquidity
        return maker.add_liquidity(added), charge(lmsr.liquidity_cost(maker.prices(), added))
    if kind == "buy":
        return buy(maker, claim, int(room_to_buy(maker, claim) * part))
    maker, paid = sell(maker, claim, int(room_to_sell(maker, claim) * part))
    return maker, -paid


@property_test
@given(st.data(), openings())
def test_escrow_always_covers_the_worst_outcome(data, opening):
    maker, escrow = opening

    for move in data.draw(st.lists(moves(len(maker.shares)), max_size=12)):
        maker, change = after_move(maker, move)
        escrow += change

        assert escrow >= max(maker.shares)


@property_test
@given(openings())
def test_one_outcome_bought_to_the_top_takes_almost_the_whole_subsidy_but_never_more(opening):
    maker, subsidy = opening
    rarest = int(maker.prior.argmin())

    maker, paid = buy(maker, (rarest,), room_to_buy(maker, (rarest,)))

    loss = maker.shares[rarest] - paid
    assert loss <= subsidy
    assert loss == pytest.approx(subsidy - maker.liquidity * math.log(1 / PRICE_MAX), rel=1e-5)


@property_test
@given(st.data(), openings())
def test_a_round_trip_never_profits(data, opening):
    maker, _ = opening
    for move in data.draw(st.lists(moves(len(maker.shares)), max_size=3)):
        maker, _ = after_move(maker, move)
    balance, bought = 0, []

    for kind, claim, part in data.draw(st.lists(moves(len(maker.shares)), min_size=1, max_size=4)):
        shares = int(room_to_buy(maker, claim) * part) if kind == "buy" else 0
        maker, cost = buy(maker, claim, shares)
        balance, bought = balance - cost, [*bought, (claim, shares)]
    for claim, shares in data.draw(st.permutations(bought)):
        maker, paid = sell(maker, claim, shares)
        balance += paid

    assert balance <= 0


@property_test
@given(openings(), st.sampled_from([1.0, 0.5, 1e-6]))
def test_buying_a_claim_and_its_complement_never_costs_less_than_the_complete_set_pays(
    opening, part
):
    maker, _ = opening
    claim, rest = (0,), complement((0,), len(maker.shares))
    shares = int(room_to_buy(maker, claim) * part)

    maker, first = buy(maker, claim, shares)
    _, second = buy(maker, rest, shares)

    assert first + second >= shares


@property_test
@given(trades(shares_max=10_000 * CREDIT), st.floats(0, 1))
def test_splitting_an_order_never_helps(trade, part):
    price, shares, liquidity = trade
    first = int(shares * part)
    between = lmsr.price_after_shares(price, first, liquidity)

    costs = (
        lmsr.cost_of_shares(price, shares, liquidity),
        lmsr.cost_of_shares(price, first, liquidity),
        lmsr.cost_of_shares(between, shares - first, liquidity),
    )

    if shares >= 0:
        assert charge(costs[1]) + charge(costs[2]) >= charge(costs[0])
    else:
        assert proceeds(-costs[1]) + proceeds(-costs[2]) <= proceeds(-costs[0])


@property_test
@given(claim_prices, st.integers(0, 10**12), liquidities)
def test_the_shares_granted_for_a_budget_truly_cost_no_more_than_it(price, budget, liquidity):
    budget = min(budget, int(6 * liquidity))

    shares = shares_received(lmsr.shares_for_budget(price, budget, liquidity))

    assert lmsr.cost_of_shares(price, shares, liquidity) <= budget
    assert proceeds(lmsr.cost_of_shares(price, shares, liquidity)) <= budget


@property_test
@given(st.data(), st.integers(2, 6), st.integers(1, 10**10), liquidities)
def test_a_stake_in_whole_microcredits_pays_for_the_whole_shares_it_grants(
    data, outcome_count, stake, liquidity
):
    probabilities, forecast = (data.draw(distributions(outcome_count)) for _ in range(2))

    bought = lmsr.portfolio_towards(probabilities, forecast, stake, liquidity)

    granted = [shares_received(delta) for delta in bought.deltas]
    assert lmsr.portfolio_cost(probabilities, granted, liquidity) <= stake
    assert claim_price(probabilities, tuple(range(outcome_count))) == pytest.approx(1)
