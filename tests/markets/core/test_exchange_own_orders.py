"""A trader's own orders and shares: no trade with oneself, and complete sets redeemed.

The market is at evens with 500 credits of subsidy, unless a test says otherwise, so b is 721.35
credits. Matches are exact and computed by hand; what the maker trades was computed with mpmath.
"""

from markets.core.money import MICRO
from tests.markets.core.exchange_scenes import (
    NO,
    YES,
    A,
    B,
    ask,
    bid,
    buy_no_and_return_to_evens,
    traded,
    with_holdings,
)
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, GRANT, World

# --- One's own orders ----------------------------------------------------------------------------


def test_ones_own_order_on_the_way_is_cancelled_and_its_reserve_pays_for_this_one():
    world = World(balance=10 * MICRO)
    own = bid(world, ALICE, NO, 500, 20 * MICRO).rests
    assert world.available(ALICE) == 0

    execution = world.buy(ALICE, YES, shares=18 * MICRO, limit=520)

    assert execution.displaced == (own.id,)
    assert execution.resting == {own.id: None}
    assert all(fill.counter is None for fill in execution.fills)
    assert world.reserved[ALICE] == 0
    world.require_sound()


def test_ones_own_order_that_is_not_reached_stays():
    world = World()
    bid(world, ALICE, NO, 490)

    execution = world.buy(ALICE, YES, shares=MICRO, limit=520)

    assert execution.displaced == ()
    assert list(world.book.resting) == [1]


def test_others_behind_ones_own_order_are_still_met():
    world = World()
    bid(world, ALICE, NO, 500)
    theirs = bid(world, BOB, NO, 500).rests

    execution = world.buy(ALICE, YES, shares=MICRO)

    assert execution.displaced == (1,)
    assert [fill.counter for fill in execution.fills] == [theirs.id, 3]


def test_ones_own_order_on_another_claim_trades_with_the_maker_like_anybodys():
    world = World((0.4, 0.3, 0.3))
    own = bid(world, ALICE, B, 290).rests

    execution = world.buy(ALICE, A, budget=100 * MICRO)

    assert execution.displaced == ()
    assert [fill.order for fill in execution.fills] == [2, own.id]
    assert execution.cost == 100 * MICRO
    assert world.balance[ALICE] == GRANT - 100 * MICRO - execution.fills[1].cost


def test_shares_that_a_displaced_order_offered_complete_sets_and_are_redeemed():
    world = with_holdings()
    own = ask(world, ALICE, YES, 500, 30 * MICRO).rests
    buy_no_and_return_to_evens(world)
    assert world.held(ALICE) == [30 * MICRO, 10 * MICRO]

    execution = world.buy(ALICE, YES, shares=MICRO, limit=500)

    (freed,) = execution.fills
    assert execution.displaced == (own.id,)
    assert (freed.order, freed.filled, freed.redeemed, freed.cost) == (own.id, 0, 10 * MICRO, 0)
    assert freed.shares.tolist() == [0, 0]
    assert world.held(ALICE) == [20 * MICRO, 0]
    world.require_sound()


# --- Complete sets -------------------------------------------------------------------------------


def test_complete_sets_are_redeemed_with_the_fill_that_completes_them():
    world = World()
    bought = world.buy(ALICE, YES, budget=100 * MICRO)

    execution = world.buy(ALICE, NO, shares=bought.filled)

    assert execution.fills[0].redeemed == bought.filled
    assert world.held(ALICE) == [0, 0]
    assert world.book.maker.shares.tolist() == [0, 0]
    assert world.balance[ALICE] == GRANT - 1


def test_an_order_may_be_paid_from_the_complete_sets_that_it_redeems():
    world = World(balance=100 * MICRO)
    bought = world.buy(ALICE, YES, budget=100 * MICRO)
    assert world.balance[ALICE] == 0

    world.buy(ALICE, NO, shares=bought.filled)

    assert world.balance[ALICE] == 100 * MICRO - 1


def test_a_resting_trader_redeems_as_well():
    world = with_holdings()
    bid(world, ALICE, NO, 500)

    execution = world.buy(CHARLIE, YES, shares=4 * MICRO)

    assert [fill.redeemed for fill in execution.fills] == [0, 4 * MICRO]
    assert world.held(ALICE) == [26 * MICRO, 0]
    world.require_sound()


def test_offered_shares_are_not_redeemed_until_the_order_is_cancelled():
    world = with_holdings()
    offered = ask(world, ALICE, YES, 900, 30 * MICRO).rests
    world.buy(ALICE, NO, shares=10 * MICRO)
    assert world.held(ALICE) == [30 * MICRO, 10 * MICRO]
    balance = world.balance[ALICE]

    release = world.cancel(offered.id)

    assert release.wallet.balance == release.fill.redeemed == 10 * MICRO
    assert (release.fill.order, release.fill.filled, release.fill.cost) == (offered.id, 0, 0)
    assert release.fill.shares.tolist() == [0, 0]
    assert world.balance[ALICE] == balance + 10 * MICRO
    assert world.held(ALICE) == [20 * MICRO, 0]
    world.require_sound()


def test_cancelling_a_buy_releases_its_credits_and_redeems_nothing():
    world = World()
    wanted = bid(world, ALICE, YES, 333, 1_001).rests

    release = world.cancel(wanted.id)

    assert (release.wallet.balance, release.wallet.reserved) == (0, -334)
    assert release.fill is None
    assert world.reserved[ALICE] == 0
    assert world.book.resting == {}


def with_both_sides_of_the_claim():
    """ALICE holds 30 of "yes", all free, and offers 10 of "no" at evens, where the price is."""
    world = with_holdings()
    offered = ask(world, ALICE, YES, 900, 30 * MICRO).rests
    buy_no_and_return_to_evens(world)
    ask(world, ALICE, NO, 500, 10 * MICRO)
    world.cancel(offered.id)
    assert (world.held(ALICE), world.free(ALICE)) == ([30 * MICRO, 10 * MICRO], [30 * MICRO, 0])
    return world


def test_what_a_sale_still_wants_to_sell_is_not_redeemed_on_its_way():
    world = with_both_sides_of_the_claim()

    execution = world.sell(ALICE, YES, 30 * MICRO, limit=450)

    assert len(execution.displaced) == 1
    assert traded(execution) == [(ALICE, None, 30 * MICRO, execution.cost)]
    assert execution.fills[0].redeemed == 0
    assert world.free(ALICE) == [0, 10 * MICRO]
    world.require_sound()


def test_what_a_sale_did_not_sell_is_redeemed_at_its_end():
    world = with_both_sides_of_the_claim()

    execution = world.sell(ALICE, YES, 30 * MICRO, limit=500)

    assert [(fill.order, fill.filled, fill.redeemed) for fill in execution.fills] == [
        (world.placed, 0, 10 * MICRO)
    ]
    assert world.free(ALICE) == [20 * MICRO, 0]
    world.require_sound()
