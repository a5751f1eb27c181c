"""What one order does between the maker and the book: the walk, every rule by an example.

The market is at evens with 500 credits of subsidy, unless a test says otherwise, so b is 721.35
credits. Matches are exact and computed by hand; what the maker trades was computed with mpmath.
"""

import pytest

from markets.core.exchange import LOT
from markets.core.money import MICRO
from tests.markets.core.exchange_scenes import NO, YES, ask, bid, traded, with_holdings
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, GRANT, World

# --- With the maker alone ------------------------------------------------------------------------


def test_a_market_buy_spends_its_whole_budget_with_the_maker():
    world = World()

    execution = world.buy(ALICE, YES, budget=100 * MICRO)

    assert traded(execution) == [(ALICE, None, 187_809_842, 100 * MICRO)]
    (fill,) = execution.fills
    assert (fill.order, fill.claim, fill.redeemed) == (1, YES, 0)
    assert fill.shares.tolist() == [187_809_842, 0]
    assert fill.price_before == 0.5
    assert fill.price_after == pytest.approx(0.564724718, abs=1e-9)
    assert fill.probabilities.tolist() == world.book.maker.prices().tolist()
    assert execution.is_complete
    assert (execution.filled, execution.cost) == (187_809_842, 100 * MICRO)
    assert world.held(ALICE) == [187_809_842, 0]
    assert world.balance[ALICE] == 900 * MICRO


def test_a_sale_is_paid_a_little_less_than_the_purchase_cost():
    world = World()
    bought = world.buy(ALICE, YES, budget=100 * MICRO)

    execution = world.sell(ALICE, YES, bought.filled)

    assert traded(execution) == [(ALICE, None, bought.filled, -99_999_999)]
    assert world.held(ALICE) == [0, 0]
    assert world.book.maker.prices().tolist() == [0.5, 0.5]


def test_a_limit_stops_the_maker_at_it_and_the_rest_of_the_order_is_dropped():
    world = World()

    execution = world.buy(ALICE, YES, budget=500 * MICRO, limit=600)

    assert traded(execution) == [(ALICE, None, 292_481_250, 160_964_048)]
    assert execution.fills[0].price_after == pytest.approx(0.6, abs=1e-9)
    assert not execution.is_complete
    assert execution.rests is None
    assert world.available(ALICE) == GRANT - 160_964_048


def test_an_order_that_finds_nothing_within_its_limit_trades_nothing():
    world = World()

    execution = world.buy(ALICE, YES, shares=MICRO, limit=500)

    assert execution.fills == ()
    assert (execution.filled, execution.cost, execution.is_complete) == (0, 0, False)


def test_the_maker_does_not_trade_less_than_a_lot_unless_it_is_all_that_is_asked_for():
    world = World()
    world.buy(ALICE, YES, shares=292_481_250 - LOT + 1, limit=600)

    assert world.buy(BOB, YES, shares=MICRO, limit=600).fills == ()
    assert world.buy(BOB, YES, shares=LOT - 2, limit=600).filled == LOT - 2


# --- With resting orders -------------------------------------------------------------------------


def test_shares_pass_from_a_resting_sell_to_a_buy_at_the_price_of_the_resting_order():
    world = with_holdings()
    offered = ask(world, ALICE, YES, 500).rests

    execution = world.buy(CHARLIE, YES, shares=4 * MICRO, limit=600)

    taken, given = execution.fills
    assert traded(execution) == [
        (CHARLIE, offered.id, 4 * MICRO, 2 * MICRO), (ALICE, taken.order, 4 * MICRO, -2 * MICRO),
    ]  # fmt: skip
    assert taken.shares.tolist() == [4 * MICRO, 0]
    assert given.shares.tolist() == [-4 * MICRO, 0]
    assert execution.resting[offered.id].shares == 6 * MICRO
    assert world.held(ALICE) == [26 * MICRO, 0]
    assert world.free(ALICE) == [20 * MICRO, 0]
    assert world.held(CHARLIE) == [4 * MICRO, 0]
    world.require_sound()


def test_shares_pass_from_a_sell_to_a_resting_buy():
    world = with_holdings()
    wanted = bid(world, CHARLIE, YES, 500).rests
    assert world.reserved[CHARLIE] == 5 * MICRO

    execution = world.sell(ALICE, YES, 4 * MICRO)

    assert traded(execution) == [
        (ALICE, wanted.id, 4 * MICRO, -2 * MICRO),
        (CHARLIE, execution.fills[0].order, 4 * MICRO, 2 * MICRO),
    ]
    assert world.reserved[CHARLIE] == 3 * MICRO
    assert world.balance[CHARLIE] == GRANT - 2 * MICRO
    world.require_sound()


