"""Suggested answers on the desk: taken up into a proposal, or declined."""

import pytest
from django.urls import reverse

from markets.models import AnswerSuggestion, Resolution
from markets.services.suggestions import suggest
from tests.instants import NOON
from tests.markets.admin.desk import said, url

pytestmark = pytest.mark.django_db

QUEUE = reverse("admin:markets_answersuggestion_queue")
QUOTE = "The first freight train crossed on Friday."


def page(suggestion, name):
    return reverse(f"admin:markets_answersuggestion_{name}", args=[suggestion.pk])


@pytest.fixture
def suggestion(question, alice):
    return suggest(
        question_id=question.pk, outcome_weights=(1, 0), quote=QUOTE,
        url="https://rail.example/1", suggester=alice, now=NOON,
    )  # fmt: skip


def test_a_suggestion_waits_in_the_queue_and_on_its_question(as_eve, suggestion, question):
    (card,) = as_eve.get(QUEUE).context["cards"]

    assert (card.suggestion, card.answer, card.by) == (suggestion, "Yes", "alice")
    assert QUOTE in as_eve.get(url(question)).content.decode()
    tiles = as_eve.get(reverse("admin:index")).context["tiles"]
    assert {each.label: each.count for each in tiles}["Suggested answers"] == 1


def test_taking_it_up_opens_the_form_of_a_proposal_filled_in(as_eve, suggestion, question, eve):
    form = as_eve.post(page(suggestion, "take"), follow=True)

    assert form.redirect_chain[-1][0] == f"{url(question, 'propose')}?suggestion={suggestion.pk}"
    assert form.context["form"]["answer"].value() == "0"
    first = form.context["lines"].forms[0]
    assert (first["quote"].value(), first["url"].value()) == (QUOTE, "https://rail.example/1")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by) == ("taken", eve)
    assert Resolution.objects.count() == 0


def test_only_one_that_was_taken_up_fills_the_form(as_eve, suggestion, question, publish):
    for asked in (suggestion.pk, "nonsense", "9" * 30, "٣"):
        form = as_eve.get(url(question, "propose"), {"suggestion": asked})
        assert form.context["form"]["answer"].value() is None


def test_declining_takes_a_reason(as_eve, suggestion, eve):
    refused = as_eve.post(page(suggestion, "decline"), {"reason": " "})
    assert refused.status_code == 422
    assert AnswerSuggestion.objects.get().state == "waiting"

    answer = as_eve.post(
        page(suggestion, "decline"), {"reason": "That was a test run."}, follow=True
    )

    suggestion.refresh_from_db()
    assert said(answer) == ["Declined."]
    assert (suggestion.state, suggestion.reason, suggestion.decided_by) == (
        "declined", "That was a test run.", eve,
    )  # fmt: skip


def test_what_was_declined_is_not_taken_up_nor_the_other_way_round(as_eve, as_erin, suggestion):
    as_eve.post(page(suggestion, "decline"), {"reason": "No."})

    assert said(as_erin.post(page(suggestion, "take"), follow=True)) == [
        "This suggestion was declined already; propose the answer by hand."
    ]
    assert AnswerSuggestion.objects.get().state == "declined"


def test_what_was_taken_up_is_not_declined(as_eve, suggestion):
    as_eve.post(page(suggestion, "take"))

    assert as_eve.post(page(suggestion, "decline"), {"reason": "No."}).status_code == 422
    assert AnswerSuggestion.objects.get().state == "taken"


def test_an_editor_with_a_stake_decides_nothing(as_erin, erin, suggestion, question, buy):
    buy(erin, question, (0,), 5)

    answer = as_erin.post(page(suggestion, "take"), follow=True)

    assert said(answer) == [
        "You have traded or forecast on this question, so another editor has to decide it."
    ]
    assert AnswerSuggestion.objects.get().state == "waiting"


def test_a_suggestion_that_is_not_there_is_said_to_be(as_eve, suggestion):
    address = page(suggestion, "take").replace(str(suggestion.pk), "999999")

    assert said(as_eve.post(address, follow=True)) == ["There is no such suggestion."]
