"""What stands between a written question and an open one: lint, a second editor, the clock."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from markets.core.house_policy import CURRENT
from markets.core.lifecycle import TransitionRefused
from markets.models import Account, LintOverride, Market, Question, StatusChange
from markets.services import lifecycle, questions
from markets.services.authority import EditorNeeded
from markets.services.lint_gate import LintErrors
from markets.services.questions import InvalidQuestion, NotScheduled, OwnReview
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
VAGUE = "Will the corridor open soon?"


def write(editor, **changes):
    return questions.draft_question(text=question_text(**changes), editor=editor, now=NOON)


def rows():
    return {
        model.__name__: model.objects.count()
        for model in (Question, Market, Account, StatusChange, LintOverride)
    }


def status():
    return Question.objects.get().status


class TestLint:
    def test_a_clean_question_is_published_without_any_reason(self, eve):
        question = write(eve)

        questions.publish(question_id=question.pk, editor=eve, now=NOON)

        assert status() == "open"
        assert not LintOverride.objects.exists()

    def test_an_error_keeps_a_question_from_being_published(self, eve):
        question = write(eve, title=VAGUE)
        before = rows()

        with pytest.raises(LintErrors) as refused:
            questions.publish(question_id=question.pk, editor=eve, now=NOON)

        assert (refused.value.code, refused.value.field) == ("lint_errors", "override_reason")
        assert "(T10)" in refused.value.message
        assert rows() == before
        assert status() == "draft"

    def test_no_more_than_three_errors_are_spelled_out(self, eve):
        question = write(
            eve,
            title="Will they open it soon or <NAME>?",
            resolution_criteria="We decide at our discretion.",
        )

        with pytest.raises(LintErrors) as refused:
            questions.publish(question_id=question.pk, editor=eve, now=NOON)

        assert refused.value.message.count("(") == 3
        assert refused.value.message.endswith(" more.")

    def test_a_reason_of_blanks_is_none(self, eve):
        question = write(eve, title=VAGUE)

        with pytest.raises(LintErrors):
            questions.publish(question_id=question.pk, editor=eve, override_reason="  ", now=NOON)

        assert status() == "draft"

    def test_an_error_is_overridden_with_a_reason_that_stays_on_record(self, eve):
        question = write(eve, title=VAGUE)

        questions.publish(
            question_id=question.pk, editor=eve, override_reason=" It is  a quote. ", now=NOON
        )

        override = LintOverride.objects.get()
        assert status() == "open"
        assert (override.question, override.editor) == (question, eve)
        assert "T10" in override.rules
        assert (override.reason, override.overridden_at) == ("It is a quote.", NOON)

    def test_what_is_on_record_can_neither_be_changed_nor_deleted(self, eve):
        question = write(eve, title=VAGUE)
        questions.publish(question_id=question.pk, editor=eve, override_reason="Said.", now=NOON)

        with pytest.raises(ProgrammingError), transaction.atomic():
            LintOverride.objects.update(reason="Nothing.")
        with pytest.raises(ProgrammingError), transaction.atomic():
            LintOverride.objects.all().delete()

        assert LintOverride.objects.get().reason == "Said."

    def test_warnings_and_hints_keep_nothing_back(self, eve):
        question = write(eve, tags=("rail", "rail"))

        questions.publish(question_id=question.pk, editor=eve, now=NOON)

        assert status() == "open"


class TestHousePolicy:
    def test_a_question_is_published_under_the_policy_of_the_day(self, eve):
        question = write(eve)
        assert question.policy_version is None

        question = questions.publish(question_id=question.pk, editor=eve, now=NOON)

        assert question.policy_version == CURRENT == 1

    def test_nothing_opens_without_one(self, question):
        with pytest.raises(IntegrityError, match="question_opens_under_a_house_policy"):
            Question.objects.update(policy_version=None)


class TestReview:
    @pytest.fixture
    def submitted(self, eve):
        question = write(eve)
        return questions.submit_for_review(question_id=question.pk, editor=eve, now=NOON)

    def test_another_editor_publishes_what_was_submitted(self, submitted, erin):
        questions.publish(question_id=submitted.pk, editor=erin, now=NOON)

        assert status() == "open"

    def test_whoever_submitted_it_does_not_publish_it(self, submitted, eve):
        before = rows()

        with pytest.raises(OwnReview) as refused:
            questions.publish(question_id=submitted.pk, editor=eve, now=NOON)

        assert refused.value.code == "own_review"
        assert rows() == before
        assert status() == "review"

    def test_it_is_sent_back_with_what_is_to_be_mended(self, submitted, erin):
        questions.send_back(
            question_id=submitted.pk, editor=erin, reason="Which ministry?", now=NOON
        )

        assert status() == "draft"
        assert StatusChange.objects.latest("pk").reason == "Which ministry?"

    def test_the_newest_submission_counts(self, submitted, eve, erin):
        questions.send_back(question_id=submitted.pk, editor=erin, reason="Mend it.", now=NOON)
        questions.submit_for_review(question_id=submitted.pk, editor=erin, now=NOON)

        with pytest.raises(OwnReview):
            questions.publish(question_id=submitted.pk, editor=erin, now=NOON)
        questions.publish(question_id=submitted.pk, editor=eve, now=NOON)

        assert status() == "open"

    def test_only_what_waits_for_review_is_sent_back(self, question, eve):
        before = rows()

        with pytest.raises(TransitionRefused):
            questions.send_back(question_id=question.pk, editor=eve, reason="No.", now=NOON)

        assert rows() == before

    def test_nobody_but_editors_sends_back(self, submitted, alice):
        with pytest.raises(EditorNeeded):
            questions.send_back(question_id=submitted.pk, editor=alice, reason="No.", now=NOON)

        assert status() == "review"


class TestSchedule:
    @pytest.fixture
    def scheduled(self, publish):
        return publish(opens_at=NOON + HOUR)

    def test_the_opening_is_moved_and_the_clock_keeps_to_it(self, scheduled, eve):
        later = NOON + 5 * HOUR

        questions.reschedule(question_id=scheduled.pk, opens_at=later, editor=eve, now=NOON)

        assert lifecycle.advance_due(now=later - timedelta(seconds=1)) == 0
        assert lifecycle.advance_due(now=later) == 1
        assert status() == "open"

    def test_the_move_is_logged(self, scheduled, eve):
        later = NOON + 5 * HOUR

        questions.reschedule(question_id=scheduled.pk, opens_at=later, editor=eve, now=NOON)

        step = StatusChange.objects.latest("pk")
        assert (step.from_status, step.to_status) == ("scheduled", "scheduled")
        assert step.reason == "Opens 22 Nov 2026, 17:00 UTC."

    @pytest.mark.parametrize("opens_at", [None, NOON, NOON - HOUR])
    def test_an_opening_of_now_or_before_opens_it_at_once(self, scheduled, eve, opens_at):
        question = questions.reschedule(
            question_id=scheduled.pk, opens_at=opens_at, editor=eve, now=NOON
        )

        assert (question.status, question.opens_at, question.opened_at) == ("open", NOON, NOON)

    def test_it_may_not_open_once_it_is_to_close(self, scheduled, eve):
        before = rows()

        with pytest.raises(InvalidQuestion, match="choose an earlier opening"):
            questions.reschedule(
                question_id=scheduled.pk, opens_at=scheduled.closes_at, editor=eve, now=NOON
            )

        assert rows() == before
        assert Question.objects.get().opens_at == NOON + HOUR

    def test_what_is_open_already_is_not_rescheduled(self, question, eve):
        before = rows()

        with pytest.raises(NotScheduled) as refused:
            questions.reschedule(question_id=question.pk, opens_at=None, editor=eve, now=NOON)

        assert refused.value.code == "not_scheduled"
        assert rows() == before

    def test_nobody_but_editors_reschedules(self, scheduled, alice):
        with pytest.raises(EditorNeeded):
            questions.reschedule(question_id=scheduled.pk, opens_at=None, editor=alice, now=NOON)

        assert status() == "scheduled"
