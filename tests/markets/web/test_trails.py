"""What a page says of an answer, of a correction that waits, and of how it was decided."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from markets.models import Challenge, Question
from markets.services import corrections, resolution, settlement
from tests.markets.web.test_challenges import challenge
from tests.markets.web.test_pages import text_of
from tests.markets.web.world import buy, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def known_since():
    return timezone.now() - timedelta(hours=1)


@pytest.fixture
def final(alice, question, eve, erin):
    """alice forecast and bought "Yes"; eve proposed it and erin confirmed."""
    say(alice, question, "alices", 0.6, 0.4)
    buy(alice, question, "alices")
    resolution.propose(
        question_id=question.pk, outcome_weights=[1.0, 0.0], rationale="The train crossed.",
        early_end_reason="The criteria say that the first train decides.",
        evidence=[{"url": "https://www.rail.example/1", "quote": "The first train has crossed."}],
        proposer=eve, now=timezone.now(),
    )  # fmt: skip
    due = resolution.confirm(question_id=question.pk, editor=erin, now=timezone.now())
    settlement.settle(resolution_id=due.pk, now=timezone.now())
    return Question.objects.get(pk=question.pk)


def correct(question, editor, **changes):
    answer = {"outcome_weights": [0.0, 1.0], "rationale": "It was another train.", **changes}
    return corrections.propose_correction(
        question_id=question.pk, proposer=editor, now=timezone.now(), **answer
    )


def page(client, question):
    return text_of(client.get(reverse("pages:question", args=[question.slug])))


def test_the_page_shows_the_evidence_and_why_it_ended_early(client, final):
    words = page(client, final)

    assert "The first train has crossed." in words
    assert "rail.example" in words
    assert "It ended early: The criteria say that the first train decides." in words
    assert "Proposed by eve" in words
    assert "confirmed by erin" in words


def test_how_it_was_decided_is_told_step_by_step(client, final):
    words = page(client, final)

    told = words[words.index("How this was decided") :]
    places = [
        told.index(step)
        for step in ("Opened", "Answer proposed: Yes", "version 1", "Confirmed", "by erin", "Paid")
    ]
    assert places == sorted(places)
    assert (
        reverse("api:resolutions", args=[final.slug])
        in client.get(reverse("pages:question", args=[final.slug])).content.decode()
    )


def test_a_question_without_an_answer_tells_no_story(client, question):
    assert "How this was decided" not in page(client, question)


def test_everybody_sees_a_correction_that_waits_beside_what_stands(client, final, eve):
    correct(final, eve)

    words = page(client, final)

    assert "A correction waits No instead of Yes" in words
    assert "It was another train." in words
    assert "The answer stands until another editor confirms." in words
    assert "Challenge this correction" not in words  # not to somebody who has no stake


def test_a_correction_is_challenged_from_the_page(as_alice, final, eve):
    correct(final, eve)
    assert "Challenge this correction" in page(as_alice, final)

    response = challenge(as_alice, final, "It was the same train.")

    assert response.status_code == 303
    assert Challenge.objects.get().resolution.version == 2
    words = page(as_alice, final)
    assert "Challenged by alice: It was the same train." in words
    assert "Challenge this correction" not in words


def test_a_corrected_answer_says_so(client, final, eve, erin):
    correct(final, eve)
    corrections.confirm_correction(question_id=final.pk, editor=erin, now=timezone.now())

    words = page(client, final)

    assert "Answer, corrected No" in words
    assert "it was Yes." in words
    assert "A correction waits" not in words
    assert "Corrected" in words[words.index("Dates") :]


def test_a_forecaster_who_is_signed_in_sees_the_evidence_and_the_mark_too(
    as_alice, final, eve, erin
):
    assert "The first train has crossed." in page(as_alice, final)
    correct(final, eve)
    corrections.confirm_correction(question_id=final.pk, editor=erin, now=timezone.now())

    words = page(as_alice, final)

    assert "Answer, corrected No" in words
    assert "it was Yes." in words


@pytest.mark.parametrize("reader", ["client", "as_alice", "as_charlie"])
def test_what_will_be_undone_is_said_and_marked(
    request, reader, alice, question, eve, erin, known_since
):
    client = request.getfixturevalue(reader)
    say(alice, question, "alices", 0.6, 0.4)
    buy(alice, question, "alices")
    resolution.propose(
        question_id=question.pk, outcome_weights=[1.0, 0.0], effective_at=known_since,
        proposer=eve, now=timezone.now(),
    )  # fmt: skip

    assert "1 trade of 1 trader and 1 forecast made since then will be undone." in page(
        client, question
    )
    resolution.confirm(question_id=question.pk, editor=erin, now=timezone.now())
    words = page(client, question)
    assert "1 trade of 1 trader and 1 forecast made since then do not count." in words
    assert "undone: bought Yes" in words


@pytest.mark.parametrize("verdict", ["ambiguous", "annulled"])
def test_a_correction_to_no_answer_at_all_is_shown_everywhere(client, final, eve, erin, verdict):
    correct(final, eve, outcome_weights=None, verdict=verdict)
    due = corrections.confirm_correction(question_id=final.pk, editor=erin, now=timezone.now())
    settlement.settle(resolution_id=due.pk, now=timezone.now())

    words = page(client, final)
    assert f"Answer, corrected {verdict.capitalize()}" in words
    assert "Every trade is refunded and nothing is scored." in words
    assert "Trades refunded" in words
    listed = text_of(client.get(reverse("pages:questions")))
    assert verdict.capitalize() in listed
