"""A worker that dies in the middle of paying pays nobody twice and passes nobody over."""

import random
from datetime import timedelta

import pytest
from django.db import connection

from config.celery import app
from markets.core.money import MICRO
from markets.models import Account, Market, Position, Question, Resolution, Settlement, Transfer
from markets.queries.ledger import audit
from markets.services import resolution
from markets.services.trading import place_order
from tests.instants import NOON
from tests.processes import eventually, kill, running, worker

pytestmark = pytest.mark.django_db(transaction=True)

TRADERS = 20_000
KILLS = 2

# One order of a single trader is handed out among many, a share each, so that a market with
# twenty thousand positions exists in a second and its books still add up.
HAND_OUT = """
WITH people AS (
    INSERT INTO users_user (email, name, password, is_staff, is_active, is_superuser, joined_at)
    SELECT 'trader-' || n || '@example.com', 'trader-' || n, '!', false, true, false, now()
    FROM generate_series(1, %(traders)s) AS n
    RETURNING id
), wallets AS (
    INSERT INTO markets_account (kind, owner_id, balance, reserved, opened_at)
    SELECT 'wallet', id, 0, 0, now() FROM people
)
INSERT INTO markets_position
    (trader_id, market_id, shares, reserved_shares, spent, received, payout)
SELECT id, %(market)s, ARRAY[%(share)s, 0], '{0,0}', 0, 0, 0 FROM people
"""

UNEXPLAINED = {"holdings", "traders"}
"""What the audit finds of shares that SQL handed out: no fill tells where they came from."""


@pytest.fixture
def proposed(alice, eve, publish):
    """A proposed question on which twenty thousand traders hold one share of yes each."""
    question = publish(subsidy=20_000 * MICRO)
    order = place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=500 * MICRO,
        request_key="all", clock=lambda: NOON,
    )  # fmt: skip
    share = order.filled_shares // TRADERS
    with connection.cursor() as cursor:
        cursor.execute(HAND_OUT, {"traders": TRADERS, "market": question.pk, "share": share})
    kept = order.filled_shares - share * TRADERS
    Position.objects.filter(trader=alice).update(shares=[kept, 0])
    resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=NOON + timedelta(days=1)
    )
    resolution.confirm_uncontested(now=NOON + timedelta(days=3))
    return question


def settle_as_beat_does():
    app.send_task("markets.tasks.settle_due", queue="money", expires=5)
    app.send_task("markets.tasks.score_due", queue="batch", expires=5)


def state():
    return Settlement.objects.get()


def test_killing_workers_while_they_pay_pays_each_position_exactly_once(proposed):
    chance = random.Random(7)
    marks = []
    for _ in range(KILLS):
        doomed = worker()
        before = state().last_position
        eventually(lambda seen=before: state().last_position > seen, nudge=settle_as_beat_does)
        connection.cursor().execute("SELECT pg_sleep(%s)", [chance.uniform(0, 0.2)])
        kill(doomed)
        assert state().state == "settling"
        marks.append(state().last_position)

    with running(worker(), worker()):
        eventually(lambda: state().state == "scored", nudge=settle_as_beat_does)

    assert marks == sorted(marks)
    done = state()
    assert done.position_count == done.paid_count == TRADERS + 1
    paid = Transfer.objects.filter(code="payout")
    assert paid.count() == paid.values("credit").distinct().count() == TRADERS + 1
    assert done.paid_amount == Market.objects.get().shares[0]
    assert Account.objects.get(kind="escrow").balance == 0
    assert Question.objects.get().status == "final"
    assert not Position.objects.exclude(settled_by=Resolution.objects.get()).exists()
    assert {finding.line for finding in audit()} == UNEXPLAINED
