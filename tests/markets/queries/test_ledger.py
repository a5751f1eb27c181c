"""Every line of the audit, broken once in a real database and seen caught."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from markets.core.money import MICRO
from markets.queries.ledger import RULES, audit
from markets.services import lifecycle, resolution, settlement
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def traded(alice, bob, question):
    for trader, claim in ((alice, (0,)), (bob, (1,))):
        place_order(
            trader=trader, market_id=question.pk, claim=claim, side="buy", budget=50 * MICRO,
            request_key="first", clock=lambda: NOON,
        )  # fmt: skip
    return question


@pytest.fixture
def settled(traded, eve):
    lifecycle.advance_due(now=traded.closes_at)
    proposed = resolution.propose(
        question_id=traded.pk, outcome_weights=(1, 0), proposer=eve, now=traded.closes_at
    )
    resolution.confirm_uncontested(now=traded.closes_at + DAY)
    settlement.settle(resolution_id=proposed.pk, now=traded.closes_at + DAY)
    return traded


@pytest.fixture
def annulled(traded, eve):
    answer = resolution.annul(question_id=traded.pk, editor=eve, reason="Ill-posed.", now=NOON)
    settlement.settle(resolution_id=answer.pk, now=NOON)
    return traded


def corrupt(statement):
    """Change rows behind the back of every constraint and trigger, as a fault would."""
    tables = ("account", "transfer", "market", "position", "fill", "settlement", "question")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE markets_{table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE markets_account DROP CONSTRAINT account_never_overdrawn")
        cursor.execute(statement)
        assert cursor.rowcount >= 1


@pytest.fixture(autouse=True)
def _mended(request):
    """Put back, after the test, what `corrupt` took away, so that the next one starts sound."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'account_never_overdrawn'")
        if cursor.fetchone():
            return
        cursor.execute(
            "ALTER TABLE markets_account ADD CONSTRAINT account_never_overdrawn CHECK "
            "((kind = 'house' AND reserved = 0) OR (reserved >= 0 AND reserved <= balance)) "
            "NOT VALID"
        )
        for table in (
            "account",
            "transfer",
            "market",
            "position",
            "fill",
            "settlement",
            "question",
        ):
            cursor.execute(f"ALTER TABLE markets_{table} ENABLE TRIGGER USER")


def lines():
    return {finding.line for finding in audit()}


def test_a_sound_market_has_a_clean_audit(traded):
    assert audit() == []


def test_a_settled_market_has_a_clean_audit(settled):
    assert audit() == []


def test_an_annulled_market_has_a_clean_audit(annulled):
    assert audit() == []


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("balances", "UPDATE markets_account SET balance = balance + 1 WHERE kind = 'wallet'"),
        ("conservation", "UPDATE markets_account SET balance = balance + 1 WHERE kind = 'house'"),
        ("overdraft", "UPDATE markets_account SET reserved = balance + 1 WHERE kind = 'wallet'"),
        ("shares", "UPDATE markets_position SET shares[1] = shares[1] + 1"),
        ("solvency", "UPDATE markets_account SET balance = 1 WHERE kind = 'escrow'"),
        ("escrow", "UPDATE markets_position SET spent = spent + 1"),
        ("replay", "UPDATE markets_fill SET shares[1] = shares[1] + 1 WHERE seq = 1"),
        ("sequence", "UPDATE markets_fill SET seq = 7 WHERE seq = 2"),
        ("prices", "UPDATE markets_market SET probabilities = '{0.6,0.4}'"),
        ("closed means closed", "UPDATE markets_question SET closed_at = '2026-11-22T12:00Z'"),
    ],
)
def test_a_broken_open_market_is_caught(traded, line, statement):
    corrupt(statement)

    assert line in lines()


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("settled once", "UPDATE markets_position SET payout = payout + 1 WHERE payout > 0"),
        ("settled once", "DELETE FROM markets_transfer WHERE code = 'payout'"),
        ("settled all", "UPDATE markets_position SET settled_by_id = NULL WHERE payout > 0"),
        ("escrow emptied", "UPDATE markets_account SET balance = 5 WHERE kind = 'escrow'"),
    ],
)
def test_a_broken_settlement_is_caught(settled, line, statement):
    corrupt(statement)

    assert line in lines()


def test_an_annulment_that_kept_something_is_caught(annulled):
    corrupt("UPDATE markets_position SET payout = payout - 1")

    assert "annulled whole" in lines()


def test_every_line_of_the_audit_is_broken_by_some_test():
    broken = {
        mark.args[1][row][0]
        for test in (test_a_broken_open_market_is_caught, test_a_broken_settlement_is_caught)
        for mark in test.pytestmark
        if mark.name == "parametrize"
        for row in range(len(mark.args[1]))
    } | {"annulled whole"}

    assert broken == set(RULES)


def test_a_finding_says_which_market_and_what_is_wrong(traded):
    corrupt("UPDATE markets_market SET shares[1] = shares[1] + 1000000")

    finding = next(each for each in audit() if each.line == "shares")
    assert finding.market_id == traded.pk
    assert "but positions hold" in finding.sentence


@pytest.mark.parametrize(
    "table",
    ["transfer", "fill", "forecast", "resolution", "statuschange", "crowdsnapshot", "withdrawal"],
)
def test_append_only_tables_refuse_updates_and_deletes(table):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT bool_or(tgtype & 8 > 0), bool_or(tgtype & 16 > 0) FROM pg_trigger
            WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'
            """,
            [f"markets_{table}"],
        )
        guards_delete, guards_update = cursor.fetchone()

    assert (guards_delete, guards_update) == (True, True)


def test_a_transfer_can_be_neither_changed_nor_deleted(traded):
    for statement in (
        "UPDATE markets_transfer SET amount = amount + 1",
        "DELETE FROM markets_transfer",
    ):
        with (
            pytest.raises(Exception, match="Cannot update or delete rows"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("account_never_overdrawn", "account SET balance = -1 WHERE kind = 'wallet'"),
        ("account_never_overdrawn", "account SET reserved = balance + 1 WHERE kind = 'wallet'"),
        ("account_kind_matches_its_owner", "account SET owner_id = NULL WHERE kind = 'wallet'"),
        ("position_never_short", "position SET shares[1] = -1"),
        ("market_liquidity_is_positive", "market SET liquidity = 0"),
        ("market_arrays_have_one_element_per_outcome", "market SET prior = '{1}'"),
        ("question_opens_before_it_closes", "question SET opens_at = closes_at"),
        ("question_closes_before_it_resolves", "question SET resolve_by = opens_at"),
    ],
)
def test_the_database_refuses_what_the_rules_forbid(traded, constraint, change):
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(f"UPDATE markets_{change}")
