"""Numbers and dates: their bounds, their odds, and claims over ranges."""

from datetime import UTC, datetime

import pytest

from markets.core.numeric import Bins
from markets.models import Fill, Order
from tests.markets.api.acts import buy, forecast
from tests.markets.api.calling import refused

EVEN = [1 / 6] * 6


def at(*date):
    return datetime(*date, tzinfo=UTC).timestamp()


@pytest.fixture
def trade(ask):
    """Below 10, four bins of half a billion, 12 or more."""
    bins = Bins(lower=10, upper=12, count=6, open_below=True, open_above=True, unit="bn dollars")
    return ask(type="numeric", outcomes=(), prior=(), bins=bins, title="How much trade in 2026?")


@pytest.fixture
def opening(ask):
    """The four quarters of 2027, and later."""
    bins = Bins(lower=at(2027, 1, 1), upper=at(2028, 1, 1), count=5, open_above=True, is_date=True)
    return ask(type="date", outcomes=(), prior=(), bins=bins, title="When will it open?")


def test_a_number_says_its_bounds_its_unit_and_where_each_bin_ends(anyone, trade):
    said = anyone.get(f"/questions/{trade.pk}").json()

    assert (said["type"], said["unit"]) == ("numeric", "bn dollars")
    assert said["bounds"] == {
        "lower": 10.0, "upper": 12.0, "scale": "linear", "open_below": True, "open_above": True,
    }  # fmt: skip
    assert [(each["key"], each["from"], each["to"]) for each in said["outcomes"]] == [
        ("below", None, 10.0),
        ("bin-001", 10.0, 10.5),
        ("bin-002", 10.5, 11.0),
        ("bin-003", 11.0, 11.5),
        ("bin-004", 11.5, 12.0),
        ("above", 12.0, None),
    ]
    assert said["outcomes"][1]["label"] == "10 to below 10.5 bn dollars"


def test_a_date_says_its_bounds_as_times(anyone, opening):
    said = anyone.get(f"/questions/{opening.pk}").json()

    assert said["bounds"]["lower"] == "2027-01-01T00:00:00Z"
    assert said["outcomes"][0]["to"] == "2027-04-01T00:00:00Z"
    assert said["outcomes"][-1]["label"] == "January 2028 or later"
    assert said["unit"] == ""


def test_the_others_have_neither_bounds_nor_quantiles(anyone, question):
    said = anyone.get(f"/questions/{question.pk}").json()

    assert said["bounds"] is None
    assert (said["odds"]["expected_value"], said["odds"]["quantiles"]) == (None, None)
    assert (said["outcomes"][0]["from"], said["outcomes"][0]["to"]) == (None, None)


def test_the_odds_of_a_number_have_its_mean_and_quantiles(anyone, trade):
    odds = anyone.get(f"/questions/{trade.pk}/odds").json()

    assert odds["expected_value"] == pytest.approx(11.0)
    assert odds["quantiles"] == {
        "0.1": None, "0.25": pytest.approx(10.25), "0.5": pytest.approx(11.0),
        "0.75": pytest.approx(11.75), "0.9": None,
    }  # fmt: skip
    assert odds["outcomes"][2]["from"] == 10.5


def test_the_odds_of_a_date_have_times(anyone, opening):
    odds = anyone.get(f"/questions/{opening.pk}/odds").json()

    assert odds["quantiles"]["0.5"] == "2027-08-16T00:00:00Z"
    assert odds["quantiles"]["0.9"] is None


def test_the_crowd_has_quantiles_of_its_own(anyone, trade, alice):
    forecast(alice, trade, 0.05, 0.05, 0.1, 0.5, 0.2, 0.1)

    crowd = anyone.get(f"/questions/{trade.pk}/odds").json()["crowd"]

    assert crowd["method"] == "recency_weighted_mean"
    assert crowd["quantiles"]["0.5"] == pytest.approx(11.3)


def test_a_bin_may_be_forecast_below_a_thousandth(alices, ask, anyone):
    fine = ask(type="numeric", outcomes=(), prior=(), bins=Bins(lower=0, upper=1, count=200))
    stated = {f"bin-{number:03d}": 0.0001 for number in range(1, 200)}
    stated["bin-200"] = 1 - 199 * 0.0001

    response = alices.post("/forecasts", {"question": fine.pk, "probabilities": stated})

    assert response.status_code == 201
    crowd = anyone.get(f"/questions/{fine.pk}/odds").json()["crowd"]
    assert crowd["outcomes"][199]["probability"] == pytest.approx(0.9801)


