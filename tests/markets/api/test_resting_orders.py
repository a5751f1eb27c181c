"""Orders that wait in the book, over HTTP: placed, met, cancelled, listed, several at once."""

from datetime import timedelta

import pytest

from markets.models import Account, Order
from markets.services import lifecycle, trading
from markets.services.trading import Busy
from tests.markets.api.calling import refused


def order(on, **changes):
    """A bid of 25 credits for "yes" at 0.4, which stands at 0.5."""
    asked = {"question": on.pk, "claim": ["yes"], "budget": "25", "limit": "0.4"}
    return {**asked, "time_in_force": "gtc", **changes}


@pytest.fixture
def bobs(bob, program_of):
    return program_of(bob)


@pytest.fixture
def resting(alices, question):
    return alices.post("/orders", order(question)).json()


def wallet(caller):
    return caller.get("/me/wallet").json()


# Placing


def test_what_is_not_filled_rests_and_holds_credits_back(alices, question):
    body = alices.post("/orders", order(question)).json()

    assert (body["status"], body["limit"], body["time_in_force"]) == ("open", "0.4", "gtc")
    assert (body["remaining"], body["reserved"], body["cost"]) == ("25", "25", "0")
    assert (body["fills"], body["ended_at"], body["end_reason"]) == ([], None, None)
    assert wallet(alices) == {"balance": "1000", "reserved": "25", "available": "975"}


def test_what_is_filled_in_part_says_what_is_left(alices, question):
    body = alices.post("/orders", order(question, budget="200", limit="0.55")).json()

    assert body["status"] == "open"
    assert body["fills"][0]["price_after"] == "0.55"
    assert float(body["cost"]) + float(body["remaining"]) == pytest.approx(200)
    assert body["reserved"] == body["remaining"]


def test_a_bid_for_shares_counts_shares_and_holds_back_their_price(alices, question):
    body = alices.post("/orders", order(question, budget=None, shares="10")).json()

    assert (body["remaining"], body["reserved"]) == ("10", "4")


def test_a_resting_sale_holds_back_shares_and_no_credits(alices, question):
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "shares": "10"})

    sale = order(question, side="sell", budget=None, shares="8", limit="0.9")
    body = alices.post("/orders", sale).json()
    again = alices.post("/orders", sale)

    assert (body["status"], body["remaining"], body["reserved"]) == ("open", "8", "0")
    refused(again, "insufficient_shares", "shares")
    assert wallet(alices)["reserved"] == "0"


def test_an_order_until_a_date_says_which(alices, question, today):
    until = (today + timedelta(days=1)).isoformat(timespec="seconds").replace("+00:00", "Z")

    body = alices.post("/orders", order(question, time_in_force="gtd", expires_at=until)).json()

    assert (body["status"], body["time_in_force"]) == ("open", "gtd")
    assert body["expires_at"] == until.replace("Z", ".000000Z")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"limit": None}, "An order that rests needs a claim and a limit."),
        ({"time_in_force": "gtd"}, "Give expires_at with time in force gtd, and only with it."),
        ({"expires_at": "2027-01-01T00:00:00Z"}, "Give expires_at with time in force gtd"),
        (
            {"time_in_force": "gtd", "expires_at": "2020-01-01T00:00:00Z"},
            "This order would have expired already: give a later expires_at.",
        ),
        (
            {"time_in_force": "gtd", "expires_at": "2099-01-01T00:00:00Z"},
            "Trading closes before this order expires",
        ),
    ],
    ids=["no-limit", "no-date", "needless-date", "past", "after-the-close"],
)
def test_times_and_limits_that_do_not_fit_are_refused_with_why(
    alices, question, changes, sentence, nothing_written
):
    document = refused(alices.post("/orders", order(question, **changes)), "invalid_order")

    assert document["detail"].startswith(sentence)
    nothing_written()


def test_a_bid_beyond_ones_credits_is_refused(alices, question, nothing_written):
    refused(
        alices.post("/orders", order(question, budget="1001")), "insufficient_credits", "budget"
    )
    nothing_written()


