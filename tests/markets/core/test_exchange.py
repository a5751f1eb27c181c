"""What one order does beside a book: every rule by an example.

The market is at evens with 500 credits of subsidy, unless a test says otherwise, so b is 721.35
credits. Matches are exact and computed by hand; what the maker trades was computed with mpmath.
"""

import pytest

from markets.core.errors import MarketError
from markets.core.exchange import (
    FILLS_MAX,
    LOT,
    InsufficientCredits,
    InsufficientShares,
    Intent,
    InvalidOrder,
    NotFillable,
    Slippage,
    TooManyFills,
)
from markets.core.limits import InvalidProbabilities, PriceOutOfRange, SharesOutOfRange
from markets.core.money import MICRO
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, GRANT, World

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


# --- With the maker alone -----------------------------------------------------------------------


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


# --- With resting orders ------------------------------------------------------------------------


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


# --- What rests ---------------------------------------------------------------------------------


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


# --- Triggers -----------------------------------------------------------------------------------


def test_an_order_on_another_claim_is_executed_when_the_maker_betters_it():
    world = World((0.4, 0.3, 0.3))
    waiting = bid(world, BOB, B, 290).rests

    execution = world.buy(ALICE, A, budget=100 * MICRO)

    bought, triggered = execution.fills
    assert (triggered.order, triggered.counter, triggered.trader) == (waiting.id, None, BOB)
    assert triggered.filled == 10 * MICRO
    assert bought.probabilities[1] == triggered.price_before < triggered.price_after < 0.29
    assert triggered.cost < 2_900_000
    assert execution.resting == {waiting.id: None}
    assert (execution.filled, execution.cost) == (bought.filled, bought.cost)
    assert world.reserved[BOB] == 0
    assert world.balance[BOB] == GRANT - triggered.cost
    world.require_sound()


