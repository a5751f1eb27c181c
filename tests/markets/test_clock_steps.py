"""A clock that steps back and forth an hour takes no step twice, and skips none."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from markets import tasks
from markets.core.money import MICRO
from markets.models import Question, Score, Settlement, StatusChange, Transfer
from markets.queries.ledger import audit
from markets.services import forecasting, lifecycle, resolution
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPENS, CLOSES = NOON + DAY, NOON + 2 * DAY


def sweep(at):
    """What beat does each second, by a clock that says `at`."""
    with time_machine.travel(at, tick=False):
        for task in (
            tasks.advance_lifecycle, tasks.expire_orders, tasks.refresh_crowds, tasks.settle_due,
            tasks.score_due,
        ):  # fmt: skip
            task()


def steps_of(question):
    changes = StatusChange.objects.filter(question=question).order_by("pk")
    return [(change.to_status, change.changed_at) for change in changes]


def jumping(instant, seed):
    """Readings of a clock around an instant: true, an hour ahead, an hour behind, at random."""
    chance = random.Random(seed)
    readings = [instant + chance.choice([-HOUR, timedelta(), HOUR]) for _ in range(8)]
    return [*readings, instant - HOUR, instant + HOUR, instant - HOUR, instant]


@pytest.mark.parametrize("seed", range(5))
def test_each_step_is_taken_once_and_at_its_time(publish, seed):
    question = publish(opens_at=OPENS, closes_at=CLOSES)

    for instant in (OPENS, CLOSES):
        for reading in jumping(instant, seed):
            sweep(reading)

    assert steps_of(question) == [("scheduled", NOON), ("open", OPENS), ("closed", CLOSES)]


@pytest.mark.parametrize("seed", range(5))
def test_a_whole_life_ends_as_it_does_by_a_steady_clock(publish, alice, bob, eve, seed):
    steady, shaken = (publish(title=title, closes_at=CLOSES) for title in ("Once?", "Again?"))
    answered = CLOSES + DAY
    decided = answered + steady.challenge_window
    for question in (steady, shaken):
        for trader, claim in ((alice, (0,)), (bob, (1,))):
            place_order(
                trader=trader, market_id=question.pk, claim=claim, side="buy", budget=20 * MICRO,
                request_key=f"buys {question.pk}", clock=lambda: NOON,
            )  # fmt: skip
            forecasting.submit_forecast(
                forecaster=trader, question_id=question.pk, probabilities=(0.7, 0.3),
                request_key=f"says {question.pk}", ends_at=NOON + HOUR, now=NOON,
            )  # fmt: skip

    for instant in (NOON + HOUR, CLOSES):
        for reading in jumping(instant, seed):
            sweep(reading)
    for question in (steady, shaken):
        resolution.propose(
            question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=answered
        )
    with time_machine.travel(decided, tick=False):
        resolution._confirm_by_silence(steady.pk, decided)
    for reading in jumping(decided, seed):
        sweep(reading)
    sweep(decided + HOUR)

    taken = ["scheduled", "open", "closed", "proposed", "resolved", "final"]
    for question in (steady, shaken):
        assert [to for to, _ in steps_of(question)] == taken
        assert Question.objects.get(pk=question.pk).closed_at == CLOSES
    assert Settlement.objects.filter(state="scored").count() == 2
    payouts = Transfer.objects.filter(code="payout")
    assert payouts.count() == payouts.values("key").distinct().count() == 2
    assert Score.objects.count() == 4
    assert audit() == []


def test_what_was_resolved_by_a_clock_that_ran_ahead_stays_resolved(publish, eve):
    question = publish(closes_at=CLOSES)
    sweep(CLOSES)
    proposed = resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=CLOSES
    )

    sweep(proposed.challenge_until)
    before = steps_of(question)
    sweep(proposed.challenge_until - HOUR)
    sweep(proposed.challenge_until)

    assert steps_of(question) == before


def test_an_order_is_neither_kept_nor_ended_twice_by_a_clock_that_jumps(publish, alice):
    question = publish(closes_at=CLOSES)
    ends = NOON + 3 * HOUR
    order = place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=MICRO,
        limit=Decimal("0.1"), time_in_force="gtd", expires_at=ends, request_key="rests",
        clock=lambda: NOON,
    )  # fmt: skip

    sweep(ends - HOUR)
    order.refresh_from_db()
    assert order.status == "open"
    for reading in jumping(ends, seed=1):
        sweep(reading)

    order.refresh_from_db()
    assert (order.status, order.reserved, order.end_reason) == ("cancelled", 0, "expired")
    ended_at = order.ended_at
    sweep(ends + HOUR)
    order.refresh_from_db()
    assert order.ended_at == ended_at


def test_halting_and_resuming_by_clocks_an_hour_apart_leaves_two_steps(publish, eve):
    question = publish(closes_at=CLOSES)

    lifecycle.halt(question_id=question.pk, editor=eve, reason="news", now=NOON + 2 * HOUR)
    lifecycle.resume(question_id=question.pk, editor=eve, reason="read", now=NOON + HOUR)
    for reading in jumping(CLOSES, seed=2):
        sweep(reading)

    assert [to for to, _ in steps_of(question)] == [
        "scheduled", "open", "halted", "open", "closed",
    ]  # fmt: skip
