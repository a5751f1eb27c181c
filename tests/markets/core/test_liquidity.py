"""A subsidy buys no more liquidity than it can pay for, before the first trade or after many."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.core.limits import InvalidLiquidity
from markets.core.liquidity import least_escrow, liquidity_bought, maker_with, opening_maker
from markets.core.lmsr import Maker, worst_case_loss
from markets.core.money import charge, proceeds
from tests.markets.core.strategies import CREDIT, distributions, property_test

amounts = st.one_of(
    st.sampled_from([CREDIT, 500 * CREDIT, 10**6 * CREDIT]), st.integers(CREDIT, 10**12)
)


@st.composite
def openings(draw):
    prior = draw(distributions(draw(st.integers(2, 6)), least=0.005))
    subsidy = draw(amounts)
    return opening_maker(subsidy, prior), subsidy


@st.composite
def trades(draw, outcome_count):
    """(claim, part): how much of one liquidity is bought, or where negative sold."""
    claim = draw(st.sets(st.integers(0, outcome_count - 1), min_size=1, max_size=outcome_count - 1))
    return sorted(claim), draw(st.sampled_from([3.0, 0.7, 1e-6, -1e-6, -0.5, -2.0]))


def after_trade(maker, trade):
    """(maker after, change of escrow), rounded as every fill is."""
    claim, part = trade
    shares = int(part * maker.liquidity)
    if shares < 0:
        shares = -min(-shares, *(int(maker.shares[outcome]) for outcome in claim))
    cost = maker.cost(tuple(claim), shares)
    deltas = [shares if outcome in claim else 0 for outcome in range(len(maker.shares))]
    return maker.trade(deltas), charge(cost) if shares >= 0 else -proceeds(-cost)


def after_trades(data, maker, escrow):
    for trade in data.draw(st.lists(trades(len(maker.shares)), max_size=5)):
        maker, change = after_trade(maker, trade)
        escrow += change
    return maker, escrow


def covers(escrow, maker):
    """Is the promise kept, up to the noise of the floats that say what it is?"""
    owed = least_escrow(maker)
    return escrow >= owed - 1e-9 * max(abs(owed), 1.0)


@property_test
@given(st.data(), openings(), st.lists(amounts, min_size=1, max_size=3))
def test_the_escrow_covers_every_outcome_however_often_liquidity_is_added_between_trades(
    data, opening, additions
):
    maker, escrow = after_trades(data, *opening)

    for amount in additions:
        maker, escrow = maker_with(maker, amount), escrow + amount
        assert covers(escrow, maker)
        maker, escrow = after_trades(data, maker, escrow)

        assert covers(escrow, maker)
        assert escrow >= max(maker.shares)


@property_test
@given(st.data(), openings(), amounts)
def test_adding_liquidity_moves_no_price_and_sells_no_share(data, opening, amount):
    before, _ = after_trades(data, *opening)

    after = maker_with(before, amount)

    assert np.abs(after.prices() - before.prices()).max() < 1e-12
    assert after.shares.tolist() == before.shares.tolist()
    assert after.liquidity > before.liquidity


@property_test
@given(st.integers(2, 6).flatmap(distributions), amounts)
def test_the_liquidity_bought_costs_no_more_than_the_amount_and_a_unit_more_would(
    probabilities, amount
):
    added = liquidity_bought(probabilities, amount)

    rate = -math.log(min(probabilities))
    assert added * rate <= amount
    assert (added + 1 + 1e-11 * added) * rate > amount


@property_test
@given(st.integers(2, 6).flatmap(distributions), amounts)
def test_a_market_opens_with_no_more_at_stake_than_its_subsidy(prior, subsidy):
    maker = opening_maker(subsidy, prior)

    assert worst_case_loss(maker.liquidity, prior) <= subsidy * (1 + 1e-15)
    assert maker.shares.tolist() == [0] * len(prior)


def test_the_same_amount_at_the_opening_prices_buys_the_same_liquidity_again():
    maker = opening_maker(500 * CREDIT, [0.5, 0.5])

    assert liquidity_bought(maker.prices(), 500 * CREDIT) == maker.liquidity


@pytest.mark.parametrize("amount", [0, -CREDIT])
def test_nothing_is_not_an_amount_to_add(amount):
    with pytest.raises(InvalidLiquidity):
        liquidity_bought([0.5, 0.5], amount)


def test_an_amount_that_would_add_nothing_is_refused():
    with pytest.raises(InvalidLiquidity, match="too small"):
        liquidity_bought([0.999, 0.001], 6)


def test_least_escrow_is_what_the_dearest_outcome_could_come_to():
    maker = Maker([30 * CREDIT, 10 * CREDIT], 100.0 * CREDIT, [0.5, 0.5])

    expected = [
        shares + maker.liquidity * math.log(1 / price)
        for shares, price in zip(maker.shares, maker.prices(), strict=True)
    ]
    assert least_escrow(maker) == pytest.approx(max(expected), rel=1e-15)