def test_two_buyers_of_complements_mint_complete_sets_and_move_no_price():
    world = World()
    wanted = bid(world, BOB, NO, 500).rests

    execution = world.buy(ALICE, YES, shares=4 * MICRO)

    assert traded(execution) == [
        (ALICE, wanted.id, 4 * MICRO, 2 * MICRO), (BOB, 2, 4 * MICRO, 2 * MICRO),
    ]  # fmt: skip
    assert [fill.claim for fill in execution.fills] == [YES, NO]
    assert [fill.price_before for fill in execution.fills] == [0.5, 0.5]
    assert [fill.probabilities.tolist() for fill in execution.fills] == [[0.5, 0.5]] * 2
    assert world.book.maker.shares.tolist() == [4 * MICRO, 4 * MICRO]
    assert world.escrow == 500 * MICRO + 4 * MICRO
    world.require_sound()


def test_two_sellers_of_complements_burn_complete_sets():
    world = with_holdings()
    offered = ask(world, BOB, NO, 500).rests
    sold = world.book.maker.shares

    execution = world.sell(ALICE, YES, 4 * MICRO)

    assert traded(execution) == [
        (ALICE, offered.id, 4 * MICRO, -2 * MICRO),
        (BOB, execution.fills[0].order, 4 * MICRO, -2 * MICRO),
    ]
    assert (world.book.maker.shares - sold).tolist() == [-4 * MICRO, -4 * MICRO]
    assert world.price() == 0.5
    assert world.free(BOB) == [0, 20 * MICRO]
    world.require_sound()


def test_the_maker_moves_to_each_resting_price_and_then_the_order_is_filled():
    world = World()
    bid(world, BOB, NO, 450)  # who asks 0.55 for yes
    bid(world, CHARLIE, NO, 440, 20 * MICRO)  # and 0.56

    execution = world.buy(ALICE, YES, shares=500 * MICRO, limit=600)

    assert [(fill.order, fill.counter) for fill in execution.fills] == [
        (3, None), (3, 1), (1, 3), (3, None), (3, 2), (2, 3), (3, None),
    ]  # fmt: skip
    prices = [fill.price_after for fill in execution.fills if fill.counter is None]
    assert prices == pytest.approx([0.55, 0.56, 0.6], abs=1e-9)
    assert [fill.cost for fill in execution.fills if fill.counter is not None] == [
        5_500_000, 4_500_000, 11_200_000, 8_800_000,
    ]  # fmt: skip
    assert world.book.resting == {}


def test_the_better_price_comes_first_and_at_one_price_the_older_order():
    world = World()
    for trader, limit in ((BOB, 440), (CHARLIE, 450), (BOB, 450), (CHARLIE, 460)):
        bid(world, trader, NO, limit)

    execution = world.buy(ALICE, YES, shares=500 * MICRO, limit=560)

    met = [fill.counter for fill in execution.fills if fill.trader == ALICE and fill.counter]
    assert met == [4, 2, 3, 1]


def test_asks_and_bids_for_the_complement_stand_in_one_queue():
    world = with_holdings()
    first = ask(world, ALICE, YES, 510).rests
    second = bid(world, BOB, NO, 490).rests
    third = ask(world, ALICE, YES, 510).rests

    execution = world.buy(CHARLIE, YES, shares=100 * MICRO, limit=510)

    met = [fill.counter for fill in execution.fills if fill.trader == CHARLIE and fill.counter]
    assert met == [first.id, second.id, third.id]


def test_a_resting_price_beyond_the_limit_is_not_met():
    world = World()
    bid(world, BOB, NO, 449)

    execution = world.buy(ALICE, YES, shares=500 * MICRO, limit=550)

    assert [fill.counter for fill in execution.fills] == [None]
    assert world.book.resting[1].shares == 10 * MICRO


# --- Many outcomes -------------------------------------------------------------------------------


def test_a_range_of_two_hundred_bins_trades_like_any_claim():
    world = World([1 / 200] * 200, subsidy=5_000 * MICRO)
    middle, rest = tuple(range(80, 120)), (*range(80), *range(120, 200))
    waiting = bid(world, BOB, rest, 750).rests  # asks 0.25 for the middle

    execution = world.buy(ALICE, middle, budget=100 * MICRO, limit=250)

    assert [fill.counter for fill in execution.fills] == [None, waiting.id, 2]
    assert [fill.cost for fill in execution.fills[1:]] == [2_500_000, 7_500_000]
    assert world.price(middle) == pytest.approx(0.25, abs=1e-9)
    world.require_sound()
