import pytest

from articles.services.ingest import ingest_text
from markets.core.money import MICRO
from markets.models import Account, Resolution
from markets.services import forecasting, resolution, settlement
from tests.articles.services.stories import BRIDGE
from tests.instants import NOON
from tests.markets.admin.desk import log, refusals, rows, said, status, url

pytestmark = pytest.mark.django_db

NO_EVIDENCE = {"evidence-TOTAL_FORMS": "1", "evidence-INITIAL_FORMS": "0"}


def answering(**typed):
    """The proposal's form as a browser sends it, for "Yes"."""
    reasons = {
        "rationale": "The train crossed.",
        "early_end_reason": "The criteria say that the first train decides.",
    }
    return {"answer": "0", "weights": "", **reasons, **NO_EVIDENCE, **typed}


def written(table):
    """The rows of a dry run: who holds what, and what moves."""
    return [(row.trader_name, row.shares, row.amounts) for row in table.rows]


def propose(question, editor, weights=(1.0, 0.0)):
    return resolution.propose(
        question_id=question.pk, outcome_weights=weights, rationale="The train crossed.",
        proposer=editor, now=NOON,
    )  # fmt: skip


def forecast(user, question):
    forecasting.submit_forecast(
        forecaster=user, question_id=question.pk, probabilities=[0.7, 0.3], request_key="f",
        now=NOON,
    )  # fmt: skip


def test_the_dry_run_comes_before_the_proposal(as_eve, alice, bob, question, buy):
    buy(alice, question, (0,), 50)
    buy(bob, question, (1,), 20)
    before = rows()

    answer = as_eve.post(url(question, "propose"), answering())

    table = answer.context["payouts"]
    assert answer.status_code == 200
    assert (table.labels, table.headings) == (("Yes", "No"), ("Payout", "Profit"))
    assert written(table) == [
        ("alice", ("96.76", "0.00"), ("96.76", "46.76")),
        ("bob", ("0.00", "42.21"), ("0.00", "-20.00")),
    ]
    assert table.totals == ("96.76", "")
    assert table.facts == (
        ("Positions", "2"), ("To pay out", "96.76"), ("Left for the house", "473.24"),
    )  # fmt: skip
    assert rows() == before


def test_the_second_press_proposes_the_answer_with_its_evidence(as_eve, eve, question):
    article = ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)
    typed = answering(
        **{
            "evidence-TOTAL_FORMS": "3",
            "evidence-0-quote": "The bridge over the Halvik strait",
            "evidence-0-article": str(article.pk),
            "evidence-1-url": "https://rail.example/first-train",
            "seen": "1.0 0.0",
        }
    )

    answer = as_eve.post(url(question, "propose"), typed, follow=True)

    proposed = Resolution.objects.get()
    assert said(answer) == ["Proposed. Another editor can confirm it now."]
    assert status(question) == "proposed"
    assert (proposed.proposer, proposed.outcome_weights) == (eve, [1.0, 0.0])
    assert proposed.rationale == "The train crossed."
    assert proposed.evidence == [
        {"quote": "The bridge over the Halvik strait", "article": article.pk},
        {"url": "https://rail.example/first-train"},
    ]


def test_a_changed_answer_is_shown_anew_before_it_is_proposed(as_eve, question):
    answer = as_eve.post(url(question, "propose"), answering(answer="1", seen="1.0 0.0"))

    assert answer.status_code == 200
    assert answer.context["seen"] == "0.0 1.0"
    assert rows()["Resolution"] == 0


