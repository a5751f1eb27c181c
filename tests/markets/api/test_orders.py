"""Placing orders over HTTP: once each, refused by name, seen by their owner only."""

import json
import uuid

import pytest
from django.test import Client

from markets.models import Fill, Order
from markets.services import lifecycle
from tests.markets.api.calling import Caller, refused
from users.models import Scope


def order(on, **changes):
    return {"question": on.pk, "claim": ["yes"], "budget": "25", **changes}


def test_an_order_is_filled_and_answered_in_full(alices, question):
    response = alices.post("/orders", order(question))

    body = response.json()
    placed = Order.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1/orders/{placed.pk}"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Idempotency-Replayed" not in response.headers
    fill = body.pop("fills")
    at = placed.placed_at.isoformat().replace("+00:00", "Z")
    assert body == {
        "id": placed.pk, "question": question.pk, "side": "buy", "claim": ["yes"], "target": None,
        "budget": "25", "shares": None, "limit": None, "time_in_force": "ioc", "max_cost": None,
        "min_shares": None, "origin": "api", "status": "filled", "filled_shares": "49.16251",
        "cost": "25", "average_price": "0.508518", "placed_at": at, "expires_at": None,
        "remaining": "0", "reserved": "0", "displaced": [], "ended_at": at, "end_reason": None,
    }  # fmt: skip
    assert fill == [
        {
            "seq": 1, "counter": "maker", "shares": {"yes": "49.16251", "no": "0"},
            "redeemed": "0", "cost": "25",
            "price_before": "0.5", "price_after": "0.517032", "filled_at": at,
            "probabilities": dict(
                zip(["yes", "no"], placed.fills.get().probabilities, strict=True)
            ),
        }
    ]  # fmt: skip


def test_a_sale_brings_credits_in(alices, question):
    alices.post("/orders", order(question, budget=None, shares="10"))

    sold = alices.post("/orders", order(question, side="sell", budget=None, shares="4")).json()

    assert sold["filled_shares"] == "4"
    assert sold["cost"].startswith("-2.0")
    assert sold["fills"][0]["shares"] == {"yes": "-4", "no": "0"}
    assert alices.get("/me/positions").json()["results"][0]["outcomes"][0]["shares"] == "6"


def test_a_claim_may_name_several_outcomes(alices, race):
    body = alices.post("/orders", order(race, claim=["berta", "ana"])).json()

    assert body["claim"] == ["ana", "berta"]
    assert body["fills"][0]["shares"]["somebody-else"] == "0"
    assert body["fills"][0]["shares"]["ana"] == body["fills"][0]["shares"]["berta"]


def test_what_the_limit_leaves_is_cancelled(alices, question):
    body = alices.post("/orders", order(question, budget="500", limit="0.6")).json()

    assert body["status"] == "partly_filled"
    assert body["limit"] == "0.6"
    assert body["fills"][0]["price_after"] == "0.6"


def test_an_order_beyond_its_limit_is_taken_and_cancelled(alices, question):
    body = alices.post("/orders", order(question, limit="0.4")).json()

    assert body["status"] == "cancelled"
    assert body["cost"] == "0"
    assert body["average_price"] is None
    assert body["fills"] == []


# Retries


def test_a_retry_gets_the_same_answer_and_moves_nothing(alices, question):
    first = alices.post("/orders", order(question), key="once")
    second = alices.post("/orders", order(question), key="once")

    assert second.status_code == first.status_code == 201
    assert second.content == first.content
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == Fill.objects.count() == 1
    assert alices.get("/me/wallet").json()["balance"] == "975"


def test_a_retry_that_spells_the_same_order_otherwise_is_a_retry(alices, question):
    alices.post("/orders", order(question), key="once")

    again = alices.post(
        "/orders", order(question, budget="25.00", side="buy", shares=None), key="once"
    )

    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_limit_is_the_same_however_many_zeros_it_ends_in(alices, question):
    alices.post("/orders", order(question, limit="0.9"), key="once")

    again = alices.post("/orders", order(question, limit="0.900"), key="once")

    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["limit"] == "0.9"


def test_a_retry_is_answered_even_after_the_market_closed(alices, question, eve, today):
    first = alices.post("/orders", order(question), key="once")
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=today)

    second = alices.post("/orders", order(question), key="once")

    assert second.content == first.content
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_key_for_another_order_is_refused(alices, question):
    alices.post("/orders", order(question), key="once")

    response = alices.post("/orders", order(question, budget="26"), key="once")

    refused(response, "request_key_reused", "Idempotency-Key")
    assert Order.objects.count() == 1
    assert alices.get("/me/wallet").json()["balance"] == "975"


def test_the_keys_of_two_traders_do_not_meet(alices, charlies, question):
    alices.post("/orders", order(question), key="once")

    response = charlies.post("/orders", order(question), key="once")

    assert response.status_code == 201
    assert "Idempotency-Replayed" not in response.headers
    assert Order.objects.count() == 2


