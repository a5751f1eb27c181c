"""Early ends, ambiguous answers and corrections at the desk."""

from datetime import timedelta

import pytest

from articles.services.ingest import ingest_text
from markets.models import Correction, Question, Resolution
from markets.services import citations, resolution, settlement
from tests.articles.services.stories import BRIDGE
from tests.instants import NOON
from tests.markets.admin.desk import log, refusals, rows, said, status, url
from tests.markets.admin.test_resolving import answering, forecast, propose, written

pytestmark = pytest.mark.django_db

QUOTE = "The bridge over the Halvik strait"


def correcting(**typed):
    return answering(answer="1", rationale="It was another train.", **typed)


@pytest.fixture
def final(question, alice, bob, eve, erin, buy):
    """alice was paid for "Yes" and bob lost on "No"."""
    buy(alice, question, (0,), 50)
    buy(bob, question, (1,), 20)
    standing = propose(question, eve)
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON)
    settlement.settle(resolution_id=standing.pk, now=NOON)
    return Question.objects.get(pk=question.pk)


@pytest.fixture
def waiting(as_eve, final):
    """eve proposed "No" instead."""
    as_eve.post(url(final, "correct"), correcting(seen="0.0 1.0"))
    return Correction.objects.get()


def test_an_open_question_ends_early_only_with_the_words_that_allow_it(as_eve, question):
    answer = as_eve.post(url(question, "propose"), answering(seen="1.0 0.0", early_end_reason=" "))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["early_end_reason"]
    assert rows()["Resolution"] == 0


def test_a_closed_question_is_not_asked_why_it_ends(as_eve, question):
    Question.objects.update(status="closed", closed_at=NOON)

    assert "early_end_reason" not in as_eve.get(url(question, "propose")).context["form"].fields


def test_the_dry_run_says_what_will_be_undone(as_eve, alice, bob, question, buy):
    buy(alice, question, (0,), 50)
    buy(bob, question, (1,), 20)
    forecast(bob, question)

    answer = as_eve.post(
        url(question, "propose"), answering(effective_at=f"{NOON:%Y-%m-%dT%H:%M:%S}")
    )

    table = answer.context["payouts"]
    assert table.headings == ("Undone", "Payout", "Profit")
    assert written(table) == [
        ("alice", ("96.76", "0.00"), ("50.00", "50.00", "0.00")),
        ("bob", ("0.00", "42.21"), ("20.00", "20.00", "0.00")),
    ]
    assert ("Trades undone", "2 of 2 traders") in table.facts
    assert (
        "2 trades of 2 traders and 1 forecast since then will be undone." in answer.content.decode()
    )


@pytest.mark.parametrize(
    ("instant", "sentence"),
    [
        (
            NOON - timedelta(days=1),
            "The answer was known before the question opened; annul it, or give a later instant.",
        ),
        (NOON + timedelta(days=9_999), "The answer cannot be known from an instant to come."),
    ],
)
def test_an_instant_outside_of_the_question_is_refused_beside_its_box(
    as_eve, question, instant, sentence
):
    answer = as_eve.post(
        url(question, "propose"), answering(effective_at=f"{instant:%Y-%m-%dT%H:%M:%S}")
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["effective_at"] == [sentence]
    assert rows()["Resolution"] == 0


def test_an_ambiguous_answer_shows_the_refunds_and_is_proposed(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)

    shown = as_eve.post(url(question, "propose"), answering(answer="ambiguous"))
    assert written(shown.context["payouts"]) == [("alice", ("96.76", "0.00"), ("50.00",))]
    as_eve.post(url(question, "propose"), answering(answer="ambiguous", seen="ambiguous"))

    proposed = Resolution.objects.get()
    assert (proposed.verdict, proposed.outcome_weights) == ("ambiguous", None)
    assert "Ambiguous" in as_eve.get(url(question)).content.decode()


def test_annulled_is_no_answer_to_propose(as_eve, question):
    answer = as_eve.post(url(question, "propose"), answering(answer="annulled", seen="annulled"))

    assert list(answer.context["form"].errors) == ["answer"]


def test_a_quote_that_the_article_does_not_have_is_refused_with_its_number(as_eve, eve, question):
    article = ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)
    typed = answering(
        **{"evidence-0-quote": "It fell down.", "evidence-0-article": str(article.pk)}
    )

    answer = as_eve.post(url(question, "propose"), typed)

    assert answer.status_code == 422
    assert refusals(answer) == [
        "Evidence 1: the article does not contain this quote; copy it word for word."
    ]


