"""Every line of the audit, broken once in a real database and seen caught."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from markets.queries.ledger import RULES, audit
from markets.services import lifecycle, resolution, settlement
from tests.instants import NOON
from tests.markets.queries.faults import constraints, corrupt, mend
from tests.markets.queries.test_crowd_audit import FAULTS as CROWD_FAULTS
from tests.markets.queries.test_settlement_audit import FAULTS as SETTLEMENT_FAULTS
from tests.markets.queries.worlds import deepen_and_rest, trade

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def traded(alice, bob, question):
    trade(alice, bob, question)
    return question


@pytest.fixture
def resting(alice, bob, eve, traded):
    deepen_and_rest(alice, bob, eve, traded)
    return traded


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


@pytest.fixture(autouse=True)
def _mended():
    before = constraints()
    yield
    mend(before)


def lines():
    return {finding.line for finding in audit()}


@pytest.mark.parametrize("world", ["traded", "resting", "settled", "annulled"])
def test_a_sound_market_has_a_clean_audit(request, world):
    request.getfixturevalue(world)

    assert audit() == []


def test_a_market_whose_orders_ended_with_it_has_a_clean_audit(resting, eve):
    lifecycle.halt(question_id=resting.pk, editor=eve, reason="Wait.", now=NOON)

    assert audit() == []


OPEN_FAULTS = [
    ("balances", "UPDATE markets_account SET balance = balance + 1 WHERE kind = 'wallet'"),
    ("conservation", "UPDATE markets_account SET balance = balance + 1 WHERE kind = 'house'"),
    ("overdraft", "UPDATE markets_account SET reserved = balance + 1 WHERE kind = 'wallet'"),
    ("shares", "UPDATE markets_position SET shares[1] = shares[1] + 1"),
    ("solvency", "UPDATE markets_account SET balance = 1 WHERE kind = 'escrow'"),
    ("escrow", "UPDATE markets_position SET spent = spent + 1"),
    ("holdings", "UPDATE markets_fill SET shares[1] = shares[1] + 1 WHERE seq = 1"),
    ("holdings", "DELETE FROM markets_position"),
    ("flows", "UPDATE markets_position SET spent = spent + 1, received = received + 1"),
    ("flows", "UPDATE markets_fill SET redeemed = redeemed + 1 WHERE seq = 1"),
    ("paid", "UPDATE markets_transfer SET amount = amount + 1 WHERE code = 'trade'"),
    ("traders", "UPDATE markets_market SET trader_count = trader_count + 1"),
    ("sequence", "UPDATE markets_fill SET seq = 7 WHERE seq = 2"),
    ("in order", "UPDATE markets_fill SET filled_at = filled_at + interval '1 s' WHERE seq = 1"),
    ("prices", "UPDATE markets_market SET probabilities = '{0.6,0.4}'"),
    ("closed means closed", "UPDATE markets_question SET closed_at = '2026-11-22T12:00Z'"),
]


@pytest.mark.parametrize(("line", "statement"), OPEN_FAULTS)
def test_a_broken_open_market_is_caught(traded, line, statement):
    corrupt(statement)

    assert line in lines()


MATCH = "WHERE counter_order_id IS NOT NULL"
FIRST_OF_MATCH = f"WHERE seq = (SELECT min(seq) FROM markets_fill {MATCH})"
RESTS = "WHERE status = 'open' AND"
RESTING_FAULTS = [
    ("reserved credits", "UPDATE markets_account SET reserved = 0 WHERE kind = 'wallet'"),
    ("reserved credits", "UPDATE markets_account SET reserved = 1 WHERE kind = 'escrow'"),
    ("reserve", f"UPDATE markets_order SET reserved = reserved + 1 {RESTS} budget IS NOT NULL"),
    (
        "reserve",
        f"UPDATE markets_order SET reserved = reserved - 1 {RESTS} shares > 0 AND side = 'buy'",
    ),
    ("reserve", f"UPDATE markets_order SET reserved = 1 {RESTS} side = 'sell'"),
    ("reserved shares", "UPDATE markets_position SET reserved_shares = '{0,0}'"),
    (
        "reserved shares",
        "UPDATE markets_order SET status = 'cancelled', ended_at = placed_at WHERE side = 'sell'",
    ),
    ("reserved shares", "UPDATE markets_position SET shares = '{0,0}'"),
    ("resting", "UPDATE markets_question SET status = 'halted'"),
    ("resting", f"UPDATE markets_order SET filled_shares = shares {RESTS} shares > 0"),
    ("orders", "UPDATE markets_order SET filled_shares = filled_shares + 1 WHERE cost > 0"),
    ("orders", "UPDATE markets_order SET cost = cost + 1 WHERE cost > 0"),
    ("matched", f"UPDATE markets_fill SET counter_order_id = NULL {FIRST_OF_MATCH}"),
    ("matched", f"UPDATE markets_fill SET counter_order_id = order_id {FIRST_OF_MATCH}"),
    ("balanced", f"UPDATE markets_fill SET shares[1] = shares[1] + 1 {FIRST_OF_MATCH}"),
    ("balanced", f"UPDATE markets_fill SET cost = cost - 2 {FIRST_OF_MATCH}"),
    ("subsidy", "UPDATE markets_market SET subsidy = subsidy + 1"),
    ("subsidy", "UPDATE markets_liquiditychange SET subsidy = subsidy - 1"),
    ("subsidy", "UPDATE markets_transfer SET amount = amount + 1 WHERE code = 'subsidy'"),
    ("liquidity", "UPDATE markets_market SET liquidity = liquidity + 1"),
    ("liquidity", "UPDATE markets_market SET prior = '{0.5,0.5}'"),
    ("promise", "UPDATE markets_account SET balance = balance - 100 WHERE kind = 'escrow'"),
]


@pytest.mark.parametrize(("line", "statement"), RESTING_FAULTS)
def test_a_broken_order_book_is_caught(resting, line, statement):
    corrupt(statement)

    assert line in lines()


def test_a_wrong_liquidity_is_caught_where_none_was_ever_added(question):
    corrupt("UPDATE markets_market SET liquidity = liquidity + 2")

    assert "liquidity" in lines()


def test_an_order_that_outlived_its_settled_question_is_caught(settled):
    corrupt(
        """
        UPDATE markets_order SET status = 'open', ended_at = NULL, budget = budget + 1,
            reserved = 1, "limit" = 500, time_in_force = 'gtc'
        """
    )

    assert "resting" in lines()


GUARDED = sorted(
    model._meta.db_table
    for model in apps.get_app_config("markets").get_models()
    if any("append_only" in trigger.name for trigger in getattr(model._meta, "triggers", ()))
)


GUARD = """
SELECT tgname, act.proname, pg_get_functiondef(act.oid)
FROM pg_trigger JOIN pg_proc AS act ON act.oid = tgfoid
WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger\\_%%append\\_only\\_%%'
"""


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("change", ["DISABLE TRIGGER {guard}", "ENABLE REPLICA TRIGGER {guard}"])
def test_a_table_that_has_lost_its_guard_is_caught(table, change):
    with connection.cursor() as cursor:
        cursor.execute(GUARD, [table])
        guard, _, _ = cursor.fetchone()
        try:
            cursor.execute(f"ALTER TABLE {table} {change.format(guard=guard)}")

            found = [(finding.line, finding.sentence) for finding in audit()]
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")

    name = table.removeprefix("markets_")
    assert found == [
        ("append-only", f"no trigger keeps the rows of {name} from being changed and deleted")
    ]


def test_a_guard_that_raises_nothing_is_caught():
    with connection.cursor() as cursor:
        cursor.execute(GUARD, ["markets_transfer"])
        _, name, definition = cursor.fetchone()
        try:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'"
            )

            found = lines()
        finally:
            cursor.execute(definition)

    assert found == {"append-only"}


@pytest.mark.parametrize(
    ("table", "trigger"),
    [
        ("market", "market_stays"),
        ("account", "account_stays"),
        ("order", "order_stays"),
        ("order", "order_is_of_a_market_and_a_wallet"),
        ("fill", "fill_belongs_to_its_order"),
        ("transfer", "transfer_is_between_two_accounts"),
    ],
)
def test_a_reference_that_nothing_guards_is_caught(table, trigger):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [f"markets_{table}", f"pgtrigger_{trigger}_%"],
        )
        (guard,) = cursor.fetchone()
        try:
            cursor.execute(f"ALTER TABLE markets_{table} DISABLE TRIGGER {guard}")

            found = [(finding.line, finding.sentence) for finding in audit()]
        finally:
            cursor.execute(f"ALTER TABLE markets_{table} ENABLE TRIGGER {guard}")

    assert found == [
        (
            "references",
            f"the trigger {trigger} is missing or off, so rows may refer to what is not there",
        )
    ]


def test_every_line_of_the_audit_is_broken_by_some_test():
    broken = {line for line, _ in (*OPEN_FAULTS, *RESTING_FAULTS)}
    broken |= {line for _, line, _ in SETTLEMENT_FAULTS}
    broken |= {line for line, _ in CROWD_FAULTS}

    assert broken | {"append-only", "references"} == set(RULES)


def test_a_finding_says_which_market_and_what_is_wrong(traded):
    corrupt("UPDATE markets_market SET shares[1] = shares[1] + 1000000")

    finding = next(each for each in audit() if each.line == "shares")
    assert finding.market_id == traded.pk
    assert "but positions hold" in finding.sentence


def test_a_finding_about_an_order_says_what_it_should_reserve(resting):
    corrupt("UPDATE markets_order SET reserved = 1 WHERE status = 'open' AND request_key = 'odd'")

    finding = next(each for each in audit() if each.line == "reserve")
    assert finding.sentence.endswith("reserves 0.000001, but what is left of it may cost 2.331334")


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
        ("account_kind_matches_its_owner", "account SET kind = 'escrow' WHERE kind = 'wallet'"),
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