# Refusals, in order of precedence


def test_nobody_trades_without_signing_in(anyone, question, nothing_written):
    response = anyone.post("/orders", order(question))

    refused(response, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    nothing_written()


def test_a_key_that_is_not_valid_is_refused(question, nothing_written):
    caller = Caller(Client(headers={"authorization": "Bearer odk_nothing_known"}))

    refused(caller.post("/orders", order(question)), "api_key_invalid")
    nothing_written()


@pytest.mark.parametrize("scope", [Scope.READ, Scope.FORECAST, Scope.AUTHOR])
def test_trading_needs_the_trade_scope(program_of, alice, question, scope, nothing_written):
    refused(program_of(alice, scope).post("/orders", order(question)), "scope_missing")
    nothing_written()


def test_a_browser_needs_its_csrf_token(alice, question, nothing_written):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    document = refused(Caller(browser).post("/orders", order(question)), "permission_denied")

    assert "CSRF" in document["detail"]
    nothing_written()


def test_a_browser_that_signed_in_may_trade(alice, question):
    browser = Client()
    browser.force_login(alice)

    assert Caller(browser).post("/orders", order(question)).status_code == 201


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused_with_those_that_there_are(
    alices, question, method, nothing_written
):
    response = getattr(alices.client, method)("/api/v1/orders")

    refused(response, "method_not_allowed")
    assert response.headers["Allow"] == "GET, POST, HEAD"
    nothing_written()


def test_an_order_takes_no_parameters(alices, question, nothing_written):
    refused(alices.post("/orders?dry_run=1", order(question)), "unknown_parameter", "dry_run")
    refused(alices.post("/orders?question=1", order(question)), "unknown_parameter", "question")
    nothing_written()


def test_an_order_needs_an_idempotency_key(alices, question, nothing_written):
    refused(alices.post("/orders", order(question), key=None), "idempotency_key_missing")
    nothing_written()


@pytest.mark.parametrize("key", ["x" * 81, "two words", "ключ", "tab\t"])
def test_an_idempotency_key_is_short_printable_ascii(alices, question, key, nothing_written):
    response = alices.post("/orders", order(question), key=key)

    refused(response, "invalid_request_key", "Idempotency-Key")
    nothing_written()


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_a_body_that_is_not_json_is_refused(alices, question, content_type, nothing_written):
    response = alices.post("/orders", json.dumps(order(question)), content_type=content_type)

    refused(response, "unsupported_media_type")
    nothing_written()


def test_a_body_may_be_256_kb_and_not_a_byte_more(alices, question, nothing_written):
    body = json.dumps(order(question, padding="")).encode()
    exactly = body[:-2] + b"x" * (256 * 1024 - len(body)) + body[-2:]

    refused(alices.post("/orders", exactly), "invalid_request", "padding")
    refused(alices.post("/orders", exactly[:-2] + b"x" + exactly[-2:]), "body_too_large")
    nothing_written()


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[1", b'{"budget": NaN}', b'{"question": 1, "question": 2}', b"\xff\xfe{}",
        b'{"claim": ["\\ud800"]}', b"[" * 40 + b"]" * 40,
    ],
    ids=["cut", "open list", "nan", "twice", "utf-16", "surrogate", "deep"],
)  # fmt: skip
def test_json_that_is_not_is_refused(alices, question, body, nothing_written):
    refused(alices.post("/orders", body), "malformed_json")
    nothing_written()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"question": "17"}, ["question"]),
        ({"question": 17.0}, ["question"]),
        ({"question": True}, ["question"]),
        ({"question": None}, ["question"]),
        ({"claim": "yes"}, ["claim"]),
        ({"claim": []}, ["claim"]),
        ({"claim": [0]}, ["claim.0"]),
        ({"side": "short"}, ["side"]),
        ({"budget": 25}, ["budget"]),
        ({"budget": "1_000"}, ["budget"]),
        ({"budget": "٥"}, ["budget"]),
        ({"budget": "-1"}, ["budget"]),
        ({"limit": 0.65}, ["limit"]),
        ({"limit": "1.5"}, ["limit"]),
        ({"time_in_force": "day"}, ["time_in_force"]),
        ({"expires_at": "tomorrow"}, ["expires_at"]),
        ({"max_cost": 1, "min_shares": True}, ["max_cost", "min_shares"]),
        ({"trader": 1}, ["trader"]),
        ({"request_key": "mine"}, ["request_key"]),
        ({"cost_max": "1"}, ["cost_max"]),
    ],
)
def test_wrong_fields_are_named(alices, question, changes, fields, nothing_written):
    refused(alices.post("/orders", order(question, **changes)), "invalid_request", *fields)
    nothing_written()


def test_missing_fields_are_named(alices, question, nothing_written):
    refused(alices.post("/orders", {}), "invalid_request", "question", "claim")
    nothing_written()


