"""Objecting to a proposed answer from its page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from markets.models import Challenge
from markets.services import resolution
from tests.markets.web.test_pages import text_of
from tests.markets.web.world import say

pytestmark = pytest.mark.django_db


def challenge(client, question, reason):
    return client.post(reverse("pages:challenge", args=[question.slug]), {"reason": reason})


def propose(question, editor):
    resolution.propose(
        question_id=question.pk, outcome_weights=[1.0, 0.0], proposer=editor, now=timezone.now()
    )


def test_a_forecaster_may_challenge_a_proposed_answer(as_alice, alice, question, eve):
    say(alice, question, "alices", 0.6, 0.4)
    propose(question, eve)

    response = challenge(as_alice, question, "No train has crossed.")

    assert response.status_code == 303
    assert Challenge.objects.get().reason == "No train has crossed."
    words = text_of(as_alice.get(response["Location"]))
    assert "Your challenge stands, with a bond of 50.00 credits." in words
    assert "Challenged by alice: No train has crossed." in words


def test_who_has_nothing_at_stake_may_not_challenge(as_charlie, question, eve):
    propose(question, eve)

    response = challenge(as_charlie, question, "I do not like it.")

    assert response.status_code == 422
    assert "I do not like it." in response.content.decode()
    assert not Challenge.objects.exists()
