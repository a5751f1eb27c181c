"""Stating forecasts over HTTP, with and without a stake."""

from datetime import timedelta

import pytest

from markets.models import CrowdSnapshot, Forecast, Order, Transfer, Withdrawal
from markets.services import lifecycle
from tests.markets.api.calling import refused
from users.models import Scope


def forecast(on, **changes):
    return {"question": on.pk, "probabilities": {"yes": 0.62, "no": 0.38}, **changes}


@pytest.fixture
def nothing_written(question):
    def rows():
        return [
            model.objects.count()
            for model in (Forecast, Withdrawal, CrowdSnapshot, Order, Transfer)
        ]

    before = rows()

    def check():
        assert rows() == before

    return check


def test_a_forecast_is_recorded_and_answered_in_full(alices, question):
    response = alices.post("/forecasts", forecast(question, rationale="The rails are *laid*."))

    stated = Forecast.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1/forecasts/{stated.pk}"
    assert response.json() == {
        "id": stated.pk, "question": question.pk, "probabilities": {"yes": 0.62, "no": 0.38},
        "quantiles": None, "track_weight": 1.0, "rationale": "The rails are *laid*.",
        "origin": "api", "order": None,
        "made_at": stated.made_at.isoformat().replace("+00:00", "Z"), "ends_at": None,
        "withdrawn_at": None,
    }  # fmt: skip


def test_of_two_outcomes_one_says_both(alices, question):
    body = alices.post("/forecasts", forecast(question, probabilities={"no": 0.25})).json()

    assert body["probabilities"] == {"yes": 0.75, "no": 0.25}


def test_three_outcomes_are_named_in_any_order(alices, race):
    stated = {"somebody-else": 0.2, "ana": 0.5, "berta": 0.3}

    body = alices.post("/forecasts", forecast(race, probabilities=stated)).json()

    assert body["probabilities"] == stated
    assert Forecast.objects.get().probabilities == [0.5, 0.3, 0.2]


def test_a_stake_moves_the_market_towards_the_forecast(alices, question):
    body = alices.post("/forecasts", forecast(question, stake="20")).json()

    assert body["order"]["budget"] == body["order"]["cost"] == "20"
    assert body["order"]["target"] == {"yes": 0.62, "no": 0.38}
    assert body["order"]["claim"] is None
    assert body["order"]["origin"] == "stake"
    assert body["order"]["fills"][0]["probabilities"]["yes"] > 0.5
    assert alices.get("/me/wallet").json()["balance"] == "980"


def test_a_forecast_may_end_by_itself(alices, question, today):
    ends_at = (today + timedelta(days=2)).isoformat()

    body = alices.post("/forecasts", forecast(question, ends_at=ends_at)).json()

    assert body["ends_at"] == ends_at.replace("+00:00", "Z")


def test_a_retry_gets_the_same_answer_and_states_nothing(alices, question):
    first = alices.post("/forecasts", forecast(question, stake="20"), key="once")
    second = alices.post("/forecasts", forecast(question, stake="20"), key="once")

    assert second.content == first.content
    assert second.status_code == 201
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Forecast.objects.count() == Order.objects.count() == 1


def test_a_retry_after_the_withdrawal_still_gets_the_first_answer(alices, question):
    first = alices.post("/forecasts", forecast(question), key="once")
    alices.delete(f"/forecasts/{first.json()['id']}")

    second = alices.post("/forecasts", forecast(question), key="once")

    assert second.content == first.content


def test_a_key_for_another_forecast_is_refused(alices, question):
    alices.post("/forecasts", forecast(question), key="once")

    response = alices.post("/forecasts", forecast(question, stake="1"), key="once")

    refused(response, "request_key_reused", "Idempotency-Key")
    assert Forecast.objects.count() == 1
    assert Order.objects.count() == 0


# Refusals


def test_nobody_forecasts_without_signing_in(anyone, question, nothing_written):
    refused(anyone.post("/forecasts", forecast(question)), "not_authenticated")
    nothing_written()


@pytest.mark.parametrize("scope", [Scope.READ, Scope.TRADE, Scope.AUTHOR])
def test_forecasting_needs_its_scope(program_of, alice, question, scope, nothing_written):
    refused(program_of(alice, scope).post("/forecasts", forecast(question)), "scope_missing")
    nothing_written()


def test_a_stake_needs_the_trade_scope_too(program_of, alice, question, nothing_written):
    forecaster = program_of(alice, Scope.FORECAST)

    document = refused(
        forecaster.post("/forecasts", forecast(question, stake="20")), "scope_missing"
    )

    assert "trade scope" in document["detail"]
    nothing_written()
    assert forecaster.post("/forecasts", forecast(question)).status_code == 201