def test_a_triggered_order_moves_the_maker_to_its_limit_and_no_further():
    world = World((0.4, 0.3, 0.3))
    waiting = bid(world, BOB, B, 290, 900 * MICRO).rests

    execution = world.buy(ALICE, A, budget=100 * MICRO)

    assert execution.fills[1].price_after == pytest.approx(0.29, abs=1e-6)
    assert execution.resting[waiting.id].shares == 900 * MICRO - execution.fills[1].filled
    assert world.reserved[BOB] == -(-execution.resting[waiting.id].shares * 290 // 1000)


def test_a_part_of_a_triggered_buy_leaves_whole_lots_and_never_costs_more_than_it_releases():
    world = World((0.4, 0.3, 0.3))
    waiting = bid(world, BOB, B, 297, 900 * MICRO + 123).rests

    execution = world.buy(ALICE, A, budget=20 * MICRO)

    left = execution.resting[waiting.id]
    assert left.shares % LOT == 0
    assert execution.fills[1].cost <= waiting.reserved - left.reserved
    world.require_sound()


def test_the_oldest_of_the_orders_that_cross_is_executed_first():
    world = World((0.4, 0.3, 0.3))
    bid(world, BOB, C, 295)
    bid(world, CHARLIE, B, 299)
    bid(world, BOB, B, 298)

    execution = world.buy(ALICE, A, budget=100 * MICRO)

    assert [fill.order for fill in execution.fills] == [4, 1, 2, 3]


def test_within_a_queue_the_better_price_is_triggered_first_though_it_is_younger():
    world = World((0.4, 0.3, 0.3))
    bid(world, BOB, B, 298)
    bid(world, CHARLIE, B, 299)

    execution = world.buy(ALICE, A, budget=100 * MICRO)

    assert [fill.order for fill in execution.fills] == [3, 2, 1]


def test_resting_sells_are_triggered_as_well():
    world = World((0.4, 0.3, 0.3))
    world.buy(BOB, (0, 1), shares=20 * MICRO)
    waiting = ask(world, BOB, (0, 1), 720).rests

    execution = world.buy(ALICE, A, budget=100 * MICRO)

    triggered = execution.fills[1]
    assert triggered.order == waiting.id
    assert triggered.shares.tolist() == [-10 * MICRO, -10 * MICRO, 0]
    assert -triggered.cost > 7_200_000
    assert world.free(BOB) == world.held(BOB)


def test_what_rests_of_the_order_itself_may_be_triggered_in_its_turn():
    world = World((0.4, 0.3, 0.3))
    bid(world, BOB, B, 297, 300 * MICRO)

    execution = world.buy(ALICE, A, shares=100 * MICRO, limit=420, rests=True)

    own = [fill for fill in execution.fills if fill.trader == ALICE]
    assert [fill.trader for fill in execution.fills][:3] == [ALICE, BOB, ALICE]
    assert execution.filled == sum(fill.filled for fill in own)
    assert execution.cost == sum(fill.cost for fill in own)
    left = 0 if execution.rests is None else execution.rests.shares
    assert execution.filled + left == 100 * MICRO
    world.require_sound()


def test_two_orders_that_push_each_other_come_to_rest():
    world = World((0.4, 0.3, 0.3))
    bid(world, BOB, B, 299, 2_000 * MICRO)
    bid(world, CHARLIE, C, 299, 2_000 * MICRO)

    execution = world.buy(ALICE, A, budget=10 * MICRO)

    assert [fill.order for fill in execution.fills[:5]] == [3, 1, 2, 1, 2]
    assert all(fill.filled >= LOT for fill in execution.fills)
    assert len(execution.fills) < 40
    assert world.price(B) == pytest.approx(0.299, abs=1e-5)
    assert world.price(C) == pytest.approx(0.299, abs=1e-5)


# --- One's own orders ---------------------------------------------------------------------------


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


# --- Complete sets ------------------------------------------------------------------------------


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


# --- Guards and refusals ------------------------------------------------------------------------


def test_a_fill_or_kill_order_is_filled_whole_by_maker_and_book_together():
    world = World()
    bid(world, BOB, NO, 450, 100 * MICRO)

    execution = world.buy(ALICE, YES, shares=200 * MICRO, limit=550, fill_or_kill=True)

    assert execution.is_complete
    assert execution.filled == 200 * MICRO


def test_a_limit_order_needs_credits_for_what_it_reserves():
    world = World(balance=100 * MICRO)

    assert bid(world, ALICE, YES, 400, 250 * MICRO).rests.reserved == 100 * MICRO
    assert world.available(ALICE) == 0


def test_a_claim_that_already_stands_below_the_range_may_be_sold():
    world = World((0.0005, *[0.9995 / 9] * 9), subsidy=50_000 * MICRO)
    world.buy(ALICE, A, shares=MICRO)

    execution = world.sell(ALICE, A, MICRO)

    assert execution.is_complete
    assert execution.fills[0].price_after < 0.001


REFUSED = {
    "fill or kill": (
        NotFillable,
        {"is_buy": True, "claim": YES, "shares": 400 * MICRO, "limit": 600, "fill_or_kill": True},
    ),
    "fill or kill with nothing in reach": (
        NotFillable,
        {"is_buy": True, "claim": YES, "shares": MICRO, "limit": 400, "fill_or_kill": True},
    ),
    "too dear": (
        Slippage,
        {"is_buy": True, "claim": YES, "shares": 40 * MICRO, "cost_max": 20 * MICRO},
    ),
    "too few": (
        Slippage,
        {"is_buy": True, "claim": YES, "budget": 20 * MICRO, "shares_min": 40 * MICRO},
    ),
    "too poor": (InsufficientCredits, {"is_buy": True, "claim": YES, "budget": 1_001 * MICRO}),
    "too poor to rest": (
        InsufficientCredits,
        {"is_buy": True, "claim": YES, "shares": 2_451 * MICRO, "limit": 400, "rests": True},
    ),
    "nothing to sell": (InsufficientShares, {"is_buy": False, "claim": NO, "shares": 1}),
    "above the range": (PriceOutOfRange, {"is_buy": True, "claim": YES, "shares": 6_000 * MICRO}),
    "beyond the arithmetic": (SharesOutOfRange, {"is_buy": True, "claim": YES, "shares": 10**15}),
    "a stake on nonsense": (
        InvalidProbabilities,
        {"is_buy": True, "claim": None, "target": (0.5, 0.6), "budget": MICRO},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_order_changes_nothing(case):
    refusal, terms = REFUSED[case]
    world = World(balance=10**10 if refusal is PriceOutOfRange else GRANT)
    bid(world, ALICE, NO, 400, 50 * MICRO)  # in its own way
    bid(world, BOB, NO, 450, 50 * MICRO)
    before = world.snapshot()

    with pytest.raises(refusal):
        world.place(ALICE, **terms)

    assert world.snapshot() == before


def test_a_sale_may_not_take_a_claim_below_the_range():
    world = World((0.01, 0.99), subsidy=5_000 * MICRO, balance=10**10)
    world.buy(ALICE, YES, shares=3_000 * MICRO)
    world.buy(BOB, NO, shares=3_000 * MICRO)
    world.buy(CHARLIE, NO, shares=2_400 * MICRO)
    before = world.snapshot()

    with pytest.raises(PriceOutOfRange):
        world.sell(ALICE, YES, 3_000 * MICRO)

    assert world.snapshot() == before


def test_an_order_that_would_cause_too_many_fills_is_refused_whole():
    world = World(balance=10**12)
    for limit in range(100, 100 + FILLS_MAX // 3 + 1):
        bid(world, BOB, NO, limit, 2_000)
    before = world.snapshot()

    with pytest.raises(TooManyFills):
        world.buy(ALICE, YES, shares=10_000 * MICRO, limit=950)

    assert world.snapshot() == before
    assert len(world.buy(ALICE, YES, shares=10_000 * MICRO, limit=850).fills) < FILLS_MAX


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"budget": 1, "shares": 1},
        {"budget": 0},
        {"shares": -1},
        {"is_buy": False, "budget": 1},
        {"shares": 1, "limit": 0},
        {"shares": 1, "limit": 1000},
        {"shares": 1, "claim": None},
        {"budget": 1, "target": (0.5, 0.5)},
        {"shares": 1, "target": (0.5, 0.5), "claim": None},
        {"budget": 1, "target": (0.5, 0.5), "claim": None, "limit": 500},
        {"shares": 1, "rests": True},
        {"shares": 1, "rests": True, "limit": 500, "fill_or_kill": True},
    ],
)
def test_contradictory_orders_are_refused(terms):
    world = World()
    before = world.snapshot()

    with pytest.raises(InvalidOrder):
        world.submit(Intent(**{"order": 1, "trader": ALICE, "is_buy": True, "claim": YES} | terms))

    assert world.snapshot() == before


def test_every_refusal_has_a_code_of_its_own():
    refusals = {refusal for refusal, _ in REFUSED.values()} | {TooManyFills, InvalidOrder}

    assert all(issubclass(refusal, MarketError) for refusal in refusals)
    assert len({refusal.code for refusal in refusals}) == len(refusals)


# --- Stakes -------------------------------------------------------------------------------------


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


# --- Many outcomes ------------------------------------------------------------------------------


def test_a_range_of_two_hundred_bins_trades_like_any_claim():
    world = World([1 / 200] * 200, subsidy=5_000 * MICRO)
    middle, rest = tuple(range(80, 120)), (*range(80), *range(120, 200))
    waiting = bid(world, BOB, rest, 750).rests  # asks 0.25 for the middle

    execution = world.buy(ALICE, middle, budget=100 * MICRO, limit=250)

    assert [fill.counter for fill in execution.fills] == [None, waiting.id, 2]
    assert [fill.cost for fill in execution.fills[1:]] == [2_500_000, 7_500_000]
    assert world.price(middle) == pytest.approx(0.25, abs=1e-9)
    world.require_sound()
