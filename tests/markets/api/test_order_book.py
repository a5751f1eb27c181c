"""The order book and quotes over HTTP: what everybody may see before trading."""

import pytest

from markets.models import Account, Order
from tests.markets.api.calling import refused


def order(on, **changes):
    return {"question": on.pk, "claim": ["yes"], "time_in_force": "gtc", **changes}


def with_orders(levels):
    return [(each["price"], each["shares"], each["orders"]) for each in levels if each["orders"]]


def test_anybody_sees_what_rests_and_what_the_maker_trades(anyone, alices, charlies, question):
    alices.post("/orders", order(question, budget="40", limit="0.4"))
    charlies.post("/orders", order(question, shares="7", limit="0.4"))
    charlies.post("/orders", order(question, claim=["no"], shares="5", limit="0.45"))

    response = anyone.get(f"/questions/{question.slug}/orderbook")

    body = response.json()
    (ladder,) = body["ladders"]
    assert response.headers["Cache-Control"].startswith("public")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (body["question"], body["seq"]) == (question.pk, 0)
    assert (ladder["claim"], ladder["price"]) == (["yes"], "0.5")
    assert with_orders(ladder["bids"]) == [("0.4", "107", 2)]
    assert with_orders(ladder["asks"]) == [("0.55", "5", 1)]
    assert ladder["asks"][0] == {
        "price": "0.51", "shares": "0", "orders": 0, "maker_shares": "28.857748",
    }  # fmt: skip


def test_more_outcomes_have_a_ladder_each(anyone, alices, race):
    alices.post("/orders", order(race, claim=["berta", "somebody-else"], budget="4", limit="0.4"))

    ladders = anyone.get(f"/questions/{race.pk}/orderbook").json()["ladders"]

    assert [each["claim"] for each in ladders] == [["ana"], ["berta"], ["somebody-else"]]
    assert with_orders(ladders[0]["asks"]) == [("0.6", "10", 1)]


def test_the_ladder_of_one_claim_is_asked_for_by_its_keys(anyone, race):
    book = anyone.get(f"/questions/{race.pk}/orderbook", claim=["ana", "berta"]).json()

    assert [each["claim"] for each in book["ladders"]] == [["somebody-else"]]
    assert book["ladders"][0]["price"] == "0.2"


def test_a_book_that_cannot_be_shown_is_refused(anyone, publish, today, question):
    from datetime import timedelta

    soon = publish(
        at=today, opens_at=today + timedelta(days=1), closes_at=today + timedelta(days=10),
        resolve_by=today + timedelta(days=11),
    )  # fmt: skip

    refused(anyone.get("/questions/nowhere/orderbook"), "question_not_found")
    refused(
        anyone.get(f"/questions/{question.pk}/orderbook", claim="maybe"), "invalid_claim", "claim"
    )
    refused(
        anyone.get(f"/questions/{question.pk}/orderbook", depth=3), "unknown_parameter", "depth"
    )
    assert anyone.get(f"/questions/{soon.pk}/orderbook").status_code in {200, 404}


def test_a_book_costs_a_fixed_number_of_queries(
    anyone, alices, question, django_assert_num_queries
):
    for number in range(3):
        alices.post("/orders", order(question, budget="1", limit=f"0.4{number}"))
        with django_assert_num_queries(3):  # the question with its market, outcomes, what rests
            anyone.get(f"/questions/{question.pk}/orderbook")


def test_a_quote_says_what_fills_now_and_what_would_rest(anyone, question):
    body = anyone.get(
        f"/questions/{question.pk}/quote", claim="yes", budget="25", limit="0.4",
        time_in_force="gtc",
    ).json()  # fmt: skip

    assert (body["shares"], body["cost"], body["average_price"]) == ("0", "0", None)
    assert (body["rests_shares"], body["reserves"]) == ("62.5", "25")
    assert (body["met_orders"], body["met_shares"]) == (0, "0")
    assert (body["price_before"], body["price_after"], body["seq"]) == ("0.5", "0.5", 0)
    assert not Order.objects.exists()
    assert not Account.objects.filter(kind="wallet").exists()


def test_a_quote_counts_the_resting_orders_in_its_way(anyone, alices, question):
    alices.post("/orders", order(question, claim=["no"], shares="5", limit="0.49"))
    asked = {"claim": "yes", "budget": "25"}

    body = anyone.get(f"/questions/{question.pk}/quote", **asked).json()

    assert (body["met_orders"], body["met_shares"]) == (1, "5")
    assert (body["rests_shares"], body["reserves"]) == ("0", "0")


def test_anybody_may_ask_what_a_sale_would_bring_in(anyone, question):
    body = anyone.get(
        f"/questions/{question.pk}/quote", claim="yes", side="sell", shares="10"
    ).json()

    assert body["shares"] == "10"
    assert body["cost"] == "-4.982671"


def test_a_quote_takes_the_times_in_force_that_orders_take(anyone, question):
    path = f"/questions/{question.pk}/quote"
    asked = {"claim": "yes", "budget": "500", "limit": "0.6"}

    refused(anyone.get(path, **asked, time_in_force="day"), "invalid_parameter", "time_in_force")
    refused(anyone.get(path, **asked, time_in_force="fok"), "not_fillable")
    refused(anyone.get(path, claim="yes", budget="5", time_in_force="gtc"), "invalid_order")


@pytest.mark.parametrize(("orders", "queries"), [(0, 4), (1, 5), (3, 5)])
def test_a_quote_costs_a_fixed_number_of_queries(
    anyone, alices, question, django_assert_num_queries, orders, queries
):
    for number in range(orders):
        alices.post("/orders", order(question, claim=["no"], shares="1", limit=f"0.4{number}"))

    # The question with its market, its outcomes; the market, what rests in it, who holds what.
    with django_assert_num_queries(queries):
        anyone.get(f"/questions/{question.pk}/quote", claim="yes", budget="25")
