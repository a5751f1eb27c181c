import pytest

from markets.models import Clarification
from markets.services import forecasting
from markets.services.clarifications import clarify
from tests.instants import NOON
from tests.markets.admin.desk import refusals, rows, url

pytestmark = pytest.mark.django_db

SAID = "An empty test train is no freight train."


def test_an_editor_clarifies_the_rules(as_eve, eve, question):
    answer = as_eve.post(url(question, "clarify"), {"text": SAID})

    assert answer["Location"] == url(question)
    assert Clarification.objects.values_list("text", "editor", "made_at").get() == (
        SAID, eve.pk, NOON,
    )  # fmt: skip
    assert SAID in as_eve.get(url(question)).content.decode()


def test_what_was_clarified_before_stands_beside_the_form(as_eve, eve, question):
    clarify(question_id=question.pk, text=SAID, editor=eve, now=NOON)

    assert SAID in as_eve.get(url(question, "clarify")).content.decode()


def test_an_empty_clarification_is_refused_and_nothing_is_written(as_eve, question):
    before = rows()

    answer = as_eve.post(url(question, "clarify"), {"text": " "})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["text"]
    assert rows() == before


def test_an_editor_with_a_stake_is_told_so_with_the_words_still_there(as_eve, eve, question):
    forecasting.submit_forecast(
        forecaster=eve, question_id=question.pk, probabilities=[0.9, 0.1], request_key="one",
        now=NOON,
    )  # fmt: skip

    answer = as_eve.post(url(question, "clarify"), {"text": SAID})

    assert answer.status_code == 422
    assert refusals(answer) == [
        "You have traded or forecast on this question, so another editor has to decide it."
    ]
    assert SAID in answer.content.decode()
    assert Clarification.objects.count() == 0


def test_the_rules_of_what_is_not_open_yet_are_not_clarified(as_eve, written):
    assert as_eve.get(url(written, "clarify"))["Location"] == url(written)
