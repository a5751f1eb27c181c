from datetime import timedelta

import pytest
from django.urls import reverse

from articles.services.drafting import reject_draft
from markets.admin.question_form import QuestionForm, initial_of
from markets.core.money import MICRO
from markets.models import Citation, Question
from markets.services import questions
from tests.cast import question_text
from tests.instants import NOON
from tests.markets.admin.desk import log, refusals, rows, said, status, url

pytestmark = pytest.mark.django_db

ADD = "/admin/markets/question/add/"


def typed(**changes):
    """A whole form as a browser sends it."""
    return {
        "title": "Will the corridor open by 2 December 2026?",
        "type": "binary",
        "outcomes": "Yes\r\nNo",
        "prior": "35",
        "resolution_criteria": "YES if the first freight train crosses; otherwise NO.",
        "background": "",
        "fine_print": "",
        "resolution_sources": "https://rail.example\r\nThe ministry of transport",
        "tags": "rail, trade",
        "opens_at": "",
        "closes_at": "2026-12-02T12:00:00",
        "resolve_by": "2026-12-04T12:00",
        "reveal_at": "",
        "subsidy": "1,250.5",
        "challenge_window": "36",
        **changes,
    }


def test_a_question_written_by_hand_is_a_draft(as_eve, eve):
    answer = as_eve.post(ADD, typed())

    question = Question.objects.get()
    assert answer["Location"] == url(question)
    assert (question.status, question.created_by) == ("draft", eve)
    assert [each.label for each in question.outcomes.order_by("index")] == ["Yes", "No"]
    assert question.prior == [0.35, 0.65]
    assert question.resolution_sources == ["https://rail.example", "The ministry of transport"]
    assert question.tags == ["rail", "trade"]
    assert question.closes_at == NOON + timedelta(days=10)
    assert question.resolve_by == NOON + timedelta(days=12)
    assert question.subsidy == 1_250_500_000
    assert question.challenge_window == timedelta(hours=36)


def test_outcomes_without_a_prior_are_equal(as_eve):
    answer = as_eve.post(
        ADD,
        typed(type="multiple_choice", outcomes="Greens\nUnion\nLabour\nAnother", prior=""),
    )

    assert answer.status_code == 302
    assert Question.objects.get().prior == [0.25] * 4


def test_saving_and_previewing_is_one_button(as_eve):
    answer = as_eve.post(ADD, typed(next="preview"))

    assert answer["Location"] == url(Question.objects.get(), "preview")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": " "}, "title", "This field is required."),
        ({"prior": "a third"}, "prior", "Write one percentage per line, such as 35 or 12.5."),
        (
            {"prior": "1\n2\n3"},
            "prior",
            (
                "Write a percentage for each of the 2 outcomes, or leave the last out: it gets the "
                "rest."
            ),
        ),
        (
            {"subsidy": "a lot"},
            "subsidy",
            "Write the amount in digits with at most six decimal places, such as 12.5.",
        ),
        ({"subsidy": "0"}, "subsidy", "Give more than nothing and at most 1,000,000 credits."),
        (
            {"subsidy": "1000001"},
            "subsidy",
            "Give more than nothing and at most 1,000,000 credits.",
        ),
        (
            {"tags": "x" * 41},
            "tags",
            "Each of these may have at most 40 characters; shorten the long ones.",
        ),
        ({"closes_at": "soon"}, "closes_at", "Enter a valid date/time."),
    ],
)
def test_a_fault_in_a_field_stands_beside_it(as_eve, changes, field, sentence):
    answer = as_eve.post(ADD, typed(**changes))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert rows()["Question"] == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"resolve_by": "2026-12-01T00:00"},
            "This question needs mending: it would resolve before it closes.",
        ),
        (
            {"outcomes": "Yes\nNo\nPerhaps", "prior": ""},
            "This question needs mending: a binary question has two outcomes.",
        ),
        (
            {"prior": "0\n100"},
            "This question needs mending: each outcome needs a prior of at least 0.001.",
        ),
    ],
)
def test_what_the_service_refuses_is_said_and_nothing_typed_is_lost(as_eve, changes, sentence):
    sent = typed(**changes)

    answer = as_eve.post(ADD, sent)

    shown = answer.context["form"]
    assert answer.status_code == 422
    assert refusals(answer) == [sentence]
    assert {name: shown[name].value() for name in sent} == sent
    assert rows()["Question"] == 0


def test_a_prior_that_does_not_sum_to_one_is_refused_beside_it(as_eve):
    answer = as_eve.post(ADD, typed(prior="35\n60"))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "prior": ["The prior gives each outcome a positive probability; they sum to 1."]
    }
    assert rows()["Question"] == 0


