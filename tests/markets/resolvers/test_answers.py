"""What resolvers answer, and when: never before it is due, never on one read alone."""

import hashlib
from datetime import timedelta

import pytest

from markets.core.lifecycle import QuestionStatus
from markets.core.numeric import Bins
from markets.models import Resolution, Resolver, ResolverRun
from markets.services import lifecycle, resolution
from markets.services.authority import ConflictOfInterest
from markets.services.resolvers import make_resolver, pause_resolver
from tests.articles.services.hosts import redirect
from tests.instants import NOON
from tests.markets.resolvers.conftest import document, in_turn, table
from tests.markets.resolvers.settings import (
    CLOSE,
    CONFIRMED,
    DAY,
    DUE,
    HOUR,
    MINUTE,
    csv_settings,
)

pytestmark = pytest.mark.django_db

TRAINS = document({"corridor": {"trains": 3}})
NO_TRAINS = document({"corridor": {"trains": 0}})


def close(question):
    return lifecycle.advance(question_id=question.pk, now=CLOSE)


def seen(run):
    return run.outcome, run.reason, run.excerpt


def test_an_answer_is_proposed_once_two_reads_agree_after_the_deadline(
    question, watch, run, ministry
):
    resolver = watch()
    ministry.answers["/corridor"] = TRAINS
    close(question)

    first, too_soon, second = run(DUE), run(DUE + 9 * MINUTE), run(CONFIRMED)

    assert seen(first) == ("undetermined", "unconfirmed", "3")
    assert too_soon is None
    assert (second.outcome, second.reason) == ("answer", "")
    question.refresh_from_db()
    made = question.resolution
    assert question.status == QuestionStatus.PROPOSED
    assert (made.proposer, made.resolver, made.outcome_weights) == (None, resolver, [1.0, 0.0])
    assert made == second.resolution
    assert made.evidence == [{"quote": "3", "url": ministry.url("/corridor")}]
    assert second.sha256 in made.rationale
    assert made.challenge_until == CONFIRMED + timedelta(hours=24)


def test_the_key_of_a_source_does_not_become_evidence(watch, run, ministry, question):
    watch(url=ministry.url("/corridor?series=trains&api_key=4711"))
    ministry.answers["/corridor?series=trains&api_key=4711"] = redirect(
        ministry.url("/signed?series=trains&X-Amz-Signature=4711")
    )
    ministry.answers["/signed?series=trains&X-Amz-Signature=4711"] = TRAINS
    close(question)

    run(DUE)
    run(CONFIRMED)

    question.refresh_from_db()
    assert question.resolution.evidence == [
        {"quote": "3", "url": ministry.url("/signed?series=trains")}
    ]
    assert "4711" not in question.resolution.rationale


def test_a_run_keeps_what_was_fetched(watch, run, ministry, question):
    watch()
    ministry.answers["/corridor"] = TRAINS
    close(question)

    logged = run(DUE)

    assert (logged.url, logged.status) == (ministry.url("/corridor"), 200)
    assert (logged.content_type, logged.byte_count) == ("application/json", 27)
    assert logged.sha256 == hashlib.sha256(b'{"corridor": {"trains": 3}}').hexdigest()
    assert (logged.outcome_weights, logged.value, logged.number) == ([1.0, 0.0], None, 1)


@pytest.mark.parametrize("at", [NOON + HOUR, CLOSE, DUE - MINUTE])
def test_a_no_is_never_given_before_the_deadline_and_its_grace(question, watch, run, ministry, at):
    watch(ends_early=True)
    ministry.answers["/corridor"] = NO_TRAINS

    assert run(at).reason == "too_early"
    assert Resolution.objects.count() == 0


def test_a_source_is_read_at_the_very_instant_from_which_it_may_answer(
    question, watch, run, ministry
):
    watch()
    ministry.answers["/corridor"] = NO_TRAINS
    close(question)

    run(DUE - 5 * MINUTE)

    assert Resolver.objects.get().next_attempt_at == DUE
    assert [run(DUE).reason, run(CONFIRMED).outcome] == ["unconfirmed", "answer"]
    question.refresh_from_db()
    assert question.resolution.outcome_weights == [0.0, 1.0]


