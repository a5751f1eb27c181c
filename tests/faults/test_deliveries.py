"""Every task delivered three times, in parallel and out of order: the same rows as by one each."""

import random
import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from queue import Empty, SimpleQueue

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from markets import tasks
from markets.core.money import MICRO
from markets.models import (
    Account,
    Candle,
    CrowdSnapshot,
    Order,
    Position,
    Profit,
    Question,
    Score,
    SeriesScore,
    Settlement,
    StatusChange,
    Transfer,
)
from markets.queries.audit.scores import score_findings, scored_resolutions
from markets.queries.ledger import audit
from markets.services import forecasting, lifecycle, questions, resolution
from markets.services.trading import place_order
from tests.cast import person, question_text
from tests.instants import NOON

pytestmark = pytest.mark.django_db(transaction=True)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = NOON + 5 * DAY
THREADS, DELIVERIES, ROUNDS = 6, 3, 3
TASKS = (
    tasks.advance_lifecycle, tasks.settle_due, tasks.score_due, tasks.expire_orders,
    tasks.refresh_crowds, tasks.roll_up_candles, tasks.suggest_links, tasks.audit_ledger,
    tasks.audit_scores,
)  # fmt: skip


def world():
    """Questions for which everything is due at once: opening, closing, silence, paying."""
    alice, bob, eve = person("alice"), person("bob"), person("eve", is_staff=True)
    for title in ("opens", "closes", "stays", "proposed", "proposed too", "annulled"):
        question = _publish(title, eve)
        if title != "opens":
            _use(question, alice, bob)
        if title in {"closes", "proposed", "proposed too"}:
            Question.objects.filter(pk=question.pk).update(closes_at=NOON + 2 * DAY)
        if title.startswith("proposed"):
            lifecycle.advance(question_id=question.pk, now=NOON + 2 * DAY)
            resolution.propose(
                question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=NOON + 3 * DAY
            )
    resolution.annul(question_id=question.pk, editor=eve, reason="Ill-posed.", now=NOON + DAY)


def _publish(title, eve):
    opens_at = NOON + DAY if title == "opens" else None
    question = questions.draft_question(
        text=question_text(title=f"What {title}?", opens_at=opens_at), editor=eve, now=NOON
    )
    return questions.publish(
        question_id=question.pk, editor=eve, now=NOON, override_reason="A test is about else."
    )


def _use(question, alice, bob):
    """Two trade and forecast; what runs out by itself does so where nothing else is due."""
    ends_at = NOON + DAY if "stays" in question.title else NOON + 7 * DAY
    for hour, (trader, claim) in enumerate(((alice, (0,)), (bob, (1,))), start=1):
        at = NOON + hour * HOUR
        key = f"{trader.name} on {question.pk}"
        place_order(
            trader=trader, market_id=question.pk, claim=claim, side="buy", budget=30 * MICRO,
            request_key=key, clock=lambda at=at: at,
        )  # fmt: skip
        place_order(
            trader=trader, market_id=question.pk, claim=claim, side="buy", budget=2 * MICRO,
            limit=Decimal("0.2"), time_in_force="gtd", expires_at=ends_at,
            request_key=f"{key} rests", clock=lambda at=at: at,
        )  # fmt: skip
        forecasting.submit_forecast(
            forecaster=trader, question_id=question.pk, probabilities=(0.7, 0.3), request_key=key,
            ends_at=ends_at, now=at,
        )  # fmt: skip


def deliver_in_turn():
    for _ in range(ROUNDS):
        for task in TASKS:
            task()


def deliver_in_disorder(seed):
    """Thrice each, shuffled, to workers that are all at it at the same time."""
    faults = []
    for number in range(ROUNDS):
        messages = SimpleQueue()
        shuffled = list(TASKS * DELIVERIES)
        random.Random(seed + number).shuffle(shuffled)
        for task in shuffled:
            messages.put(task)
        workers = [threading.Thread(target=_work, args=(messages, faults)) for _ in range(THREADS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert faults == []


def _work(messages, faults):
    try:
        while True:
            messages.get_nowait()()
    except Empty:
        pass
    except Exception as fault:  # noqa: BLE001 - reported by whoever started the thread
        faults.append(fault)
    finally:
        connection.close()


def outcome():
    """All that the tasks write, by names instead of numbers, and as sorted lists."""
    scores = [
        (each.forecaster.name, each.question.title, round(each.peer, 9), round(each.brier, 9))
        for each in Score.objects.select_related("forecaster", "question")
    ]
    return {
        "steps": list(
            StatusChange.objects.order_by("question__title", "pk").values_list(
                "question__title", "to_status", "changed_at"
            )
        ),
        "wallets": list(
            Account.objects.order_by("kind", "owner__name", "market__question__title").values_list(
                "kind", "owner__name", "market__question__title", "balance", "reserved"
            )
        ),
        "positions": sorted(
            Position.objects.values_list("trader__name", "market__question__title", "payout")
        ),
        "settlements": sorted(
            Settlement.objects.values_list(
                "resolution__question__title", "state", "paid_count", "paid_amount"
            )
        ),
        "orders": sorted(
            Order.objects.values_list(
                "trader__name", "market__question__title", "status", "end_reason"
            )
        ),
        "transfers": Counter(Transfer.objects.values_list("code", "amount")),
        "scores": sorted(scores),
        "rows": {
            model.__name__: model.objects.count()
            for model in (SeriesScore, Profit, Candle, CrowdSnapshot)
        },
    }


def once_and_in_disorder(seed):
    """What comes of the same world by one delivery after the other, and by all at once."""
    with time_machine.travel(AT, tick=False):
        world()
        deliver_in_turn()
        once = outcome()
        call_command("flush", interactive=False, verbosity=0)
        world()
        deliver_in_disorder(seed)
    return once, outcome()


@pytest.mark.parametrize("seed", [1, 2])
def test_tasks_delivered_thrice_in_disorder_leave_the_same_rows(seed):
    once, disorder = once_and_in_disorder(seed)

    assert disorder == once
    assert disorder["rows"]["Profit"] == 4
    assert [state for _, state, *_ in disorder["settlements"]] == ["scored"] * 3
    assert audit() == []
    assert [score_findings(each) for each in scored_resolutions()] == [[]] * 3


def test_a_task_that_may_not_be_repeated_is_noticed(monkeypatch):
    def careless(*, now):
        for question in Question.objects.filter(status="open"):
            forecasting._refresh_crowd(question.pk, now)

    monkeypatch.setattr(forecasting, "refresh_crowds", careless)

    once, disorder = once_and_in_disorder(seed=1)

    assert disorder["rows"]["CrowdSnapshot"] > once["rows"]["CrowdSnapshot"]
