from datetime import timedelta
from decimal import Decimal

import pytest

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import Market
from markets.queries.orderbook import order_book
from markets.services import trading
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def rest(trader, question, key, **asked):
    return place_order(
        trader=trader, market_id=question.pk, request_key=key, clock=lambda: NOON,
        **{"claim": (0,), "side": "buy", "time_in_force": "gtc", **asked},
    )  # fmt: skip


def book_of(question, *, at=NOON, **asked):
    return order_book(Market.objects.get(pk=question.pk), now=at, **asked)


def orders_in(levels):
    return [(level.price, level.shares, level.orders) for level in levels if level.orders]


@pytest.fixture
def choice(publish):
    return publish(
        title="Who wins?", type="multiple_choice",
        outcomes=("Ana", "Berta", "Carla", "Dora"), prior=(0.4, 0.3, 0.2, 0.1),
    )  # fmt: skip


def test_the_book_of_two_outcomes_is_one_ladder_and_never_empty(question):
    book = book_of(question)

    (ladder,) = book.ladders
    assert (book.question_id, book.seq, ladder.claim, ladder.price) == (question.pk, 0, (0,), 0.5)
    assert not ladder.has_orders
    assert [level.price for level in ladder.asks][:5] == [510, 520, 530, 540, 550]
    assert [level.price for level in ladder.bids][:5] == [490, 480, 470, 460, 450]
    # b = 500 / ln 2 = 721.35 credits; b * logit 0.51 = 28.858
    assert ladder.asks[0].maker_shares == ladder.bids[0].maker_shares == 28_857_748


def test_the_maker_really_trades_what_the_book_says(alice, question):
    level = book_of(question).ladders[0].asks[3]

    rest(alice, question, "a", shares=level.maker_shares, time_in_force="ioc", limit=None)

    price = Market.objects.get(pk=question.pk).probabilities[0]
    assert level.price == 540
    assert price == pytest.approx(0.54, abs=1e-8)


def test_orders_at_one_price_are_added_up(alice, bob, question):
    rest(alice, question, "a", budget=40 * MICRO, limit=Decimal("0.4"))
    rest(bob, question, "b", shares=7 * MICRO, limit=Decimal("0.4"))
    rest(bob, question, "c", shares=5 * MICRO, limit=Decimal("0.45"))

    (ladder,) = book_of(question).ladders

    assert orders_in(ladder.bids) == [(450, 5 * MICRO, 1), (400, 107 * MICRO, 2)]
    assert orders_in(ladder.asks) == []
    assert ladder.best_bid.price == 450
    assert ladder.best_ask is None


def test_a_buy_of_no_is_an_ask_of_yes(alice, bob, question):
    rest(alice, question, "a", claim=(1,), shares=5 * MICRO, limit=Decimal("0.4"))
    rest(bob, question, "held", shares=9 * MICRO, limit=None, time_in_force="ioc")
    rest(bob, question, "b", side="sell", shares=2 * MICRO, limit=Decimal("0.6"))

    (ladder,) = book_of(question).ladders

    assert orders_in(ladder.asks) == [(600, 7 * MICRO, 2)]
    assert orders_in(ladder.bids) == []


def test_what_is_filled_rests_no_more(alice, bob, question):
    rest(alice, question, "a", claim=(1,), shares=5 * MICRO, limit=Decimal("0.49"))
    rest(bob, question, "b", shares=30 * MICRO, time_in_force="ioc", limit=Decimal("0.509"))
    assert orders_in(book_of(question).ladders[0].asks) == [(510, 5 * MICRO, 1)]

    rest(bob, question, "c", shares=5 * MICRO, time_in_force="ioc", limit=None)

    left = orders_in(book_of(question).ladders[0].asks)
    assert [(price, orders) for price, _, orders in left] == [(510, 1)]
    assert 0 < left[0][1] < 5 * MICRO


def test_an_order_that_ran_out_is_gone_before_anything_ends_it(alice, question):
    later = NOON + timedelta(hours=1)
    rest(
        alice, question, "a", shares=MICRO, limit=Decimal("0.4"), time_in_force="gtd",
        expires_at=later,
    )  # fmt: skip

    assert book_of(question).ladders[0].has_orders
    assert not book_of(question, at=later).ladders[0].has_orders


def test_a_cancelled_order_is_gone(alice, question):
    order = rest(alice, question, "a", shares=MICRO, limit=Decimal("0.4"))

    trading.cancel_order(trader=alice, order_id=order.pk, clock=lambda: NOON)

    assert not book_of(question).ladders[0].has_orders


def test_more_outcomes_have_a_ladder_each_and_other_claims_follow(alice, choice):
    rest(alice, choice, "a", claim=(0, 3), shares=MICRO, limit=Decimal("0.3"))
    rest(alice, choice, "b", claim=(1, 2), shares=MICRO, limit=Decimal("0.4"))
    rest(alice, choice, "c", claim=(0, 1, 3), shares=MICRO, limit=Decimal("0.7"))

    ladders = book_of(choice).ladders

    assert [ladder.claim for ladder in ladders] == [(0,), (1,), (2,), (3,), (0, 3)]
    assert orders_in(ladders[2].asks) == [(300, MICRO, 1)]
    assert orders_in(ladders[4].bids) == [(300, MICRO, 1)]
    assert orders_in(ladders[4].asks) == [(600, MICRO, 1)]


def test_the_ladder_of_one_claim_may_be_asked_for(choice):
    book = book_of(choice, claims=[(3, 2, 1)])

    assert [(ladder.claim, ladder.price) for ladder in book.ladders] == [((0,), pytest.approx(0.4))]
    with pytest.raises(MarketError) as refused:
        book_of(choice, claims=[(0, 1, 2, 3)])
    assert refused.value.code == "invalid_claim"


def test_a_book_costs_one_query_however_many_orders_rest(
    alice, bob, question, django_assert_num_queries
):
    market = Market.objects.get(pk=question.pk)
    for number in range(3):
        rest(alice, question, f"a{number}", shares=MICRO, limit=Decimal(f"0.4{number}"))
        with django_assert_num_queries(1):
            order_book(market, now=NOON)


def test_the_edges_of_what_the_maker_quotes_are_shown(alice, question):
    rest(alice, question, "a", budget=600 * MICRO, limit=None, time_in_force="ioc")
    rest(alice, question, "b", budget=380 * MICRO, limit=Decimal("0.99"), time_in_force="ioc")

    (ladder,) = book_of(question).ladders

    assert ladder.price > 0.85
    assert ladder.asks[-1].price <= 999
    assert all(level.maker_shares > 0 for level in (*ladder.asks, *ladder.bids))
