"""Since when an answer was known, answers that nobody can tell, evidence, and who may decide."""

from datetime import timedelta
from decimal import Decimal

import pytest

from articles.services.ingest import ingest_text
from markets.core.money import MICRO
from markets.models import Challenge, Order, Position, Resolution
from markets.queries.ledger import audit
from markets.services import lifecycle, resolution, scoring
from markets.services.trading import place_order
from tests.articles.services.stories import BRIDGE
from tests.instants import NOON
from tests.markets.services.answering import (
    CLOSED,
    DAY,
    PASSED,
    PROPOSED,
    balance,
    buy,
    fresh,
    propose,
    refused,
    settle,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def closed(alice, bob, question):
    """alice bought "yes" on the first day, bob "no" on the fifth; it closed on the tenth."""
    buy(alice, question, (0,))
    buy(bob, question, (1,), at=NOON + 5 * DAY)
    lifecycle.advance_due(now=CLOSED)
    return fresh(question)


def test_an_answer_counts_as_known_from_the_close_unless_it_says_when(closed, eve):
    assert propose(closed, eve).effective_at == CLOSED


def test_what_was_traded_since_the_answer_was_known_is_given_back(closed, alice, bob, eve):
    propose(closed, eve, weights=(0, 1), effective_at=NOON + 5 * DAY)
    resolution.confirm_uncontested(now=PASSED)
    settle(closed)

    assert balance(alice) == 900 * MICRO
    assert balance(bob) == 1_000 * MICRO
    assert Position.objects.get(trader=bob).shares[1] > 100 * MICRO
    assert audit() == []


def test_the_last_trade_before_an_early_end_is_kept(alice, question, eve):
    buy(alice, question, (0,), at=NOON + DAY)

    ended = propose(
        question, eve, at=NOON + DAY, early_end_reason="The first train decides, it says."
    )

    assert ended.effective_at == fresh(question).closed_at == NOON + DAY + timedelta(microseconds=1)
    assert ended.early_end_reason == "The first train decides, it says."


@pytest.mark.parametrize("effective_at", [NOON - SECOND, CLOSED + SECOND, PROPOSED, PROPOSED + DAY])
def test_an_answer_is_known_while_the_question_is_open(closed, eve, effective_at):
    refusal = refused(
        "effective_at_out_of_range", resolution.propose, question_id=closed.pk,
        outcome_weights=(1, 0), effective_at=effective_at, proposer=eve, now=PROPOSED,
    )  # fmt: skip

    assert refusal.field == "effective_at"


def test_an_open_question_has_no_answer_from_the_future(question, eve):
    refused(
        "effective_at_out_of_range", resolution.propose, question_id=question.pk,
        outcome_weights=(1, 0), effective_at=NOON + SECOND, proposer=eve, now=NOON,
    )  # fmt: skip


@pytest.mark.parametrize("effective_at", [NOON, CLOSED])
def test_the_first_and_the_last_instant_are_within(closed, eve, effective_at):
    assert propose(closed, eve, effective_at=effective_at).effective_at == effective_at


def test_what_happened_before_the_close_has_its_instant_once_it_is_decided(closed, eve):
    propose(closed, eve, effective_at=NOON + 3 * DAY)
    assert fresh(closed).occurred_at is None

    resolution.confirm_uncontested(now=PASSED)

    assert fresh(closed).occurred_at == NOON + 3 * DAY


def test_what_is_known_only_at_the_close_happened_at_no_instant(closed, eve):
    propose(closed, eve)
    resolution.confirm_uncontested(now=PASSED)

    assert fresh(closed).occurred_at is None


def test_what_an_early_end_proposes_happened_when_trading_ended(question, eve, erin):
    propose(question, eve, at=NOON + DAY, early_end_reason="The first train decides.")
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON + DAY)

    assert fresh(question).occurred_at == NOON + DAY


@pytest.mark.parametrize(
    ("known_at", "occurred_at"), [(None, None), (NOON + 2 * DAY, NOON + 2 * DAY)]
)
def test_closing_early_is_no_instant_at_which_anything_happened(
    question, eve, erin, known_at, occurred_at
):
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=NOON + 3 * DAY)
    propose(question, eve, at=NOON + 4 * DAY, effective_at=known_at)
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON + 4 * DAY)

    assert fresh(question).occurred_at == occurred_at


def test_an_ambiguous_answer_refunds_every_trade_and_scores_nobody(closed, alice, bob, eve):
    propose(closed, eve, weights=None, verdict="ambiguous", rationale="Both ministries differ.")
    resolution.confirm_uncontested(now=PASSED)
    settle(closed)
    scoring.score(resolution_id=fresh(closed).resolution_id, now=PASSED)

    asked = fresh(closed)
    assert (asked.status, asked.resolution.verdict, asked.occurred_at) == (
        "final", "ambiguous", None,
    )  # fmt: skip
    assert asked.resolution.is_refunded
    assert balance(alice) == balance(bob) == 1_000 * MICRO
    assert not asked.resolution.scores.exists()
    assert audit() == []


def test_an_ambiguous_answer_is_challenged_and_amended_like_any_other(closed, alice, eve, erin):
    propose(closed, eve, weights=None, verdict="ambiguous")
    resolution.challenge(
        question_id=closed.pk, challenger=alice, reason="One of them is clear.", now=PROPOSED
    )

    amended = propose(closed, erin, weights=(1, 0))

    assert (amended.version, amended.verdict) == (2, "outcome")
    assert Challenge.objects.get().upheld is True


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"verdict": "ambiguous", "rationale": " "}, "invalid_resolution"),
        ({"verdict": "ambiguous", "outcome_weights": (1, 0)}, "invalid_resolution"),
        ({"verdict": "ambiguous", "value": 1.0}, "invalid_resolution"),
        ({"verdict": "annulled"}, "invalid_resolution"),
        ({"verdict": "postponed"}, "invalid_resolution"),
        ({"verdict": "ambiguous", "effective_at": NOON}, "effective_at_out_of_range"),
        ({"outcome_weights": (1, 0), "rationale": "a" * 10_001}, "invalid_resolution"),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(closed, eve, answer, code):
    said = {"rationale": "Nobody can tell.", **answer}

    refused(code, resolution.propose, question_id=closed.pk, proposer=eve, now=PROPOSED, **said)


