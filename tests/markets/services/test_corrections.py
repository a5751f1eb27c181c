from functools import partial

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from markets.core.money import MICRO
from markets.models import Challenge, Correction, Position, Resolution, Settlement
from markets.queries.ledger import audit
from markets.services import corrections, forecasting, lifecycle, resolution, scoring
from tests.instants import NOON
from tests.markets.services.answering import (
    CLOSED,
    DAY,
    MONTH_LATER,
    PASSED,
    PROPOSED,
    balance,
    buy,
    correct,
    fresh,
    propose,
    refused,
    settle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def final(alice, bob, question, eve, erin):
    """alice was paid for "yes", bob lost on "no"; eve proposed it and erin confirmed."""
    buy(alice, question, (0,))
    buy(bob, question, (1,))
    forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.8, 0.2),
        request_key="forecast", now=NOON,
    )  # fmt: skip
    lifecycle.advance_due(now=CLOSED)
    propose(question, eve)
    resolution.confirm(question_id=question.pk, editor=erin, now=PROPOSED)
    settle(question)
    return fresh(question)


def confirm(question, editor, **changes):
    return corrections.confirm_correction(
        question_id=question.pk, editor=editor, now=MONTH_LATER, **changes
    )


def drop(question, editor, reason="It was the same train."):
    return corrections.drop_correction(
        question_id=question.pk, editor=editor, reason=reason, now=MONTH_LATER
    )


def test_the_answer_stands_until_a_second_editor_confirms_its_correction(final, eve):
    standing = final.resolution

    proposed = correct(final, eve)

    assert (proposed.resolution.version, proposed.corrects, proposed.decision) == (2, standing, "")
    assert (fresh(final).status, fresh(final).resolution) == ("final", standing)
    assert Settlement.objects.count() == 1


def test_a_confirmed_correction_takes_from_one_what_it_pays_to_the_other(
    final, alice, bob, eve, erin
):
    correct(final, eve)

    due = confirm(final, erin)
    settle(final, at=MONTH_LATER)

    assert (due.resolution.version, due.confirmed_by) == (2, erin)
    assert balance(alice) == 900 * MICRO
    assert balance(bob) == 900 * MICRO + Position.objects.get(trader=bob).shares[1]
    assert audit() == []


def test_a_corrected_question_is_resolved_anew_and_becomes_final_anew(final, eve, erin):
    correct(final, eve)

    confirm(final, erin)

    asked = fresh(final)
    assert (asked.status, asked.resolved_at, asked.final_at) == ("resolved", MONTH_LATER, None)
    assert asked.status_changes.order_by("-pk").values_list(
        "from_status", "to_status", "actor__name", "reason"
    )[0] == ("final", "resolved", "erin", "It was another train.")
    settle(final, at=MONTH_LATER)
    assert (fresh(final).status, fresh(final).final_at) == ("final", MONTH_LATER)


def test_a_correction_before_the_first_payment_has_ended_replaces_it(question, alice, eve, erin):
    buy(alice, question, (0,))
    lifecycle.advance_due(now=CLOSED)
    propose(question, eve)
    resolution.confirm(question_id=question.pk, editor=erin, now=PROPOSED)

    correct(question, erin, at=PROPOSED)
    corrections.confirm_correction(question_id=question.pk, editor=eve, now=PROPOSED)

    asked = fresh(question)
    assert (asked.status, asked.resolution.version) == ("resolved", 2)
    assert Settlement.objects.count() == 2


@pytest.mark.parametrize("verdict", ["annulled", "ambiguous"])
def test_a_correction_may_find_that_no_outcome_came_true(final, alice, bob, eve, erin, verdict):
    correct(final, eve, weights=None, verdict=verdict)

    confirm(final, erin)
    settle(final, at=MONTH_LATER)
    scoring.score(resolution_id=fresh(final).resolution_id, now=MONTH_LATER)

    assert balance(alice) == balance(bob) == 1_000 * MICRO
    assert fresh(final).status == "final"
    assert not fresh(final).resolution.scores.exists()
    assert audit() == []


