"""The maker against fifty digits, against its own algebra, and against traders with round coins."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from markets.core import lmsr
from markets.core.money import FLOAT_NOISE
from tests.markets.core.strategies import (
    CREDIT,
    claim_prices,
    distributions,
    liquidities,
    property_test,
    trades,
)

mp.dps = 50

PROMISED = 1e-9
"""The relative accuracy that the maker promises; the margin below is what it keeps."""
KEPT = FLOAT_NOISE / 10

budgets = st.floats(0, 14).map(lambda exponent: 10.0**exponent)


def agrees(value: float, exact: mpf) -> bool:
    return abs(mpf(value) - exact) <= mpf(KEPT) * abs(exact)


def logit(price: mpf) -> mpf:
    return mp.log(price / (1 - price))


def exact_weights(shares, liquidity, prior):
    pairs = zip(prior, shares, strict=True)
    return [mpf(part) * mp.exp(mpf(sold) / mpf(liquidity)) for part, sold in pairs]


def exact_prices(shares, liquidity, prior):
    weights = exact_weights(shares, liquidity, prior)
    return [weight / mp.fsum(weights) for weight in weights]


def exact_cost_function(shares, liquidity, prior):
    whole = mp.fsum(mpf(part) for part in prior)
    return mpf(liquidity) * mp.log(mp.fsum(exact_weights(shares, liquidity, prior)) / whole)


@st.composite
def sold_markets(draw):
    """(shares, liquidity, prior) of a market whose prices all lie well inside (0, 1)."""
    prior = draw(distributions(draw(st.integers(2, 8))))
    liquidity = draw(liquidities)
    spread = st.floats(0, min(7.0, 1e12 / liquidity))
    return tuple(int(draw(spread) * liquidity) for _ in prior), liquidity, tuple(prior)


# --- Each formula, against fifty digits ---------------------------------------------------------


def test_the_accuracy_kept_is_far_better_than_the_accuracy_promised():
    assert PROMISED / 1000 >= KEPT


@property_test
@given(sold_markets())
def test_every_price_agrees_with_fifty_digits(market):
    exact = exact_prices(*market)

    assert all(
        agrees(price, truth) for price, truth in zip(lmsr.prices(*market), exact, strict=True)
    )


@property_test
@given(sold_markets())
def test_the_cost_function_agrees_with_fifty_digits(market):
    assert agrees(lmsr.cost_function(*market), exact_cost_function(*market))


@property_test
@given(trades())
def test_the_cost_of_shares_agrees_with_fifty_digits(trade):
    price, shares, liquidity = trade

    cost = lmsr.cost_of_shares(price, shares, liquidity)

    growth = mpf(price) * (mp.exp(mpf(shares) / mpf(liquidity)) - 1)
    assert agrees(cost, mpf(liquidity) * mp.log(1 + growth))


@property_test
@given(claim_prices, budgets, liquidities)
def test_the_shares_for_a_budget_agree_with_fifty_digits(price, budget, liquidity):
    budget = min(budget, 7 * liquidity)

    shares = lmsr.shares_for_budget(price, budget, liquidity)

    growth = (mp.exp(mpf(budget) / mpf(liquidity)) - 1) / mpf(price)
    assert agrees(shares, mpf(liquidity) * mp.log(1 + growth))


@property_test
@given(claim_prices, claim_prices, st.floats(-15, 0), liquidities)
def test_the_shares_and_the_budget_to_a_price_agree_with_fifty_digits(
    price, far, nearness, liquidity
):
    target = price + (far - price) * 10.0**nearness  # down to the very next float

    shares = lmsr.shares_to_price(price, target, liquidity)
    budget = lmsr.budget_to_price(price, target, liquidity)

    assert agrees(shares, mpf(liquidity) * (logit(mpf(target)) - logit(mpf(price))))
    assert agrees(budget, mpf(liquidity) * mp.log((1 - mpf(price)) / (1 - mpf(target))))


@property_test
@given(claim_prices, budgets, liquidities)
def test_the_price_after_a_budget_agrees_with_fifty_digits(price, budget, liquidity):
    after = lmsr.price_after_budget(price, budget, liquidity)

    assert agrees(after, 1 - (1 - mpf(price)) * mp.exp(-mpf(budget) / mpf(liquidity)))


@property_test
@given(trades())
def test_the_price_after_shares_agrees_with_fifty_digits(trade):
    price, shares, liquidity = trade

    after = lmsr.price_after_shares(price, shares, liquidity)

    grown = mpf(price) * mp.exp(mpf(shares) / mpf(liquidity))
    assert agrees(after, grown / (1 - mpf(price) + grown))


@property_test
@given(st.integers(2, 8).flatmap(distributions), liquidities)
def test_the_worst_case_and_its_inverse_agree_with_fifty_digits(prior, liquidity):
    exact = mpf(liquidity) * mp.log(1 / mpf(min(prior)))

    assert agrees(lmsr.worst_case_loss(liquidity, prior), exact)
    assert agrees(lmsr.liquidity_for_subsidy(float(exact), prior), mpf(liquidity))
    assert agrees(lmsr.liquidity_cost(prior, liquidity), exact)


@property_test
@given(st.data(), st.integers(2, 8), liquidities)
def test_the_cost_of_a_portfolio_agrees_with_fifty_digits(data, outcome_count, liquidity):
    probabilities = data.draw(distributions(outcome_count))
    largest = st.integers(0, int(min(7 * liquidity, 1e12)))
    deltas = data.draw(st.lists(largest, min_size=outcome_count, max_size=outcome_count))

    cost = lmsr.portfolio_cost(probabilities, deltas, liquidity)
    after = lmsr.prices_after(probabilities, deltas, liquidity)

    assert agrees(cost, exact_cost_function(deltas, liquidity, probabilities))
    exact = exact_prices(deltas, liquidity, probabilities)
    assert all(agrees(price, truth) for price, truth in zip(after, exact, strict=True))


@pytest.mark.parametrize("liquidity", [1e6, 1e9, 1e12, 1e15])
@pytest.mark.parametrize("price", [0.001, 0.5, 0.998])
def test_up_to_a_hundred_million_credits_the_error_is_below_one_microcredit(price, liquidity):
    shares = int(min(lmsr.shares_to_price(price, 0.999, liquidity), 1e14))
    growth = mpf(price) * (mp.exp(mpf(shares) / mpf(liquidity)) - 1)
    exact = mpf(liquidity) * mp.log(1 + growth)

    assert abs(mpf(lmsr.cost_of_shares(price, shares, liquidity)) - exact) < 1


@pytest.mark.parametrize("lead", [10, 20, 30])
def test_a_claim_sold_from_next_to_certainty_is_paid_exactly_for(lead):
    liquidity = 10**12
    maker = lmsr.Maker((lead * liquidity, 0, 0), liquidity, (0.5, 0.25, 0.25))
    shares = -lead * liquidity

    cost = maker.cost((0,), shares)

    before, after = ((q, 0, 0) for q in (maker.shares[0], maker.shares[0] + shares))
    truth = exact_cost_function(after, liquidity, maker.prior) - exact_cost_function(
        before, liquidity, maker.prior
    )
    assert agrees(cost, truth)


def test_a_million_shares_from_one_in_a_thousand():
    shares, liquidity = 1_000_000 * CREDIT, 1e6 * CREDIT

    cost = lmsr.cost_of_shares(0.001, shares, liquidity)

    assert cost == pytest.approx(1_716_807_271.133, abs=0.001)  # b·ln(1 + 0.001·(e − 1))


# --- The algebra of the maker -------------------------------------------------------------------


def test_a_new_market_has_taken_nothing_and_quotes_its_prior():
    assert lmsr.cost_function([0, 0, 0], 1e8, [0.5, 0.3, 0.2]) == 0
    assert lmsr.prices([0, 0, 0], 1e8, [0.5, 0.3, 0.2]).tolist() == [0.5, 0.3, 0.2]


@property_test
@given(sold_markets())
def test_prices_sum_to_one(market):
    assert lmsr.prices(*market).sum() == pytest.approx(1, abs=1e-15)


@property_test
@given(sold_markets(), st.integers(0, 2**62))
def test_complete_sets_move_no_price_however_many_are_out(market, sets):
    shares, liquidity, prior = market

    moved = lmsr.prices([held + sets for held in shares], liquidity, prior)

    assert moved.tolist() == lmsr.prices(*market).tolist()


@property_test
@given(trades())
def test_a_trade_moves_its_price_the_way_it_goes_and_costs_between_the_two_prices(trade):
    price, shares, liquidity = trade

    after = lmsr.price_after_shares(price, shares, liquidity)
    cost = lmsr.cost_of_shares(price, shares, liquidity)

    assert (after - price) * shares >= 0
    cheaper, dearer = sorted([price * shares, after * shares])
    slack = abs(cost) * KEPT
    assert cheaper - slack <= cost <= dearer + slack


@property_test
@given(claim_prices, liquidities, st.floats(0, 1e12), st.floats(0, 1e12))
def test_more_shares_cost_more_and_a_larger_budget_buys_more(price, liquidity, one, other):
    less, more = sorted([min(one, 6 * liquidity), min(other, 6 * liquidity)])

    costs = [lmsr.cost_of_shares(price, shares, liquidity) for shares in (less, more)]
    bought = [lmsr.shares_for_budget(price, budget, liquidity) for budget in (less, more)]

    assert costs[0] <= costs[1] * (1 + KEPT)
    assert bought[0] <= bought[1] * (1 + KEPT)


@property_test
@given(claim_prices, claim_prices, liquidities)
def test_the_ways_to_reach_a_price_agree_with_each_other(price, target, liquidity):
    shares = lmsr.shares_to_price(price, target, liquidity)
    budget = lmsr.budget_to_price(price, target, liquidity)

    assert lmsr.price_after_shares(price, shares, liquidity) == pytest.approx(target, rel=1e-12)
    assert lmsr.cost_of_shares(price, shares, liquidity) == pytest.approx(budget, rel=1e-11)
    if target > price:
        assert lmsr.price_after_budget(price, budget, liquidity) == pytest.approx(target, rel=1e-12)
        assert lmsr.shares_for_budget(price, budget, liquidity) == pytest.approx(shares, rel=1e-11)


@property_test
@given(trades())
def test_selling_a_claim_is_buying_the_rest_and_cashing_complete_sets(trade):
    price, shares, liquidity = trade

    cost = lmsr.cost_of_shares(price, shares, liquidity)
    of_the_rest = lmsr.cost_of_shares(1 - price, -shares, liquidity)

    assert cost == pytest.approx(of_the_rest + shares, rel=1e-9, abs=abs(shares) * 1e-12)


@property_test
@given(st.data(), sold_markets())
def test_the_cost_of_a_way_does_not_depend_on_the_steps_in_between(data, market):
    maker = lmsr.Maker(*market)
    size = min(int(maker.liquidity), 10**12)
    steps = data.draw(
        st.lists(
            st.lists(st.integers(-size, size), min_size=len(market[0]), max_size=len(market[0])),
            min_size=1,
            max_size=5,
        )
    )

    paid, scale, here = 0.0, 1.0, maker
    for deltas in steps:
        cost = lmsr.portfolio_cost(here.prices(), deltas, maker.liquidity)
        paid, scale, here = paid + cost, scale + max(map(abs, deltas)), here.trade(deltas)

    whole = [sum(column) for column in zip(*steps, strict=True)]
    at_once = lmsr.portfolio_cost(maker.prices(), whole, maker.liquidity)
    assert paid == pytest.approx(at_once, abs=scale * 1e-13)
    before, after = (lmsr.cost_function(*each) for each in (market, (here.shares, *market[1:])))
    assert at_once == pytest.approx(after - before, abs=1e-3 + 1e-12 * max(before, after, scale))


@property_test
@given(st.data(), sold_markets())
def test_a_claim_is_the_portfolio_of_equal_shares_inside(data, market):
    maker = lmsr.Maker(*market)
    inside = data.draw(st.integers(1, len(market[0]) - 1))
    shares = data.draw(st.integers(1, min(int(maker.liquidity), 10**12)))
    claim, deltas = tuple(range(inside)), [shares] * inside + [0] * (len(market[0]) - inside)

    cost = maker.cost(claim, shares)
    after = lmsr.price_after_shares(maker.price(claim), shares, maker.liquidity)

    together = lmsr.portfolio_cost(maker.prices(), deltas, maker.liquidity)
    assert cost == pytest.approx(together, rel=1e-12)
    moved = lmsr.prices_after(maker.prices(), deltas, maker.liquidity)
    assert after == pytest.approx(math.fsum(moved[:inside]), rel=1e-12)
    assert maker.trade(deltas).prices() == pytest.approx(moved, rel=1e-12)


@property_test
@given(claim_prices, claim_prices, liquidities)
def test_moving_the_price_earns_the_logarithmic_score(price, forecast, liquidity):
    shares = lmsr.shares_to_price(price, forecast, liquidity)

    profit = shares - lmsr.cost_of_shares(price, shares, liquidity)

    score = liquidity * (math.log(forecast) - math.log(price))
    assert profit == pytest.approx(score, abs=1e-12 * (liquidity + abs(shares)))


# --- Liquidity ----------------------------------------------------------------------------------


@property_test
@given(sold_markets(), st.floats(0.001, 1000))
def test_adding_liquidity_moves_no_price(market, factor):
    maker = lmsr.Maker(*market)

    deeper = maker.add_liquidity(maker.liquidity * factor)

    assert deeper.liquidity == maker.liquidity * (1 + factor) or math.isclose(
        deeper.liquidity, maker.liquidity * (1 + factor)
    )
    assert deeper.shares.tolist() == maker.shares.tolist()
    assert deeper.prices() == pytest.approx(maker.prices(), rel=1e-12)
    assert sum(deeper.prior) == pytest.approx(1, abs=1e-15)


def test_added_liquidity_makes_the_same_trade_move_the_price_less():
    maker = lmsr.Maker((50 * CREDIT, 0), 100.0 * CREDIT, (0.5, 0.5))
    trade = (10 * CREDIT, 0)

    moved = maker.trade(trade).price((0,)) - maker.price((0,))
    moved_less = maker.add_liquidity(900.0 * CREDIT).trade(trade).price((0,)) - maker.price((0,))

    assert moved == pytest.approx(0.0232, abs=1e-4)
    assert moved_less == pytest.approx(0.0023, abs=1e-4)


# --- A stake on a stated forecast ---------------------------------------------------------------


@st.composite
def stakes(draw, outcomes_max=8):
    """(probabilities, forecast, stake, liquidity)."""
    outcome_count = draw(st.integers(2, outcomes_max))
    probabilities = draw(distributions(outcome_count))
    forecast = draw(distributions(outcome_count))
    liquidity = draw(liquidities)
    stake = draw(st.one_of(st.floats(0, 10), st.floats(-9, 0).map(lambda e: 10.0**e))) * liquidity
    return probabilities, forecast, stake, liquidity


@property_test
@given(stakes())
def test_a_stake_never_shorts_and_leaves_one_outcome_alone(drawn):
    bought = lmsr.portfolio_towards(*drawn)

    assert bought.deltas.min() == 0
    assert 0 <= bought.cost <= drawn[2]


@property_test
@given(stakes())
def test_a_stake_is_spent_whole_unless_the_forecast_is_reached(drawn):
    probabilities, forecast, stake, liquidity = drawn

    bought = lmsr.portfolio_towards(*drawn)

    assert bought.cost == pytest.approx(
        lmsr.portfolio_cost(probabilities, bought.deltas, liquidity), rel=1e-12
    )
    if bought.travelled < 1:
        assert bought.cost == pytest.approx(stake, rel=1e-12)
    else:
        after = lmsr.prices_after(probabilities, bought.deltas, liquidity)
        assert after == pytest.approx(np.array(forecast), rel=1e-12)


@property_test
@given(stakes())
def test_a_stake_moves_the_prices_along_the_geometric_path(drawn):
    probabilities, forecast, _, liquidity = drawn

    bought = lmsr.portfolio_towards(*drawn)

    t = bought.travelled
    path = np.array(probabilities) ** (1 - t) * np.array(forecast) ** t
    after = lmsr.prices_after(probabilities, bought.deltas, liquidity)
    assert after == pytest.approx(path / path.sum(), rel=1e-10)


@property_test
@given(stakes(outcomes_max=2))
def test_with_two_outcomes_a_stake_buys_the_one_that_is_too_cheap(drawn):
    probabilities, forecast, stake, liquidity = drawn
    cheap = 0 if forecast[0] > probabilities[0] else 1

    bought = lmsr.portfolio_towards(*drawn)

    shares = min(
        lmsr.shares_for_budget(probabilities[cheap], stake, liquidity),
        lmsr.shares_to_price(probabilities[cheap], forecast[cheap], liquidity),
    )
    assert bought.deltas[cheap] == pytest.approx(shares, rel=1e-9, abs=liquidity * 1e-12)
    assert bought.deltas[1 - cheap] == 0


@property_test
@given(stakes())
def test_a_dozen_steps_find_how_far_a_stake_goes(drawn):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lmsr, "NEWTON_STEPS_MAX", 12)
        within_a_dozen = lmsr.portfolio_towards(*drawn)

    assert within_a_dozen.travelled == pytest.approx(
        lmsr.portfolio_towards(*drawn).travelled, rel=1e-12
    )


def test_a_forecast_that_the_prices_already_state_buys_nothing():
    bought = lmsr.portfolio_towards([0.5, 0.3, 0.2], [0.5, 0.3, 0.2], 5e6, 1e8)

    assert bought.deltas.tolist() == [0, 0, 0]
    assert bought.cost == 0
    assert bought.travelled == 1


def test_no_stake_buys_nothing():
    bought = lmsr.portfolio_towards([0.5, 0.3, 0.2], [0.2, 0.3, 0.5], 0, 1e8)

    assert bought.deltas.tolist() == [0, 0, 0]
    assert bought.cost == bought.travelled == 0
