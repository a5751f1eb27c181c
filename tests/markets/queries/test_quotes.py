from datetime import timedelta
from decimal import Decimal

import pytest

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import Account, Order
from markets.queries.quotes import quote_order, quote_stake
from markets.services import forecasting
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db

BUY = {"claim": (0,), "side": "buy", "now": NOON}


def place(trader, question, key, *, at=NOON, **asked):
    return place_order(
        trader=trader, market_id=question.pk, request_key=key, clock=lambda: at,
        **{"claim": (0,), "side": "buy", **asked},
    )  # fmt: skip


def offer(trader, question, key, *, shares, limit):
    """Somebody who holds "no" offers "yes": the same as a resting buy of "no"."""
    return place(
        trader, question, key, claim=(1,), shares=shares, limit=1 - Decimal(limit),
        time_in_force="gtc",
    )  # fmt: skip


def test_a_quote_is_what_the_order_then_does(alice, question):
    quote = quote_order(market_id=question.pk, claim=(0,), side="buy", budget=50 * MICRO, now=NOON)

    order = place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=50 * MICRO,
        request_key="first", clock=lambda: NOON,
    )  # fmt: skip
    fill = order.fills.get()
    assert (quote.cost, quote.shares) == (order.cost, order.filled_shares)
    assert (quote.price_before, quote.price_after) == (fill.price_before, fill.price_after)
    assert quote.probabilities_after == tuple(fill.probabilities)
    assert quote.average_price == pytest.approx(order.cost / order.filled_shares)
    assert quote.payout_if_right == order.filled_shares


def test_a_staked_quote_is_what_the_stake_then_does(alice, question):
    quote = quote_stake(
        question_id=question.pk, probabilities=(0.7, 0.3), stake=50 * MICRO, now=NOON
    )

    order = forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.7, 0.3), stake=50 * MICRO,
        request_key="first", now=NOON, clock=lambda: NOON,
    ).order  # fmt: skip
    assert (quote.cost, quote.shares) == (order.cost, order.filled_shares)


def test_a_quote_writes_nothing(question):
    quote_order(market_id=question.pk, claim=(0,), side="buy", budget=50 * MICRO, now=NOON)

    assert not Order.objects.exists()
    assert not Account.objects.filter(kind="wallet").exists()


def test_a_quote_may_cost_more_than_anybody_has(question):
    quote = quote_order(
        market_id=question.pk, claim=(0,), side="buy", budget=4_000 * MICRO, now=NOON
    )

    assert quote.cost == 4_000 * MICRO


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("invalid_claim", {"claim": (0, 1), "budget": MICRO}),
        ("invalid_order", {"budget": 0}),
        ("price_out_of_range", {"budget": 9_000 * MICRO}),
        ("insufficient_shares", {"side": "sell", "shares": MICRO, "trader_id": 1}),
    ],
)
def test_what_could_not_be_ordered_cannot_be_quoted(question, code, arguments):
    with pytest.raises(MarketError) as refused:
        quote_order(market_id=question.pk, **{"claim": (0,), "side": "buy", **arguments}, now=NOON)

    assert refused.value.code == code


def test_a_stake_on_what_the_market_says_already_has_nothing_to_trade(question):
    with pytest.raises(MarketError) as refused:
        quote_stake(question_id=question.pk, probabilities=(0.5, 0.5), stake=MICRO, now=NOON)

    assert refused.value.code == "not_fillable"


def test_a_quote_meets_resting_orders_as_the_order_then_does(alice, bob, question):
    offer(bob, question, "b1", shares=10 * MICRO, limit="0.51")
    offer(bob, question, "b2", shares=5 * MICRO, limit="0.52")

    quote = quote_order(market_id=question.pk, budget=60 * MICRO, **BUY)
    order = place(alice, question, "a", budget=60 * MICRO)

    assert (quote.met_orders, quote.met_shares) == (2, 15 * MICRO)
    assert (quote.cost, quote.shares) == (order.cost, order.filled_shares)
    assert quote.price_after == order.fills.order_by("-seq")[0].price_after
    assert quote.seq == 0


