"""Every line of the audit about settlements, broken once in a real database and seen caught."""

import pytest

from markets.core.money import MICRO
from markets.models import Settlement, Transfer, Verdict
from markets.queries.audit.settlements import SETTLEMENTS
from markets.queries.ledger import audit
from markets.services import corrections, lifecycle, resolution, settlement
from markets.services.trading import place_order
from tests.instants import NOON
from tests.markets.busy import MINUTE, trade_at_random
from tests.markets.queries.faults import corrupt
from tests.markets.services.answering import CLOSED, DAY, MONTH_LATER, PASSED, balance, buy, fresh

pytestmark = pytest.mark.django_db

EARLY = NOON + 8 * MINUTE


@pytest.fixture
def closed(alice, bob, charlie, publish):
    question = publish(
        type="multiple_choice", outcomes=("Red", "Green", "Blue"), prior=(0.5, 0.3, 0.2)
    )
    trade_at_random(question, [alice, bob, charlie], orders=16)
    lifecycle.advance_due(now=CLOSED)
    return question


def answer(question, eve, erin, weights, *, chunk=None, at=PASSED, **said):
    """Have an answer confirmed, whichever version it is, and pay it, or one chunk of it."""
    words = {"outcome_weights": weights, "rationale": "So it was.", **said}
    if fresh(question).resolution_id is None:
        resolution.propose(question_id=question.pk, proposer=eve, now=CLOSED + DAY, **words)
        resolution.confirm(question_id=question.pk, editor=erin, now=at)
    else:
        corrections.propose_correction(question_id=question.pk, proposer=eve, now=at, **words)
        corrections.confirm_correction(question_id=question.pk, editor=erin, now=at)
    standing = fresh(question).resolution_id
    if chunk is None:
        settlement.settle(resolution_id=standing, now=at)
    for _ in range(chunk or 0):
        settlement.settle_chunk(resolution_id=standing, now=at, chunk=1)
    return standing


@pytest.fixture
def paid(closed, eve, erin):
    """By weights that no float holds, and with trades undone."""
    answer(closed, eve, erin, (0.5, 1 / 3, 1 / 6), effective_at=EARLY)
    assert Settlement.objects.get().undone_count > 0
    return closed


@pytest.fixture
def refunded(closed, eve, erin):
    answer(closed, eve, erin, None, verdict=Verdict.AMBIGUOUS)
    return closed


@pytest.fixture
def corrected(paid, eve, erin):
    answer(paid, eve, erin, (0, 1, 0), at=MONTH_LATER)
    return paid


@pytest.fixture
def half_paid(paid, eve, erin):
    """The first answer is paid, its correction begun: one position of three is done."""
    answer(paid, eve, erin, (0, 1, 0), at=MONTH_LATER, chunk=2)
    assert Settlement.objects.latest("pk").done_count == 1
    return paid


@pytest.fixture
def superseded(closed, eve, erin):
    """The first answer was begun when it was corrected, and the correction is paid."""
    first = answer(closed, eve, erin, (1, 0, 0), chunk=2)
    answer(closed, eve, erin, (0, 0, 1), at=MONTH_LATER)
    settlement.settle(resolution_id=first, now=MONTH_LATER)
    assert Settlement.objects.get(pk=first).state == "superseded"
    return closed


@pytest.fixture
def borne(alice, bob, publish, question, eve, erin):
    """alice spent what she was paid before it was taken back, and the house bore it."""
    elsewhere = publish(
        title="Another?", subsidy=5_000 * MICRO, closes_at=NOON + 90 * DAY,
        resolve_by=NOON + 99 * DAY,
    )  # fmt: skip
    buy(alice, question, (0,))
    buy(bob, question, (1,))
    lifecycle.advance_due(now=CLOSED)
    answer(question, eve, erin, (1, 0))
    place_order(
        trader=alice, market_id=elsewhere.pk, claim=(0,), side="buy", budget=balance(alice),
        request_key="all", clock=lambda: PASSED,
    )  # fmt: skip
    answer(question, eve, erin, (0, 1), at=MONTH_LATER)
    assert Transfer.objects.filter(code="shortfall").exists()
    return question


WORLDS = ["closed", "paid", "refunded", "corrected", "half_paid", "superseded", "borne"]