def test_saving_a_question_unchanged_changes_nothing(as_eve, eve):
    text = question_text(
        type="multiple_choice", outcomes=("Greens", "Union", "Labour"),
        prior=(1 / 3, 1 / 3, 1 / 3), background="Three parties.", fine_print="Ties: annulled.",
        resolution_sources=("https://vote.example", "The council"), tags=("vote",),
        opens_at=NOON + timedelta(days=1, seconds=7), reveal_at=NOON + timedelta(days=2),
        subsidy=123_456_789, challenge_window=timedelta(minutes=90),
    )  # fmt: skip
    question = questions.draft_question(text=text, editor=eve, now=NOON)
    form = QuestionForm(initial=initial_of(question))
    shown = {field.name: field.value() or "" for field in form}

    answer = as_eve.post(url(question), shown)

    again = QuestionForm(shown, initial=initial_of(Question.objects.get()))
    assert answer.status_code == 302
    assert again.is_valid()
    assert again.to_text() == text


def test_a_draft_is_taken_up_as_a_question_to_be_edited(as_eve, draft):
    answer = as_eve.post(f"/admin/markets/question/take-up/{draft.pk}/")

    question = Question.objects.get()
    assert answer["Location"] == url(question)
    assert (question.draft, question.title) == (draft, draft.title)
    assert Citation.objects.get().quote == draft.quote


def test_taking_a_draft_up_twice_leads_to_the_same_question(as_eve, draft):
    first = as_eve.post(f"/admin/markets/question/take-up/{draft.pk}/")
    second = as_eve.post(f"/admin/markets/question/take-up/{draft.pk}/")

    assert first["Location"] == second["Location"]
    assert rows()["Question"] == 1


def test_a_rejected_draft_cannot_be_taken_up(as_eve, eve, draft):
    reject_draft(draft_id=draft.pk, editor=eve, reason="Too vague.", now=NOON)

    answer = as_eve.post(f"/admin/markets/question/take-up/{draft.pk}/", follow=True)

    page = reverse("admin:articles_article_change", args=[draft.version.article_id])
    assert said(answer) == ["This draft was rejected; write the question by hand instead."]
    assert answer.redirect_chain[-1][0] == f"{page}#draft-{draft.pk}"
    assert rows()["Question"] == 0


def test_looking_at_the_address_takes_nothing_up(as_eve, draft):
    as_eve.get(f"/admin/markets/question/take-up/{draft.pk}/")

    assert rows()["Question"] == 0


def test_the_preview_says_what_forecasters_will_see_and_what_it_costs(as_eve, written):
    answer = as_eve.get(url(written, "preview"))

    market, shown = answer.context["market"], answer.content.decode()
    assert (market.subsidy, market.liquidity) == ("500.00", "721.35")
    assert market.buys == (10, 50, 250)
    assert market.outcomes[0].after == ("50.7%", "53.3%", "64.6%")
    assert written.resolution_criteria in shown
    assert "It opens at once" in shown


def test_publishing_opens_the_market_with_its_subsidy(as_eve, written):
    answer = as_eve.post(url(written, "preview"), follow=True)

    written.refresh_from_db()
    assert said(answer) == ["Published: it is open."]
    assert log(written) == [("scheduled", "eve", ""), ("open", "eve", "")]
    assert written.market.escrow.balance == 500 * MICRO


def test_publishing_twice_is_refused_and_opens_nothing_twice(as_eve, written):
    as_eve.post(url(written, "preview"))
    before = rows()

    answer = as_eve.post(url(written, "preview"))

    assert answer.status_code == 422
    assert refusals(answer) == [
        (
            "An open question cannot become scheduled. "
            "From here it can become annulled or closed or halted or proposed."
        )
    ]
    assert rows() == before


def test_a_question_that_closes_in_the_past_is_not_published(as_eve, eve):
    text = question_text(closes_at=NOON, resolve_by=NOON)
    question = questions.draft_question(text=text, editor=eve, now=NOON)

    answer = as_eve.post(url(question, "preview"))

    assert answer.status_code == 422
    assert refusals(answer) == ["It would close before it opens: move its closing time."]
    assert status(question) == "draft"


def test_a_question_is_submitted_for_another_editor_to_look_at(as_eve, written):
    answer = as_eve.post(url(written, "submit"), follow=True)

    assert said(answer) == ["Submitted: it waits for another editor."]
    assert status(written) == "review"


def test_a_published_question_can_no_longer_be_revised(as_eve, question):
    answer = as_eve.post(url(question), typed(title="Will it rain?"))

    assert answer.status_code == 422
    assert refusals(answer) == [
        "What a published question asks is frozen; annul it and publish a better one."
    ]
    assert Question.objects.get().title == "Will the corridor open by 2 December 2026?"


def test_charlie_can_neither_write_nor_take_up_nor_publish(as_charlie, written, draft):
    before = rows()

    answers = [
        as_charlie.post(ADD, typed()),
        as_charlie.post(f"/admin/markets/question/take-up/{draft.pk}/"),
        as_charlie.post(url(written, "preview")),
        as_charlie.get(url(written)),
    ]

    assert {answer["Location"].partition("?")[0] for answer in answers} == {"/admin/login/"}
    assert rows() == before
