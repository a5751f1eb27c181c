"""Each task may run again and again: the same rows come out."""

from datetime import timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from markets import tasks
from markets.core.money import MICRO
from markets.models import Candle, Market, Question, Score, Settlement, StatusChange, Transfer
from markets.queries.ledger import audit
from markets.services import forecasting, resolution
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def traded(alice, bob, question):
    for trader, claim in ((alice, (0,)), (bob, (1,))):
        place_order(
            trader=trader, market_id=question.pk, claim=claim, side="buy", budget=50 * MICRO,
            request_key="first", clock=lambda: NOON,
        )  # fmt: skip
        forecasting.submit_forecast(
            forecaster=trader, question_id=question.pk, probabilities=(0.7, 0.3),
            request_key="first", now=NOON,
        )  # fmt: skip
    return question


def run_everything(times, *, at):
    with time_machine.travel(at, tick=False):
        for _ in range(times):
            tasks.advance_lifecycle()
            tasks.settle_due()
            tasks.score_due()


def rows():
    return {model: model.objects.count() for model in (Transfer, StatusChange, Score, Settlement)}


def test_the_sweeps_take_a_question_from_open_to_scored(traded, eve):
    run_everything(1, at=traded.closes_at)
    resolution.propose(
        question_id=traded.pk, outcome_weights=(1, 0), proposer=eve, now=traded.closes_at
    )

    run_everything(1, at=traded.closes_at + DAY)

    assert Question.objects.get().status == "final"
    assert Settlement.objects.get().state == "scored"
    assert Score.objects.count() == 2
    assert audit() == []


def test_running_every_task_three_times_changes_nothing_more(traded, eve):
    run_everything(3, at=traded.closes_at)
    resolution.propose(
        question_id=traded.pk, outcome_weights=(1, 0), proposer=eve, now=traded.closes_at
    )
    run_everything(1, at=traded.closes_at + DAY)
    before = rows()

    run_everything(3, at=traded.closes_at + 2 * DAY)

    assert rows() == before
    assert audit() == []


def test_one_settlement_that_cannot_be_paid_holds_up_no_other(traded, publish, eve):
    sound = publish(title="Another?")
    for question in (traded, sound):
        resolution.propose(
            question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=NOON + DAY
        )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_account SET balance = 1 WHERE market_id = %s", [traded.pk])

    run_everything(2, at=NOON + 3 * DAY)

    assert Question.objects.get(pk=sound.pk).status == "final"
    assert Question.objects.get(pk=traded.pk).status == "resolved"


def test_a_finding_of_the_audit_halts_its_market(traded):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE markets_market SET volume = volume, shares[1] = shares[1] + 1")

    tasks.audit_ledger()
    tasks.audit_ledger()

    question = Question.objects.get()
    assert question.status == "halted"
    assert StatusChange.objects.latest("id").reason.startswith("audit: market")


def test_a_clean_audit_halts_nothing(traded):
    tasks.audit_ledger()

    assert Question.objects.get().status == "open"
    assert Market.objects.get().seq == 2


def test_candles_hold_every_change_once_however_often_they_are_rolled_up(traded):
    for _ in range(3):
        tasks.roll_up_candles()

    rows = Candle.objects.filter(period="1d").values_list("series", "change_count")
    assert sorted(rows) == [("crowd", 2), ("market", 2)]


def test_resolvers_that_are_due_are_run_one_after_the_other(question, eve):
    from markets.models import Resolver, ResolverRun
    from markets.services.resolvers import make_resolver
    from tests.markets.resolvers.settings import settings

    for note in ("Ask them.", "Ask the others."):
        make_resolver(
            question_id=question.pk, editor=eve, now=NOON, settings=settings("manual", note=note)
        )

    tasks.run_resolvers()
    tasks.run_resolvers()

    assert [run.detail for run in ResolverRun.objects.order_by("pk")] == [
        "Ask them.", "Ask the others.",
    ]  # fmt: skip
    assert Resolver.objects.filter(reminded_at=None).count() == 0


@pytest.fixture
def poisoned_and_sound(question, eve):
    """A resolver whose rule nobody can read any more, due first, and one that reminds."""
    from markets.models import Resolver
    from markets.services.resolvers import make_resolver
    from tests.markets.resolvers.settings import settings

    poison, sound = (
        make_resolver(
            question_id=question.pk, editor=eve, now=NOON, settings=settings("manual", note=note)
        )
        for note in ("Poison.", "Sound.")
    )
    Resolver.objects.filter(pk=poison.pk).update(kind="question", note="", expression="12=")
    return poison, sound


def test_a_resolver_that_breaks_off_is_put_off_and_holds_up_no_other(poisoned_and_sound):
    with time_machine.travel(NOON + DAY, tick=False):
        tasks.run_resolvers()

    poison, sound = poisoned_and_sound
    poison.refresh_from_db()
    assert (poison.failures, poison.last_error_code) == (1, "run_failed")
    assert poison.next_attempt_at == NOON + DAY + timedelta(minutes=5)
    assert [run.reason for run in poison.runs.all()] == ["run_failed"]
    assert [run.outcome for run in sound.runs.all()] == ["reminded"]


def test_resolvers_wait_for_the_next_sweep_where_the_database_refuses(poisoned_and_sound):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE markets_resolverrun ADD CONSTRAINT no_more CHECK (false)")

    tasks.run_resolvers()

    poison, sound = poisoned_and_sound
    for resolver, run_count in ((poison, 1), (sound, 0)):
        resolver.refresh_from_db()
        assert resolver.run_count == run_count


def test_a_task_whose_time_is_over_runs_no_other_resolver(poisoned_and_sound, monkeypatch):
    def time_is_over():
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(tasks, "random", time_is_over)

    with pytest.raises(SoftTimeLimitExceeded):
        tasks.run_resolvers()
