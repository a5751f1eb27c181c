from datetime import timedelta

import pytest

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.core.settlement import InvalidWeights
from markets.models import (
    Account,
    Challenge,
    Position,
    Question,
    Resolution,
    Score,
    Settlement,
    StatusChange,
    Transfer,
)
from markets.queries.ledger import audit
from markets.services import forecasting, lifecycle, questions, resolution, scoring, settlement
from markets.services.trading import place_order
from tests.cast import question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CLOSED = NOON + 10 * DAY
PROPOSED = NOON + 11 * DAY
PASSED = NOON + 12 * DAY


def buy(trader, question, claim, *, budget=100 * MICRO, key="first", at=NOON):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=key, clock=lambda: at,
    )  # fmt: skip


def propose(question, editor, *, weights=(1, 0), at=PROPOSED):
    return resolution.propose(
        question_id=question.pk, outcome_weights=weights, rationale="The train crossed.",
        evidence=[{"quote": "The first train crossed on Tuesday.", "url": "https://example.com"}],
        proposer=editor, now=at,
    )  # fmt: skip


def rows():
    return {
        model.__name__: model.objects.count()
        for model in (Resolution, Settlement, Challenge, StatusChange, Transfer, Score)
    }


def status_of(question):
    return Question.objects.get(pk=question.pk).status


def balance(trader):
    return Account.objects.get(owner=trader).balance


@pytest.fixture
def traded(alice, bob, question):
    """alice has yes, bob has no, both forecast; the question has closed."""
    buy(alice, question, (0,))
    buy(bob, question, (1,))
    for forecaster, probabilities in ((alice, (0.8, 0.2)), (bob, (0.5, 0.5))):
        forecasting.submit_forecast(
            forecaster=forecaster, question_id=question.pk, probabilities=probabilities,
            request_key="forecast", now=NOON,
        )  # fmt: skip
    lifecycle.advance_due(now=CLOSED)
    question.refresh_from_db()
    return question


@pytest.fixture
def settled(traded, eve):
    propose(traded, eve)
    assert resolution.confirm_uncontested(now=PASSED) == 1
    settlement.settle(resolution_id=Resolution.objects.get().pk, now=PASSED)
    return traded


def test_an_uncontested_proposal_resolves_when_its_window_has_passed(traded, eve):
    propose(traded, eve)

    assert resolution.confirm_uncontested(now=PASSED - timedelta(seconds=1)) == 0
    assert resolution.confirm_uncontested(now=PASSED) == 1
    assert resolution.confirm_uncontested(now=PASSED) == 0

    assert status_of(traded) == "resolved"
    assert Settlement.objects.get().state == "due"


def test_settlement_pays_winners_and_empties_the_escrow(settled, alice, bob):
    yes = Position.objects.get(trader=alice)

    assert status_of(settled) == "final"
    assert yes.payout == yes.shares[0] > 100 * MICRO
    assert balance(alice) == 900 * MICRO + yes.payout
    assert balance(bob) == 900 * MICRO
    assert Account.objects.get(kind="escrow").balance == 0
    assert audit() == []


def test_settling_again_changes_nothing(settled):
    before = rows()

    settlement.settle(resolution_id=Resolution.objects.get().pk, now=PASSED)

    assert rows() == before
    assert audit() == []


def test_settlement_in_chunks_of_one_pays_the_same(traded, alice, eve):
    propose(traded, eve)
    resolution.confirm_uncontested(now=PASSED)

    settlement.settle(resolution_id=Resolution.objects.get().pk, now=PASSED, chunk=1)

    done = Settlement.objects.get()
    assert (done.position_count, done.paid_count, done.state) == (2, 1, "settled")
    assert balance(alice) == 900 * MICRO + Position.objects.get(trader=alice).payout
    assert audit() == []


def test_a_split_resolution_pays_both_sides(traded, alice, bob, eve):
    propose(traded, eve, weights=(0.5, 0.5))
    resolution.confirm_uncontested(now=PASSED)
    settlement.settle(resolution_id=Resolution.objects.get().pk, now=PASSED)

    for trader in (alice, bob):
        position = Position.objects.get(trader=trader)
        assert position.payout == sum(position.shares) // 2
    assert audit() == []


