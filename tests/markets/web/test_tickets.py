"""Forecasting, trading, withdrawing and challenging through forms that need no script."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from markets.core.money import MICRO
from markets.models import Account, Challenge, Fill, Forecast, Market, Order, Transfer
from markets.queries.ledger import audit
from markets.services import lifecycle
from tests.markets.web.test_pages import text_of
from tests.markets.web.world import buy

pytestmark = pytest.mark.django_db

FORECAST = {"request_key": "first", "probability_0": "60", "rationale": "Tunnels.", "stake": ""}
TRADE = {"request_key": "first", "side": "buy", "claim": "0", "amount": "10", "limit": ""}


def send(client, kind, question, boxes, **changes):
    address = reverse(f"pages:{kind}", args=[question.slug])
    return client.post(address, {**boxes, **changes})


def quote(client, kind, question, boxes, **changes):
    address = reverse(f"pages:{kind}_quote", args=[question.slug])
    return client.get(address, {**boxes, **changes})


def hidden(response):
    """The hidden boxes of the first form that asks for a confirmation, or of a quote."""
    html = response.content.decode()
    html = html[html.index("confirm") :] if 'class="confirm"' in html else html
    end = html.find("</form>")
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html[:end]))


def trade_as_quoted(client, question, **changes):
    quoted = hidden(quote(client, "trade", question, TRADE, **changes))
    return send(client, "trade", question, TRADE, **changes, **quoted)


def price_of(question):
    return Market.objects.get(pk=question.pk).probabilities[0]


def nothing_was_written():
    tables = (Order, Fill, Forecast, Transfer.objects.filter(code="trade"), Challenge)
    return not any(
        (table if hasattr(table, "exists") else table.objects.all()).exists() for table in tables
    )


def said_after(client, response):
    return text_of(client.get(response["Location"]))


def test_a_forecast_without_a_stake_counts_at_once(as_alice, alice, question):
    response = send(as_alice, "forecast", question, FORECAST)

    forecast = alice.forecasts.get()
    assert response.status_code == 303
    assert forecast.probabilities == [0.6, 0.4]
    assert (forecast.rationale, forecast.origin, forecast.order) == ("Tunnels.", "web", None)
    words = said_after(as_alice, response)
    assert "Your forecast of 60% counts." in words
    assert "You said this now . It stands until you change it. A new forecast replaces it." in words


def test_a_forecast_on_many_outcomes_states_each(as_alice, alice, choice):
    boxes = {"probability_0": "50", "probability_1": "20", "probability_2": "30"}
    response = send(as_alice, "forecast", choice, FORECAST, **boxes)

    assert alice.forecasts.get().probabilities == [0.5, 0.2, 0.3]
    assert "Your forecast of Greens 50%, Union 20%, Labour 30% counts." in said_after(
        as_alice, response
    )


def test_a_refused_forecast_keeps_what_was_typed_and_says_why(as_alice, question):
    response = send(as_alice, "forecast", question, FORECAST, probability_0="100", stake="ten")

    html = response.content.decode()
    assert response.status_code == 422
    assert "Give at most 99.9%: nothing is certain." in html
    assert "Write the amount in digits" in html
    assert 'value="100"' in html
    assert ">\nTunnels.</textarea>" in html
    assert nothing_was_written()


def test_a_stake_that_nobody_was_quoted_is_quoted_first(as_alice, question):
    response = send(as_alice, "forecast", question, FORECAST, stake="20")

    assert response.status_code == 200
    words = text_of(response)
    assert "Please confirm Moves Yes from 50% to" in words
    assert "costs 20.00 , pays" in words
    assert nothing_was_written()


def test_a_confirmed_stake_moves_the_market_and_says_how_far(as_alice, alice, question):
    shown = send(as_alice, "forecast", question, FORECAST, stake="20")

    response = as_alice.post(reverse("pages:forecast", args=[question.slug]), hidden(shown))

    assert response.status_code == 303
    assert alice.forecasts.get().order.cost == 20 * MICRO
    after = f"{price_of(question):.0%}"
    assert (
        f"Your forecast of 60% counts. The market moved 50% → {after} on Yes; you paid 20.00."
        in said_after(as_alice, response)
    )
    assert audit() == []


def test_a_stake_quoted_while_typing_goes_through_at_once(as_alice, alice, question):
    quoted = hidden(quote(as_alice, "forecast", question, FORECAST, stake="20"))

    response = send(as_alice, "forecast", question, FORECAST, stake="20", **quoted)

    assert response.status_code == 303
    assert alice.forecasts.get().order.cost == 20 * MICRO


def test_a_quote_for_other_boxes_does_not_count(as_alice, question):
    quoted = hidden(quote(as_alice, "forecast", question, FORECAST, stake="20"))

    response = send(as_alice, "forecast", question, FORECAST, stake="21", **quoted)

    assert response.status_code == 200
    assert "Please confirm" in text_of(response)
    assert nothing_was_written()


def test_a_forecast_where_the_market_already_stands_stakes_nothing(as_alice, alice, question):
    response = send(
        as_alice, "forecast", question, FORECAST, probability_0="50", stake="20", confirmed="50:x"
    )

    assert response.status_code == 303
    assert alice.forecasts.get().order.cost == 0
    assert "nothing was staked" in said_after(as_alice, response)


def test_buying_pays_the_budget_and_says_where_the_market_went(as_alice, alice, question):
    response = trade_as_quoted(as_alice, question)

    order = alice.orders.get()
    assert response.status_code == 303
    assert (order.cost, order.origin) == (10 * MICRO, "web")
    shares = f"{order.filled_shares / MICRO:.2f}"
    assert (
        f"You bought {shares} shares of Yes and paid 10.00. "
        f"The market moved 50% → {price_of(question):.0%}." in said_after(as_alice, response)
    )
    assert audit() == []


def test_an_order_that_nobody_was_quoted_is_quoted_first(as_alice, question):
    response = send(as_alice, "trade", question, TRADE)

    assert response.status_code == 200
    assert "Please confirm Moves Yes from 50% to" in text_of(response)
    assert nothing_was_written()

    confirmed = as_alice.post(reverse("pages:trade", args=[question.slug]), hidden(response))
    assert confirmed.status_code == 303
    assert Order.objects.count() == 1


@pytest.mark.parametrize("amount", ["251", "300"])
def test_an_order_above_a_quarter_of_the_balance_is_confirmed_although_quoted(
    as_alice, question, amount
):
    response = trade_as_quoted(as_alice, question, amount=amount)

    assert response.status_code == 200
    assert "Please confirm" in text_of(response)
    assert nothing_was_written()


def test_sending_the_same_form_twice_is_one_order_and_one_answer(as_alice, alice, question):
    quoted = hidden(quote(as_alice, "trade", question, TRADE))

    first, second = (send(as_alice, "trade", question, TRADE, **quoted) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert alice.orders.count() == 1
    assert Fill.objects.count() == 1


def test_a_repeat_is_answered_although_it_would_now_be_large_enough_to_confirm(
    as_alice, alice, question
):
    quoted = hidden(quote(as_alice, "trade", question, TRADE, amount="240"))

    answers = [send(as_alice, "trade", question, TRADE, amount="240", **quoted) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert alice.orders.count() == 1


def test_the_last_credits_are_spent_once_however_often_the_form_is_sent(as_alice, alice, question):
    shown = send(as_alice, "trade", question, TRADE, amount="1000")
    boxes = hidden(shown)
    address = reverse("pages:trade", args=[question.slug])

    answers = [as_alice.post(address, boxes).status_code for _ in range(3)]

    assert answers == [303, 303, 303]
    assert alice.orders.count() == 1
    assert Account.objects.get(owner=alice).balance == 0


def test_a_form_sent_again_with_other_contents_is_refused(as_alice, alice, question):
    trade_as_quoted(as_alice, question)

    response = trade_as_quoted(as_alice, question, amount="11")

    assert response.status_code == 409
    assert alice.orders.count() == 1


def test_selling_brings_credits_in(as_alice, alice, question):
    trade_as_quoted(as_alice, question)

    response = trade_as_quoted(as_alice, question, request_key="second", side="sell", amount="5")

    sale = alice.orders.order_by("-pk")[0]
    assert response.status_code == 303
    assert sale.filled_shares == 5 * MICRO
    assert sale.cost < 0
    assert "You sold 5.00 shares of Yes and received" in said_after(as_alice, response)


def test_selling_what_one_does_not_hold_is_refused_beside_the_amount(as_alice, question):
    response = send(as_alice, "trade", question, TRADE, side="sell", amount="5")

    assert response.status_code == 422
    assert 'id="trade_amount_error"><p>You can sell at most 0.00 shares' in (
        response.content.decode()
    )
    assert nothing_was_written()


def test_spending_more_than_one_has_is_refused_and_keeps_the_amount(as_alice, question):
    response = trade_as_quoted(as_alice, question, amount="1001")

    html = response.content.decode()
    assert response.status_code == 422
    assert "This costs 1,001.00, and you have 1,000.00 to spend." in html
    assert 'value="1001"' in html
    assert nothing_was_written()


def test_a_price_that_slipped_since_the_quote_refuses_the_order(as_alice, alice, question, bob):
    quoted = hidden(quote(as_alice, "trade", question, TRADE))
    buy(bob, question, "bobs", 120)

    response = send(as_alice, "trade", question, TRADE, **quoted)

    assert response.status_code == 409
    assert "Ask for a new quote." in text_of(response)
    assert not alice.orders.exists()


def test_a_price_that_moved_a_little_does_not(as_alice, alice, question, bob):
    quoted = hidden(quote(as_alice, "trade", question, TRADE))
    buy(bob, question, "bobs", 10)

    response = send(as_alice, "trade", question, TRADE, **quoted)

    assert response.status_code == 303
    assert alice.orders.count() == 1


def test_a_sale_is_guarded_too(as_alice, alice, question, bob):
    trade_as_quoted(as_alice, question)
    sale = {"request_key": "second", "side": "sell", "amount": "5"}
    quoted = hidden(quote(as_alice, "trade", question, TRADE, **sale))
    for number in range(2):
        buy(bob, question, f"bobs-{number}", 100, outcome=1)

    response = send(as_alice, "trade", question, TRADE, **sale, **quoted)

    assert response.status_code == 409
    assert alice.orders.count() == 1


def test_a_limit_stops_the_order_at_its_price(as_alice, alice, question):
    response = trade_as_quoted(as_alice, question, amount="200", limit="55")

    assert response.status_code == 303
    assert alice.orders.get().status == "partly_filled"
    assert price_of(question) == pytest.approx(0.55, abs=1e-6)


def test_a_question_that_closed_meanwhile_takes_no_more(as_alice, question, eve):
    quoted = hidden(quote(as_alice, "trade", question, TRADE))
    lifecycle.close(question_id=question.pk, editor=eve, reason="Early", now=timezone.now())

    traded = send(as_alice, "trade", question, TRADE, **quoted)
    forecast = send(as_alice, "forecast", question, FORECAST)

    assert (traded.status_code, forecast.status_code) == (409, 409)
    assert "only open ones are traded" in text_of(traded)
    assert nothing_was_written()


def test_strangers_are_sent_to_sign_in_and_nothing_happens(client, question):
    for kind, boxes in (("forecast", FORECAST), ("trade", TRADE), ("challenge", {"reason": "x"})):
        response = send(client, kind, question, boxes)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=")
    assert nothing_was_written()


def test_after_signing_in_the_address_of_a_form_leads_to_its_question(as_alice, question):
    for kind in ("forecast", "trade", "challenge"):
        response = as_alice.get(reverse(f"pages:{kind}", args=[question.slug]))
        assert response["Location"] == reverse("pages:question", args=[question.slug])


def test_quotes_say_what_an_order_would_do_and_do_nothing(as_alice, question):
    words = text_of(quote(as_alice, "trade", question, TRADE, claim="1"))

    assert re.fullmatch(
        r"Moves No from 50% to 51%, costs 10\.00 , pays [\d.]+ if right\. Shares [\d.]+ "
        r"Average price 0\.5\d\d Most that can be lost 10\.00 Balance after 990\.00",
        words,
    )
    assert nothing_was_written()


def test_quotes_complain_only_about_what_was_typed(as_alice, question, choice):
    empty = quote(as_alice, "trade", question, TRADE, amount="")
    wrong = quote(as_alice, "trade", question, TRADE, amount="ten")
    boxes = {"probability_0": "50", "probability_1": "20", "probability_2": "20"}
    short = quote(as_alice, "forecast", choice, FORECAST, stake="5", **boxes)
    refused = quote(as_alice, "trade", question, TRADE, side="sell")

    assert text_of(empty) == ""
    assert text_of(wrong).startswith("Write the amount in digits")
    assert text_of(short) == "These add up to 90%; they must make 100%."
    assert text_of(refused) == "You can sell at most 0.00 shares of this claim."


def test_a_withdrawn_forecast_counts_no_more(as_alice, alice, question):
    send(as_alice, "forecast", question, FORECAST)

    response = as_alice.post(reverse("pages:withdraw", args=[alice.forecasts.get().pk]))

    question.refresh_from_db()
    assert response.status_code == 303
    assert question.forecaster_count == 0
    assert "Your forecast no longer counts." in said_after(as_alice, response)


def test_a_link_to_sell_fills_in_the_form(as_alice, alice, question):
    trade_as_quoted(as_alice, question)
    html = as_alice.get(reverse("pages:question", args=[question.slug])).content.decode()
    link = re.search(r'href="(\?side=sell[^"#]*)#trade">Sell', html)[1].replace("&amp;", "&")

    filled = as_alice.get(reverse("pages:question", args=[question.slug]) + link)

    form = filled.context["trade_form"]
    assert form["side"].value() == "sell"
    assert int(float(form["amount"].value()) * MICRO) == alice.orders.get().filled_shares


def test_a_question_not_yet_open_takes_nothing_even_from_an_editor(as_eve, eve, publish):
    later = timezone.now() + timedelta(days=1)
    question = publish(at=timezone.now(), opens_at=later)

    response = send(as_eve, "forecast", question, FORECAST)

    assert response.status_code == 409
    assert nothing_was_written()
