"""Finding questions, and reading one."""

from datetime import timedelta

import pytest

from markets.services import lifecycle, questions, resolution
from markets.services.clarifications import clarify
from tests.cast import question_text
from tests.markets.api.acts import buy, forecast
from tests.markets.api.calling import refused


def slugs(response):
    return [question["slug"] for question in response.json()["results"]]


# The list


def test_the_list_holds_public_questions_newest_first(anyone, ask, eve, today):
    first = ask(title="Will the first thing happen by 2027?")
    second = ask(title="Will the second thing happen by 2027?")
    questions.draft_question(text=question_text(title="Draft?"), editor=eve, now=today)

    response = anyone.get("/questions")

    assert response.status_code == 200
    assert slugs(response) == [second.slug, first.slug]
    assert response.json()["next"] is None


def test_pages_of_the_list_fit_together(anyone, ask):
    asked = [ask(title=f"Will thing number {number} happen by 2027?") for number in range(5)]

    first = anyone.get("/questions", limit=2)
    second = anyone.get("/questions", limit=2, cursor=first.json()["next"])
    third = anyone.get("/questions", limit=2, cursor=second.json()["next"])

    assert slugs(first) + slugs(second) + slugs(third) == [each.slug for each in reversed(asked)]
    assert third.json()["next"] is None


@pytest.mark.parametrize("sort", ["newest", "closing_soon", "volume", "forecasters"])
def test_every_order_of_the_list_can_be_walked(anyone, ask, alice, today, sort):
    asked = [
        ask(
            title=f"Will thing number {number} happen by 2027?",
            closes_at=today + timedelta(days=1 + number % 2),
        )
        for number in range(4)
    ]
    buy(alice, asked[1])
    forecast(alice, asked[2], 0.6, 0.4)

    whole = slugs(anyone.get("/questions", sort=sort))
    walked, cursor = [], {}
    for _ in range(4):
        response = anyone.get("/questions", sort=sort, limit=1, **cursor)
        walked += slugs(response)
        cursor = {"cursor": response.json()["next"]}

    assert walked == whole
    assert sorted(walked) == sorted(each.slug for each in asked)
    assert cursor == {"cursor": None}


def test_the_list_is_sorted_by_volume_and_by_forecasters(anyone, ask, alice, bob):
    quiet, loud = ask(title="Is it quiet here in 2027?"), ask(title="Is it loud here in 2027?")
    newest = ask(title="Is it new here in 2027?")
    buy(alice, loud)
    forecast(bob, quiet, 0.6, 0.4)

    assert slugs(anyone.get("/questions", sort="volume"))[0] == loud.slug
    assert slugs(anyone.get("/questions", sort="forecasters"))[0] == quiet.slug
    assert slugs(anyone.get("/questions", sort="newest"))[0] == newest.slug


def test_filters_narrow_the_list(anyone, question, race, eve, today):
    lifecycle.halt(question_id=race.pk, editor=eve, reason="A dispute.", now=today)

    assert slugs(anyone.get("/questions", type="binary")) == [question.slug]
    assert slugs(anyone.get("/questions", status="halted")) == [race.slug]
    assert len(slugs(anyone.get("/questions", status=["halted", "open"]))) == 2
    assert slugs(anyone.get("/questions", q="corridor")) == [question.slug]
    assert slugs(anyone.get("/questions", q="corridor election")) == []
    assert slugs(anyone.get("/questions", article=1)) == []


def test_the_list_is_filtered_by_tag(anyone, ask, question):
    tagged = ask(title="Will the railway carry freight by 2027?", tags=("railway",))

    assert slugs(anyone.get("/questions", tag="railway")) == [tagged.slug]
    assert slugs(anyone.get("/questions", tag="")) == [tagged.slug, question.slug]


