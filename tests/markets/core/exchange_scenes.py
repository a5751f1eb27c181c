"""Markets to begin with, and short words for orders at a limit."""

import pytest

from markets.core.money import MICRO
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, World

YES, NO = (0,), (1,)
A, B, C = (0,), (1,), (2,)


def traded(execution):
    """(trader, counter order, filled, cost) of each fill."""
    return [(fill.trader, fill.counter, fill.filled, fill.cost) for fill in execution.fills]


def bid(world, trader, claim, limit, shares=10 * MICRO, **terms):
    return world.buy(trader, claim, shares=shares, limit=limit, rests=True, **terms)


def ask(world, trader, claim, limit, shares=10 * MICRO, **terms):
    return world.sell(trader, claim, shares, limit=limit, rests=True, **terms)


def with_holdings(mills=500):
    """A market at a price for "yes", of which ALICE holds 30; BOB holds 30 of "no"."""
    world = at_price(mills)
    world.buy(ALICE, YES, shares=30 * MICRO)
    world.buy(BOB, NO, shares=30 * MICRO)
    assert world.price() == mills / 1000
    return world


def buy_no_and_return_to_evens(world):
    """ALICE buys 10 of "no", and CHARLIE moves the price back, but for two microshares."""
    world.buy(ALICE, NO, shares=10 * MICRO)
    world.buy(CHARLIE, YES, shares=10 * MICRO - 2)
    assert world.price() == pytest.approx(0.5, abs=1e-8)


def at_price(mills):
    """A market that opened at a price for "yes"."""
    return World((mills / 1000, 1 - mills / 1000))
