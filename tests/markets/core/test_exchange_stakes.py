"""Stakes on a forecast, of two outcomes and of more.

The market is at evens with 500 credits of subsidy, unless a test says otherwise, so b is 721.35
credits. Matches are exact and computed by hand; what the maker trades was computed with mpmath.
"""

import pytest

from markets.core.limits import PriceOutOfRange
from markets.core.money import MICRO
from tests.markets.core.exchange_scenes import NO, YES, B, bid
from tests.markets.core.exchange_world import ALICE, BOB, World


def test_a_stake_on_two_outcomes_is_a_buy_of_the_cheaper_one():
    staked, bought = World(), World()

    execution = staked.stake(ALICE, (0.8, 0.2), 20 * MICRO)
    bought.buy(ALICE, YES, budget=20 * MICRO)

    assert execution.fills[0].claim == YES
    assert execution.is_complete
    assert staked.held(ALICE) == bought.held(ALICE)


def test_a_stake_on_two_outcomes_walks_the_book_up_to_the_stated_probability():
    world = World()
    bid(world, BOB, NO, 450)
    bid(world, BOB, NO, 390)

    execution = world.stake(ALICE, (0.6, 0.4), 900 * MICRO)

    assert [fill.counter for fill in execution.fills] == [None, 1, 3, None]
    assert world.price() == pytest.approx(0.6, abs=1e-9)
    assert execution.is_complete
    assert list(world.book.resting) == [2]


def test_a_stake_on_more_outcomes_buys_a_portfolio_and_triggers_orders():
    world = World((0.5, 0.3, 0.2))
    waiting = bid(world, BOB, B, 290).rests

    execution = world.stake(ALICE, (0.6, 0.2, 0.2), 900 * MICRO)

    bought, triggered = execution.fills
    assert bought.claim is None
    assert (bought.price_before, bought.price_after) == (None, None)
    assert bought.filled == max(bought.shares.tolist())
    assert bought.probabilities == pytest.approx((0.6, 0.2, 0.2), abs=1e-8)
    assert triggered.order == waiting.id
    assert execution.is_complete
    world.require_sound()


@pytest.mark.parametrize("prior", [(0.5, 0.5), (0.5, 0.25, 0.25)])
def test_a_stake_at_the_market_price_has_nothing_to_trade(prior):
    world = World(prior)
    before = world.snapshot()

    execution = world.stake(ALICE, prior, 900 * MICRO)

    assert execution.fills == ()
    assert not execution.is_complete
    assert world.snapshot() == before


@pytest.mark.parametrize("prior", [(0.5, 0.5), (0.5, 0.25, 0.25)])
def test_a_stake_may_not_leave_an_outcome_above_the_range(prior):
    world = World(prior, balance=10**12)
    rest = 0.0004 / (len(prior) - 1)
    before = world.snapshot()

    with pytest.raises(PriceOutOfRange):
        world.stake(ALICE, (0.9996, *[rest] * (len(prior) - 1)), 10**11)

    assert world.snapshot() == before