def test_scores_are_those_of_the_definitions(settled, alice, bob):
    scoring.score(resolution_id=Resolution.objects.get().pk, now=PASSED)

    for forecaster, baseline, peer, brier in (
        (alice, 67.8072, 47.0004, 0.08),
        (bob, 0, -47.0004, 0.5),
    ):
        score = Score.objects.get(forecaster=forecaster)
        assert score.baseline == pytest.approx(baseline, abs=1e-4)
        assert score.peer == pytest.approx(peer, abs=1e-4)
        assert score.brier == pytest.approx(brier)
        assert (score.coverage, score.attainable_coverage) == (1, 1)
    assert Settlement.objects.get().state == "scored"  # fmt: skip


def test_scoring_again_changes_nothing(settled):
    resolution_id = Resolution.objects.get().pk
    assert scoring.score(resolution_id=resolution_id, now=PASSED)
    before = rows()

    assert not scoring.score(resolution_id=resolution_id, now=PASSED)

    assert rows() == before


def test_nothing_is_scored_before_it_is_settled(traded, eve):
    propose(traded, eve)
    resolution.confirm_uncontested(now=PASSED)

    assert not scoring.score(resolution_id=Resolution.objects.get().pk, now=PASSED)
    assert not Score.objects.exists()


def test_a_second_editor_may_confirm_early(traded, eve, erin):
    propose(traded, eve)

    done = resolution.confirm(question_id=traded.pk, editor=erin, now=PROPOSED)

    assert done.confirmed_by == erin
    assert status_of(traded) == "resolved"


def test_proposing_on_an_open_question_ends_it_early(alice, question, eve):
    buy(alice, question, (0,))

    propose(question, eve, at=NOON + DAY)

    question.refresh_from_db()
    assert (question.status, question.closed_at) == ("proposed", NOON + DAY)


def test_a_challenge_holds_a_bond_until_it_is_decided(traded, alice, bob, eve, erin):
    propose(traded, eve)
    before = balance(bob)

    resolution.challenge(question_id=traded.pk, challenger=bob, reason="No train.", now=PROPOSED)
    assert balance(bob) == before - 50 * MICRO
    assert resolution.confirm_uncontested(now=PASSED) == 0
    resolution.confirm(question_id=traded.pk, editor=erin, now=PASSED)

    assert Challenge.objects.get().upheld is False
    assert balance(bob) == before - 50 * MICRO
    assert audit() == []


def test_an_upheld_challenge_gets_its_bond_back(traded, bob, eve, erin):
    propose(traded, eve)
    before = balance(bob)
    resolution.challenge(question_id=traded.pk, challenger=bob, reason="No train.", now=PROPOSED)

    propose(traded, erin, weights=(0, 1), at=PASSED)

    assert Challenge.objects.get().upheld is True
    assert balance(bob) == before
    assert status_of(traded) == "proposed"
    assert Question.objects.get(pk=traded.pk).resolution.version == 2
    assert audit() == []


def test_annulling_leaves_every_wallet_as_it_was(alice, bob, question, eve):
    buy(alice, question, (0,), budget=600 * MICRO)
    buy(bob, question, (1,), budget=300 * MICRO)
    position = Position.objects.get(trader=bob)
    place_order(
        trader=bob, market_id=question.pk, claim=(1,), side="sell",
        shares=position.shares[1] // 2, request_key="out", clock=lambda: NOON,
    )  # fmt: skip

    annulled = resolution.annul(question_id=question.pk, editor=eve, reason="Ill-posed.", now=NOON)
    settlement.settle(resolution_id=annulled.pk, now=NOON, chunk=1)
    scoring.score(resolution_id=annulled.pk, now=NOON)

    assert balance(alice) == balance(bob) == 1_000 * MICRO
    assert Account.objects.get(kind="escrow").balance == 0
    assert status_of(question) == "annulled"
    assert audit() == []


def test_annulling_takes_back_what_a_trader_won_by_trading(alice, bob, question, eve):
    buy(alice, question, (0,), budget=100 * MICRO)
    buy(bob, question, (0,), budget=500 * MICRO)
    shares = Position.objects.get(trader=alice).shares[0]
    place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="sell", shares=shares,
        request_key="out", clock=lambda: NOON,
    )  # fmt: skip
    assert balance(alice) > 1_000 * MICRO

    annulled = resolution.annul(question_id=question.pk, editor=eve, reason="Ill-posed.", now=NOON)
    settlement.settle(resolution_id=annulled.pk, now=NOON, chunk=1)

    assert balance(alice) == balance(bob) == 1_000 * MICRO
    assert audit() == []


