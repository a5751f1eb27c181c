"""Reading odds, their history and quotes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from markets.models import Market
from markets.services import lifecycle
from tests.markets.api.acts import buy, forecast
from tests.markets.api.calling import refused

# Odds


def test_odds_name_the_market_and_the_crowd(anyone, question, alice, bob):
    buy(alice, question)
    forecast(bob, question, 0.7, 0.3)

    odds = anyone.get(f"/questions/{question.pk}/odds").json()

    assert odds["question"] == question.pk
    assert odds["seq"] == 1
    assert odds["price_source"] == "maker"
    assert odds["volume"] == "25"
    assert odds["liquidity"] == "721.34752"
    assert odds["trader_count"] == 1
    assert [(each["key"], each["index"], each["label"]) for each in odds["outcomes"]] == [
        ("yes", 0, "Yes"),
        ("no", 1, "No"),
    ]
    assert odds["outcomes"][0]["probability"] == pytest.approx(0.51703, abs=1e-5)
    assert odds["outcomes"][0]["decimal_odds"] == "1.93"
    assert odds["crowd"]["forecaster_count"] == 1
    assert odds["crowd"]["outcomes"][0]["probability"] == 0.7
    assert odds["crowd"]["outcomes"][1]["key"] == "no"


def test_before_anybody_said_anything_the_odds_are_the_prior_and_there_is_no_crowd(anyone, race):
    odds = anyone.get(f"/questions/{race.pk}/odds").json()

    assert odds["price_source"] == "prior"
    assert odds["seq"] == 0
    assert [each["probability"] for each in odds["outcomes"]] == [0.5, 0.3, 0.2]
    assert [each["change_24h"] for each in odds["outcomes"]] == [None, None, None]
    assert odds["crowd"] is None


def test_a_hidden_crowd_is_null_until_it_is_revealed(anyone, ask, alice, today):
    hidden = ask(reveal_at=today + timedelta(days=1))
    forecast(alice, hidden, 0.7, 0.3)

    crowd = anyone.get(f"/questions/{hidden.pk}/odds").json()["crowd"]

    assert [each["probability"] for each in crowd["outcomes"]] == [None, None]
    assert crowd["forecaster_count"] == 1
    assert crowd["reveal_at"] == (today + timedelta(days=1)).isoformat().replace("+00:00", "Z")


def test_odds_may_be_cached_and_shown_by_any_site(anyone, question):
    response = anyone.get(f"/questions/{question.pk}/odds", headers={"origin": "https://a.example"})

    assert response.headers["Cache-Control"] == "public, max-age=1, stale-while-revalidate=5"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_browser_may_ask_beforehand(anyone, question):
    response = anyone.client.options(f"/api/v1/questions/{question.pk}/odds")

    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def unchanged(anyone, question, etag):
    response = anyone.get(f"/questions/{question.pk}/odds", headers={"if-none-match": etag})
    return response.status_code == 304


@pytest.fixture
def steady(time_machine, today):
    """Stop the clock of the interface at the middle of a minute."""
    time_machine.move_to(today.replace(second=30, microsecond=0), tick=False)
    return time_machine


def test_odds_that_have_not_changed_are_not_sent_again(anyone, question, steady):
    first = anyone.get(f"/questions/{question.pk}/odds")
    again = anyone.get(
        f"/questions/{question.pk}/odds", headers={"if-none-match": first.headers["ETag"]}
    )

    assert first.headers["ETag"].startswith('"0-')
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, max-age=1, stale-while-revalidate=5"
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_equal_tags_mean_equal_bytes(anyone, question, steady):
    first = anyone.get(f"/questions/{question.pk}/odds")
    steady.shift(20)
    later = anyone.get(f"/questions/{question.pk}/odds")

    assert later.headers["ETag"] == first.headers["ETag"]
    assert later.content == first.content


def test_a_fill_changes_the_tag(anyone, question, alice, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    buy(alice, question)

    assert not unchanged(anyone, question, etag)
    assert anyone.get(f"/questions/{question.pk}/odds").headers["ETag"].startswith('"1-')


def test_a_forecast_changes_the_tag(anyone, question, alice, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    forecast(alice, question, 0.7, 0.3)

    assert not unchanged(anyone, question, etag)


def test_a_change_of_status_changes_the_tag(anyone, question, eve, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    lifecycle.halt(question_id=question.pk, editor=eve, reason="A dispute.", now=timezone.now())

    assert not unchanged(anyone, question, etag)


def test_the_reveal_of_the_crowd_changes_the_tag(anyone, ask, alice, today, steady):
    hidden = ask(reveal_at=timezone.now() + timedelta(seconds=10))
    forecast(alice, hidden, 0.7, 0.3)
    etag = anyone.get(f"/questions/{hidden.pk}/odds").headers["ETag"]

    steady.shift(10)

    assert not unchanged(anyone, hidden, etag)
    crowd = anyone.get(f"/questions/{hidden.pk}/odds").json()["crowd"]
    assert crowd["outcomes"][0]["probability"] == 0.7


def test_a_minute_later_the_changes_are_counted_anew(anyone, question, steady):
    etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]

    steady.shift(60)

    assert not unchanged(anyone, question, etag)


def test_unchanged_odds_cost_three_queries_and_changed_ones_five(
    anyone, question, steady, django_assert_num_queries
):
    with django_assert_num_queries(5):
        etag = anyone.get(f"/questions/{question.pk}/odds").headers["ETag"]
    with django_assert_num_queries(3):  # question, outcomes, newest crowd
        unchanged(anyone, question, etag)


# Quotes


def test_a_quote_is_what_the_order_then_costs(anyone, question, alice):
    quote = anyone.get(f"/questions/{question.pk}/quote", claim="yes", budget="25").json()

    order = buy(alice, question)

    assert quote == {
        "question": question.pk,
        "seq": 0,
        "claim": ["yes"],
        "side": "buy",
        "cost": "25",
        "shares": "49.16251",
        "average_price": "0.508518",
        "price_before": "0.5",
        "price_after": "0.517032",
        "probabilities_after": dict(
            zip(["yes", "no"], order.fills.get().probabilities, strict=True)
        ),
        "payout_if_right": "49.16251",
        "met_orders": 0,
        "met_shares": "0",
        "rests_shares": "0",
        "reserves": "0",
    }
    assert order.filled_shares == 49_162_510


def test_a_quote_places_nothing(anyone, question):
    before = Market.objects.values().get(pk=question.pk)

    response = anyone.get(f"/questions/{question.pk}/quote", claim="yes", budget="25")

    assert response.headers["Cache-Control"] == "no-store"
    assert Market.objects.values().get(pk=question.pk) == before


def test_a_claim_of_several_outcomes_is_quoted(anyone, race):
    quote = anyone.get(
        f"/questions/{race.pk}/quote", claim=["ana", "berta"], shares="10", limit="0.9"
    ).json()

    assert quote["claim"] == ["ana", "berta"]
    assert quote["price_before"] == "0.8"
    assert Decimal(quote["cost"]) == pytest.approx(Decimal("8.03"), abs=Decimal("0.01"))


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"budget": "25"}, "invalid_parameter", "claim"),
        ({"claim": "yes", "budget": "25.1234567"}, "invalid_parameter", "budget"),
        ({"claim": "yes", "budget": "25", "side": "hold"}, "invalid_parameter", "side"),
        ({"claim": "yes", "budget": "25", "limit": "1"}, "invalid_parameter", "limit"),
        ({"claim": "maybe", "budget": "25"}, "invalid_claim", "claim"),
        ({"claim": ["yes", "no"], "budget": "25"}, "invalid_claim", "claim"),
        ({"claim": ["yes", "yes"], "budget": "25"}, "invalid_claim", "claim"),
        ({"claim": "yes"}, "invalid_order", None),
        ({"claim": "yes", "budget": "25", "shares": "1"}, "invalid_order", None),
        ({"claim": "yes", "budget": "0"}, "invalid_order", None),
        ({"claim": "yes", "budget": "25", "limit": "0.4"}, "not_fillable", None),
        ({"claim": "yes", "budget": "9999"}, "price_out_of_range", "price"),
        ({"claim": "yes", "side": "sell", "shares": "9999"}, "price_out_of_range", "price"),
    ],
)
def test_a_quote_is_refused_as_the_order_would_be(anyone, question, parameters, code, field):
    response = anyone.get(f"/questions/{question.pk}/quote", **parameters)

    refused(response, code, *([field] if field else []))