@pytest.mark.parametrize(
    ("claim", "keys"),
    [
        ({"from": "10", "to": "11"}, ["bin-001", "bin-002"]),
        ({"from": 11.5}, ["bin-004", "above"]),
        ({"to": "10.5"}, ["below", "bin-001"]),
        (["bin-002", "above"], ["bin-002", "above"]),
    ],
)
def test_an_order_claims_a_range(alices, trade, claim, keys):
    order = alices.post("/orders", {"question": trade.pk, "claim": claim, "budget": "10"})

    assert order.status_code == 201
    assert order.json()["claim"] == keys


@pytest.mark.parametrize(
    "claim",
    [
        {"from": "2027-04-01", "to": "2027-10-01"},
        {"from": "2027-04-01T00:00:00Z", "to": "2027-10-01T02:00:00+02:00"},
    ],
)
def test_an_order_claims_a_range_of_dates(alices, opening, claim):
    order = alices.post("/orders", {"question": opening.pk, "claim": claim, "budget": "10"})

    assert order.json()["claim"] == ["bin-002", "bin-003"]


@pytest.mark.parametrize(
    ("claim", "code", "fields"),
    [
        ({"from": "10", "to": "11.2"}, "range_off_edges", ["claim"]),
        ({"from": "11", "to": "11"}, "invalid_claim", ["claim"]),
        ({"from": "2027-01-01"}, "invalid_claim", ["claim"]),
        ({}, "invalid_request", ["claim"]),
        ({"from": "10", "until": "12"}, "invalid_request", ["claim"]),
        ({"from": "ten"}, "invalid_request", ["claim"]),
        ({"from": True}, "invalid_request", ["claim"]),
        ("bin-001", "invalid_request", ["claim"]),
        ([], "invalid_request", ["claim"]),
    ],
)
def test_a_range_that_is_no_claim_is_refused_and_nothing_is_written(
    alices, trade, claim, code, fields
):
    response = alices.post("/orders", {"question": trade.pk, "claim": claim, "budget": "10"})

    refused(response, code, *fields)
    assert (Order.objects.count(), Fill.objects.count()) == (0, 0)


def test_only_numbers_and_dates_have_ranges(alices, question):
    body = {"question": question.pk, "claim": {"from": "1"}, "budget": "10"}

    refused(alices.post("/orders", body), "invalid_claim", "claim")
    assert Order.objects.count() == 0


def test_a_day_that_the_calendar_does_not_have_is_refused(alices, opening):
    body = {"question": opening.pk, "claim": {"from": "2027-02-30"}, "budget": "10"}

    refused(alices.post("/orders", body), "invalid_claim", "claim")


def test_a_quote_takes_a_range(anyone, trade):
    by_range = {"from": "10", "to": "11"}
    quote = anyone.get(f"/questions/{trade.pk}/quote", budget="10", **by_range).json()
    by_keys = anyone.get(
        f"/questions/{trade.pk}/quote", budget="10", claim=["bin-001", "bin-002"]
    ).json()

    assert quote == by_keys
    assert quote["claim"] == ["bin-001", "bin-002"]


@pytest.mark.parametrize(
    "parameters", [{}, {"from": "10", "claim": ["above"]}, {"from": "1_0"}, {"to": "soon"}]
)
def test_a_quote_takes_either_outcomes_or_a_range(anyone, trade, parameters):
    response = anyone.get(f"/questions/{trade.pk}/quote", budget="10", **parameters)

    assert response.json()["code"] == "invalid_parameter"


def test_the_list_is_narrowed_to_a_type(anyone, question, trade, opening):
    found = anyone.get("/questions", type="date").json()["results"]

    assert [each["id"] for each in found] == [opening.pk]


def test_trading_moves_the_quantiles(anyone, trade, alice):
    buy(alice, trade, claim=(4, 5), budget=200_000_000)

    odds = anyone.get(f"/questions/{trade.pk}/odds").json()

    assert odds["quantiles"]["0.5"] > 11.1
    assert odds["expected_value"] > 11.1


def test_ranged_questions_cost_the_list_no_further_queries(
    anyone, question, trade, opening, django_assert_num_queries
):
    with django_assert_num_queries(5) as first:
        anyone.get("/questions", type="binary")
    with django_assert_num_queries(len(first)):
        anyone.get("/questions")
