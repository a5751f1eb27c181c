"""What one order sets off among the orders on other claims.

The market is at evens with 500 credits of subsidy, unless a test says otherwise, so b is 721.35
credits. Matches are exact and computed by hand; what the maker trades was computed with mpmath.
"""

import pytest

from markets.core.exchange import FILLS_MAX, LOT, TRIGGERED_MAX
from markets.core.money import MICRO
from tests.markets.core.exchange_scenes import A, B, C, ask, bid, traded
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, GRANT, World


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


# --- More than one order may set off ------------------------------------------------------------


def crowded():
    """Ten outcomes at 0.10, and for nine of them bids at that price which the maker cannot fill."""
    world = World((0.1,) * 10, subsidy=5_000 * MICRO, balance=10**13)
    for outcome in range(9):
        bid(world, BOB, (outcome,), 100, 10**10)
    assert world.fills == []
    return world


def test_an_order_sets_off_no_more_than_so_many_fills_and_is_not_refused():
    world = crowded()

    execution = world.buy(ALICE, (9,), budget=MICRO)

    first, *others = execution.fills
    assert (first.trader, first.cost) == (ALICE, MICRO)
    assert len(others) == TRIGGERED_MAX == 100
    assert {fill.trader for fill in others} == {BOB}
    assert (execution.cost, execution.is_complete) == (MICRO, True)
    assert world.price((8,)) < 0.1
    world.require_sound()


def test_the_next_order_goes_on_with_what_waits_even_if_it_only_rests():
    world = crowded()
    world.buy(ALICE, (9,), budget=MICRO)
    counts = []

    while not counts or counts[-1] == TRIGGERED_MAX:
        execution = bid(world, CHARLIE, (9,), 1, LOT)
        counts.append(len(execution.fills))
        assert (execution.filled, execution.rests.shares) == (0, LOT)
        world.require_sound()

    assert counts[:2] == [100, 100]
    assert 30 < len(counts) < 45  # 3 766 fills in all
    assert world.price((8,)) == pytest.approx(0.1, abs=1e-6)
    assert bid(world, CHARLIE, (9,), 1, LOT).fills == ()


def test_the_next_order_on_the_only_pair_that_is_left_goes_on_as_well():
    world = World((0.1,) * 10, subsidy=5_000 * MICRO, balance=10**13, triggered_max=1)
    for outcome in (0, 1):
        bid(world, BOB, (outcome,), 100)
    world.buy(ALICE, (9,), budget=100 * MICRO)
    assert list(world.book.resting) == [2]

    execution = bid(world, CHARLIE, (1,), 1)

    assert [(fill.order, fill.filled) for fill in execution.fills] == [(2, 10 * MICRO)]


def test_a_seller_meets_the_bid_that_waits_before_the_maker_that_betters_it():
    world = World((0.4, 0.3, 0.3), triggered_max=0)
    world.buy(ALICE, B, shares=4 * MICRO)
    waiting = bid(world, BOB, B, 290).rests
    world.buy(CHARLIE, A, budget=100 * MICRO)
    assert world.price(B) < 0.29

    execution = world.sell(ALICE, B, 4 * MICRO)

    assert traded(execution) == [
        (ALICE, waiting.id, 4 * MICRO, -1_160_000),
        (BOB, execution.fills[0].order, 4 * MICRO, 1_160_000),
    ]


def test_what_an_order_sets_off_is_not_counted_among_the_fills_of_its_walk():
    world = World((0.4, 0.3, 0.3), subsidy=5_000 * MICRO, balance=10**13)
    for _ in range(FILLS_MAX // 2 - 1):
        bid(world, CHARLIE, (1, 2), 600, LOT)
    for outcome in (B, C):
        bid(world, BOB, outcome, 298, 10**10)

    execution = world.buy(ALICE, A, shares=300 * MICRO)

    walked = [fill for fill in execution.fills if fill.trader != BOB]
    assert len(walked) == FILLS_MAX - 1
    assert len(execution.fills) > FILLS_MAX
    world.require_sound()
