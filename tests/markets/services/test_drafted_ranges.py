"""Drafts of numbers and dates become questions with bins, and those a market."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from articles.models import Draft
from articles.services.ingest import ingest_text
from markets.models import Question
from markets.queries.lint import findings_of
from markets.services import questions
from tests.articles.services.stories import RAILWAY
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafts(eve):
    article = ingest_text(text=RAILWAY, editor=eve, now=NOON)
    return {draft.type: draft for draft in Draft.objects.filter(version__article=article)}


def test_an_indicator_becomes_a_question_with_bins_around_its_last_value(eve, drafts):
    draft = drafts["numeric"]

    question = questions.take_up_draft(draft_id=draft.pk, editor=eve, now=NOON)

    assert question.title == "What will exports from Ghana be in 2026?"
    assert question.type == "numeric"
    assert (question.lower, question.upper, question.scale) == (7.0, 16.0, "linear")
    assert (question.open_below, question.open_above) == (True, True)
    assert question.unit == "billion US dollars"
    assert question.prior == draft.prior
    assert list(question.outcomes.order_by("index").values_list("label", flat=True))[:3] == [
        "below 7 billion US dollars",
        "7 to below 8 billion US dollars",
        "8 to below 9 billion US dollars",
    ]
    draft.refresh_from_db()
    assert draft.fate == "taken_up"
    assert draft.last_value == Decimal("10.7")


def test_what_is_late_becomes_a_question_for_a_date(eve, drafts):
    question = questions.take_up_draft(draft_id=drafts["date"].pk, editor=eve, now=NOON)

    assert question.title == "When will the Volta Railway in Ghana open?"
    assert question.type == "date"
    assert question.bins is not None
    assert question.bins.is_date
    assert datetime.fromtimestamp(question.bins.lower, UTC) == datetime(2026, 11, 1, tzinfo=UTC)
    labels = list(question.outcomes.order_by("index").values_list("label", flat=True))
    assert (labels[0], labels[-1]) == ("November 2026", "October 2027 or later")


@pytest.mark.parametrize("kind", ["numeric", "date"])
def test_lint_finds_no_errors_and_a_market_opens_at_the_prior(eve, drafts, kind):
    question = questions.take_up_draft(draft_id=drafts[kind].pk, editor=eve, now=NOON)

    findings = findings_of(Question.objects.get(pk=question.pk), now=NOON)
    published = questions.publish(question_id=question.pk, editor=eve, now=NOON)

    assert [each.rule for each in findings if each.severity == "error"] == []
    assert published.market.probabilities == pytest.approx(drafts[kind].prior)


@pytest.mark.parametrize(
    ("kind", "changes", "constraint"),
    [
        ("numeric", {"upper": 7.0}, "draft_range_fits_its_type"),
        ("numeric", {"lower": None}, "draft_range_fits_its_type"),
        ("numeric", {"outcomes": ["a", "b"]}, "draft_range_fits_its_type"),
        ("numeric", {"type": "binary", "last_value": None}, "draft_range_fits_its_type"),
        ("numeric", {"bin_count": 5}, "draft_has_a_prior_for_each_bin"),
        ("numeric", {"lower": -1.0, "scale": "log"}, "draft_log_scale_begins_above_zero"),
        ("date", {"last_value": 1}, "draft_last_value_is_of_a_number"),
    ],
)
def test_a_range_that_does_not_hold_together_is_not_stored(drafts, kind, changes, constraint):
    draft = drafts[kind]
    before = Draft.objects.filter(pk=draft.pk).values().get()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(**changes)

    assert constraint in str(refusal.value)
    assert Draft.objects.filter(pk=draft.pk).values().get() == before
