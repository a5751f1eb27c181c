"""Eight threads on one market at once: credits are conserved and nobody deadlocks."""

import random
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from markets.core.errors import MarketError
from markets.core.money import MICRO
from markets.models import Account, Fill, Market, Order, Position, Question
from markets.queries.ledger import audit
from markets.services import forecasting, lifecycle, resolution
from markets.services.trading import place_order
from tests.cast import person
from tests.instants import NOON
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
OPERATIONS = 25


def together(jobs: list[Callable[[], None]]) -> None:
    """Run every job in a thread of its own, all from the same starting line."""
    line = threading.Barrier(len(jobs))
    faults: list[Exception] = []

    def run(job: Callable[[], None]) -> None:
        line.wait()
        try:
            job()
        except Exception as fault:  # noqa: BLE001 - reported by the assertion below
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def trade_at_random(trader: User, question: Question, seed: int) -> None:
    """Buy, sell and stake, as chance has it; refusals are part of life."""
    chance = random.Random(seed)
    for step in range(OPERATIONS):
        key, claim = f"{seed}-{step}", (chance.randrange(2),)
        try:
            if chance.random() < 0.2:
                p = chance.uniform(0.05, 0.95)
                forecasting.submit_forecast(
                    forecaster=trader, question_id=question.pk, probabilities=(p, 1 - p),
                    stake=5 * MICRO, request_key=key, now=NOON, clock=lambda: NOON,
                )  # fmt: skip
            elif chance.random() < 0.6:
                place_order(
                    trader=trader, market_id=question.pk, claim=claim, side="buy",
                    budget=chance.randint(1, 40) * MICRO, request_key=key, clock=lambda: NOON,
                )  # fmt: skip
            else:
                place_order(
                    trader=trader, market_id=question.pk, claim=claim, side="sell",
                    shares=chance.randint(1, 20) * MICRO, request_key=key, clock=lambda: NOON,
                )  # fmt: skip
        except MarketError:
            continue


def test_eight_threads_on_one_market_conserve_every_credit(publish):
    question = publish()
    traders = [person(f"trader-{number}") for number in range(THREADS)]

    together(
        [
            lambda trader=trader, seed=seed: trade_at_random(trader, question, seed)
            for seed, trader in enumerate(traders)
        ]
    )

    market = Market.objects.get(pk=question.pk)
    assert market.seq == Fill.objects.count() > THREADS * OPERATIONS / 4
    assert Account.objects.aggregate(total=Sum("balance"))["total"] == 0
    assert Position.objects.count() == market.trader_count == THREADS
    assert audit() == []


def wait_for_a_waiting_lock() -> None:
    """Return once some other session waits for a lock."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waited")


@pytest.mark.parametrize("decision", ["halt", "close", "propose", "annul"])
def test_an_order_that_waited_while_trading_was_stopped_is_refused(alice, eve, question, decision):
    decide = {
        "halt": partial(lifecycle.halt, editor=eve, reason="news"),
        "close": partial(lifecycle.close, editor=eve, reason="news"),
        "propose": partial(resolution.propose, proposer=eve, outcome_weights=(1, 0)),
        "annul": partial(resolution.annul, editor=eve, reason="ill-posed"),
    }[decision]
    answers = []

    def order() -> None:
        try:
            place_order(
                trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=10 * MICRO,
                request_key="late", clock=lambda: NOON,
            )  # fmt: skip
        except MarketError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    with transaction.atomic():
        decide(question_id=question.pk, now=NOON)
        late = threading.Thread(target=order)
        late.start()
        wait_for_a_waiting_lock()
    late.join()

    assert answers == ["market_not_open"]
    assert not Fill.objects.exists()
    assert audit() == []


def test_one_request_sent_eight_times_at_once_is_one_order(alice, question):
    answers = []

    def send() -> None:
        answers.append(
            place_order(
                trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=10 * MICRO,
                request_key="double click", clock=lambda: NOON,
            )
        )  # fmt: skip

    together([send] * THREADS)

    assert len({order.pk for order in answers}) == 1
    assert sum(order.replayed for order in answers) == THREADS - 1
    assert Order.objects.count() == Fill.objects.count() == 1
    assert audit() == []


def test_one_key_for_two_markets_at_once_is_taken_by_one_of_them(alice, publish):
    questions = [publish(title=f"Number {number}?") for number in range(THREADS)]
    refused = []

    def send(question: Question) -> None:
        try:
            place_order(
                trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=10 * MICRO,
                request_key="same", clock=lambda: NOON,
            )  # fmt: skip
        except MarketError as refusal:
            refused.append(refusal.code)

    together([lambda question=question: send(question) for question in questions])

    assert refused == ["request_key_reused"] * (THREADS - 1)
    assert Order.objects.count() == 1
    assert audit() == []


def test_a_wallet_opened_by_eight_threads_gets_one_grant(alice, publish):
    questions = [publish(title=f"Number {number}?") for number in range(THREADS)]

    together(
        [
            lambda question=question: place_order(
                trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=10 * MICRO,
                request_key=question.slug, clock=lambda: NOON,
            )
            for question in questions
        ]
    )  # fmt: skip

    assert Account.objects.get(owner=alice).balance == 920 * MICRO
    assert audit() == []
