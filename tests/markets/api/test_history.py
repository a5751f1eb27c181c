"""How the odds came to be what they are: lines, candles, fills, and the odds of then."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from markets.models import Fill
from markets.services.candles import roll_up_due
from tests.markets.api.acts import buy, forecast
from tests.markets.api.calling import refused

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def spelled(instant):
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


# The line


def test_the_history_tells_how_the_odds_came_about(anyone, question, alice, bob):
    order = buy(alice, question)
    forecast(bob, question, 0.7, 0.3)

    history = anyone.get(f"/questions/{question.pk}/history").json()

    assert history["question"] == question.pk
    assert history["market"][0]["probabilities"] == {"yes": 0.5, "no": 0.5}
    assert history["market"][-1]["at"] == spelled(order.fills.get().filled_at)
    assert history["market"][-1]["probabilities"]["yes"] == pytest.approx(0.51703, abs=1e-5)
    assert [point["probabilities"] for point in history["crowd"]] == [{"yes": 0.7, "no": 0.3}]
    assert history["articles"] == []
    assert history["next"] is None


def test_the_history_can_be_cut_out(anyone, question, alice, today):
    buy(alice, question)

    before = anyone.get(f"/questions/{question.pk}/history", end=spelled(today - MINUTE))
    by_epoch = anyone.get(f"/questions/{question.pk}/history", start=int((today + DAY).timestamp()))

    assert len(before.json()["market"]) == 1
    assert by_epoch.json()["market"] == []


def test_every_change_can_be_read_page_by_page(anyone, question, alice):
    for number in range(5):
        buy(alice, question, key=str(number))
    fills = Fill.objects.order_by("seq")

    seen, start = {}, {}
    while start is not None:
        page = anyone.get(
            f"/questions/{question.pk}/history", period="raw", points=2, series="market", **start
        ).json()
        assert page["crowd"] == []
        seen.update({point["at"]: point["probabilities"]["yes"] for point in page["market"]})
        start = {"start": page["next"]} if page["next"] else None

    assert {spelled(fill.filled_at): fill.probabilities[0] for fill in fills}.items() <= (
        seen.items()
    )


def test_the_history_of_then_ends_then(anyone, question, alice, bob, today):
    buy(alice, question)
    forecast(bob, question, 0.7, 0.3)

    history = anyone.get(f"/questions/{question.pk}/history", as_of=spelled(today)).json()

    assert [point["probabilities"]["yes"] for point in history["market"]] == [0.5]
    assert history["crowd"] == []


def test_a_history_costs_a_fixed_number_of_queries(
    anyone, question, alice, django_assert_num_queries
):
    buy(alice, question)

    with django_assert_num_queries(5):  # question, outcomes, market, crowd, articles
        anyone.get(f"/questions/{question.pk}/history")


# Candles


@pytest.mark.parametrize("rolled_up", [False, True], ids=["fresh", "rolled up"])
def test_a_candle_has_the_first_highest_lowest_and_last_odds(
    anyone, question, alice, today, rolled_up
):
    buy(alice, question, key="first", budget=30_000_000)
    buy(alice, question, key="second", claim=(1,), budget=10_000_000)
    first, second = (fill.probabilities for fill in Fill.objects.order_by("seq"))
    if rolled_up:
        roll_up_due()

    answer = anyone.get(f"/questions/{question.pk}/candles", period="1d").json()

    day = Fill.objects.get(seq=1).filled_at.replace(hour=0, minute=0, second=0, microsecond=0)
    assert answer == {
        "question": question.pk,
        "series": "market",
        "period": "1d",
        "results": [
            {
                "starts_at": spelled(day),
                "open": {"yes": first[0], "no": first[1]},
                "high": {"yes": first[0], "no": second[1]},
                "low": {"yes": second[0], "no": first[1]},
                "close": {"yes": second[0], "no": second[1]},
                "volume": "40",
                "change_count": 2,
            }
        ],
        "next": None,
    }


def test_the_crowd_has_candles_of_its_own(anyone, question, alice):
    forecast(alice, question, 0.7, 0.3)

    [candle] = anyone.get(f"/questions/{question.pk}/candles", series="crowd").json()["results"]

    assert candle["close"] == candle["open"] == {"yes": 0.7, "no": 0.3}
    assert (candle["volume"], candle["change_count"]) == ("0", 1)


def test_candles_of_then_hold_nothing_that_came_later(anyone, question, alice, today):
    buy(alice, question)
    roll_up_due()

    answer = anyone.get(f"/questions/{question.pk}/candles", period="1d", as_of=spelled(today))

    assert answer.json()["results"] == []


def test_candles_cost_a_fixed_number_of_queries(anyone, question, alice, django_assert_num_queries):
    buy(alice, question)

    with django_assert_num_queries(4):  # question, outcomes, rolled up, since then
        anyone.get(f"/questions/{question.pk}/candles")


# Fills


def test_a_fill_says_who_bought_what_by_public_name_alone(anyone, question, alice):
    order = buy(alice, question)
    fill = order.fills.get()

    response = anyone.get(f"/questions/{question.pk}/fills")

    assert response.json() == {
        "question": question.pk,
        "results": [
            {
                "seq": 1,
                "trader": "alice",
                "counter": "maker",
                "claim": ["yes"],
                "shares": {"yes": "49.16251", "no": "0"},
                "redeemed": "0",
                "cost": "25",
                "price_before": "0.5",
                "price_after": "0.517032",
                "probabilities": {"yes": fill.probabilities[0], "no": fill.probabilities[1]},
                "filled_at": spelled(fill.filled_at),
            }
        ],
        "next": None,
    }
    assert alice.email not in json.dumps(response.json())


def test_fills_go_on_after_the_last_one_known(anyone, question, alice):
    for number in range(5):
        buy(alice, question, key=str(number))

    pages, after = [], 0
    while after is not None:
        page = anyone.get(f"/questions/{question.pk}/fills", after_seq=after, limit=2).json()
        pages.append([fill["seq"] for fill in page["results"]])
        after = page["next"]

    assert pages == [[1, 2], [3, 4], [5]]
    assert anyone.get(f"/questions/{question.pk}/fills", after_seq=5).json()["results"] == []


def test_fills_cost_a_fixed_number_of_queries(anyone, question, alice, django_assert_num_queries):
    buy(alice, question, key="first")
    buy(alice, question, key="second")

    with django_assert_num_queries(3):  # question, outcomes, fills with their traders
        anyone.get(f"/questions/{question.pk}/fills")


# The odds of then


def test_the_odds_of_then_are_those_that_were_answered(anyone, question, alice, bob):
    buy(alice, question, key="first")
    forecast(bob, question, 0.7, 0.3, key="first")
    answered = anyone.get(f"/questions/{question.pk}/odds").json()
    buy(alice, question, key="second", claim=(1,))
    forecast(bob, question, 0.2, 0.8, key="second")

    then = anyone.get(f"/questions/{question.pk}/odds", as_of=answered["as_of"]).json()

    assert then == {**answered, "trader_count": None}
    assert (then["seq"], then["volume"]) == (1, "25")


def test_the_odds_of_then_keep_their_tag(anyone, question, alice, today):
    first = anyone.get(f"/questions/{question.pk}/odds", as_of=spelled(today))
    buy(alice, question)
    second = anyone.get(f"/questions/{question.pk}/odds", as_of=spelled(today))

    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.content == second.content
    assert first.headers["Cache-Control"].startswith("public")


def test_the_odds_of_then_cost_a_fixed_number_of_queries(
    anyone, question, alice, today, django_assert_num_queries
):
    buy(alice, question)

    with django_assert_num_queries(10):  # question, outcomes, and what stood then
        anyone.get(f"/questions/{question.pk}/odds", as_of=spelled(today))


# Refusals


@pytest.mark.parametrize(
    ("address", "parameters", "field"),
    [
        ("history", {"points": "1"}, "points"),
        ("history", {"points": "1001"}, "points"),
        ("history", {"start": "noon"}, "start"),
        ("history", {"period": "5m"}, "period"),
        ("history", {"series": "maker"}, "series.0"),
        ("history", {"as_of": "yesterday"}, "as_of"),
        ("candles", {"period": "raw"}, "period"),
        ("candles", {"series": ["market", "crowd"]}, "series"),
        ("candles", {"limit": "1001"}, "limit"),
        ("candles", {"limit": "0"}, "limit"),
        ("fills", {"after_seq": "-1"}, "after_seq"),
        ("fills", {"after_seq": "1_000"}, "after_seq"),
        ("fills", {"limit": "1001"}, "limit"),
        ("odds", {"as_of": "now"}, "as_of"),
    ],
)
def test_what_cannot_be_answered_is_refused(anyone, question, address, parameters, field):
    response = anyone.get(f"/questions/{question.pk}/{address}", **parameters)

    refused(response, "invalid_parameter", field)


@pytest.mark.parametrize("address", ["history", "candles", "odds"])
@pytest.mark.parametrize("away", [-DAY, DAY], ids=["before the opening", "to come"])
def test_an_instant_that_was_not_public_is_refused(anyone, question, address, away):
    as_of = spelled(timezone.now() + away)

    response = anyone.get(f"/questions/{question.pk}/{address}", as_of=as_of)

    refused(response, "instant_out_of_range", "as_of")


@pytest.mark.parametrize("address", ["history", "candles", "fills"])
def test_unknown_parameters_and_questions_are_refused(anyone, question, address):
    refused(
        anyone.get(f"/questions/{question.pk}/{address}", until="now"), "unknown_parameter", "until"
    )
    refused(anyone.get(f"/questions/999999999/{address}"), "question_not_found")