@pytest.mark.parametrize(
    ("parameters", "code", "field"),
    [
        ({"statuss": "open"}, "unknown_parameter", "statuss"),
        ({"format": "xml"}, "unknown_parameter", "format"),
        ({"api_key": "odk_1_2"}, "unknown_parameter", "api_key"),
        ({"status": "closing"}, "invalid_parameter", "status.0"),
        ({"status": "draft"}, "invalid_parameter", "status.0"),
        ({"type": "number"}, "invalid_parameter", "type"),
        ({"sort": "-volume"}, "invalid_parameter", "sort"),
        ({"article": "1_0"}, "invalid_parameter", "article"),
        ({"q": "nul\x00"}, "invalid_parameter", "q"),
        ({"q": "x" * 201}, "invalid_parameter", "q"),
        ({"limit": "201"}, "invalid_parameter", "limit"),
        ({"cursor": "nonsense"}, "invalid_cursor", None),
    ],
)
def test_parameters_that_the_list_does_not_take_are_refused(anyone, parameters, code, field):
    refused(anyone.get("/questions", **parameters), code, *([field] if field else []))


def test_the_list_costs_the_same_however_long_it_is(anyone, ask, alice, django_assert_num_queries):
    asked = [ask(title=f"Will thing number {number} happen by 2027?") for number in range(3)]
    for number, each in enumerate(asked):
        buy(alice, each, key=f"k{number}")

    for limit in (1, 3):
        with django_assert_num_queries(5):  # questions, outcomes, citations, crowds, earlier odds
            anyone.get("/questions", limit=limit)


def test_answered_questions_cost_the_list_nothing_more(
    anyone, ask, eve, today, django_assert_num_queries
):
    for number in range(3):
        answered = ask(title=f"Did thing number {number} happen?")
        resolution.propose(question_id=answered.pk, outcome_weights=(1, 0), proposer=eve, now=today)

    for limit in (1, 3):
        with django_assert_num_queries(5):
            assert len(anyone.get("/questions", limit=limit).json()["results"]) == limit


# One question


def test_a_question_is_found_by_id_and_by_slug(anyone, question):
    by_id, by_slug = (
        anyone.get(f"/questions/{question.pk}"),
        anyone.get(f"/questions/{question.slug}"),
    )

    assert by_id.status_code == by_slug.status_code == 200
    assert by_id.json()["id"] == by_slug.json()["id"] == question.pk


def test_a_question_says_what_is_asked_and_where_to_read_it(anyone, question):
    body = anyone.get(f"/questions/{question.pk}").json()

    assert body["title"] == "Will the corridor open by 2 December 2026?"
    assert body["url"] == f"http://testserver/api/v1/questions/{question.slug}"
    assert body["html_url"] == f"http://testserver/questions/{question.slug}/"
    assert [outcome["key"] for outcome in body["outcomes"]] == ["yes", "no"]
    assert body["closed_at"] is None
    assert body["closes_at"] == question.closes_at.isoformat().replace("+00:00", "Z")
    assert body["resolution"] is None
    assert body["articles"] == []
    assert body["my"] is None


def test_a_question_brings_what_its_rules_were_clarified_by(anyone, question, eve, today):
    for text in ("An empty test train is none.", "Nor is a lorry on rails."):
        clarify(question_id=question.pk, text=text, editor=eve, now=today)

    body = anyone.get(f"/questions/{question.pk}").json()

    made_at = today.isoformat().replace("+00:00", "Z")
    assert body["clarifications"] == [
        {"text": "An empty test train is none.", "made_at": made_at},
        {"text": "Nor is a lorry on rails.", "made_at": made_at},
    ]


def test_the_page_of_a_question_is_where_the_api_says(anyone, question, client):
    page = anyone.get(f"/questions/{question.pk}").json()["html_url"]

    assert client.get(page.removeprefix("http://testserver")).status_code == 200