def test_a_forecast_needs_an_idempotency_key(alices, question, nothing_written):
    refused(alices.post("/forecasts", forecast(question), key=None), "idempotency_key_missing")
    nothing_written()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"probabilities": [0.62, 0.38]}, ["probabilities"]),
        ({"probabilities": {"yes": "0.62"}}, ["probabilities.yes"]),
        ({"probabilities": {"yes": True}}, ["probabilities.yes"]),
        ({"probabilities": {"yes": 1.2}}, ["probabilities.yes"]),
        ({"probabilities": None}, ["probabilities"]),
        ({"stake": 20}, ["stake"]),
        ({"rationale": 7}, ["rationale"]),
        ({"rationale": "x" * 10_001}, ["rationale"]),
        ({"ends_at": "tomorrow"}, ["ends_at"]),
        ({"made_at": "2026-11-22T12:00:00Z"}, ["made_at"]),
    ],
)
def test_wrong_fields_are_named(alices, question, changes, fields, nothing_written):
    refused(alices.post("/forecasts", forecast(question, **changes)), "invalid_request", *fields)
    nothing_written()


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"question": 999_999_999}, "question_not_found", []),
        ({"probabilities": {}}, "invalid_probabilities", ["probabilities"]),
        ({"probabilities": {"maybe": 0.5}}, "invalid_probabilities", ["probabilities"]),
        ({"probabilities": {"yes": 0.6, "no": 0.6}}, "invalid_probabilities", ["probabilities"]),
        ({"probabilities": {"yes": 1}}, "invalid_probabilities", ["probabilities"]),
        ({"probabilities": {"yes": 0.99}, "stake": "1001"}, "insufficient_credits", ["budget"]),
        ({"stake": "0"}, "invalid_order", []),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "invalid_forecast", []),
    ],
)
def test_what_cannot_be_forecast_is_refused_by_name(
    alices, question, changes, code, fields, nothing_written
):
    refused(alices.post("/forecasts", forecast(question, **changes)), code, *fields)
    nothing_written()


def test_a_closed_question_takes_no_forecasts(alices, question, eve, today, nothing_written):
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=today)

    refused(alices.post("/forecasts", forecast(question)), "question_not_open", "question")
    nothing_written()


# Withdrawing, and one's own


def test_a_forecast_is_withdrawn(alices, question):
    stated = alices.post("/forecasts", forecast(question)).json()

    response = alices.delete(f"/forecasts/{stated['id']}")

    assert response.status_code == 204
    assert response.content == b""
    withdrawn_at = Withdrawal.objects.get().withdrawn_at.isoformat().replace("+00:00", "Z")
    found = alices.get(f"/forecasts/{stated['id']}").json()
    assert found == {**stated, "withdrawn_at": withdrawn_at}
    assert alices.get(f"/questions/{question.pk}").json()["my"]["forecast"] is None


def test_withdrawing_twice_changes_nothing(alices, question):
    stated = alices.post("/forecasts", forecast(question)).json()

    statuses = [alices.delete(f"/forecasts/{stated['id']}").status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert Withdrawal.objects.count() == 1


def test_charlie_neither_sees_nor_withdraws_a_forecast_of_alices(alices, charlies, question):
    stated = alices.post("/forecasts", forecast(question)).json()

    refused(charlies.get(f"/forecasts/{stated['id']}"), "forecast_not_found")
    response = charlies.delete(f"/forecasts/{stated['id']}")

    assert response.json()["code"] == "forecast_not_found"
    assert response.status_code == 404
    assert charlies.get("/forecasts").json()["results"] == []
    assert Withdrawal.objects.count() == 0


def test_withdrawing_needs_the_forecast_scope(program_of, alice, alices, question):
    stated = alices.post("/forecasts", forecast(question)).json()

    response = program_of(alice, Scope.READ).delete(f"/forecasts/{stated['id']}")

    refused(response, "scope_missing")
    assert Withdrawal.objects.count() == 0


def test_a_withdrawal_that_comes_too_late_is_refused(alices, question, eve, today):
    stated = alices.post("/forecasts", forecast(question)).json()
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=today)

    refused(alices.delete(f"/forecasts/{stated['id']}"), "question_not_open", "question")
    assert Withdrawal.objects.count() == 0


def test_the_list_holds_ones_own_forecasts_newest_first(alices, charlies, question, race):
    first = alices.post("/forecasts", forecast(question, stake="20")).json()
    stated = {"ana": 0.5, "berta": 0.3, "somebody-else": 0.2}
    second = alices.post("/forecasts", forecast(race, probabilities=stated)).json()
    charlies.post("/forecasts", forecast(question))

    assert alices.get("/forecasts").json() == {"results": [second, first], "next": None}
    assert alices.get("/forecasts", question=question.pk).json()["results"] == [first]


def test_a_list_of_forecasts_costs_a_fixed_number_of_queries(
    alices, question, django_assert_num_queries
):
    alices.post("/forecasts", forecast(question, stake="1"))
    alices.post("/forecasts", forecast(question, stake="2"))

    for limit in (1, 2):
        with django_assert_num_queries(4):  # the key; forecasts with orders, fills, outcomes
            alices.get("/forecasts", limit=limit)