def test_a_split_truth_is_proposed_in_percent(as_eve, question):
    split = answering(answer="split", weights="25", seen="0.25 0.75")

    as_eve.post(url(question, "propose"), split)

    assert Resolution.objects.get().outcome_weights == [0.25, 0.75]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answer": ""}, "answer"),
        ({"answer": "2"}, "answer"),
        ({"rationale": " "}, "rationale"),
        ({"answer": "split", "weights": "a\nb"}, "weights"),
    ],
)
def test_an_incomplete_proposal_is_not_made(as_eve, question, changes, field):
    answer = as_eve.post(url(question, "propose"), answering(seen="1.0 0.0", **changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert rows()["Resolution"] == 0


def test_weights_that_do_not_sum_to_one_are_refused(as_eve, question):
    answer = as_eve.post(url(question, "propose"), answering(answer="split", weights="50\n60"))

    assert answer.status_code == 422
    assert refusals(answer) == [
        "Outcome weights must sum to 1: give each with at most six decimal places."
    ]
    assert rows()["Resolution"] == 0


def test_a_quote_needs_the_place_where_it_stands(as_eve, question):
    typed = answering(seen="1.0 0.0", **{"evidence-0-quote": "It crossed."})

    answer = as_eve.post(url(question, "propose"), typed)

    assert answer.status_code == 422
    assert answer.context["lines"].errors == [
        {"quote": ["Say where this quote stands: choose the article or its page."]}
    ]
    assert rows()["Resolution"] == 0


def test_an_editor_who_forecast_is_told_at_once_and_cannot_propose(as_eve, eve, question):
    forecast(eve, question)
    sentence = "You have traded or forecast on this question, so another editor has to decide it."

    shown = as_eve.get(url(question, "propose")).content.decode()
    answer = as_eve.post(url(question, "propose"), answering(seen="1.0 0.0"))

    assert sentence in shown
    assert answer.status_code == 422
    assert refusals(answer) == [sentence]
    assert rows()["Resolution"] == 0


def test_whoever_proposed_cannot_confirm(as_eve, eve, question):
    propose(question, eve)

    answer = as_eve.post(url(question, "confirm"), {"version": "1"})

    assert answer.status_code == 422
    assert refusals(answer) == [
        "You proposed this answer; another editor has to confirm it, or let the window end."
    ]
    assert status(question) == "proposed"
    assert rows()["Settlement"] == 0


@pytest.mark.parametrize("typed", [{}, {"version": ""}, {"version": "one"}])
def test_nothing_is_confirmed_without_the_version_that_was_read(as_erin, eve, question, typed):
    propose(question, eve)

    answer = as_erin.post(url(question, "confirm"), typed)

    assert answer.status_code == 422
    assert refusals(answer) == ["Open this page anew: it did not say which version you read."]
    assert status(question) == "proposed"
    assert rows()["Settlement"] == 0


def test_a_second_editor_sees_the_payouts_and_confirms(as_erin, eve, alice, question, buy):
    buy(alice, question, (0,), 50)
    propose(question, eve)

    seen = as_erin.get(url(question, "confirm"))
    answer = as_erin.post(url(question, "confirm"), {"version": "1"}, follow=True)

    assert written(seen.context["payouts"]) == [("alice", ("96.76", "0.00"), ("96.76", "46.76"))]
    assert seen.context["answer"].verdict == "Yes"
    assert said(answer) == ["Confirmed: the payouts are on their way."]
    assert log(question)[-1] == ("resolved", "erin", "")
    assert answer.context["settlements"]["cards"][0].progress.settlement.state == "due"


def test_the_question_s_page_follows_the_settlement(as_erin, eve, erin, alice, question, buy):
    buy(alice, question, (0,), 50)
    standing = propose(question, eve)
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON)
    settlement.settle(resolution_id=standing.pk, now=NOON)

    (card,) = as_erin.get(url(question)).context["settlements"]["cards"]
    shown = card.progress.settlement

    assert (shown.state, shown.paid_count, shown.position_count) == ("settled", 1, 1)


def test_annulling_shows_the_refunds_first(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)

    refunds = as_eve.get(url(question, "annul")).context["refunds"]

    assert written(refunds) == [("alice", ("96.76", "0.00"), ("50.00",))]
    assert (refunds.headings, refunds.totals) == (("Refund",), ("50.00",))


@pytest.mark.parametrize("typed", ["", "annul", "annul 999999", "yes"])
def test_annulling_needs_its_very_words(as_eve, question, typed):
    answer = as_eve.post(url(question, "annul"), {"reason": "Misworded.", "typed": typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["typed"]
    assert status(question) == "open"


def test_an_annulled_question_gives_back_what_was_spent(as_eve, alice, question, buy):
    buy(alice, question, (0,), 50)
    typed = {"reason": "Misworded.", "typed": f"Annul {question.pk}"}

    as_eve.post(url(question, "annul"), typed)
    settlement.settle(resolution_id=Resolution.objects.get().pk, now=NOON)

    assert log(question)[-1] == ("annulled", "eve", "Misworded.")
    assert Account.objects.get(owner=alice).balance == 1_000 * MICRO


def test_an_editor_with_a_stake_cannot_annul(as_eve, eve, question):
    forecast(eve, question)
    typed = {"reason": "Misworded.", "typed": f"annul {question.pk}"}

    answer = as_eve.post(url(question, "annul"), typed)

    assert answer.status_code == 422
    assert refusals(answer) == [
        "You have traded or forecast on this question, so another editor has to decide it."
    ]
    assert status(question) == "open"


def test_a_challenged_proposal_is_confirmed_or_amended(as_erin, eve, alice, question):
    forecast(alice, question)
    propose(question, eve)
    resolution.challenge(question_id=question.pk, challenger=alice, reason="It derailed.", now=NOON)

    page = as_erin.get(url(question))
    as_erin.post(url(question, "propose"), answering(answer="1", seen="0.0 1.0"))

    assert [act.label for act, _ in page.context["acts"]] == [
        "Confirm the answer", "Amend the proposal", "Clarify the rules", "Annul",
    ]  # fmt: skip
    assert "It derailed." in page.content.decode()
    assert status(question) == "proposed"
    assert Resolution.objects.latest("version").outcome_weights == [0.0, 1.0]


def test_charlie_can_neither_propose_nor_confirm(as_charlie, eve, question):
    propose(question, eve)
    before = rows()

    for act in ("propose", "confirm", "annul"):
        answer = as_charlie.post(url(question, act), answering(seen="1.0 0.0"))

        assert answer["Location"].startswith("/admin/login/")
    assert rows() == before