def test_the_house_bears_what_an_empty_wallet_cannot_give_back(alice, bob, publish, eve):
    question, elsewhere = publish(), publish(title="Another?", subsidy=5_000 * MICRO)
    buy(alice, question, (0,), budget=100 * MICRO)
    buy(bob, question, (0,), budget=500 * MICRO)
    place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="sell",
        shares=Position.objects.get(trader=alice).shares[0], request_key="out",
        clock=lambda: NOON,
    )  # fmt: skip
    buy(alice, elsewhere, (0,), budget=balance(alice), key="all in")

    annulled = resolution.annul(question_id=question.pk, editor=eve, reason="Ill-posed.", now=NOON)
    settlement.settle(resolution_id=annulled.pk, now=NOON)

    assert balance(alice) == 0
    assert balance(bob) == 1_000 * MICRO
    assert audit() == []


def test_annulling_before_publication_needs_no_settlement(eve):
    written = questions.draft_question(text=question_text(), editor=eve, now=NOON)

    resolution.annul(question_id=written.pk, editor=eve, reason="Duplicate.", now=NOON)

    assert status_of(written) == "annulled"
    assert not Settlement.objects.exists()


def refused(code, command, **arguments):
    before = rows()
    with pytest.raises(MarketError) as refusal:
        command(**arguments)
    assert refusal.value.code == code
    assert rows() == before


def test_who_traded_decides_nothing(traded, eve, alice):
    alice.is_staff = True
    alice.save()

    refused(
        "conflict_of_interest", resolution.propose, question_id=traded.pk,
        outcome_weights=(1, 0), proposer=alice, now=PROPOSED,
    )  # fmt: skip
    propose(traded, eve)
    refused(
        "conflict_of_interest", resolution.confirm, question_id=traded.pk, editor=alice,
        now=PROPOSED,
    )  # fmt: skip
    refused(
        "conflict_of_interest", resolution.annul, question_id=traded.pk, editor=alice,
        reason="mine", now=PROPOSED,
    )  # fmt: skip


def test_proposals_are_refused_for_stated_reasons(traded, alice, eve):
    arguments = {"question_id": traded.pk, "proposer": eve, "now": PROPOSED}

    refused(
        "editor_needed", resolution.propose, outcome_weights=(1, 0), question_id=traded.pk,
        proposer=alice, now=PROPOSED,
    )  # fmt: skip
    refused("invalid_resolution", resolution.propose, outcome_weights=(1, 0, 0), **arguments)
    refused(InvalidWeights.code, resolution.propose, outcome_weights=(0.7, 0.7), **arguments)
    refused(InvalidWeights.code, resolution.propose, outcome_weights=(2, -1), **arguments)
    propose(traded, eve)
    refused("transition_refused", resolution.propose, outcome_weights=(1, 0), **arguments)


def test_confirmations_are_refused_for_stated_reasons(traded, alice, eve):
    arguments = {"question_id": traded.pk, "now": PROPOSED}

    refused("nothing_proposed", resolution.confirm, editor=eve, **arguments)
    propose(traded, eve)
    refused("second_person_needed", resolution.confirm, editor=eve, **arguments)
    refused("editor_needed", resolution.confirm, editor=alice, **arguments)


def test_challenges_are_refused_for_stated_reasons(traded, alice, bob, charlie, eve):
    arguments = {"question_id": traded.pk, "reason": "No train.", "now": PROPOSED}

    refused("nothing_proposed", resolution.challenge, challenger=bob, **arguments)
    propose(traded, eve)
    refused("not_a_participant", resolution.challenge, challenger=charlie, **arguments)
    refused(
        "challenge_closed", resolution.challenge, challenger=bob, question_id=traded.pk,
        reason="No train.", now=PASSED,
    )  # fmt: skip
    refused(
        "invalid_resolution", resolution.challenge, challenger=bob, question_id=traded.pk,
        reason=" ", now=PROPOSED,
    )  # fmt: skip


def test_a_challenge_without_the_bond_is_refused(alice, publish, eve):
    question = publish(subsidy=5_000 * MICRO)
    buy(alice, question, (0,), budget=960 * MICRO)
    propose(question, eve, at=NOON + DAY)

    refused(
        "insufficient_credits", resolution.challenge, challenger=alice, question_id=question.pk,
        reason="No train.", now=NOON + DAY,
    )  # fmt: skip


def test_an_annulment_needs_a_reason_and_an_undecided_question(settled, eve):
    refused(
        "invalid_resolution", resolution.annul, question_id=settled.pk, editor=eve, reason=" ",
        now=PASSED,
    )  # fmt: skip
    refused(
        "transition_refused", resolution.annul, question_id=settled.pk, editor=eve,
        reason="Too late.", now=PASSED,
    )  # fmt: skip