def test_a_refunded_question_can_be_given_an_answer_after_all(question, alice, eve, erin):
    buy(alice, question, (0,))
    lifecycle.advance_due(now=CLOSED)
    propose(question, eve, weights=None, verdict="ambiguous")
    resolution.confirm(question_id=question.pk, editor=erin, now=PROPOSED)
    settle(question)

    proposed = correct(question, eve, weights=(1, 0))
    confirm(question, erin)
    settle(question, at=MONTH_LATER)

    assert proposed.resolution.effective_at == CLOSED
    assert balance(alice) == 900 * MICRO + Position.objects.get(trader=alice).shares[0]
    assert audit() == []


def test_a_correction_keeps_the_instant_of_the_answer_unless_it_names_another(final, eve, erin):
    kept = correct(final, eve).resolution
    drop(final, erin)
    earlier = correct(final, eve, weights=(1, 0), effective_at=NOON + DAY).resolution
    confirm(final, erin)

    assert kept.effective_at == CLOSED
    assert earlier.effective_at == fresh(final).occurred_at == NOON + DAY


def test_a_correction_keeps_why_the_question_ended_early(question, eve, erin):
    reason = "The criteria say that the first train decides."
    propose(question, eve, early_end_reason=reason, at=NOON + DAY)
    resolution.confirm(question_id=question.pk, editor=erin, now=NOON + DAY)

    corrected = correct(question, eve, effective_at=NOON + DAY / 2).resolution
    drop(question, erin)
    annulled = correct(question, eve, weights=None, verdict="annulled").resolution

    assert corrected.early_end_reason == annulled.early_end_reason == reason


def test_a_dropped_correction_leaves_everything_as_it_was(final, eve, erin):
    standing = final.resolution
    correct(final, eve)

    declined = drop(final, erin)

    assert (declined.decision, declined.decided_by, declined.reason) == (
        "declined", erin, "It was the same train.",
    )  # fmt: skip
    assert (fresh(final).status, fresh(final).resolution) == ("final", standing)
    assert Settlement.objects.count() == 1


def test_its_proposer_withdraws_a_correction(final, eve):
    correct(final, eve)

    assert drop(final, eve).decision == "withdrawn"


def test_after_one_correction_another_may_follow(final, eve, erin):
    correct(final, eve)
    drop(final, eve)

    again = correct(final, erin)

    assert (again.resolution.version, again.decision) == (3, "")


def test_a_correction_is_confirmed_once(final, eve, erin):
    correct(final, eve)
    confirm(final, erin)

    refused(
        "no_correction_waits", corrections.confirm_correction, question_id=final.pk, editor=erin,
        now=MONTH_LATER,
    )  # fmt: skip
    refused(
        "no_correction_waits", corrections.drop_correction, question_id=final.pk, editor=eve,
        reason="Too late.", now=MONTH_LATER,
    )  # fmt: skip


def test_corrections_are_refused_for_stated_reasons(final, alice, eve):
    proposing = partial(
        refused, command=corrections.propose_correction, question_id=final.pk, now=MONTH_LATER
    )
    said = {"proposer": eve, "rationale": "It was another train."}

    proposing("editor_needed", outcome_weights=(0, 1), proposer=alice, rationale="No.")
    proposing("nothing_corrected", outcome_weights=(1, 0), **said)
    proposing("invalid_resolution", outcome_weights=(0, 1), proposer=eve, rationale=" ")
    proposing("invalid_resolution", outcome_weights=(0, 1, 0), **said)
    proposing("invalid_weights", outcome_weights=(0.7, 0.7), **said)
    proposing("invalid_resolution", outcome_weights=(0, 1), verdict="annulled", **said)
    proposing("invalid_resolution", verdict="postponed", **said)
    proposing("effective_at_out_of_range", verdict="annulled", effective_at=NOON, **said)
    proposing(
        "effective_at_out_of_range", outcome_weights=(0, 1), effective_at=CLOSED + DAY, **said
    )
    proposing("invalid_evidence", outcome_weights=(0, 1), evidence=[{"quote": "x"}], **said)
    correct(final, eve)
    proposing("correction_waits", outcome_weights=(0, 1), **said)


