"""Suggested answers on the desk: taken up into a proposal, or declined."""

import pytest
from django.urls import reverse

from markets.models import AnswerSuggestion, Resolution
from markets.services.suggestions import suggest
from tests.instants import NOON
from tests.markets.admin.desk import said, url
from tests.markets.admin.test_resolving import answering

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


def begun_with(suggestion):
    return f"{url(suggestion.question, 'propose')}?suggestion={suggestion.pk}"


def propose(client, suggestion, **typed):
    """Send the form that begins with a suggestion, and again once it showed who gets what."""
    seen = client.post(begun_with(suggestion), answering(**typed)).context["seen"]
    return client.post(begun_with(suggestion), answering(seen=seen, **typed))


def test_taking_it_up_opens_the_form_of_a_proposal_filled_in(as_eve, suggestion):
    assert begun_with(suggestion) in as_eve.get(QUEUE).content.decode()
    form = as_eve.get(begun_with(suggestion))

    assert form.context["form"]["answer"].value() == "0"
    first = form.context["lines"].forms[0]
    assert (first["quote"].value(), first["url"].value()) == (QUOTE, "https://rail.example/1")
    assert Resolution.objects.count() == 0


def test_it_waits_until_it_is_proposed(as_eve, suggestion, eve):
    as_eve.get(begun_with(suggestion))
    as_eve.post(begun_with(suggestion), answering())
    assert len(as_eve.get(QUEUE).context["cards"]) == 1

    propose(as_eve, suggestion)

    suggestion.refresh_from_db()
    assert Resolution.objects.get().outcome_weights == [1.0, 0.0]
    assert (suggestion.state, suggestion.decided_by) == ("taken", eve)
    assert suggestion.decided_at == Resolution.objects.get().proposed_at


def test_it_is_not_taken_up_by_another_answer(as_eve, suggestion):
    propose(as_eve, suggestion, answer="1")

    assert Resolution.objects.get().outcome_weights == [0.0, 1.0]
    assert AnswerSuggestion.objects.get().state == "waiting"
    assert as_eve.get(QUEUE).context["cards"] == []


def test_one_that_was_declined_meanwhile_stays_so(as_eve, as_erin, suggestion, erin):
    as_eve.get(begun_with(suggestion))
    as_erin.post(page(suggestion, "decline"), {"reason": "No."})

    assert as_eve.get(begun_with(suggestion)).context["form"]["answer"].value() is None
    propose(as_eve, suggestion)

    suggestion.refresh_from_db()
    assert Resolution.objects.count() == 1
    assert (suggestion.state, suggestion.decided_by) == ("declined", erin)


def test_only_one_of_this_question_fills_the_form(as_eve, suggestion, question, publish):
    other = publish(title="Will a second train cross by 2 December 2026?")
    for asked in (suggestion.pk, "nonsense", "9" * 30, "٣"):
        form = as_eve.get(url(other, "propose"), {"suggestion": asked})
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


def test_what_was_taken_up_is_not_declined(as_eve, suggestion):
    propose(as_eve, suggestion)

    assert as_eve.post(page(suggestion, "decline"), {"reason": "No."}).status_code == 422
    assert AnswerSuggestion.objects.get().state == "taken"


def test_an_editor_with_a_stake_decides_nothing(as_erin, erin, suggestion, question, buy):
    buy(erin, question, (0,), 5)

    refused = as_erin.post(page(suggestion, "decline"), {"reason": "No."})

    assert refused.status_code == 422
    assert "another editor has to decide it" in refused.content.decode()
    assert AnswerSuggestion.objects.get().state == "waiting"


def test_a_suggestion_that_is_not_there_is_said_to_be(as_eve, suggestion):
    address = page(suggestion, "decline").replace(str(suggestion.pk), "999999")

    assert as_eve.post(address, {"reason": "No."}).status_code == 422
