"""What an order must keep to, and that one which is refused changes nothing.

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
from tests.markets.core.exchange_scenes import NO, YES, A, bid
from tests.markets.core.exchange_world import ALICE, BOB, CHARLIE, GRANT, World


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


@pytest.mark.parametrize("waiting", [[], [1]])
def test_a_sale_may_not_take_a_claim_below_the_range(waiting):
    world = World((0.01, 0.99), subsidy=5_000 * MICRO, balance=10**10)
    world.buy(ALICE, YES, shares=3_000 * MICRO)
    world.buy(BOB, NO, shares=3_000 * MICRO)
    world.buy(CHARLIE, NO, shares=2_400 * MICRO)
    for limit in waiting:
        bid(world, BOB, YES, limit, LOT)
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
