from datetime import timedelta

import pytest
from django.urls import reverse

from markets.models import LintOverride, Question
from markets.services import questions
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.admin.desk import log, refusals, rows, said, status, url

pytestmark = pytest.mark.django_db

VAGUE = "Will the corridor open soon?"


@pytest.fixture
def vague(eve):
    return questions.draft_question(text=question_text(title=VAGUE), editor=eve, now=NOON)


@pytest.fixture
def submitted(written, eve):
    return questions.submit_for_review(question_id=written.pk, editor=eve, now=NOON)


def test_the_preview_asks_for_a_reason_only_where_lint_finds_errors(as_eve, written, vague):
    clean = as_eve.get(url(written, "preview")).content.decode()
    faulty = as_eve.get(url(vague, "preview")).content.decode()

    assert 'name="override_reason"' not in clean
    assert "Publish in spite of them" not in clean
    assert 'name="override_reason"' in faulty
    assert "Publish in spite of them" in faulty


def test_publishing_errors_without_a_reason_is_refused_beside_the_box(as_eve, vague):
    before = rows()

    answer = as_eve.post(url(vague, "preview"), {"override_reason": ""})

    assert answer.status_code == 422
    (sentence,) = answer.context["publish_form"].errors["override_reason"]
    assert "(T10)" in sentence
    assert rows() == before
    assert status(vague) == "draft"


def test_publishing_errors_with_a_reason_puts_it_on_record(as_eve, vague):
    answer = as_eve.post(url(vague, "preview"), {"override_reason": "The law says soon."})

    assert answer["Location"] == url(vague)
    assert LintOverride.objects.get().reason == "The law says soon."
    shown = as_eve.get(url(vague)).content.decode()
    assert "Published in spite of lint" in shown
    assert "The law says soon." in shown


def test_whoever_submitted_it_sees_no_button_to_publish_it(as_eve, as_erin, submitted):
    own = as_eve.get(url(submitted, "preview")).content.decode()
    other = as_erin.get(url(submitted, "preview")).content.decode()

    assert "another editor publishes it or sends it back" in own
    assert "Approve and publish" not in own
    assert "Approve and publish" in other
    assert f'href="{url(submitted, "send_back")}"' in other


def test_publishing_ones_own_submission_is_refused(as_eve, submitted):
    answer = as_eve.post(url(submitted, "preview"))

    assert answer.status_code == 422
    assert refusals(answer, "publish_form") == [
        "You submitted it for review yourself; another editor has to publish it."
    ]
    assert status(submitted) == "review"


def test_a_reviewer_sends_it_back_with_a_reason(as_erin, submitted):
    answer = as_erin.post(url(submitted, "send_back"), {"reason": "Which ministry?"})

    assert answer["Location"] == url(submitted)
    assert log(submitted) == [("review", "eve", ""), ("draft", "erin", "Which ministry?")]


def test_what_is_not_in_review_has_no_page_to_send_it_back(as_eve, written):
    answer = as_eve.get(url(written, "send_back"), follow=True)

    assert said(answer) == ["That cannot be done while the question is draft."]


def test_a_scheduled_question_is_rescheduled(as_eve, publish):
    question = publish(opens_at=NOON + timedelta(hours=1))

    answer = as_eve.post(url(question, "reschedule"), {"opens_at": "2026-11-23T09:00"})

    assert answer["Location"] == url(question)
    assert Question.objects.get().opens_at == NOON + timedelta(hours=21)
    assert log(question)[-1] == ("scheduled", "eve", "Opens 23 Nov 2026, 09:00 UTC.")


def test_a_scheduled_question_is_opened_at_once(as_eve, publish):
    question = publish(opens_at=NOON + timedelta(hours=1))

    answer = as_eve.post(url(question, "reschedule"), {"opens_at": ""}, follow=True)

    assert said(answer) == ["It is open."]
    assert status(question) == "open"


def test_an_opening_after_the_close_is_refused(as_eve, publish):
    question = publish(opens_at=NOON + timedelta(hours=1))

    answer = as_eve.post(url(question, "reschedule"), {"opens_at": "2027-11-23T09:00"})

    assert answer.status_code == 422
    assert refusals(answer) == ["It would close before it opens: choose an earlier opening."]
    assert Question.objects.get().opens_at == NOON + timedelta(hours=1)


def test_once_it_is_out_the_next_draft_of_its_article_is_a_key_away(as_eve, draft):
    as_eve.post(reverse("admin:markets_question_take_up", args=[draft.pk]))
    question = Question.objects.get()
    as_eve.post(url(question, "preview"), {"override_reason": "Good enough."})

    shown = as_eve.get(url(question)).content.decode()

    (other,) = draft.version.drafts.filter(fate="proposed")
    article = reverse("admin:articles_article_change", args=[draft.version.article_id])
    assert f'href="{article}#draft-{other.pk}" data-desk-key="n"' in shown