def test_credits_in_orders_cannot_be_spent_again(alices, question):
    alices.post("/orders", order(question, budget="900"))

    response = alices.post(
        "/orders", order(question, budget="101", limit=None, time_in_force="ioc")
    )

    refused(response, "insufficient_credits", "budget")
    assert Order.objects.count() == 1


def test_only_so_many_orders_may_rest_on_one_question(alices, question, monkeypatch):
    monkeypatch.setattr("markets.services.batch.OPEN_ORDERS_MAX", 2)
    for _ in range(2):
        alices.post("/orders", order(question, budget="1"))

    response = alices.post("/orders", order(question, budget="1"))

    refused(response, "too_many_open_orders")
    assert Order.objects.count() == 2
    assert wallet(alices)["reserved"] == "2"


# Meeting


def test_two_orders_that_meet_each_have_their_fill(alices, bobs, question, resting):
    met = bobs.post(
        "/orders",
        {"question": question.pk, "claim": ["no"], "shares": "900", "max_cost": "600"},
    ).json()

    found = alices.get(f"/orders/{resting['id']}").json()
    assert [fill["counter"] for fill in met["fills"]][:2] == ["maker", "order"]
    assert [fill["counter"] for fill in found["fills"]] == ["order"]
    assert (found["status"], found["remaining"], found["reserved"]) == ("filled", "0", "0")
    assert (found["cost"], found["filled_shares"]) == ("25", "62.5")
    assert found["average_price"] == "0.4"
    assert found["ended_at"] is not None
    assert found["end_reason"] is None
    assert wallet(alices) == {"balance": "975", "reserved": "0", "available": "975"}


def test_ones_own_order_in_the_way_is_cancelled_and_named(alices, question, resting):
    body = alices.post(
        "/orders",
        {"question": question.pk, "claim": ["no"], "shares": "400", "max_cost": "600"},
    ).json()

    found = alices.get(f"/orders/{resting['id']}").json()
    assert body["displaced"] == [resting["id"]]
    assert (found["status"], found["end_reason"]) == ("cancelled", "self_trade")
    assert wallet(alices)["reserved"] == "0"


def test_halting_ends_orders_and_says_so(alices, question, resting, eve, today):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="A dispute.", now=today)

    found = alices.get(f"/orders/{resting['id']}").json()
    assert (found["status"], found["end_reason"], found["reserved"]) == ("cancelled", "halted", "0")
    assert wallet(alices)["available"] == "1000"


# Cancelling


def test_a_cancelled_order_gives_back_what_it_held(alices, resting):
    response = alices.delete(f"/orders/{resting['id']}")

    body = response.json()
    assert response.status_code == 200
    assert (body["id"], body["status"], body["end_reason"]) == (
        resting["id"], "cancelled", "cancelled",
    )  # fmt: skip
    assert (body["remaining"], body["reserved"]) == ("0", "0")
    assert body["ended_at"] is not None
    assert wallet(alices) == {"balance": "1000", "reserved": "0", "available": "1000"}


def test_cancelling_twice_is_the_same_as_once(alices, resting):
    first = alices.delete(f"/orders/{resting['id']}")
    second = alices.delete(f"/orders/{resting['id']}")

    assert second.status_code == 200
    assert second.content == first.content


def test_an_order_that_has_ended_stays_as_it_is(alices, question):
    placed = alices.post("/orders", order(question, limit="0.6", time_in_force="ioc"))

    assert alices.delete(f"/orders/{placed.json()['id']}").json() == placed.json()


def test_charlie_neither_sees_nor_cancels_an_order_of_alices(alices, charlies, question, resting):
    refused(charlies.get(f"/orders/{resting['id']}"), "order_not_found")
    refused(charlies.delete(f"/orders/{resting['id']}"), "order_not_found", "order")

    cancelled = charlies.post("/orders/cancel-all", {"question": question.pk}, key=None)

    assert cancelled.json() == {"cancelled": 0}
    assert alices.get(f"/orders/{resting['id']}").json() == resting
    assert charlies.get("/orders", status="open").json()["results"] == []


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40])
def test_there_is_no_order_of_another_number_to_cancel(alices, number):
    refused(alices.delete(f"/orders/{number}"), "order_not_found", "order")


