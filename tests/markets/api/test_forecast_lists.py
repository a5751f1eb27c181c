"""Forecasts in quantiles, and many of them in one call."""

from datetime import UTC, datetime

import pytest

from markets.core.numeric import Bins
from markets.models import CrowdSnapshot, Forecast, StandingForecast
from tests.markets.api.calling import refused
from users.models import Scope

VALUES = [(0.1, 2), (0.25, 4), (0.5, 5), (0.75, 6), (0.9, 8)]


def pairs(*changed):
    """The pairs of VALUES as a body says them; `changed` are (index, field, what) of some."""
    body = [{"probability": probability, "value": value} for probability, value in VALUES]
    for index, field, what in changed:
        body[index][field] = what
    return body


def stated(on, **changes):
    return {"question": on.pk, "probabilities": {"yes": 0.62}, **changes}


@pytest.fixture
def trade(ask):
    return ask(type="numeric", outcomes=(), prior=(), bins=Bins(lower=0, upper=10, count=5))


@pytest.fixture
def opening(ask):
    bins = Bins(
        lower=datetime(2027, 1, 1, tzinfo=UTC).timestamp(),
        upper=datetime(2028, 1, 1, tzinfo=UTC).timestamp(),
        count=5, open_above=True, is_date=True,
    )  # fmt: skip
    return ask(type="date", outcomes=(), prior=(), bins=bins, title="When will it open?")


def test_quantiles_become_bins_and_are_answered_as_they_were_stated(alices, trade):
    response = alices.post("/forecasts", {"question": trade.pk, "quantiles": pairs()})

    body = response.json()
    assert response.status_code == 201
    assert body["quantiles"] == pairs()
    assert [round(each, 4) for each in body["probabilities"].values()] == [
        0.101, 0.1505, 0.497, 0.1505, 0.101,
    ]  # fmt: skip
    assert alices.get(f"/forecasts/{body['id']}").json()["quantiles"] == pairs()


def test_dates_are_days_or_times(alices, opening):
    days = ["2027-02-01", "2027-03-15T00:00:00Z", "2027-06-01", "2027-09-01", "2028-02-01"]
    body = [
        {"probability": probability, "value": day}
        for (probability, _), day in zip(VALUES, days, strict=True)
    ]

    answer = alices.post("/forecasts", {"question": opening.pk, "quantiles": body}).json()

    assert [each["value"] for each in answer["quantiles"]] == [
        "2027-02-01T00:00:00Z", "2027-03-15T00:00:00Z", "2027-06-01T00:00:00Z",
        "2027-09-01T00:00:00Z", "2028-02-01T00:00:00Z",
    ]  # fmt: skip
    assert answer["probabilities"]["above"] > 0.1


@pytest.mark.parametrize(
    ("quantiles", "field"),
    [
        (pairs((3, "value", 5)), "quantiles[3]"),
        (pairs((1, "probability", 0.1)), "quantiles[1]"),
        (pairs((0, "probability", 0)), "quantiles[0]"),
        (pairs((4, "value", 10)), "quantiles[4]"),
        (pairs((2, "value", "2027-03-01")), "quantiles[2]"),
        (pairs()[:4], "quantiles"),
    ],
)
def test_the_quantile_that_is_wrong_is_named(alices, trade, quantiles, field):
    response = alices.post("/forecasts", {"question": trade.pk, "quantiles": quantiles})

    refused(response, "invalid_quantiles", field)
    assert not Forecast.objects.exists()
    assert not StandingForecast.objects.exists()


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({}, "invalid_probabilities", "probabilities"),
        ({"quantiles": pairs(), "probabilities": {"bin-001": 1}}, "invalid_probabilities", None),
    ],
)
def test_neither_is_nothing(alices, trade, said, code, field):
    response = alices.post("/forecasts", {"question": trade.pk, **said})

    refused(response, code, "probabilities")
    assert not Forecast.objects.exists()


def test_both_are_one_too_many(alices, trade):
    even = {f"bin-00{number}": 0.2 for number in range(1, 6)}

    response = alices.post(
        "/forecasts", {"question": trade.pk, "quantiles": pairs(), "probabilities": even}
    )

    refused(response, "invalid_quantiles", "quantiles")
    assert not Forecast.objects.exists()


def test_a_question_of_two_answers_takes_no_quantiles(alices, question):
    response = alices.post("/forecasts", {"question": question.pk, "quantiles": pairs()})

    refused(response, "invalid_quantiles", "quantiles")


def test_each_of_a_list_is_answered_by_itself(alices, question, race, trade):
    body = [
        stated(question, idempotency_key="one"),
        stated(question, idempotency_key="two", probabilities={"yes": 2}),
        stated(question, probabilities={"yes": 0.5}),
        {"question": 999_999, "probabilities": {"yes": 0.5}, "idempotency_key": "four"},
        {"question": trade.pk, "quantiles": pairs((3, "value", 5)), "idempotency_key": "five"},
        {"question": trade.pk, "quantiles": pairs(), "idempotency_key": "six"},
    ]

    response = alices.post("/forecasts", body, key=None)

    results = response.json()["results"]
    assert response.status_code == 200
    assert [each["index"] for each in results] == [0, 1, 2, 3, 4, 5]
    assert [each["status"] for each in results] == [201, 400, 400, 404, 422, 201]
    assert [each["problem"] and each["problem"]["code"] for each in results] == [
        None, "invalid_request", "idempotency_key_missing", "question_not_found",
        "invalid_quantiles", None,
    ]  # fmt: skip
    assert results[4]["problem"]["errors"][0]["field"] == "quantiles[3]"
    assert results[0]["forecast"]["probabilities"] == {"yes": 0.62, "no": 0.38}
    assert Forecast.objects.count() == StandingForecast.objects.count() == 2
    assert CrowdSnapshot.objects.count() == 2


def test_a_list_sent_again_states_nothing_anew(alices, question, race):
    body = [
        stated(question, idempotency_key="one"),
        {
            "question": race.pk,
            "probabilities": {"ana": 0.5, "berta": 0.3, "somebody-else": 0.2},
            "idempotency_key": "two",
        },
    ]
    first = alices.post("/forecasts", body, key=None).json()["results"]

    second = alices.post("/forecasts", body, key=None).json()["results"]

    assert [each["is_replay"] for each in first] == [False, False]
    assert [each["is_replay"] for each in second] == [True, True]
    assert [each["forecast"] for each in second] == [each["forecast"] for each in first]
    assert Forecast.objects.count() == 2


@pytest.mark.parametrize("length", [0, 51])
def test_an_empty_list_and_one_too_long_are_refused_whole(alices, question, length):
    body = [stated(question, idempotency_key=str(index)) for index in range(length)]

    refused(alices.post("/forecasts", body, key=None), "invalid_request", "forecasts")

    assert not Forecast.objects.exists()


def test_a_list_of_what_are_no_objects_is_refused_whole(alices, question):
    response = alices.post("/forecasts", [1, 2], key=None)

    refused(response, "invalid_request", "forecasts.0", "forecasts.1")
    assert not Forecast.objects.exists()


def test_a_stake_in_a_list_needs_the_trade_scope_too(program_of, alice, question):
    body = [stated(question, stake="5", idempotency_key="one")]

    results = program_of(alice, Scope.FORECAST).post("/forecasts", body, key=None).json()["results"]

    assert results[0]["problem"]["code"] == "scope_missing"
    assert not Forecast.objects.exists()