def test_only_a_decided_question_is_corrected(question, eve):
    refused(
        "not_decided", corrections.propose_correction, question_id=question.pk,
        outcome_weights=(0, 1), rationale="Wrong.", proposer=eve, now=NOON,
    )  # fmt: skip


def test_an_annulled_question_is_not_corrected(question, eve, erin):
    resolution.annul(question_id=question.pk, editor=eve, reason="Ill-posed.", now=NOON)

    refused(
        "not_decided", corrections.propose_correction, question_id=question.pk,
        outcome_weights=(0, 1), rationale="Wrong.", proposer=erin, now=NOON,
    )  # fmt: skip


def test_whoever_has_a_stake_neither_proposes_nor_confirms_nor_declines_a_correction(
    final, alice, eve
):
    alice.is_staff = True
    alice.save()
    decide = {"question_id": final.pk, "editor": alice, "now": MONTH_LATER}

    refused(
        "conflict_of_interest", corrections.propose_correction, question_id=final.pk,
        outcome_weights=(0, 1), rationale="Wrong.", proposer=alice, now=MONTH_LATER,
    )  # fmt: skip
    correct(final, eve)
    refused("conflict_of_interest", corrections.confirm_correction, **decide)
    refused("conflict_of_interest", corrections.drop_correction, reason="Mine.", **decide)


def test_whoever_proposed_a_correction_does_not_confirm_it(final, eve, erin, alice):
    correct(final, eve)
    decide = {"question_id": final.pk, "now": MONTH_LATER}

    refused("second_person_needed", corrections.confirm_correction, editor=eve, **decide)
    refused("editor_needed", corrections.confirm_correction, editor=alice, **decide)
    refused("another_version", corrections.confirm_correction, editor=erin, version=1, **decide)
    refused("invalid_resolution", corrections.drop_correction, editor=erin, reason=" ", **decide)
    assert confirm(final, erin, version=2)


def test_silence_confirms_no_correction(final, eve):
    correct(final, eve)

    assert resolution.confirm_uncontested(now=MONTH_LATER + 30 * DAY) == 0
    assert fresh(final).resolution.version == 1


def test_a_challenged_correction_that_is_dropped_gives_the_bond_back(final, alice, eve, erin):
    correct(final, eve)
    before = balance(alice)
    resolution.challenge(
        question_id=final.pk, challenger=alice, reason="The same train.", now=MONTH_LATER
    )
    assert balance(alice) == before - 50 * MICRO
    refused(
        "already_challenged", resolution.challenge, question_id=final.pk, challenger=alice,
        reason="Again.", now=MONTH_LATER,
    )  # fmt: skip

    drop(final, erin)

    assert Challenge.objects.get().upheld is True
    assert balance(alice) == before
    assert audit() == []


def test_a_challenged_correction_that_is_confirmed_keeps_the_bond(final, alice, eve, erin):
    correct(final, eve)
    before = balance(alice)
    resolution.challenge(
        question_id=final.pk, challenger=alice, reason="The same train.", now=MONTH_LATER
    )

    confirm(final, erin)

    assert Challenge.objects.get().upheld is False
    assert balance(alice) == before - 50 * MICRO


def test_the_window_to_challenge_a_correction_ends_too(final, alice, eve):
    correct(final, eve)

    refused(
        "challenge_closed", resolution.challenge, question_id=final.pk, challenger=alice,
        reason="Late.", now=MONTH_LATER + DAY,
    )  # fmt: skip


def test_the_database_lets_no_two_corrections_wait(final, eve):
    first = correct(final, eve)
    again = Resolution.objects.create(
        question=final, version=3, outcome_weights=[0.5, 0.5], effective_at=CLOSED, proposer=eve,
        proposed_at=MONTH_LATER, challenge_until=MONTH_LATER,
    )  # fmt: skip

    with pytest.raises(IntegrityError, match="correction_waits_alone"), transaction.atomic():
        Correction.objects.create(resolution=again, question=final, corrects=first.corrects)


def test_the_database_keeps_what_was_decided(final, eve):
    correct(final, eve)
    drop(final, eve)

    for change in (
        lambda: Correction.objects.update(decision="", decided_by=None, decided_at=None),
        lambda: Correction.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change()
    assert PASSED < MONTH_LATER