def test_what_was_linked_as_evidence_is_there_to_be_picked(as_eve, eve, question):
    article = ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)
    citations.cite(
        question_id=question.pk, version=article.versions.get(), quote=QUOTE, role="evidence",
        editor=eve, now=NOON,
    )  # fmt: skip

    lines = as_eve.get(url(question, "propose")).context["lines"]

    assert lines.forms[0].initial == {"quote": QUOTE, "article": article.pk}
    assert len(lines.forms) == 3


def test_a_proposal_that_was_amended_meanwhile_is_not_confirmed_unread(
    as_erin, eve, alice, question
):
    forecast(alice, question)
    propose(question, eve)
    resolution.challenge(question_id=question.pk, challenger=alice, reason="No.", now=NOON)
    propose(question, eve, weights=(0.0, 1.0))

    answer = as_erin.post(url(question, "confirm"), {"version": "1"})

    assert answer.status_code == 422
    assert refusals(answer) == ["What waits now is version 2; read it before you decide."]
    assert status(question) == "proposed"


def test_a_correction_shows_the_difference_before_it_is_proposed(as_eve, final):
    before = rows()

    shown = as_eve.post(url(final, "correct"), correcting())

    table = shown.context["payouts"]
    assert table.headings == ("Payout", "Paid so far", "Difference", "Profit")
    assert written(table) == [
        ("alice", ("96.76", "0.00"), ("0.00", "96.76", "-96.76", "-50.00")),
        ("bob", ("0.00", "42.21"), ("42.21", "0.00", "42.21", "22.21")),
    ]
    assert ("To take back", "96.76") in table.facts
    assert rows() == before


def test_a_correction_is_proposed_on_the_second_press(as_eve, final):
    answer = as_eve.post(url(final, "correct"), correcting(seen="0.0 1.0"), follow=True)

    assert said(answer) == ["Proposed. The answer stands until another editor confirms."]
    assert Correction.objects.get().resolution.outcome_weights == [0.0, 1.0]
    assert status(final) == "final"
    assert [act.label for act, _ in answer.context["acts"]] == ["Decide the correction"]
    assert "A correction by eve waits for another editor" in answer.content.decode()


def test_a_second_editor_sees_both_answers_and_confirms(as_erin, waiting, final):
    seen = as_erin.get(url(final, "correction"))
    answer = as_erin.post(url(final, "correction"), {"version": "2"}, follow=True)

    assert (seen.context["answer"].verdict, seen.context["standing"].verdict) == ("No", "Yes")
    assert said(answer) == ["Corrected: the difference is on its way."]
    assert log(final)[-1] == ("resolved", "erin", "It was another train.")


def test_whoever_proposed_a_correction_may_only_withdraw_it(as_eve, waiting, final):
    refusal = as_eve.post(url(final, "correction"), {"version": "2"})
    answer = as_eve.post(
        url(final, "correction"), {"version": "2", "drop": "1", "reason": "My mistake."},
        follow=True,
    )  # fmt: skip

    assert refusal.status_code == 422
    assert refusals(refusal) == [
        "You proposed this answer; another editor has to confirm it, or let the window end."
    ]
    assert said(answer) == ["The answer stays as it is."]
    assert Correction.objects.get().decision == "withdrawn"


def test_another_editor_declines_a_correction_with_a_reason(as_erin, waiting, final):
    refusal = as_erin.post(url(final, "correction"), {"version": "2", "drop": "1", "reason": " "})
    as_erin.post(
        url(final, "correction"), {"version": "2", "drop": "1", "reason": "It was the same."}
    )

    assert refusal.status_code == 422
    assert list(refusal.context["drop_form"].errors) == ["reason"]
    assert Correction.objects.get().decision == "declined"


def test_the_desk_tells_the_whole_story(as_erin, waiting, final):
    as_erin.post(url(final, "correction"), {"version": "2"})

    told = as_erin.get(url(final)).context["trail"]

    assert [(each.words, each.answer, each.step.by) for each in told] == [
        ("Opened", "", "eve"),
        ("Answer proposed", "Yes", "eve"),
        ("Confirmed", "", "erin"),
        ("Paid", "", ""),
        ("Correction proposed", "No", "eve"),
        ("Correction confirmed", "", "erin"),
    ]


def test_charlie_can_neither_propose_a_correction_nor_decide_one(as_charlie, waiting, final):
    before = rows()

    for act in ("correct", "correction"):
        answer = as_charlie.post(url(final, act), correcting(seen="0.0 1.0"))

        assert answer["Location"].startswith("/admin/login/")
    assert rows() == before
    assert Correction.objects.get().decision == ""