def test_numbers_of_an_unopened_question_are_null_and_not_a_half(program_of, eve, today):
    draft = questions.draft_question(text=question_text(), editor=eve, now=today)

    odds = program_of(eve).get(f"/questions/{draft.pk}").json()["odds"]

    assert [outcome["probability"] for outcome in odds["outcomes"]] == [None, None]
    assert [outcome["decimal_odds"] for outcome in odds["outcomes"]] == [None, None]
    assert odds["price_source"] == "prior"


def test_drafts_are_for_editors_only(anyone, alices, eve, today):
    draft = questions.draft_question(text=question_text(), editor=eve, now=today)

    refused(anyone.get(f"/questions/{draft.pk}"), "question_not_found")
    refused(alices.get(f"/questions/{draft.pk}"), "question_not_found")
    refused(anyone.get(f"/questions/{draft.pk}/odds"), "question_not_found")


@pytest.mark.parametrize("name", ["999999999", "no-such-question", "9" * 40, "0"])
@pytest.mark.parametrize("part", ["", "/odds", "/history", "/quote?claim=yes&budget=1"])
def test_there_is_no_question_of_another_name(anyone, question, name, part):
    refused(anyone.get(f"/questions/{name}{part}"), "question_not_found")


def test_signed_in_a_question_says_what_one_has_in_it(alices, charlies, alice, question):
    buy(alice, question)
    stated = forecast(alice, question, 0.7, 0.3)

    mine = alices.get(f"/questions/{question.pk}")
    theirs = charlies.get(f"/questions/{question.pk}")

    assert mine.json()["my"]["shares"] == {"yes": "49.16251", "no": "0"}
    assert mine.json()["my"]["forecast"]["id"] == stated.pk
    assert mine.json()["my"]["forecast"]["probabilities"] == {"yes": 0.7, "no": 0.3}
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert theirs.json()["my"] == {"shares": None, "forecast": None}


def test_a_key_without_the_read_scope_learns_nothing_of_its_owner(program_of, alice, question):
    from users.models import Scope

    buy(alice, question)

    response = program_of(alice, Scope.TRADE).get(f"/questions/{question.pk}")

    assert response.json()["my"] is None


def test_a_bad_key_is_refused_even_where_none_is_needed(anyone, question):
    response = anyone.get(f"/questions/{question.pk}", headers={"authorization": "Bearer odk_x_y"})

    refused(response, "api_key_invalid")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_decided_question_says_how_and_why(anyone, ask, eve, erin, today):
    question = ask()
    resolution.propose(
        question_id=question.pk, outcome_weights=[1, 0], rationale="It opened.", proposer=eve,
        evidence=[{"quote": "The first train crossed.", "url": "https://news.example/1"}],
        now=today,
    )  # fmt: skip
    resolution.confirm(question_id=question.pk, editor=erin, now=today)

    body = anyone.get(f"/questions/{question.pk}").json()

    assert body["status"] == "resolved"
    assert body["resolution"]["verdict"] == "outcome"
    assert [(each["key"], each["weight"]) for each in body["resolution"]["outcomes"]] == [
        ("yes", 1.0),
        ("no", 0.0),
    ]
    assert body["resolution"]["evidence"] == [
        {"quote": "The first train crossed.", "url": "https://news.example/1", "article": None}
    ]
    assert body["odds"]["price_source"] == "settlement"
    assert body["odds"]["outcomes"][1]["decimal_odds"] is None


def test_an_annulled_question_names_no_outcome(anyone, question, eve, today):
    resolution.annul(question_id=question.pk, editor=eve, reason="Unanswerable.", now=today)

    body = anyone.get(f"/questions/{question.pk}").json()

    assert body["resolution"]["verdict"] == "annulled"
    assert body["resolution"]["outcomes"] is None


def test_one_question_costs_a_fixed_number_of_queries(
    anyone, question, race, django_assert_num_queries
):
    for each in (question, race):
        # question, outcomes, citations, clarifications, crowds, earlier odds
        with django_assert_num_queries(6):
            anyone.get(f"/questions/{each.pk}")