def test_an_amended_proposal_can_be_challenged_again(closed, alice, bob, eve, erin):
    propose(closed, eve)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No.", now=PROPOSED)
    propose(closed, erin, weights=(0, 1))

    resolution.challenge(question_id=closed.pk, challenger=alice, reason="Yes.", now=PROPOSED)

    assert list(Challenge.objects.order_by("pk").values_list("upheld", flat=True)) == [True, None]


@pytest.mark.parametrize(
    "said",
    [
        {"weights": (1, 0)},
        {"weights": (1, 0), "effective_at": CLOSED},
        {"weights": None, "verdict": "ambiguous"},
    ],
)
def test_an_amendment_that_says_the_same_again_is_refused(closed, bob, eve, erin, said):
    propose(closed, eve, **said)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No.", now=PROPOSED)
    answer = {"outcome_weights": said["weights"], **said}
    del answer["weights"]

    for editor in (eve, erin):
        refused(
            "nothing_corrected", resolution.propose, question_id=closed.pk, proposer=editor,
            rationale="Once more.", now=PASSED, **answer,
        )  # fmt: skip
    assert (fresh(closed).status, Challenge.objects.get().upheld) == ("challenged", None)


def test_an_amendment_of_the_instant_alone_says_something_else(closed, bob, eve):
    propose(closed, eve)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="Earlier.", now=PROPOSED)

    assert propose(closed, eve, effective_at=NOON + 3 * DAY).version == 2


def test_annulling_a_challenged_proposal_upholds_the_challenge(closed, bob, eve, erin):
    propose(closed, eve)
    before = balance(bob)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No.", now=PROPOSED)

    resolution.annul(question_id=closed.pk, editor=erin, reason="Two trains.", now=PROPOSED)

    assert Challenge.objects.get().upheld is True
    assert balance(bob) == before


def test_a_challenger_who_became_an_editor_decides_nothing_here(closed, bob, eve):
    propose(closed, eve)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No.", now=PROPOSED)
    bob.is_staff = True
    bob.save()

    for command, said in (
        (resolution.confirm, {"editor": bob}),
        (resolution.annul, {"editor": bob, "reason": "No."}),
        (resolution.propose, {"proposer": bob, "outcome_weights": (0, 1)}),
    ):
        refused("conflict_of_interest", command, question_id=closed.pk, now=PROPOSED, **said)


def test_an_editor_whose_order_rests_has_a_stake(question, eve):
    place_order(
        trader=eve, market_id=question.pk, claim=(0,), side="buy", budget=10 * MICRO,
        limit=Decimal("0.2"), time_in_force="gtc", request_key="rests", clock=lambda: NOON,
    )  # fmt: skip
    assert Order.objects.get().status == "open"

    refused(
        "conflict_of_interest", resolution.propose, question_id=question.pk,
        outcome_weights=(1, 0), proposer=eve, now=NOON,
    )  # fmt: skip
    refused(
        "conflict_of_interest", resolution.annul, question_id=question.pk, editor=eve,
        reason="Mine.", now=NOON,
    )  # fmt: skip


def test_a_proposal_that_was_amended_meanwhile_is_not_confirmed_unread(closed, bob, eve, erin):
    propose(closed, eve)
    resolution.challenge(question_id=closed.pk, challenger=bob, reason="No.", now=PROPOSED)
    propose(closed, eve, weights=(0, 1))

    refused(
        "another_version", resolution.confirm, question_id=closed.pk, version=1, editor=erin,
        now=PROPOSED,
    )  # fmt: skip
    assert resolution.confirm(question_id=closed.pk, version=2, editor=erin, now=PROPOSED)


def test_a_second_confirmation_is_refused_and_doubles_nothing(closed, eve, erin):
    propose(closed, eve)
    resolution.confirm(question_id=closed.pk, editor=erin, now=PROPOSED)

    refused(
        "nothing_proposed", resolution.confirm, question_id=closed.pk, editor=erin, now=PROPOSED
    )


@pytest.fixture
def article(eve):
    return ingest_text(text=BRIDGE, url="https://post.example/b", editor=eve, now=NOON)


def test_a_quote_stands_in_its_article_however_the_lines_are_broken(closed, eve, article):
    said = {"article": article.pk, "quote": "  The bridge over\nthe Halvik   strait "}

    kept = propose(closed, eve, evidence=[said]).evidence

    assert kept == [{"quote": "The bridge over\nthe Halvik   strait", "article": article.pk}]


def test_evidence_that_cannot_be_looked_up_is_named_by_its_number(closed, eve, article):
    sound = {"url": "https://rail.example/1"}
    for piece, why in (
        ({"article": article.pk, "quote": "It fell down."}, "does not contain this quote"),
        ({"article": 99_999_999, "quote": "It fell down."}, "no such article"),
        ({"quote": "It fell down."}, "say where it stands"),
    ):
        refusal = refused(
            "invalid_evidence", resolution.propose, question_id=closed.pk,
            outcome_weights=(1, 0), evidence=[sound, piece], proposer=eve, now=PROPOSED,
        )  # fmt: skip
        assert refusal.number == 2
        assert why in refusal.message
    assert not Resolution.objects.exists()
