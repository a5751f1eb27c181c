import pytest

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import Account, Order
from markets.queries.quotes import quote_order, quote_stake
from markets.services import forecasting
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def test_a_quote_is_what_the_order_then_does(alice, question):
    quote = quote_order(market_id=question.pk, claim=(0,), side="buy", budget=50 * MICRO)

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
    quote = quote_stake(question_id=question.pk, probabilities=(0.7, 0.3), stake=50 * MICRO)

    order = forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.7, 0.3), stake=50 * MICRO,
        request_key="first", now=NOON, clock=lambda: NOON,
    ).order  # fmt: skip
    assert (quote.cost, quote.shares) == (order.cost, order.filled_shares)


def test_a_quote_writes_nothing(question):
    quote_order(market_id=question.pk, claim=(0,), side="buy", budget=50 * MICRO)

    assert not Order.objects.exists()
    assert not Account.objects.filter(kind="wallet").exists()


def test_a_quote_may_cost_more_than_anybody_has(question):
    quote = quote_order(market_id=question.pk, claim=(0,), side="buy", budget=4_000 * MICRO)

    assert quote.cost == 4_000 * MICRO


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("invalid_claim", {"claim": (0, 1), "budget": MICRO}),
        ("invalid_order", {"budget": 0}),
        ("price_out_of_range", {"budget": 9_000 * MICRO}),
        ("insufficient_shares", {"side": "sell", "shares": MICRO}),
    ],
)
def test_what_could_not_be_ordered_cannot_be_quoted(question, code, arguments):
    with pytest.raises(MarketError) as refused:
        quote_order(market_id=question.pk, **{"claim": (0,), "side": "buy", **arguments})

    assert refused.value.code == code


def test_a_stake_on_what_the_market_says_already_has_nothing_to_trade(question):
    with pytest.raises(MarketError) as refused:
        quote_stake(question_id=question.pk, probabilities=(0.5, 0.5), stake=MICRO)

    assert refused.value.code == "not_fillable"