def test_a_quote_says_what_would_rest_and_what_it_would_reserve(alice, question):
    asked = {"budget": 50 * MICRO, "limit": Decimal("0.4"), "time_in_force": "gtc"}
    quote = quote_order(market_id=question.pk, **asked, **BUY)
    order = place(alice, question, "a", **asked)

    assert (quote.shares, quote.cost, quote.average_price) == (0, 0, None)
    assert (quote.rests_shares, quote.reserves) == (125 * MICRO, 50 * MICRO)
    assert order.reserved == 50 * MICRO


def test_a_quote_of_what_is_filled_in_part_says_both_parts(alice, question):
    asked = {"budget": 200 * MICRO, "limit": Decimal("0.55"), "time_in_force": "gtc"}
    quote = quote_order(market_id=question.pk, **asked, **BUY)
    order = place(alice, question, "a", **asked)

    assert (quote.cost, quote.shares) == (order.cost, order.filled_shares)
    assert quote.cost + quote.reserves == 200 * MICRO
    assert quote.reserves == order.reserved
    assert not quote.is_complete


def test_what_does_not_rest_is_not_quoted_where_nothing_is_filled(question):
    with pytest.raises(MarketError) as refused:
        quote_order(market_id=question.pk, budget=MICRO, limit=Decimal("0.4"), **BUY)

    assert refused.value.code == "not_fillable"


def test_a_quote_counts_ones_own_orders_in_the_way_as_cancelled(alice, question):
    resting = offer(alice, question, "a", shares=10 * MICRO, limit="0.51")

    asked = {"market_id": question.pk, "budget": 60 * MICRO, **BUY}
    mine = quote_order(trader_id=alice.pk, **asked)
    anybodys = quote_order(**asked)

    assert (mine.displaced_orders, mine.released, mine.met_orders) == (1, resting.reserved, 0)
    assert (anybodys.displaced_orders, anybodys.released, anybodys.met_orders) == (0, 0, 1)


def test_an_order_that_has_run_out_is_not_met(bob, question):
    place(
        bob, question, "b", claim=(1,), shares=10 * MICRO, limit=Decimal("0.49"),
        time_in_force="gtd", expires_at=NOON + timedelta(hours=1),
    )  # fmt: skip
    asked = {"market_id": question.pk, "budget": 60 * MICRO}

    before = quote_order(**asked, **BUY)
    after = quote_order(**asked, **{**BUY, "now": NOON + timedelta(hours=1)})

    assert (before.met_orders, after.met_orders) == (1, 0)


def test_a_sale_of_nobodys_is_quoted_as_if_the_shares_were_there(alice, question):
    place(alice, question, "a", shares=10 * MICRO)

    asked = {"market_id": question.pk, "claim": (0,), "side": "sell", "shares": 4 * MICRO}
    anybodys = quote_order(**asked, now=NOON)
    hers = quote_order(**asked, trader_id=alice.pk, now=NOON)

    assert anybodys == hers
    assert anybodys.cost < 0


def test_shares_that_a_resting_sale_offers_cannot_be_sold_again(alice, question):
    place(alice, question, "a", shares=10 * MICRO)
    place(
        alice, question, "b", side="sell", shares=8 * MICRO, limit=Decimal("0.9"),
        time_in_force="gtc",
    )  # fmt: skip

    with pytest.raises(MarketError) as refused:
        quote_order(
            market_id=question.pk, claim=(0,), side="sell", shares=3 * MICRO,
            trader_id=alice.pk, now=NOON,
        )  # fmt: skip

    assert refused.value.code == "insufficient_shares"


def test_a_quote_costs_three_queries_however_many_orders_rest(
    alice, bob, question, django_assert_num_queries
):
    for number in range(3):
        offer(bob, question, f"b{number}", shares=MICRO, limit=f"0.5{number + 1}")
        with django_assert_num_queries(3):  # the market, what rests in it, who holds what
            quote_order(market_id=question.pk, budget=9 * MICRO, trader_id=alice.pk, **BUY)
