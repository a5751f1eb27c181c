"""Paying while others move the same credits, confirm another answer, or pay the same."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from markets.core.money import MICRO
from markets.models import Account, Position, Settlement, Transfer, TransferCode
from markets.queries.ledger import audit
from markets.services import corrections, ledger, lifecycle, resolution, settlement
from markets.services.locks import lock_accounts
from tests.markets.services.answering import (
    CLOSED,
    MONTH_LATER,
    PASSED,
    balance,
    buy,
    correct,
    fresh,
    propose,
)

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@pytest.fixture
def corrected(alice, bob, question, eve, erin):
    """alice was paid for "yes"; the correction to "no" is confirmed, and has not begun."""
    buy(alice, question, (0,))
    buy(bob, question, (1,))
    lifecycle.advance_due(now=CLOSED)
    propose(question, eve)
    resolution.confirm(question_id=question.pk, editor=erin, now=PASSED)
    settlement.settle(resolution_id=fresh(question).resolution_id, now=PASSED)
    correct(question, eve)
    return corrections.confirm_correction(
        question_id=question.pk, editor=erin, now=MONTH_LATER
    ).resolution


def settle(decided):
    try:
        return settlement.settle(resolution_id=decided.pk, now=MONTH_LATER)
    finally:
        connections.close_all()


def wait_for_a_lock():
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_wallet_that_is_spent_while_its_chunk_waits_gives_back_what_is_left(
    corrected, alice, bob
):
    paid = Position.objects.get(trader=alice).payout
    ids = {each.owner_id: each.pk for each in Account.objects.filter(kind="wallet")}
    settlement.settle_chunk(resolution_id=corrected.pk, now=MONTH_LATER, chunk=1)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            wallets = lock_accounts(ids.values())
            settled = pool.submit(settle, corrected)
            wait_for_a_lock()
            mine, theirs = wallets[ids[alice.pk]], wallets[ids[bob.pk]]
            ledger.post(
                ledger.Posting(
                    debit=mine, credit=theirs, amount=mine.balance - 3 * MICRO,
                    code=TransferCode.BOND, key="spent meanwhile",
                ),
                now=MONTH_LATER,
            )  # fmt: skip
        assert settled.result(timeout=30)

    assert balance(alice) == 0
    assert Transfer.objects.get(code="shortfall").amount == paid - 3 * MICRO
    assert audit() == []


def test_ten_who_pay_the_same_pay_it_once(corrected, alice, bob):
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(settle, [corrected] * 10))
    settlement.settle(resolution_id=corrected.pk, now=MONTH_LATER)

    assert Settlement.objects.get(pk=corrected.pk).done_count == 2
    assert Transfer.objects.filter(key__startswith=f"settle:{corrected.pk}:").count() == 2
    assert balance(alice) == 900 * MICRO
    assert audit() == []


def test_nothing_is_paid_while_an_editor_decides_about_the_question(corrected):
    with ThreadPoolExecutor(1) as pool, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM markets_question WHERE id = %s FOR NO KEY UPDATE",
            [corrected.question_id],
        )
        assert pool.submit(settle, corrected).result(timeout=30) is False

    assert Settlement.objects.get(pk=corrected.pk).state == "due"
