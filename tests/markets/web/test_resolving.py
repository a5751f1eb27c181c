"""How a question resolves, as its page says; and suggesting the answer from there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from markets.models import AnswerSuggestion, Resolver
from markets.services import resolution
from markets.services.questions import draft_question
from markets.services.resolvers import make_resolver, pause_resolver
from markets.services.suggestions import decline
from tests.cast import question_text
from tests.markets.resolvers.settings import json_settings, settings
from tests.markets.web.test_pages import text_of

pytestmark = pytest.mark.django_db

QUOTE = "The first freight train crossed on Friday."


def page(client, question):
    return client.get(reverse("pages:question", args=[question.slug]))


def suggest(client, question, **changes):
    given = {"answer": "0", "quote": QUOTE, "url": "https://rail.example/1", **changes}
    return client.post(reverse("pages:suggest", args=[question.slug]), given)


@pytest.fixture
def resolver(question, eve):
    return make_resolver(
        question_id=question.pk, editor=eve, now=timezone.now(),
        settings=json_settings(url="https://rail.example/trains.json"),
    )  # fmt: skip


def test_the_page_says_what_is_read_and_what_it_said(client, question, resolver):
    assert "Read daily from rail.example . Not read yet." in text_of(page(client, question))

    Resolver.objects.update(last_read_at=timezone.now() - timedelta(hours=3), last_text="0")
    words = text_of(page(client, question))
    assert "Read daily from rail.example . Last read 3 hours ago : it said “0”." in words
    assert "What is read decides nothing by itself" in words


def test_the_key_of_a_source_is_not_on_the_page(client, question, resolver):
    Resolver.objects.update(url="https://me:word@rail.example/trains.json?api_key=4711")

    response = page(client, question)

    assert 'href="https://rail.example/trains.json"' in response.content.decode()
    assert "4711" not in response.content.decode()


def test_the_page_says_that_a_source_is_paused(client, question, resolver, eve):
    pause_resolver(resolver_id=resolver.pk, reason="Wrong line.", editor=eve, now=timezone.now())

    words = text_of(page(client, question))

    assert "Read daily from rail.example . Paused at present." in words
    assert "Wrong line." not in words


def test_what_only_concerns_editors_is_not_on_the_page(client, question, eve):
    make_resolver(
        question_id=question.pk, editor=eve, now=timezone.now(),
        settings=settings("manual", note="Call the deputy minister."),
    )  # fmt: skip

    words = text_of(page(client, question))

    assert "Call the deputy minister." not in words
    assert "An editor reads the sources and proposes the answer" in words


def test_an_answered_question_says_nothing_of_sources(client, question, resolver, eve):
    resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=timezone.now()
    )

    assert "How it resolves" not in text_of(page(client, question))


def test_an_answer_read_by_a_resolver_is_said_to_be(client, question, resolver):
    resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), resolver=resolver, now=timezone.now()
    )

    assert "Proposed by a resolver on" in text_of(page(client, question))


def test_a_reader_suggests_the_answer_and_sees_it_wait(as_alice, alice, question):
    response = suggest(as_alice, question)

    assert response.status_code == 303
    made = AnswerSuggestion.objects.get()
    assert (made.outcome_weights, made.quote, made.url, made.suggested_by) == (
        [1.0, 0.0], QUOTE, "https://rail.example/1", alice,
    )  # fmt: skip
    words = text_of(as_alice.get(response["Location"]))
    assert "Thank you. Your suggestion waits for an editor." in words
    assert "Suggest the answer" not in words


def test_a_reader_learns_why_it_was_declined_and_may_suggest_again(as_alice, question, eve):
    suggest(as_alice, question)
    decline(
        suggestion_id=AnswerSuggestion.objects.get().pk, reason="A test run.", editor=eve,
        now=timezone.now(),
    )  # fmt: skip

    words = text_of(page(as_alice, question))

    assert "Your suggestion was declined: “A test run.”" in words
    assert "Suggest the answer" in words
    assert suggest(as_alice, question, answer="1").status_code == 303


def test_only_who_is_signed_in_suggests(client, question):
    assert "Suggest the answer" not in text_of(page(client, question))
    assert suggest(Client(), question).status_code == 302
    assert AnswerSuggestion.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field", "status"),
    [
        ({"answer": ""}, "answer", 422),
        ({"answer": "7"}, "answer", 422),
        ({"quote": ""}, "quote", 422),
        ({"url": "javascript:alert(1)"}, "url", 422),
    ],
)
def test_what_is_wrong_is_said_beside_its_box(as_alice, question, changes, field, status):
    response = suggest(as_alice, question, **changes)

    assert response.status_code == status
    assert list(response.context["suggestion_form"].errors) == [field]
    assert AnswerSuggestion.objects.count() == 0


def test_one_at_a_time_waits(as_alice, question):
    suggest(as_alice, question)

    response = suggest(as_alice, question, answer="1")

    assert response.status_code == 409
    assert "What you suggested before still waits for an editor." in text_of(response)
    assert AnswerSuggestion.objects.count() == 1


def test_a_number_is_suggested_as_a_number(as_alice, ask):
    from markets.core.numeric import Bins

    trade = ask(
        title="How much trade in 2026?", type="numeric", outcomes=(), prior=(),
        bins=Bins(lower=0, upper=10, count=5),
    )  # fmt: skip

    assert suggest(as_alice, trade, answer="12").context["suggestion_form"].errors["answer"]
    assert suggest(as_alice, trade, answer="4.5").status_code == 303
    assert AnswerSuggestion.objects.get().value == 4.5


def test_a_rule_is_shown_with_the_questions_that_it_asks(client, question, ask, eve):
    other = ask(title="Will the second train cross this year?")
    make_resolver(
        question_id=question.pk, editor=eve, now=timezone.now(),
        settings=settings("question", expression=f"{other.pk}=yes", confirmations=1),
    )  # fmt: skip

    words = text_of(page(client, question))

    assert f"{other.pk}=yes , where {other.pk} is Will the second train cross this year?" in words


def test_a_rule_does_not_tell_of_questions_that_are_not_public(client, question, ask, eve):
    other = ask(title="Will the second train cross this year?")
    resolver = make_resolver(
        question_id=question.pk, editor=eve, now=timezone.now(),
        settings=settings("question", expression=f"{other.pk}=yes", confirmations=1),
    )  # fmt: skip
    hidden = draft_question(
        text=question_text(title="Will a secret train cross?"), editor=eve, now=timezone.now()
    )
    resolver.asks.add(hidden)

    words = text_of(page(client, question))

    assert "Will the second train cross this year?" in words
    assert "Will a secret train cross?" not in words
