"""One leg against the maker: never past a bound, never for more than was reserved."""

import pytest

from markets.core.legs import NO_LEG, leg, leg_of_resting
from markets.core.lmsr import Maker
from markets.core.orders import LOT, Resting
from markets.core.pairs import paired

YES = paired((0,), 2)
AT_EVENS = Maker((0, 0), 10**9, (0.5, 0.5))


def wanted(shares, limit=500, **amounts):
    return Resting(id=1, trader=1, is_buy=True, claim=(0,), limit=limit, shares=shares, **amounts)


@pytest.mark.parametrize(
    ("is_buy", "bound"), [(True, 0.5), (True, 0.4), (False, 0.5), (False, 0.6)]
)
def test_there_is_no_leg_to_a_bound_that_is_no_better(is_buy, bound):
    assert leg(AT_EVENS, YES, is_buy=is_buy, budget=None, shares=10**6, bound=bound) == NO_LEG


def test_a_leg_that_spends_a_budget_costs_the_whole_of_it():
    shares, cost = leg(AT_EVENS, YES, is_buy=True, budget=10**6, shares=None, bound=0.6)

    assert cost == 10**6
    assert shares == 1_999_000  # 10^9 · ln(1 + 2(e^0.001 − 1)) = 1 999 000.99…


def test_a_resting_buy_pays_what_it_reserved_where_the_noise_of_floats_would_charge_more():
    maker = Maker((0, 1_200), 10**15, (0.5, 0.5))  # 3e-13 below evens: less than the noise
    order = wanted(LOT)

    assert leg_of_resting(maker, order, YES) == (LOT, order.reserved) == (1_000, 500)


def test_a_part_of_a_resting_buy_leaves_whole_lots():
    maker = Maker((0, 10_000_500), 10**9, (0.5, 0.5))  # 10 000 500 microshares to evens

    shares, cost = leg_of_resting(maker, wanted(20_000_123), YES)

    assert shares == 9_999_123 + 1_000
    assert (20_000_123 - shares) % LOT == 0
    assert cost <= wanted(20_000_123).reserved - wanted(20_000_123 - shares).reserved


@pytest.mark.parametrize("is_buy", [True, False])
@pytest.mark.parametrize("lead", [-40 * 10**9, 40 * 10**9])
def test_there_is_no_leg_where_a_claim_is_as_good_as_certain_or_impossible(is_buy, lead):
    maker = Maker((lead, 0), 10**9, (0.5, 0.5))  # e^-40 = 4e-18
    order = Resting(id=1, trader=1, is_buy=is_buy, claim=(0,), limit=500, shares=10**6)

    assert leg_of_resting(maker, order, YES) == NO_LEG


def test_a_part_that_would_be_less_than_a_lot_waits():
    maker = Maker((0, 1_500), 10**9, (0.5, 0.5))

    assert leg_of_resting(maker, wanted(10_600), YES) == NO_LEG
    assert leg_of_resting(maker, wanted(10_300), YES)[0] == 1_300
