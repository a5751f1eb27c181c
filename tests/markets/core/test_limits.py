import math

import pytest

from markets.core import lmsr
from markets.core.limits import (
    InvalidBudget,
    InvalidLiquidity,
    InvalidPrior,
    InvalidProbabilities,
    PriceOutOfRange,
    SharesOutOfRange,
    require_buy_in_range,
    require_sale_in_range,
)

EVENS = (0.5, 0.5)


def refused(refusal, call, *arguments):
    with pytest.raises(refusal) as raised:
        call(*arguments)
    return raised.value.code


def test_a_buy_may_leave_its_claim_at_the_highest_price_but_not_above():
    require_buy_in_range(0.999)
    require_buy_in_range(lmsr.price_after_shares(0.5, lmsr.shares_to_price(0.5, 0.999, 1e8), 1e8))

    assert refused(PriceOutOfRange, require_buy_in_range, 0.9990001) == "price_out_of_range"


def test_a_sale_may_leave_its_claim_at_the_lowest_price_but_not_below():
    require_sale_in_range(0.5, 0.001)
    after = lmsr.price_after_shares(0.5, lmsr.shares_to_price(0.5, 0.001, 1e8), 1e8)
    require_sale_in_range(0.5, after)

    assert refused(PriceOutOfRange, require_sale_in_range, 0.5, 0.0009999) == "price_out_of_range"
    assert refused(PriceOutOfRange, require_sale_in_range, 0.0010001, 0.0009) == (
        "price_out_of_range"
    )


def test_a_claim_that_stood_below_the_lowest_price_may_still_be_sold():
    require_sale_in_range(0.001, 0.0005)
    require_sale_in_range(0.0004, 0.0001)


@pytest.mark.parametrize("price", [0, 1, -0.1, 1.1, math.nan, math.inf])
def test_a_price_that_is_no_probability_is_refused(price):
    for call in (lmsr.cost_of_shares, lmsr.shares_for_budget, lmsr.price_after_budget,
                 lmsr.price_after_shares):  # fmt: skip
        assert refused(PriceOutOfRange, call, price, 1e6, 1e8) == "price_out_of_range"
    for call in (lmsr.shares_to_price, lmsr.budget_to_price):
        assert refused(PriceOutOfRange, call, price, 0.5, 1e8) == "price_out_of_range"
        assert refused(PriceOutOfRange, call, 0.5, price, 1e8) == "price_out_of_range"


@pytest.mark.parametrize("shares", [701e8, -701e8, math.nan, math.inf])
def test_shares_beyond_the_exponent_are_refused(shares):
    for call in (lmsr.cost_of_shares, lmsr.price_after_shares):
        assert refused(SharesOutOfRange, call, 0.5, shares, 1e8) == "shares_out_of_range"
    for call in (lmsr.portfolio_cost, lmsr.prices_after):
        assert refused(SharesOutOfRange, call, EVENS, [shares, 0], 1e8) == "shares_out_of_range"


def test_outcomes_too_far_apart_are_refused_and_up_to_there_are_priced():
    assert lmsr.prices([700 * 10**8, 0], 1e8, EVENS)[1] == pytest.approx(math.exp(-700))

    for call in (lmsr.prices, lmsr.cost_function):
        code = refused(SharesOutOfRange, call, [701 * 10**8, 0], 1e8, EVENS)
        assert code == "shares_out_of_range"


def test_a_forecast_too_far_from_the_prices_is_refused():
    code = refused(SharesOutOfRange, lmsr.portfolio_towards, [1e-306, 1], [1, 1e-306], 1e6, 1e8)

    assert code == "shares_out_of_range"


@pytest.mark.parametrize("liquidity", [0, -1, math.nan, math.inf])
def test_liquidity_that_is_no_positive_amount_is_refused(liquidity):
    for call, arguments in [
        (lmsr.cost_of_shares, (0.5, 1)),
        (lmsr.shares_for_budget, (0.5, 1)),
        (lmsr.shares_to_price, (0.5, 0.6)),
        (lmsr.budget_to_price, (0.5, 0.6)),
        (lmsr.price_after_budget, (0.5, 1)),
        (lmsr.price_after_shares, (0.5, 1)),
        (lmsr.portfolio_cost, (EVENS, [1, 0])),
        (lmsr.prices_after, (EVENS, [1, 0])),
        (lmsr.portfolio_towards, (EVENS, [0.6, 0.4], 1)),
        (lmsr.liquidity_cost, (EVENS,)),
        (lmsr.prior_after_adding, ([1, 0], 1e8, EVENS)),
    ]:
        assert refused(InvalidLiquidity, call, *arguments, liquidity) == "invalid_liquidity"
    assert refused(InvalidLiquidity, lmsr.worst_case_loss, liquidity, EVENS) == "invalid_liquidity"
    assert refused(InvalidLiquidity, lmsr.liquidity_for_subsidy, liquidity, EVENS) == (
        "invalid_liquidity"
    )
    assert refused(InvalidLiquidity, lmsr.prices, [0, 0], liquidity, EVENS) == "invalid_liquidity"


@pytest.mark.parametrize("budget", [-1, math.nan, math.inf])
def test_a_budget_that_is_no_amount_is_refused(budget):
    for call in (lmsr.shares_for_budget, lmsr.price_after_budget):
        assert refused(InvalidBudget, call, 0.5, budget, 1e8) == "invalid_budget"
    assert refused(InvalidBudget, lmsr.portfolio_towards, EVENS, [0.6, 0.4], budget, 1e8) == (
        "invalid_budget"
    )


NO_DISTRIBUTIONS = [[1.0, 0.0], [0.5, 0.4], [0.6, 0.6], [1.5, -0.5], [math.nan, 0.5], [0.5] * 3]


@pytest.mark.parametrize("prior", NO_DISTRIBUTIONS)
def test_a_prior_that_is_no_distribution_over_the_outcomes_is_refused(prior):
    for call in (lmsr.prices, lmsr.cost_function):
        assert refused(InvalidPrior, call, [0, 0], 1e8, prior) == "invalid_prior"


@pytest.mark.parametrize("prior", [[], [1.0]])
def test_a_prior_over_fewer_than_two_outcomes_is_refused(prior):
    assert refused(InvalidPrior, lmsr.worst_case_loss, 1e8, prior) == "invalid_prior"


@pytest.mark.parametrize("stated", NO_DISTRIBUTIONS)
def test_stated_probabilities_that_are_no_distribution_are_refused(stated):
    code = "invalid_probabilities"

    assert refused(InvalidProbabilities, lmsr.portfolio_cost, stated, [1, 0], 1e8) == code
    assert refused(InvalidProbabilities, lmsr.portfolio_towards, EVENS, stated, 1e6, 1e8) == code


def test_a_huge_budget_is_priced_and_then_refused_by_its_price():
    after = lmsr.price_after_budget(0.5, 1e18, 1e6)

    assert after == 1
    assert lmsr.shares_for_budget(0.5, 1e18, 1e6) == pytest.approx(1e18)
    assert refused(PriceOutOfRange, require_buy_in_range, after) == "price_out_of_range"
