from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from markets.models import Clarification
from markets.services import forecasting, lifecycle, questions, resolution
from markets.services.authority import ConflictOfInterest, EditorNeeded
from markets.services.clarifications import (
    CLARIFICATION_LENGTH_MAX,
    InvalidClarification,
    NothingToClarify,
    clarify,
)
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

SAID = "An empty test train is no freight train."


def test_a_clarification_is_dated_signed_and_kept(question, eve):
    later = NOON + timedelta(hours=1)

    clarification = clarify(question_id=question.pk, text=f" {SAID}\n", editor=eve, now=later)

    assert (clarification.text, clarification.editor, clarification.made_at) == (SAID, eve, later)
    question.refresh_from_db()
    assert question.updated_at == later
    assert question.resolution_criteria == question_text().resolution_criteria


def test_the_same_words_again_are_the_first_clarification(question, eve, erin):
    first = clarify(question_id=question.pk, text=SAID, editor=eve, now=NOON)

    again = clarify(question_id=question.pk, text=SAID, editor=erin, now=NOON + timedelta(hours=1))

    assert (again.pk, again.editor) == (first.pk, eve)
    assert Clarification.objects.count() == 1


@pytest.mark.parametrize("status", ["open", "halted", "closed", "proposed"])
def test_rules_are_clarified_until_the_answer_is_decided(question, eve, status):
    act = {"question_id": question.pk, "editor": eve, "reason": "Why not.", "now": NOON}
    if status == "halted":
        lifecycle.halt(**act)
    if status in {"closed", "proposed"}:
        lifecycle.close(**act)
    if status == "proposed":
        resolution.propose(question_id=question.pk, outcome_weights=[1, 0], proposer=eve, now=NOON)

    assert clarify(question_id=question.pk, text=SAID, editor=eve, now=NOON).pk


def test_before_it_opens_a_question_is_revised_instead(eve):
    written = questions.draft_question(text=question_text(), editor=eve, now=NOON)

    with pytest.raises(NothingToClarify, match="revise its rules instead"):
        clarify(question_id=written.pk, text=SAID, editor=eve, now=NOON)
    assert Clarification.objects.count() == 0


def test_a_decided_question_has_nothing_left_to_clarify(question, eve, erin):
    resolution.propose(question_id=question.pk, outcome_weights=[1, 0], proposer=eve, now=NOON)
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON)

    with pytest.raises(NothingToClarify, match="This question is resolved"):
        clarify(question_id=question.pk, text=SAID, editor=eve, now=NOON)
    assert Clarification.objects.count() == 0


@pytest.mark.parametrize("text", ["", "  \n", "x" * (CLARIFICATION_LENGTH_MAX + 1)])
def test_a_clarification_says_something_and_not_too_much(question, eve, text):
    with pytest.raises(InvalidClarification, match="at most 2,000 characters"):
        clarify(question_id=question.pk, text=text, editor=eve, now=NOON)
    assert Clarification.objects.count() == 0


def test_only_editors_clarify(question, alice):
    with pytest.raises(EditorNeeded):
        clarify(question_id=question.pk, text=SAID, editor=alice, now=NOON)
    assert Clarification.objects.count() == 0


def test_an_editor_with_a_forecast_may_not_bend_the_rules(question, erin):
    forecasting.submit_forecast(
        forecaster=erin, question_id=question.pk, probabilities=[0.9, 0.1], request_key="one",
        now=NOON,
    )  # fmt: skip

    with pytest.raises(ConflictOfInterest):
        clarify(question_id=question.pk, text=SAID, editor=erin, now=NOON)
    assert Clarification.objects.count() == 0


def test_the_database_keeps_clarifications_as_they_are(question, eve):
    clarification = clarify(question_id=question.pk, text=SAID, editor=eve, now=NOON)

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Clarification.objects.update(text="Any train counts.")
    with pytest.raises(IntegrityError, match="clarification_is_made_once"), transaction.atomic():
        Clarification.objects.create(question=question, text=SAID, editor=eve, made_at=NOON)
    clarification.refresh_from_db()
    assert clarification.text == SAID
