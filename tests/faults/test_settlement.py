"""A worker that dies in the middle of paying pays nobody twice and passes nobody over."""

import random

import pytest
from django.db import connection

from config.celery import app
from markets.models import Account, Position, Question, Resolution, Settlement, Transfer
from markets.queries.ledger import audit
from tests.bench.stage import Program
from tests.faults.settling import besiege, decide
from tests.processes import environment, eventually, kill, running, worker

pytestmark = pytest.mark.django_db(transaction=True)

HOLDERS = 20_000
KILLS = 2

FEW = 5_000
SMALL_CHUNK = 100


def settle_as_beat_does():
    """Deliver each task three times."""
    for _ in range(3):
        app.send_task("markets.tasks.settle_due", queue="money", expires=5)
        app.send_task("markets.tasks.score_due", queue="batch", expires=5)


def state():
    return Settlement.objects.get()


def test_killing_workers_while_they_pay_pays_each_position_exactly_once(question, eve, erin):
    decide(question, positions=HOLDERS, editor=eve, second=erin)
    chance = random.Random(7)
    marks = []
    for _ in range(KILLS):
        doomed = worker()
        before = state().last_position
        eventually(lambda seen=before: state().last_position > seen, nudge=settle_as_beat_does)
        connection.cursor().execute("SELECT pg_sleep(%s)", [chance.uniform(0, 0.2)])
        kill(doomed)
        marks.append(state().last_position)

    with running(worker(), worker()):
        eventually(lambda: state().state == "scored", nudge=settle_as_beat_does)

    assert marks == sorted(marks)
    done = state()
    assert done.position_count == done.done_count == HOLDERS
    # Of the early half those with "yes" win; of the late half everybody gets back what it cost.
    paid = Transfer.objects.filter(code="payout")
    assert paid.count() == paid.values("credit").distinct().count() == done.paid_count
    assert done.paid_amount == sum(Position.objects.values_list("payout", flat=True))
    assert Account.objects.get(kind="escrow").balance == 0
    assert Question.objects.get().status == "final"
    assert not Position.objects.exclude(settled_by=Resolution.objects.get()).exists()
    assert audit() == []


def besieged(question, eve, erin, *words):
    decided = decide(question, positions=FEW, editor=eve, second=erin)

    def start():
        return Program(("tests.faults.settler", str(SMALL_CHUNK), *words), environment())

    return besiege(start, decided, kills=5)


def test_everybody_is_paid_once_by_three_programs_that_are_killed_again_and_again(
    question, eve, erin
):
    verdict = besieged(question, eve, erin)

    assert verdict.faults == []
    assert verdict.seen["positions"] == FEW
    assert verdict.seen["kills"] >= 3


def test_a_program_that_moves_the_mark_before_it_pays_is_seen_to_lose_payments(question, eve, erin):
    verdict = besieged(question, eve, erin, "careless")

    assert any("wallets do not have what" in fault for fault in verdict.faults)
    assert any("settled" in fault for fault in verdict.faults)
