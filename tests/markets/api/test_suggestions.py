"""Suggesting an answer over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from markets.models import AnswerSuggestion, Resolution
from markets.services import resolution
from tests.markets.api.calling import refused
from users.models import Scope

QUOTE = "The first freight train crossed on Friday."


def said(**changes):
    return {"weights": {"yes": 1}, "quote": QUOTE, "url": "https://rail.example/1", **changes}


@pytest.fixture
def address(question):
    return f"/questions/{question.slug}/suggestions"


def test_an_answer_is_suggested_and_waits(alices, question, address, alice):
    response = alices.post(address, said(), key=None)

    suggestion = AnswerSuggestion.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1{address}"
    assert response.json() == {
        "id": suggestion.pk, "question": question.pk, "weights": {"yes": 1.0, "no": 0.0},
        "value": None, "effective_at": None, "quote": QUOTE, "url": "https://rail.example/1",
        "article": None, "state": "waiting", "reason": "",
        "suggested_at": suggestion.suggested_at.isoformat().replace("+00:00", "Z"),
        "decided_at": None,
    }  # fmt: skip
    assert suggestion.suggested_by == alice
    assert Resolution.objects.count() == 0


def test_the_same_sent_again_is_the_one_that_waits(alices, address):
    first = alices.post(address, said(), key=None)
    again = alices.post(address, said(), key=None)

    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert AnswerSuggestion.objects.count() == 1


def test_another_one_is_refused_while_one_waits(alices, address):
    alices.post(address, said(), key=None)

    refused(alices.post(address, said(weights={"no": 1}), key=None), "suggestion_waiting")
    assert AnswerSuggestion.objects.count() == 1


def test_everybody_reads_only_their_own(alices, charlies, address):
    alices.post(address, said(), key=None)

    assert [each["quote"] for each in alices.get(address).json()["results"]] == [QUOTE]
    assert charlies.get(address).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (said(weights={"maybe": 1}), "invalid_suggestion", ["weights"]),
        (said(weights={"yes": 0.4}), "invalid_weights", ["outcome_weights"]),
        (said(weights=None), "invalid_suggestion", ["answer"]),
        (said(weights=None, value=3), "invalid_suggestion", ["value"]),
        (said(value=3), "invalid_suggestion", ["value"]),
        (said(quote=" "), "invalid_suggestion", ["quote"]),
        (said(quote=""), "invalid_request", ["quote"]),
        (said(url=""), "invalid_suggestion", ["url"]),
        (said(url="javascript:alert(1)"), "invalid_suggestion", ["url"]),
        (said(url="https://rail.example/a b"), "invalid_suggestion", ["url"]),
        (said(article=9), "invalid_suggestion", ["article"]),
        (said(effective_at="2031-01-01T00:00:00Z"), "invalid_suggestion", ["effective_at"]),
        (said(effective_at="2020-01-01T00:00:00Z"), "invalid_suggestion", ["effective_at"]),
        (said(extra=1), "invalid_request", ["extra"]),
    ],
)
def test_what_is_no_answer_is_refused(alices, address, body, code, fields):
    refused(alices.post(address, body, key=None), code, *fields)
    assert AnswerSuggestion.objects.count() == 0


def test_a_value_answers_a_number(alices, ask):
    from markets.core.numeric import Bins

    trade = ask(
        title="How much trade in 2026?", type="numeric", outcomes=(), prior=(),
        bins=Bins(lower=0, upper=10, count=5),
    )  # fmt: skip
    address = f"/questions/{trade.pk}/suggestions"

    refused(
        alices.post(address, said(weights=None, value="2027-01-01"), key=None),
        "invalid_suggestion", "value",
    )  # fmt: skip
    refused(
        alices.post(address, said(weights=None, value=11), key=None), "value_outside_bins", "value"
    )
    body = alices.post(address, said(weights=None, value=4.5), key=None).json()

    assert (body["weights"], body["value"]) == (None, 4.5)


@pytest.mark.parametrize("value", ["20270301", 20270301, 2027])
def test_a_date_is_not_suggested_as_a_number(alices, ask, value):
    from markets.core.numeric import Bins

    begun = ask(
        title="When does it begin?", type="date", outcomes=(), prior=(),
        bins=Bins(
            lower=datetime(2027, 2, 1, tzinfo=UTC).timestamp(),
            upper=datetime(2027, 4, 1, tzinfo=UTC).timestamp(), count=59, open_below=True,
            is_date=True,
        ),
    )  # fmt: skip

    response = alices.post(
        f"/questions/{begun.pk}/suggestions", said(weights=None, value=value), key=None
    )

    refused(response, "invalid_suggestion", "value")
    assert AnswerSuggestion.objects.count() == 0


def test_a_question_that_is_answered_takes_none(alices, question, address, eve, today):
    resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=today)

    refused(alices.post(address, said(), key=None), "question_answered", "question")
    assert AnswerSuggestion.objects.count() == 0


def test_one_that_waits_has_passed_once_the_question_is_answered(
    alices, question, address, eve, today
):
    alices.post(address, said(), key=None)
    resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=today)

    assert [each["state"] for each in alices.get(address).json()["results"]] == ["passed"]
    refused(
        alices.post(address, said(weights={"no": 1}), key=None), "question_answered", "question"
    )


def test_ten_a_day_are_enough(alices, alice, question, address, today):
    for each in range(10):
        AnswerSuggestion.objects.create(
            question=question, outcome_weights=[1, 0], quote=str(each), url="https://a.example",
            suggested_by=alice, suggested_at=today, state="declined", reason="No.",
            decided_by=alice, decided_at=today,
        )  # fmt: skip

    refused(alices.post(address, said(), key=None), "too_many_suggestions")
    AnswerSuggestion.objects.update(suggested_at=today - timedelta(days=1))
    assert alices.post(address, said(), key=None).status_code == 201


def test_it_takes_somebody_with_the_scope_and_a_question(
    anyone, alice, alices, program_of, address
):
    refused(anyone.post(address, said(), key=None), "not_authenticated")
    refused(program_of(alice, Scope.READ).post(address, said(), key=None), "scope_missing")
    refused(alices.post("/questions/nothing/suggestions", said(), key=None), "question_not_found")
    assert AnswerSuggestion.objects.count() == 0


def test_a_question_says_what_is_watched_for_its_answer(anyone, question, eve, today):
    from markets.services.resolvers import make_resolver
    from tests.markets.resolvers.settings import json_settings, settings

    for chosen in (
        json_settings(url="https://rail.example/trains.json"),
        settings("manual", note="For editors only."),
    ):
        make_resolver(question_id=question.pk, editor=eve, now=today, settings=chosen)

    assert anyone.get(f"/questions/{question.pk}").json()["resolvers"] == [
        {
            "kind": "json", "url": "https://rail.example/trains.json", "rule": "",
            "every_seconds": 86_400, "is_paused": False, "last_read_at": None, "last_text": "",
        }
    ]  # fmt: skip
