"""Who one is, and what one has."""

import pytest

from markets.models import Account
from tests.markets.api.calling import refused
from users.models import Scope

OWN = ["/me", "/me/wallet", "/me/transfers", "/me/positions", "/orders", "/forecasts"]


@pytest.mark.parametrize("path", OWN)
def test_what_is_ones_own_needs_signing_in(anyone, path, db):
    response = anyone.get(path)

    refused(response, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", OWN)
def test_reading_what_is_ones_own_needs_the_read_scope(program_of, alice, path):
    refused(program_of(alice, Scope.TRADE, Scope.FORECAST).get(path), "scope_missing")


@pytest.mark.parametrize("path", OWN)
def test_what_is_ones_own_is_kept_by_no_cache_and_shown_to_no_other_site(alices, path):
    response = alices.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", OWN)
def test_unknown_parameters_are_refused_everywhere(alices, path):
    refused(alices.get(path, user="bob"), "unknown_parameter", "user")


def test_me_says_who_asks_and_with_which_key(program_of, alice, django_assert_num_queries):
    caller = program_of(alice, Scope.READ)
    caller.get("/me")

    with django_assert_num_queries(1):
        body = caller.get("/me").json()

    key = alice.api_keys.get()
    assert body == {
        "name": "alice",
        "email": "alice@example.com",
        "is_editor": False,
        "joined_at": alice.joined_at.isoformat().replace("+00:00", "Z"),
        "api_key": {"prefix": key.prefix, "label": "bot", "scopes": ["read"], "expires_at": None},
    }


def test_signed_in_by_cookie_there_is_no_key(client, eve):
    client.force_login(eve)

    body = client.get("/api/v1/me").json()

    assert body["is_editor"] is True
    assert body["api_key"] is None


def test_a_wallet_shows_its_grant_before_it_is_opened(alices):
    body = alices.get("/me/wallet").json()

    assert body == {"balance": "1000", "reserved": "0", "available": "1000"}
    assert not Account.objects.filter(kind="wallet").exists()


def test_a_wallet_shows_what_a_trade_left(alices, question, django_assert_num_queries):
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "budget": "12.345678"})

    with django_assert_num_queries(2):
        body = alices.get("/me/wallet").json()

    assert body["balance"] == body["available"] == "987.654322"


def test_transfers_say_which_way_they_went(alices, charlies, question):
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "shares": "10"})
    alices.post(
        "/orders", {"question": question.pk, "claim": ["yes"], "side": "sell", "shares": "10"}
    )
    charlies.post("/orders", {"question": question.pk, "claim": ["no"], "budget": "1"})

    rows = alices.get("/me/transfers").json()["results"]

    assert [(row["code"], row["direction"], row["question"]) for row in rows] == [
        ("trade", "in", question.pk),
        ("trade", "out", question.pk),
        ("grant", "in", None),
    ]
    assert rows[2]["amount"] == "1000"
    assert all(not row["amount"].startswith("-") for row in rows)


def test_pages_of_transfers_fit_together(alices, question, django_assert_num_queries):
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "budget": "1"})
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "budget": "2"})

    with django_assert_num_queries(2):
        first = alices.get("/me/transfers", limit=2).json()
    with django_assert_num_queries(2):
        second = alices.get("/me/transfers", limit=2, cursor=first["next"]).json()

    assert [row["amount"] for row in first["results"] + second["results"]] == ["2", "1", "1000"]
    assert second["next"] is None


def test_positions_name_each_outcome_and_add_up(alices, charlies, question, race):
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "budget": "25"})
    alices.post("/orders", {"question": race.pk, "claim": ["ana"], "budget": "5"})

    rows = alices.get("/me/positions").json()["results"]

    assert [row["question"] for row in rows] == [race.pk, question.pk]
    assert rows[1]["outcomes"][0]["key"] == "yes"
    assert rows[1]["outcomes"][0]["shares"] == "49.16251"
    assert rows[1]["outcomes"][1]["shares"] == "0"
    assert rows[1]["spent"] == "25"
    assert rows[1]["value"] == "25.418582"
    assert rows[1]["profit"] == "0.418582"
    assert rows[1]["is_settled"] is False
    assert charlies.get("/me/positions").json() == {"results": [], "next": None}


def test_positions_cost_a_fixed_number_of_queries(
    alices, question, race, django_assert_num_queries
):
    alices.post("/orders", {"question": question.pk, "claim": ["yes"], "budget": "25"})
    with django_assert_num_queries(4):  # the key; positions, their outcomes twice
        alices.get("/me/positions")
    alices.post("/orders", {"question": race.pk, "claim": ["ana"], "budget": "5"})

    with django_assert_num_queries(4):
        alices.get("/me/positions")
