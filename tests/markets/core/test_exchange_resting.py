"""What a limit leaves in the book, and to the microcredit what it reserves and pays.

The market is at evens with 500 credits of subsidy, unless a test says otherwise, so b is 721.35
credits. Matches are exact and computed by hand; what the maker trades was computed with mpmath.
"""

import pytest

from markets.core.exchange import LOT, InsufficientShares
from markets.core.money import MICRO
from tests.markets.core.exchange_scenes import NO, YES, ask, at_price, bid, with_holdings
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, GRANT, World


def test_what_a_limit_leaves_rests_and_reserves_what_it_would_cost():
    world = World()

    execution = world.buy(ALICE, YES, shares=500 * MICRO, limit=600, rests=True)

    left = 500 * MICRO - 292_481_250
    assert execution.rests.shares == left
    assert execution.rests.reserved == world.reserved[ALICE] == left * 600 // 1000
    assert not execution.is_complete
    assert world.available(ALICE) == GRANT - 160_964_048 - left * 600 // 1000


def test_a_budget_rests_with_what_is_left_of_it():
    world = World()

    execution = world.buy(ALICE, YES, budget=500 * MICRO, limit=600, rests=True)

    assert execution.rests.budget == execution.rests.reserved == 500 * MICRO - 160_964_048
    assert world.available(ALICE) == 500 * MICRO


def test_a_sale_that_rests_reserves_its_shares_so_that_none_is_sold_twice():
    world = with_holdings()
    ask(world, ALICE, YES, 700, 25 * MICRO)
    before = world.snapshot()

    with pytest.raises(InsufficientShares):
        world.sell(ALICE, YES, 5 * MICRO + 1)

    assert world.snapshot() == before
    assert world.free(ALICE) == [5 * MICRO, 0]
    assert world.sell(ALICE, YES, 5 * MICRO).is_complete


@pytest.mark.parametrize(("shares", "rests"), [(LOT - 1, False), (LOT, True)])
def test_less_than_a_lot_does_not_rest(shares, rests):
    world = World()

    execution = world.buy(ALICE, YES, shares=shares, limit=400, rests=True)

    assert (execution.rests is not None) is rests
    assert world.reserved[ALICE] == (400 if rests else 0)


def test_a_resting_buy_pays_in_all_exactly_what_it_reserved():
    world = at_price(667)
    wanted = bid(world, BOB, NO, 333, 2_001).rests
    assert wanted.reserved == 667  # 666.333
    costs = []

    for shares in (700, 701, 600):
        execution = world.buy(ALICE, YES, shares=shares, limit=667)
        costs += [fill.cost for fill in execution.fills if fill.trader == BOB]
        world.require_sound()

    assert costs == [233, 234, 200]
    assert world.reserved[BOB] == 0


def test_a_resting_budget_pays_its_limit_rounded_up_until_it_is_spent():
    world = World()
    world.buy(BOB, NO, budget=MICRO, limit=500, rests=True)

    execution = world.buy(ALICE, YES, shares=1_001)
    rest = world.buy(ALICE, YES, shares=10 * MICRO)

    assert [fill.cost for fill in execution.fills] == [501, 501]
    assert rest.fills[1].cost == MICRO - 501
    assert rest.fills[1].filled == 2 * (MICRO - 501)
    assert world.reserved[BOB] == 0


def test_a_buyer_pays_rounded_up_and_a_seller_is_paid_rounded_down():
    world = with_holdings(533)
    ask(world, ALICE, YES, 533)

    execution = world.buy(CHARLIE, YES, shares=1_001, limit=533)

    assert [fill.cost for fill in execution.fills] == [534, -533]


def test_of_a_set_that_is_burned_both_parts_are_rounded_down():
    world = with_holdings(533)
    ask(world, BOB, NO, 467)

    execution = world.sell(ALICE, YES, 1_001, limit=533)

    assert [fill.cost for fill in execution.fills] == [-533, -467]


@pytest.mark.parametrize("limit", [1, 333, 500, 667, 999])
@pytest.mark.parametrize("shares", [1_000, 1_001, 1_999, 12_345])
def test_rounding_never_takes_from_the_escrow(limit, shares):
    world = at_price(1000 - limit)
    bid(world, BOB, NO, limit, 20_000)

    execution = world.buy(ALICE, YES, shares=shares, limit=max(1, 1000 - limit))

    matched = [fill for fill in execution.fills if fill.counter is not None]
    assert sum(fill.cost for fill in matched) >= matched[0].filled
    world.require_sound()