@pytest.mark.parametrize("world", WORLDS)
def test_whatever_is_decided_corrected_or_interrupted_the_audit_is_clean(request, world):
    request.getfixturevalue(world)

    assert audit() == []


ONE = "WHERE id = (SELECT max(id) FROM markets_position WHERE settled_by_id IS NOT NULL)"
FAULTS = [
    ("paid", "settled once", f"UPDATE markets_position SET payout = payout + 1 {ONE}"),
    ("paid", "settled once", "DELETE FROM markets_transfer WHERE code = 'payout'"),
    ("closed", "settled once", "UPDATE markets_position SET payout = 1"),
    ("paid", "settled all", f"UPDATE markets_position SET settled_by_id = NULL {ONE}"),
    (
        "corrected",
        "settled all",
        "UPDATE markets_position SET settled_by_id = (SELECT min(id) FROM markets_resolution) "
        + ONE,
    ),
    (
        "half_paid",
        "settled all",
        "UPDATE markets_position SET settled_by_id = (SELECT max(id) FROM markets_resolution)",
    ),
    ("half_paid", "settled all", "UPDATE markets_settlement SET last_position = 0"),
    # Everything that moves a credit agrees; only the answer does not.
    (
        "paid",
        "settled right",
        """
        WITH wrong AS (UPDATE markets_transfer SET amount = amount + 1 WHERE code = 'payout'
                       RETURNING credit_id),
             sum AS (UPDATE markets_settlement
                     SET paid_amount = paid_amount + (SELECT count(*) FROM wrong))
        UPDATE markets_position SET payout = payout + 1
        FROM markets_account AS wallet
        WHERE wallet.owner_id = trader_id AND wallet.id IN (SELECT credit_id FROM wrong)
        """,
    ),
    (
        "paid",
        "settled right",
        "UPDATE markets_resolution SET effective_at = effective_at + interval '4 min'",
    ),
    ("paid", "settled right", "UPDATE markets_resolution SET outcome_weights = '{1,0,0}'"),
    ("borne", "settled right", "UPDATE markets_transfer SET amount = 1 WHERE code = 'shortfall'"),
    ("superseded", "settled right", f"UPDATE markets_position SET payout = payout + 1 {ONE}"),
    ("refunded", "annulled whole", f"UPDATE markets_position SET payout = payout - 1 {ONE}"),
    ("refunded", "annulled whole", f"UPDATE markets_position SET payout = payout + 1 {ONE}"),
    ("paid", "undone", "DELETE FROM markets_undone"),
    ("paid", "undone", "UPDATE markets_undone SET fills = fills + 1"),
    ("paid", "undone", "UPDATE markets_undone SET returned = returned + 1"),
    (
        "paid",
        "undone",
        """
        UPDATE markets_fill SET filled_at = '2026-11-22T12:00Z'
        WHERE seq = (SELECT max(seq) FROM markets_fill)
        """,
    ),
    ("corrected", "settlement sums", "UPDATE markets_settlement SET paid_amount = 7"),
    ("borne", "settlement sums", "UPDATE markets_settlement SET borne_amount = 7"),
    ("paid", "escrow emptied", "UPDATE markets_account SET balance = 5 WHERE kind = 'escrow'"),
    (
        "half_paid",
        "escrow",
        "UPDATE markets_account SET balance = balance + 1 WHERE kind = 'escrow'",
    ),
    ("half_paid", "escrow", "DELETE FROM markets_transfer WHERE code = 'advance'"),
]


@pytest.mark.parametrize(("world", "line", "statement"), FAULTS)
def test_a_settlement_that_is_wrong_is_caught(request, world, line, statement):
    request.getfixturevalue(world)

    corrupt(statement)

    assert line in {finding.line for finding in audit()}


def test_every_line_about_settlements_is_broken_by_some_test():
    assert {line for _, line, _ in FAULTS} == {check.line for check in SETTLEMENTS} | {"escrow"}


def test_a_finding_says_what_was_paid_and_what_is_owed(paid):
    corrupt("UPDATE markets_resolution SET outcome_weights = '{1,0,0}'")

    finding = next(each for each in audit() if each.line == "settled right")
    assert finding.market_id == paid.pk
    assert "but by the answer it is owed" in finding.sentence