def test_without_an_early_end_a_yes_waits_for_the_deadline_too(question, watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = TRAINS

    assert run(NOON + HOUR).reason == "too_early"
    assert Resolver.objects.get().agreements == 0


def test_criteria_that_allow_it_let_a_yes_end_an_open_question(question, watch, run, ministry):
    watch(ends_early=True)
    ministry.answers["/corridor"] = TRAINS

    first, second = run(NOON + HOUR), run(NOON + HOUR + 10 * MINUTE)

    assert [first.reason, second.outcome] == ["unconfirmed", "answer"]
    question.refresh_from_db()
    assert question.status == QuestionStatus.PROPOSED


@pytest.mark.parametrize("is_closed_by", ["the clock", "an editor"])
def test_an_early_answer_is_known_since_its_first_read_though_it_closes_before_the_next(
    question, watch, run, ministry, eve, is_closed_by
):
    watch(ends_early=True)
    ministry.answers["/corridor"] = TRAINS
    first = CLOSE - 5 * MINUTE
    run(first)
    if is_closed_by == "an editor":
        lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=first + MINUTE)

    made = run(CLOSE + 5 * MINUTE).resolution

    assert (made.effective_at, made.early_end_reason) == (first, "")


def test_an_answer_that_is_read_first_after_the_close_is_known_since_the_close(
    question, watch, run, ministry
):
    watch(ends_early=True)
    ministry.answers["/corridor"] = TRAINS
    close(question)

    run(CLOSE + MINUTE)

    assert run(CLOSE + HOUR).resolution.effective_at == CLOSE


def test_a_halted_question_does_not_end_early(question, watch, run, ministry, eve):
    watch(ends_early=True)
    ministry.answers["/corridor"] = TRAINS
    run(NOON + HOUR)
    lifecycle.halt(question_id=question.pk, editor=eve, reason="Rumours.", now=NOON + HOUR)

    assert run(NOON + 2 * HOUR).reason == "trading_halted"
    assert Resolution.objects.count() == 0


def test_a_question_that_the_clock_has_not_closed_yet_is_closed_first(
    question, watch, run, ministry
):
    watch()
    ministry.answers["/corridor"] = TRAINS

    run(DUE)
    run(CONFIRMED)

    question.refresh_from_db()
    assert question.closed_at == CLOSE
    assert [each.to_status for each in question.status_changes.order_by("pk")][-2:] == [
        "closed", "proposed",
    ]  # fmt: skip


