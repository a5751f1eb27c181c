"""An open page asks for the odds again and again, and is told when something else is shown."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from markets.models import Question
from markets.services import forecasting
from tests.markets.decided import decide
from tests.markets.web.test_pages import text_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def fresh(client, question, seen=""):
    return client.get(reverse("pages:odds", args=[question.slug]), {"seen": seen})


def mark_in(response):
    return re.search(r"seen=([^\"]+)\"", response.content.decode())[1]


def say(forecaster, question):
    forecasting.submit_forecast(
        forecaster=forecaster, question_id=question.pk, probabilities=(0.83, 0.17),
        request_key="k", now=timezone.now() - HOUR,
    )  # fmt: skip


def test_the_reveal_of_the_crowd_is_news(client, ask, alice):
    question = ask(reveal_at=timezone.now() + HOUR)
    say(alice, question)
    seen = mark_in(fresh(client, question))
    assert fresh(client, question, seen).status_code == 204

    Question.objects.filter(pk=question.pk).update(reveal_at=timezone.now() - timedelta(seconds=1))

    assert "83%" in text_of(fresh(client, question, seen))


@pytest.mark.parametrize("kind", ["binary", "multiple choice"])
def test_a_decision_is_news_after_which_the_page_asks_no_more(
    client, question, choice, eve, alice, kind
):
    asked = question if kind == "binary" else choice
    weights = (1, 0) if kind == "binary" else (1, 0, 0)
    seen = mark_in(fresh(client, asked))
    decide(asked, eve, now=timezone.now() - 26 * HOUR, outcome_weights=weights)

    response = fresh(client, asked, seen)

    assert response.status_code == 200
    assert "hx-get" not in response.content.decode()
    if kind == "binary":
        assert "Market, at the close Yes 50%" in text_of(response)
