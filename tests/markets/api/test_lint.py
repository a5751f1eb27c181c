"""Having a question read before anybody else does."""

import pytest
from django.test import Client

from markets.models import Question
from tests.markets.api.calling import Caller, refused
from users.models import Scope

LINT = "/questions/lint"
SPOILT = {
    "title": "Will the Lark Bridge open soon?",
    "resolution_criteria": "YES if the Lark Bridge has opened by 1 March 2027, otherwise NO.",
    "resolution_sources": ["The road authority of Marrow", "bit.ly/3xYz"],
    "closes_at": "2199-03-01T23:59:00Z",
    "quote": "The bridge is expected to open in spring.",
}


@pytest.fixture
def eves(eve, program_of):
    return program_of(eve)


def marks(response):
    assert response.status_code == 200, response.json()
    return [(each["rule"], each["field"], each["words"]) for each in response.json()["findings"]]


def test_an_editor_is_told_which_words_are_doubtful(eves):
    response = eves.post(LINT, SPOILT, key=None)

    assert marks(response) == [
        ("T10", "title", "soon"),
        ("T02", "title", "Will the Lark Bridge open soon?"),
        ("T13", "closes_at", ""),
        ("S05", "resolution_sources.1", "bit.ly/3xYz"),
        ("S08", "resolution_sources.1", "bit.ly"),
    ]
    assert response.json()["policy_version"] == 1
    assert response.json()["findings"][0] == {
        "rule": "T10",
        "severity": "error",
        "field": "title",
        "start": 26,
        "end": 30,
        "words": "soon",
        "sentence": "Write the date itself: this time counts from a day that readers do not know.",
    }
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_title_alone_is_enough(eves):
    response = eves.post(LINT, {"title": "Will it rain?"}, key=None)

    assert [rule for rule, _, _ in marks(response)][:3] == ["T01", "S01", "A03"]


def test_a_range_takes_numbers_or_dates(eves):
    number = eves.post(
        LINT,
        {
            "title": "What will it cost by 2028?",
            "type": "numeric",
            "range": {"lower": 9, "upper": 3},
        },
        key=None,
    )
    date = eves.post(
        LINT,
        {
            "title": "When will the Lark Bridge open?",
            "type": "date",
            "range": {"lower": "2027-01-01T00:00:00Z", "upper": "2027-06-01T00:00:00Z"},
        },
        key=None,
    )

    assert ("M07", "range", "") in marks(number)
    assert ("M06", "unit", "") in marks(number)
    assert ("M08", "range", "") in marks(date)


def test_an_open_question_that_asks_the_same_is_named(eves, question):
    response = eves.post(LINT, {**SPOILT, "title": question.title}, key=None)

    assert ("P04", "title", question.title) in marks(response)


def test_it_stores_nothing_and_takes_three_queries(eves, question, django_assert_num_queries):
    before = Question.objects.count()

    with django_assert_num_queries(3):  # the key, its use, the titles of open questions
        eves.post(LINT, SPOILT, key=None)

    assert Question.objects.count() == before


def test_an_editor_signed_in_by_cookie_may_ask_too(eve):
    client = Client()
    client.force_login(eve)

    assert Caller(client).post(LINT, SPOILT, key=None).status_code == 200


def test_charlie_is_no_editor(charlies):
    refused(charlies.post(LINT, SPOILT, key=None), "editor_needed")


def test_nobody_is_no_editor_either(anyone):
    refused(anyone.post(LINT, SPOILT, key=None), "not_authenticated")


def test_a_key_needs_the_scope_of_authors(eve, program_of):
    reader = program_of(eve, Scope.READ, Scope.TRADE)

    refused(reader.post(LINT, SPOILT, key=None), "scope_missing")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": 3}, "title"),
        ({"title": "x" * 1_001}, "title"),
        ({"type": "poll"}, "type"),
        ({"criteria": "YES"}, "criteria"),
        ({"closes_at": "2027-03-01"}, "closes_at"),
        ({"prior": [2]}, "prior.0"),
        ({"range": {"lower": 1}}, "range.upper"),
        ({"range": {"lower": "one", "upper": 2}}, "range.lower"),
        ({"range": {"lower": True, "upper": 2}}, "range.lower"),
        ({"resolution_sources": ["x" * 301]}, "resolution_sources.0"),
    ],
)
def test_what_is_not_understood_is_refused(eves, changes, field):
    refused(eves.post(LINT, {**SPOILT, **changes}, key=None), "invalid_request", field)


def test_it_is_not_there_to_be_read(eves):
    refused(eves.get(LINT), "method_not_allowed")