def test_reads_that_disagree_are_contradictory_and_begin_anew(question, watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = in_turn(TRAINS, NO_TRAINS, TRAINS, NO_TRAINS)
    close(question)

    instants = [DUE, CONFIRMED, CONFIRMED + HOUR, CONFIRMED + 2 * HOUR]
    reasons = [run(at).reason for at in instants]

    assert reasons == ["unconfirmed", "contradictory", "contradictory", "contradictory"]
    assert Resolver.objects.get().failures == 3
    assert Resolution.objects.count() == 0


def test_after_a_contradiction_two_reads_that_agree_are_enough(question, watch, run, ministry):
    watch()
    ministry.answers["/corridor"] = in_turn(TRAINS, NO_TRAINS)
    close(question)

    run(DUE)
    run(CONFIRMED)
    at = CONFIRMED + HOUR
    last = run(at)

    assert (last.outcome, last.outcome_weights) == ("answer", [0.0, 1.0])
    assert Resolver.objects.get().failures == 0


def test_a_failure_between_two_reads_that_agree_changes_nothing(question, watch, run, ministry):
    watch()
    down = document({}, content_type="text/html")
    ministry.answers["/corridor"] = in_turn(TRAINS, down, TRAINS)
    close(question)

    told = [run(DUE + step * HOUR) for step in range(3)]

    assert [each.reason for each in told] == ["unconfirmed", "source_changed", ""]


def test_more_confirmations_take_more_reads(question, watch, run, ministry):
    watch(confirmations=3, confirm_after=HOUR)
    ministry.answers["/corridor"] = TRAINS
    close(question)

    told = [run(DUE + step * HOUR).reason for step in range(3)]

    assert told == ["unconfirmed", "unconfirmed", ""]


def test_two_resolvers_have_to_say_the_same(question, watch, run, ministry):
    watch()
    watch(url=ministry.url("/rail"))
    ministry.answers["/corridor"] = TRAINS
    ministry.answers["/rail"] = NO_TRAINS
    close(question)

    told = [run(DUE + step * MINUTE) for step in (0, 0, 10, 10)]

    assert [each.reason for each in told] == [
        "unconfirmed", "unconfirmed", "contradictory", "contradictory",
    ]  # fmt: skip
    assert Resolution.objects.count() == 0


def test_a_resolver_waits_for_another_that_has_read_nothing(question, watch, run, ministry, eve):
    watch()
    silent = watch(url=ministry.url("/silent"))
    ministry.answers["/corridor"] = TRAINS
    close(question)
    for at in (DUE, DUE, CONFIRMED, CONFIRMED):
        run(at)
    assert {each.reason for each in ResolverRun.objects.all()} == {
        "unconfirmed", "source_gone", "others_undecided",
    }  # fmt: skip

    pause_resolver(resolver_id=silent.pk, reason="Gone.", editor=eve, now=CONFIRMED)
    last = run(CONFIRMED + DAY)

    assert last.outcome == "answer"


def test_what_another_read_before_it_was_due_is_no_agreement(question, watch, run, ministry):
    watch(ends_early=True)
    watch(url=ministry.url("/rail"))
    ministry.answers["/corridor"] = ministry.answers["/rail"] = TRAINS

    told = [run(NOON + HOUR), run(NOON + HOUR), run(NOON + 2 * HOUR)]

    assert [each.reason for each in told] == ["unconfirmed", "too_early", "others_undecided"]
    assert Resolution.objects.count() == 0


def test_what_another_read_before_it_failed_is_no_agreement(question, watch, run, ministry):
    watch(url=ministry.url("/rail"))
    watch()
    ministry.answers["/rail"] = in_turn(TRAINS, document({}, content_type="text/html"), TRAINS)
    ministry.answers["/corridor"] = TRAINS

    told = [run(at) for at in (DUE, DUE, CONFIRMED, CONFIRMED, CONFIRMED + HOUR)]

    assert [each.reason for each in told] == [
        "unconfirmed", "unconfirmed", "source_changed", "others_undecided", "",
    ]  # fmt: skip
    assert Resolution.objects.get() == told[-1].resolution


def test_a_proposal_of_a_resolver_stands_by_itself_when_its_window_ends(
    question, watch, run, ministry
):
    watch()
    ministry.answers["/corridor"] = TRAINS
    run(DUE)
    run(CONFIRMED)

    assert resolution.confirm_uncontested(now=CONFIRMED + DAY) == 1
    question.refresh_from_db()
    assert question.status == QuestionStatus.RESOLVED


def test_an_editor_with_a_stake_sets_up_no_resolver(question, eve, bob):
    from markets.core.money import MICRO
    from markets.services import trading

    bob.is_staff = True
    bob.save()
    trading.place_order(
        trader=bob, market_id=question.pk, claim=(0,), side="buy", budget=5 * MICRO,
        request_key="b", clock=lambda: NOON,
    )  # fmt: skip

    with pytest.raises(ConflictOfInterest):
        make_resolver(
            question_id=question.pk, settings=csv_settings(url="https://rail.example/t.csv"),
            editor=bob, now=NOON,
        )  # fmt: skip
    assert Resolver.objects.count() == 0


def test_a_number_is_read_from_a_table_and_its_unit_converted(publish, watch, run, ministry, eve):
    freight = publish(
        title="How much freight will the corridor carry in 2026?", type="numeric", outcomes=(),
        prior=(), bins=Bins(lower=0, upper=10, count=5, unit="million tonnes"),
        resolution_criteria="The ministry's table of freight, in million tonnes.",
    )  # fmt: skip
    make_resolver(
        question_id=freight.pk,
        settings=csv_settings(
            url=ministry.url("/freight.csv"), column="tonnes", row_column="year",
            row_value="2026", comparison="", threshold=None, multiplier=1e-6,
        ),
        editor=eve, now=NOON, guard=ministry.guard(),
    )  # fmt: skip
    ministry.answers["/freight.csv"] = table("year,tonnes\n2025,3100000\n2026,4700000\n")

    run(DUE)
    last = run(CONFIRMED)

    assert (last.outcome, last.value, last.excerpt) == ("answer", 4.7, "4700000")
    freight.refresh_from_db()
    assert (freight.resolution.value, freight.resolution.outcome_weights) == (
        4.7, [0.0, 0.0, 1.0, 0.0, 0.0],
    )  # fmt: skip


def test_a_text_chooses_among_many_outcomes(publish, ministry, run, eve, watch):
    race = publish(
        title="Who will win in Port Alden?", type="multiple_choice",
        outcomes=("Okafor", "Lindqvist", "Other"), prior=(0.4, 0.4, 0.2),
        resolution_criteria="The electoral board's result.",
    )  # fmt: skip
    watch(
        about=race, expression="winner", comparison="", threshold=None,
        texts=("Okafor|A. Okafor", "Lindqvist", ""),
    )  # fmt: skip
    ministry.answers["/corridor"] = in_turn(
        document({"winner": "Mbeki"}), document({"winner": "A. Okafor"})
    )

    told = [run(DUE + step * HOUR) for step in range(3)]

    assert [each.reason for each in told] == ["unknown_value", "unconfirmed", ""]
    assert told[2].outcome_weights == [1.0, 0.0, 0.0]


def test_nothing_runs_once_a_question_is_answered(question, watch, run, ministry, eve):
    watch()
    ministry.answers["/corridor"] = TRAINS
    close(question)
    resolution.propose(question_id=question.pk, outcome_weights=(0, 1), proposer=eve, now=CLOSE)

    assert run(DUE) is None
    assert (ministry.requests, ResolverRun.objects.count()) == ([], 0)
