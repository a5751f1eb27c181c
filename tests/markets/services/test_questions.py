from datetime import timedelta

import pytest

from markets.core.lifecycle import TransitionRefused
from markets.core.limits import InvalidPrior
from markets.core.money import MICRO
from markets.models import Account, Market, Outcome, Question, StatusChange, Transfer
from markets.queries.ledger import audit
from markets.services import lifecycle, questions
from markets.services.authority import EditorNeeded
from markets.services.questions import InvalidQuestion, QuestionFrozen
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def written(eve):
    return questions.draft_question(text=question_text(), editor=eve, now=NOON)


def rows():
    return {
        model.__name__: model.objects.count()
        for model in (Question, Outcome, Market, Account, Transfer, StatusChange)
    }


def test_a_written_question_is_a_draft_with_its_outcomes(written):
    assert written.status == "draft"
    assert written.slug == "will-the-corridor-open-by-2-december-2026"
    assert list(written.outcomes.order_by("index").values_list("key", "label")) == [
        ("yes", "Yes"),
        ("no", "No"),
    ]


def test_a_second_question_of_the_same_title_gets_a_number(written, eve):
    again = questions.draft_question(text=question_text(), editor=eve, now=NOON)

    assert again.slug == "will-the-corridor-open-by-2-december-2026-2"


def test_a_title_of_digits_gets_a_slug_that_is_no_number(eve):
    question = questions.draft_question(text=question_text(title="2027"), editor=eve, now=NOON)

    assert question.slug == "question-2027"


def test_publishing_opens_the_market_and_pays_the_subsidy(written, eve):
    question = questions.publish(question_id=written.pk, editor=eve, now=NOON)

    market = Market.objects.get(pk=question.pk)
    assert (question.status, question.opened_at) == ("open", NOON)
    assert market.probabilities == [0.5, 0.5]
    assert market.liquidity == 721_347_520  # 500 / ln 2 credits
    assert Account.objects.get(market=market).balance == 500 * MICRO
    assert Account.objects.get(kind="house").balance == -500 * MICRO
    assert audit() == []


def test_a_later_opening_is_scheduled_and_then_comes_by_the_clock(written, eve):
    text = question_text(opens_at=NOON + HOUR)
    questions.revise(question_id=written.pk, text=text, editor=eve, now=NOON)
    questions.publish(question_id=written.pk, editor=eve, now=NOON)

    assert lifecycle.advance_due(now=NOON + HOUR - timedelta(seconds=1)) == 0
    assert Question.objects.get().status == "scheduled"
    assert lifecycle.advance_due(now=NOON + HOUR) == 1
    assert Question.objects.get().status == "open"


def test_the_clock_closes_once_at_the_scheduled_time(question):
    late = question.closes_at + HOUR

    assert lifecycle.advance_due(now=late) == 1
    assert lifecycle.advance_due(now=late) == 0

    question.refresh_from_db()
    assert (question.status, question.closed_at) == ("closed", question.closes_at)


def test_every_step_is_logged_with_who_and_why(question, eve):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="unclear source", now=NOON)

    steps = StatusChange.objects.order_by("id").values_list("from_status", "to_status", "reason")
    assert list(steps) == [
        ("draft", "scheduled", ""),
        ("scheduled", "open", ""),
        ("open", "halted", "unclear source"),
    ]


def test_revising_replaces_text_and_outcomes(written, eve):
    text = question_text(
        title="Which company builds it?", type="multiple_choice", outcomes=("A", "B", "Other"),
        prior=(0.5, 0.3, 0.2),
    )  # fmt: skip

    question = questions.revise(question_id=written.pk, text=text, editor=eve, now=NOON)

    assert question.title == "Which company builds it?"
    assert question.slug == "which-company-builds-it"
    assert list(question.outcomes.order_by("index").values_list("label", flat=True)) == [
        "A",
        "B",
        "Other",
    ]


def test_what_is_published_is_frozen(question, eve):
    with pytest.raises(QuestionFrozen):
        questions.revise(question_id=question.pk, text=question_text(), editor=eve, now=NOON)


def test_a_reviewed_question_may_be_rejected_with_a_reason(written, eve):
    questions.submit_for_review(question_id=written.pk, editor=eve, now=NOON)

    question = questions.reject(question_id=written.pk, editor=eve, reason="vague", now=NOON)

    assert question.status == "rejected"
    assert StatusChange.objects.latest("id").reason == "vague"


def test_nobody_but_editors_writes_or_publishes(written, alice):
    before = rows()

    with pytest.raises(EditorNeeded):
        questions.draft_question(text=question_text(), editor=alice, now=NOON)
    with pytest.raises(EditorNeeded):
        questions.publish(question_id=written.pk, editor=alice, now=NOON)

    assert rows() == before


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": "  "}, "no title"),
        ({"title": "x" * 201}, "longer than 200"),
        ({"resolution_criteria": ""}, "what resolves it"),
        ({"type": "poetry"}, "type must be one of"),
        ({"outcomes": ("Yes", "No", "Perhaps"), "prior": (0.4, 0.3, 0.3)}, "two outcomes"),
        ({"type": "multiple_choice", "outcomes": ("A", "a"), "prior": (0.5, 0.5)}, "differ"),
        ({"type": "multiple_choice", "outcomes": ("A",), "prior": (1.0,)}, "2 to 50"),
        ({"outcomes": ("Yes", " ")}, "no label"),
        ({"prior": (0.9999, 0.0001)}, "at least 0.001"),
        ({"opens_at": NOON + timedelta(days=20)}, "close before it opens"),
        ({"resolve_by": NOON}, "resolve before it closes"),
        ({"reveal_at": NOON + DAY, "opens_at": NOON + DAY}, "revealed before it opens"),
        ({"reveal_at": NOON + 10 * DAY}, "revealed only after it closes"),
        ({"subsidy": 0}, "1 to 1,000,000 credits"),
        ({"subsidy": 2**63}, "1 to 1,000,000 credits"),
        ({"outcomes": ("Yes", "N" * 121)}, "label is longer than 120"),
        ({"tags": ("t" * 41,)}, "tag is longer than 40"),
        ({"resolution_sources": ("s" * 301,)}, "source is longer than 300"),
    ],
)
def test_an_unsound_question_is_refused_with_its_fault(eve, changes, fault):
    before = rows()

    with pytest.raises(InvalidQuestion, match=fault) as refused:
        questions.draft_question(text=question_text(**changes), editor=eve, now=NOON)

    assert refused.value.code == "invalid_question"
    assert rows() == before


@pytest.mark.parametrize("prior", [(0.5, 0.6), (0.5, 0.2, 0.3)])
def test_a_prior_that_is_no_distribution_is_refused(eve, prior):
    with pytest.raises(InvalidPrior):
        questions.draft_question(text=question_text(prior=prior), editor=eve, now=NOON)

    assert not Question.objects.exists()


def test_what_would_already_be_closed_is_not_published(written, eve):
    before = rows()

    with pytest.raises(InvalidQuestion, match="close before it opens"):
        questions.publish(question_id=written.pk, editor=eve, now=written.closes_at)

    assert rows() == before


def test_publishing_twice_is_refused_and_pays_no_second_subsidy(question, eve):
    before = rows()

    with pytest.raises(TransitionRefused):
        questions.publish(question_id=question.pk, editor=eve, now=NOON)

    assert rows() == before