def test_all_orders_are_cancelled_at_once_on_one_question_or_everywhere(
    alices, bobs, question, race
):
    for on, claim in ((question, "yes"), (question, "no"), (race, "ana")):
        alices.post("/orders", order(on, claim=[claim]))
    bobs.post("/orders", order(question))

    there = alices.post("/orders/cancel-all", {"question": question.pk}, key=None)
    everywhere = alices.post("/orders/cancel-all", {}, key=None)
    again = alices.post("/orders/cancel-all", {}, key=None)

    answers = [there.json(), everywhere.json(), again.json()]
    assert answers == [{"cancelled": 2}, {"cancelled": 1}, {"cancelled": 0}]
    assert wallet(alices)["reserved"] == "0"
    assert wallet(bobs)["reserved"] == "25"


def test_cancelling_all_takes_a_question_and_nothing_else(alices, question, resting):
    refused(alices.post("/orders/cancel-all", {"question": 999_999_999}), "question_not_found")
    refused(alices.post("/orders/cancel-all", {"question": "1"}), "invalid_request", "question")
    refused(alices.post("/orders/cancel-all", {"claim": ["yes"]}), "invalid_request", "claim")
    refused(alices.post("/orders/cancel-all?all=1", {}), "unknown_parameter", "all")
    assert alices.get(f"/orders/{resting['id']}").json() == resting


# Listing


def test_the_list_of_orders_is_filtered_by_how_they_stand(alices, question, resting):
    filled = alices.post("/orders", order(question, limit="0.6")).json()

    def listed(**asked):
        return [each["id"] for each in alices.get("/orders", **asked).json()["results"]]

    assert listed(status="open") == [resting["id"]]
    assert listed(status="filled") == [filled["id"]]
    assert listed(status="open", question=question.pk) == [resting["id"]]
    assert listed(status="cancelled") == []
    refused(alices.get("/orders", status="resting"), "invalid_parameter", "status")


# A batch


def keyed(on, key, **changes):
    return {**order(on, **changes), "idempotency_key": key}


def send_batch(caller, *orders):
    return caller.post("/orders/batch", {"orders": list(orders)}, key=None)


def test_each_order_of_a_batch_is_answered_by_itself(alices, question, race):
    response = send_batch(
        alices,
        keyed(question, "one"),
        keyed(question, "two", budget="5000"),
        keyed(question, "three", side="short"),
        keyed(race, "four", claim=["nobody"]),
        keyed(race, "five", claim=["ana"], question=999_999_999),
        {**order(question)},
        keyed(question, "two words"),
        keyed(race, "eight", claim=["ana"], limit="0.6", time_in_force="ioc"),
    )

    results = response.json()["results"]
    assert response.status_code == 200
    assert [each["status"] for each in results] == [201, 409, 400, 422, 404, 400, 400, 201]
    codes = [each["problem"] and each["problem"]["code"] for each in results]
    assert codes == [
        None, "insufficient_credits", "invalid_request", "invalid_claim", "question_not_found",
        "idempotency_key_missing", "invalid_request_key", None,
    ]  # fmt: skip
    assert [each["order"] and each["order"]["status"] for each in results] == [
        "open", None, None, None, None, None, None, "filled",
    ]  # fmt: skip
    assert results[0]["order"] == alices.get(f"/orders/{results[0]['order']['id']}").json()
    assert Order.objects.count() == 2


def test_a_batch_sent_again_moves_nothing(alices, question):
    first = send_batch(alices, keyed(question, "one"), keyed(question, "two", claim=["no"]))
    second = send_batch(alices, keyed(question, "one"), keyed(question, "two", claim=["no"]))

    before, after = first.json()["results"], second.json()["results"]
    assert [each["is_replay"] for each in before] == [False, False]
    assert [each["is_replay"] for each in after] == [True, True]
    assert [each["order"] for each in before] == [each["order"] for each in after]
    assert Order.objects.count() == 2