def test_a_question_that_is_not_there_is_not_found(alices, question, nothing_written):
    refused(alices.post("/orders", order(question, question=999_999_999)), "question_not_found")
    nothing_written()


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"claim": ["maybe"]}, "invalid_claim", ["claim"]),
        ({"claim": ["yes", "no"]}, "invalid_claim", ["claim"]),
        ({"claim": ["yes", "yes"]}, "invalid_claim", ["claim"]),
        ({"budget": None}, "invalid_order", []),
        ({"shares": "1"}, "invalid_order", []),
        ({"budget": "0"}, "invalid_order", []),
        ({"side": "sell"}, "invalid_order", []),
        ({"side": "sell", "budget": None, "shares": "1"}, "insufficient_shares", ["shares"]),
        ({"budget": "1000.000001"}, "insufficient_credits", ["budget"]),
        ({"min_shares": "50"}, "slippage", []),
        ({"budget": None, "shares": "50", "max_cost": "25"}, "slippage", []),
        ({"budget": "500", "limit": "0.6", "time_in_force": "fok"}, "not_fillable", []),
    ],
)
def test_what_the_market_refuses_is_refused_by_name(
    alices, question, changes, code, fields, nothing_written
):
    response = alices.post("/orders", order(question, **changes))

    refused(response, code, *fields)
    nothing_written()


def test_no_order_makes_anything_certain(alices, ask):
    shallow = ask(subsidy=10_000_000)
    bystanders = Order.objects.count(), Fill.objects.count()

    response = alices.post("/orders", order(shallow, budget="100"))

    refused(response, "price_out_of_range", "price")
    assert (Order.objects.count(), Fill.objects.count()) == bystanders
    assert alices.get("/me/wallet").json()["balance"] == "1000"


def test_a_halted_market_takes_no_orders(alices, question, eve, today, nothing_written):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="A dispute.", now=today)

    refused(alices.post("/orders", order(question)), "market_not_open")
    nothing_written()


def test_a_refused_key_may_be_used_again(alices, question):
    alices.post("/orders", order(question, budget="5000"), key="once")

    response = alices.post("/orders", order(question), key="once")

    assert response.status_code == 201
    assert "Idempotency-Replayed" not in response.headers


# One's own


def test_the_list_holds_ones_own_orders_newest_first(alices, charlies, question):
    first = alices.post("/orders", order(question)).json()
    second = alices.post("/orders", order(question, claim=["no"])).json()
    charlies.post("/orders", order(question))

    listed = alices.get("/orders").json()

    assert listed == {"results": [second, first], "next": None}


def test_the_list_of_orders_is_filtered_by_question(alices, question, race):
    alices.post("/orders", order(question))
    in_race = alices.post("/orders", order(race, claim=["ana"])).json()

    assert alices.get("/orders", question=race.pk).json()["results"] == [in_race]
    refused(alices.get("/orders", question="x"), "invalid_parameter", "question")
    refused(alices.get("/orders", state="open"), "unknown_parameter", "state")


def test_pages_of_orders_fit_together(alices, question):
    for _ in range(3):
        alices.post("/orders", order(question, budget="1"))

    first = alices.get("/orders", limit=2).json()
    second = alices.get("/orders", limit=2, cursor=first["next"]).json()

    ids = [each["id"] for each in first["results"] + second["results"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert second["next"] is None


def test_an_order_is_found_where_its_location_says(alices, question):
    placed = alices.post("/orders", order(question))

    found = alices.client.get(placed.headers["Location"])

    assert found.json() == placed.json()


def test_charlie_never_sees_an_order_of_alices(alices, charlies, question):
    placed = alices.post("/orders", order(question)).json()

    refused(charlies.get(f"/orders/{placed['id']}"), "order_not_found")
    assert charlies.get("/orders").json()["results"] == []
    assert charlies.get("/orders", question=question.pk).json()["results"] == []


@pytest.mark.parametrize("name", ["0", "999999999", "9" * 40])
def test_there_is_no_order_of_another_number(alices, name):
    refused(alices.get(f"/orders/{name}"), "order_not_found")


def test_an_order_and_a_list_of_orders_cost_a_fixed_number_of_queries(
    alices, question, django_assert_num_queries
):
    alices.post("/orders", order(question))
    alices.post("/orders", order(question))

    for limit in (1, 2):
        with django_assert_num_queries(4):  # the key; orders, fills, outcomes
            alices.get("/orders", limit=limit)


def test_a_retry_costs_the_key_and_reading_what_was_taken(
    alices, alice, question, django_assert_num_queries
):
    alices.post("/orders", order(question), key="once")

    # The key; then the service: savepoint, its batch (which goes past what counts queries here),
    # savepoint, the order; then its fills.
    with django_assert_num_queries(5):
        alices.post("/orders", order(question), key="once")


def test_every_key_of_the_header_is_stored_as_it_is(alices, question):
    key = str(uuid.uuid4())

    alices.post("/orders", order(question), key=key)

    assert Order.objects.get().request_key == key
