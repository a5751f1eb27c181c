"""Orders that wait in the book: placed on a ticket, seen on the pages, cancelled with a button."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from markets.core.money import MICRO
from markets.models import Account, Order
from markets.queries.ledger import audit
from markets.services import lifecycle, trading
from markets.services.trading import Busy
from tests.markets.web.test_pages import text_of
from tests.markets.web.test_tickets import (
    TRADE,
    nothing_was_written,
    quote,
    said_after,
    send,
    trade_as_quoted,
)
from tests.markets.web.world import bid, buy

pytestmark = pytest.mark.django_db

LIMIT = {"pricing": "limit", "limit": "40", "time_in_force": "gtc"}
WITHIN = {"HX-Request": "true"}


def cancel(client, order, **options):
    return client.post(reverse("pages:cancel_order", args=[order.pk]), **options)


def page_of(client, question, **asked):
    return client.get(reverse("pages:question", args=[question.slug]), asked)


def reserved(trader):
    return Account.objects.get(owner=trader).reserved


# The ticket


def test_a_limit_order_waits_and_says_what_it_holds_back(as_alice, alice, question):
    response = trade_as_quoted(as_alice, question, **LIMIT)

    order = alice.orders.get()
    assert response.status_code == 303
    assert (order.status, order.limit, order.time_in_force) == ("open", 400, "gtc")
    assert reserved(alice) == 10 * MICRO
    assert "10.00 credits are held back to buy Yes at 40% or better." in said_after(
        as_alice, response
    )
    assert audit() == []


def test_a_limit_order_that_is_filled_in_part_says_both(as_alice, alice, question):
    response = trade_as_quoted(as_alice, question, **{**LIMIT, "limit": "51"}, amount="20")

    words = said_after(as_alice, response)
    assert alice.orders.get().status == "open"
    assert re.search(r"You bought 28\.86 shares of Yes and paid 14\.57\.", words)
    assert "5.43 credits are held back to buy Yes at 51% or better." in words


def test_an_offer_says_what_it_holds_back(as_alice, alice, question):
    buy(alice, question, "held", 20)

    response = trade_as_quoted(
        as_alice, question, side="sell", amount="8", **{**LIMIT, "limit": "60"}
    )

    assert "8.00 shares of Yes are offered at 60%, and held back." in said_after(as_alice, response)


def test_an_order_until_a_date_is_read_in_utc(as_alice, alice, question):
    until = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    boxes = {**LIMIT, "time_in_force": "gtd", "expires_at": f"{until:%Y-%m-%dT%H:%M}"}

    response = trade_as_quoted(as_alice, question, **boxes)

    assert response.status_code == 303
    assert alice.orders.get().expires_at == until


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ({"limit": ""}, "Say at which price."),
        ({"time_in_force": "gtd"}, "Say until when."),
        ({"time_in_force": "gtd", "expires_at": "2020-01-01T00:00"}, "That time has passed."),
        (
            {"time_in_force": "gtd", "expires_at": "2099-01-01T00:00"},
            "The question closes before that, on ",
        ),
    ],
    ids=["no-price", "no-date", "past", "after-the-close"],
)
def test_what_is_missing_or_too_late_is_said_beside_its_box(as_alice, question, boxes, sentence):
    response = send(as_alice, "trade", question, TRADE, **{**LIMIT, **boxes})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert nothing_was_written()


def test_at_the_market_a_limit_that_stands_in_the_hidden_box_is_left_out(as_alice, alice, question):
    trade_as_quoted(as_alice, question, **{**LIMIT, "pricing": "market"})

    assert (alice.orders.get().limit, alice.orders.get().status) == (None, "filled")


def test_the_quote_says_what_fills_now_and_what_waits(as_alice, question):
    waits = text_of(quote(as_alice, "trade", question, TRADE, **LIMIT))
    both = text_of(
        quote(as_alice, "trade", question, TRADE, **{**LIMIT, "limit": "51"}, amount="20")
    )
    dropped = text_of(
        quote(
            as_alice, "trade", question, TRADE, amount="20",
            **{**LIMIT, "limit": "51", "time_in_force": "ioc"},
        )
    )  # fmt: skip

    assert waits == (
        "Fills nothing now. Waits in the book at 40% : 10.00 credits are held back for "
        "25.00 shares. Most that can be lost 10.00 To spend after 990.00"
    )
    assert "Moves Yes from 50% to 51%, costs 14.57 , pays 28.86 if right." in both
    assert (
        "The rest waits in the book at 51% : 5.43 credits are held back for 10.64 shares." in both
    )
    assert "Most that can be lost 20.00 To spend after 980.00" in both
    assert "What is left is cancelled." in dropped
    assert nothing_was_written()


def test_the_quote_names_the_resting_orders_that_it_meets(as_alice, bob, question):
    trading.place_order(
        trader=bob, market_id=question.pk, claim=(1,), side="buy", shares=5 * MICRO,
        limit=Decimal("0.49"), time_in_force="gtc",
        request_key="b",
    )  # fmt: skip

    words = text_of(quote(as_alice, "trade", question, TRADE, amount="18"))

    assert "Of them from 1 resting order 5.00" in words


def test_ones_own_order_in_the_way_is_announced(as_alice, alice, question):
    bid(alice, question, "mine", 45)
    asked = {"claim": "1", "amount": "400"}

    words = text_of(quote(as_alice, "trade", question, TRADE, **asked))
    response = send(as_alice, "trade", question, TRADE, **asked, confirmed=_signature(asked))

    assert "1 of your own orders in the way is cancelled." in words
    assert "1 of your own orders stood in the way and was cancelled." in said_after(
        as_alice, response
    )


def _signature(boxes):
    amount = int(boxes["amount"]) * MICRO
    return f"buy:{boxes['claim']}:{amount}:None:ioc:None"


# The pages


def test_the_page_shows_the_book_and_ones_own_orders(as_alice, client, alice, bob, question):
    bid(alice, question, "a", 40, 20)
    bid(bob, question, "b", 40, 10)

    mine, anybodys = text_of(page_of(as_alice, question)), text_of(page_of(client, question))

    assert "Waiting to buy “Yes” At Shares Orders 40% 75.00 2" in mine
    assert "No order waits to sell “Yes”." in mine
    assert "Your open orders Buy Yes at 40%" in mine
    assert "50.00 shares left · 20.00 credits held back" in mine
    assert "You have 980.00 credits to spend, and 20.00 in orders." in mine
    assert "Waiting to buy “Yes” At Shares Orders 40% 75.00 2" in anybodys
    assert "Your open orders" not in anybodys


def test_the_book_of_many_outcomes_is_chosen_by_claim(client, alice, choice):
    bid(alice, choice, "a", 30)

    leading = text_of(page_of(client, choice))
    third = text_of(page_of(client, choice, book="2"))
    nonsense = page_of(client, choice, book="9-x")

    assert "Waiting to buy “Greens”" in leading
    assert "No order waits to buy “Labour”." in third
    assert nonsense.status_code == 200


def test_the_book_alone_is_answered_only_when_it_has_changed(client, alice, question):
    address = reverse("pages:book", args=[question.slug])
    first = client.get(address)
    seen = re.search(r"seen=(\w+)", first.content.decode())[1]

    same = client.get(address, {"seen": seen})
    bid(alice, question, "a")
    moved = client.get(address, {"seen": seen})

    assert (first.status_code, same.status_code, moved.status_code) == (200, 204, 200)
    assert "Waiting to buy “Yes” At Shares Orders 20% 20.00 1" in text_of(moved)
    assert client.get(reverse("pages:book", args=["nowhere"])).status_code == 404


def test_a_question_that_has_closed_shows_no_book(as_alice, alice, question, eve):
    order = bid(alice, question, "a")
    lifecycle.close(question_id=question.pk, editor=eve, reason="Early", now=timezone.now())

    words = text_of(page_of(as_alice, question))

    order.refresh_from_db()
    assert (order.status, order.end_reason) == ("cancelled", "closed")
    assert "Order book" not in words
    assert "Your open orders" not in words


def test_portfolio_and_wallet_show_what_is_in_orders(as_alice, as_charlie, alice, question):
    bid(alice, question, "a", 40, 20)

    portfolio = text_of(as_alice.get(reverse("pages:portfolio")))
    wallet = text_of(as_alice.get(reverse("pages:wallet")))
    charlies = text_of(as_charlie.get(reverse("pages:portfolio")))

    assert "To spend 980.00 In open orders 20.00" in portfolio
    assert "Buy Yes at 40% 50.00 0.00 20.00 you cancel it Cancel" in portfolio
    assert "Balance 1,000.00 In open orders 20.00 To spend 980.00" in wallet
    assert "No order of yours waits in a book." in charlies


# Cancelling


def test_a_cancelled_order_is_told_and_its_credits_are_back(as_alice, alice, question):
    order = bid(alice, question, "a")

    response = cancel(as_alice, order)

    order.refresh_from_db()
    assert response.status_code == 303
    assert response["Location"] == reverse("pages:question", args=[question.slug])
    assert (order.status, reserved(alice)) == ("cancelled", 0)
    assert "Your order is cancelled" in said_after(as_alice, response)
    assert audit() == []


def test_a_page_that_asks_from_within_gets_its_orders_anew(as_alice, alice, question):
    order = bid(alice, question, "a")
    bid(alice, question, "b", 30)

    response = cancel(as_alice, order, headers=WITHIN)

    words = text_of(response)
    assert response.status_code == 200
    assert response["HX-Trigger"] == "book-moved"
    assert "Your order is cancelled" in words
    assert "Buy Yes at 30%" in words
    assert "Buy Yes at 20%" not in words
    assert 'id="wallet-line" href="/wallet/" hx-swap-oob="true"' in response.content.decode()
    assert "You have 996.00 credits to spend, and 4.00 in orders." in words


def test_cancelling_twice_says_that_it_had_ended(as_alice, alice, question, bob):
    order = bid(alice, question, "a")
    cancel(as_alice, order)

    again = said_after(as_alice, cancel(as_alice, order))

    assert "Your order is cancelled" in again
    assert Order.objects.get(pk=order.pk).status == "cancelled"


def test_an_order_that_was_filled_meanwhile_is_told(as_alice, alice, question):
    order = bid(alice, question, "a", 60)

    assert order.status == "filled"
    assert "Your order was filled before it could be cancelled." in said_after(
        as_alice, cancel(as_alice, order)
    )


def test_charlie_cannot_cancel_an_order_of_alices(as_charlie, client, alice, question):
    order = bid(alice, question, "a")

    assert cancel(as_charlie, order).status_code == 404
    assert cancel(as_charlie, order, headers=WITHIN).status_code == 404
    assert cancel(client, order)["Location"].startswith("/accounts/login/")
    as_charlie.post(reverse("pages:cancel_orders"))
    order.refresh_from_db()
    assert (order.status, reserved(alice)) == ("open", 4 * MICRO)


def test_nothing_is_cancelled_by_following_a_link(as_alice, alice, question):
    order = bid(alice, question, "a")

    assert as_alice.get(reverse("pages:cancel_order", args=[order.pk])).status_code == 405
    assert as_alice.get(reverse("pages:cancel_orders")).status_code == 405
    assert reserved(alice) == 4 * MICRO


def test_all_orders_on_a_question_are_cancelled_and_no_others(as_alice, alice, question, choice):
    for on, key in ((question, "a"), (question, "b"), (choice, "c")):
        bid(alice, on, key)

    response = as_alice.post(reverse("pages:cancel_orders"), {"question": question.slug})

    assert "2 open orders are cancelled" in said_after(as_alice, response)
    assert reserved(alice) == 4 * MICRO


def test_all_orders_everywhere_are_cancelled_from_the_portfolio(as_alice, alice, question, choice):
    for on, key in ((question, "a"), (choice, "c")):
        bid(alice, on, key)

    response = as_alice.post(reverse("pages:cancel_orders"))

    assert response["Location"] == reverse("pages:portfolio")
    assert "2 open orders are cancelled" in said_after(as_alice, response)
    assert reserved(alice) == 0


def test_a_cancel_from_the_portfolio_leads_back_there(as_alice, alice, question):
    response = cancel(as_alice, bid(alice, question, "a"), data={"back": "portfolio"})

    assert response["Location"] == reverse("pages:portfolio")


def test_a_market_that_is_busy_says_so_and_keeps_the_order(as_alice, alice, question, monkeypatch):
    order = bid(alice, question, "a")

    def refuse(*_, **__):
        raise Busy("This market is very busy; send the same request again in a moment.")

    monkeypatch.setattr(trading, "_submit", refuse)

    told = text_of(cancel(as_alice, order, headers=WITHIN))
    traded = send(as_alice, "trade", question, TRADE, confirmed="buy:0:10000000:None:ioc:None")

    assert "This market is very busy" in told
    assert traded.status_code == 503
    assert "This market is very busy" in text_of(traded)
    order.refresh_from_db()
    assert order.status == "open"