def test_a_key_that_stands_twice_in_a_batch_is_one_order(alices, question):
    response = send_batch(
        alices, keyed(question, "one"), keyed(question, "one"), keyed(question, "one", budget="9")
    )

    results = response.json()["results"]
    assert [each["status"] for each in results] == [201, 201, 422]
    assert results[2]["problem"]["code"] == "request_key_reused"
    assert Order.objects.count() == 1


def test_later_orders_of_a_batch_see_what_earlier_ones_did(alices, question):
    response = send_batch(
        alices, keyed(question, "one", budget="900"), keyed(question, "two", budget="101")
    )

    assert [each["status"] for each in response.json()["results"]] == [201, 409]
    assert wallet(alices)["reserved"] == "900"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "orders"),
        ({"orders": []}, "orders"),
        ({"orders": {}}, "orders"),
        ({"orders": ["buy"]}, "orders.0"),
        ({"orders": [{}] * 51}, "orders"),
    ],
    ids=["missing", "none", "no-list", "no-object", "too-many"],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(alices, question, body, field, nothing_written):
    refused(alices.post("/orders/batch", body), "invalid_request", field)
    nothing_written()


def test_a_batch_needs_the_trade_scope(program_of, alice, question, nothing_written):
    from users.models import Scope

    caller = program_of(alice, Scope.READ, Scope.FORECAST)

    refused(send_batch(caller, keyed(question, "one")), "scope_missing")
    refused(caller.post("/orders/cancel-all", {}), "scope_missing")
    refused(caller.delete("/orders/1"), "scope_missing")
    nothing_written()


def test_a_batch_of_fifty_is_placed_whole(alices, question):
    response = send_batch(alices, *(keyed(question, f"k{n}", budget="1") for n in range(50)))

    assert [each["status"] for each in response.json()["results"]] == [201] * 50
    assert wallet(alices)["reserved"] == "50"


# What it costs, and what happens when there is too much to do


def test_calls_about_resting_orders_cost_a_fixed_number_of_queries(
    alices, question, django_assert_num_queries
):
    placed = [alices.post("/orders", order(question, budget="1")).json()["id"] for _ in range(3)]

    for limit in (1, 3):
        with django_assert_num_queries(4):  # the key; orders, fills, outcomes
            alices.get("/orders", status="open", limit=limit)
    # The key; the order, savepoints around the batch, the order twice, its fills, its outcomes.
    with django_assert_num_queries(8):
        alices.delete(f"/orders/{placed[0]}")
    with django_assert_num_queries(5):  # the key; the order, the order again, fills, outcomes
        alices.delete(f"/orders/{placed[0]}")


def test_a_batch_reads_no_question_again(alices, question, django_assert_num_queries):
    orders = [keyed(question, f"k{n}", budget="1") for n in range(3)]
    alices.post("/orders", order(question, budget="1"))  # opens her wallet

    # The key; for each order two savepoints. The question is known from the first order.
    with django_assert_num_queries(1 + 3 * 2):
        send_batch(alices, *orders)


def test_too_much_to_do_is_said_with_when_to_come_again(alices, question, monkeypatch):
    class VeryBusy(Busy):
        retry_seconds = 7

    def refuse(*_, **__):
        raise VeryBusy("Too many orders wait here.")

    monkeypatch.setattr(trading, "_submit", refuse)

    alone = alices.post("/orders", order(question))
    together = send_batch(alices, keyed(question, "one"))

    assert refused(alone, "busy")["retryable"] is True
    assert alone.headers["Retry-After"] == "7"
    assert together.json()["results"][0]["status"] == 503
    assert together.json()["results"][0]["problem"]["retryable"] is True
    assert not Order.objects.exists()
    assert not Account.objects.filter(reserved__gt=0).exists()
