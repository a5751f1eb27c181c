"""Paying: whatever versions of an answer follow each other, the wallets have what the last owes."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.core.money import MICRO
from markets.models import (
    Account,
    Fill,
    Order,
    Position,
    Profit,
    Resolution,
    Settlement,
    Transfer,
    Undone,
    Verdict,
)
from markets.queries.audit.books import BOOKS
from markets.queries.audit.scores import score_findings
from markets.queries.audit.settlements import SETTLEMENTS
from markets.queries.dues import dues_of
from markets.queries.ledger import audit
from markets.services import corrections, lifecycle, resolution, scoring, settlement
from markets.services.trading import place_order
from tests.instants import NOON
from tests.markets.busy import MINUTE, owed_by_the_definition, trade_at_random
from tests.markets.services.answering import (
    CLOSED,
    DAY,
    MONTH_LATER,
    PASSED,
    balance,
    buy,
    correct,
    fresh,
    propose,
    refused,
)

pytestmark = pytest.mark.django_db

ORDERS = 40


@pytest.fixture
def busy(alice, bob, charlie, publish):
    """Three traders on three outcomes: forty orders, a minute apart; the question has closed."""
    question = publish(
        type="multiple_choice", outcomes=("Red", "Green", "Blue"), prior=(0.5, 0.3, 0.2)
    )
    trade_at_random(question, [alice, bob, charlie], orders=ORDERS)
    lifecycle.advance_due(now=CLOSED)
    return question


def decide(question, eve, erin, **answer):
    """Have the answer be this one, whether it is the first or corrects another."""
    if fresh(question).resolution_id is None:
        propose(question, eve, **answer)
        resolution.confirm(question_id=question.pk, editor=erin, now=PASSED)
    else:
        correct(question, eve, **answer)
        corrections.confirm_correction(question_id=question.pk, editor=erin, now=MONTH_LATER)
    return fresh(question).resolution


def pay(resolution_id, *, at=MONTH_LATER, chunk=settlement.SETTLE_CHUNK):
    assert settlement.settle(resolution_id=resolution_id, now=at, chunk=chunk)
    return Settlement.objects.get(pk=resolution_id)


def pay_a_part(resolution_id, *, steps, at=MONTH_LATER):
    for _ in range(steps):
        settlement.settle_chunk(resolution_id=resolution_id, now=at, chunk=1)


def findings():
    """What the audit finds of the books and of settlements."""
    return [finding for check in (*BOOKS, *SETTLEMENTS) for finding in check.findings()]


def position_of(trader, question):
    return Position.objects.get(trader=trader, market_id=question.pk)


def known_after(orders):
    return NOON + orders * MINUTE


REFUND = {"weights": None, "verdict": Verdict.AMBIGUOUS}

# --- An answer that was known early -------------------------------------------------------------


@pytest.mark.parametrize("orders", [0, 1, 13, 27, ORDERS])
@pytest.mark.parametrize("weights", [(0, 1, 0), (0.5, 1 / 3, 1 / 6)])
def test_what_was_traded_when_the_answer_was_known_is_undone(busy, eve, erin, orders, weights):
    answer = decide(busy, eve, erin, weights=weights, effective_at=known_after(orders))
    done = pay(answer.pk, chunk=2)

    for position in Position.objects.all():
        owed = owed_by_the_definition(position, weights, known_after(orders))
        assert position.payout == owed
        assert balance(position.trader) == (
            1_000 * MICRO + position.received + position.payout - position.spent
        )
    assert done.undone_count == Fill.objects.filter(filled_at__gte=known_after(orders)).count()
    assert Account.objects.get(kind="escrow").balance == 0
    assert audit() == []


def test_of_a_trade_that_is_undone_nothing_is_left_but_the_row(alice, bob, question, eve, erin):
    early = buy(alice, question, (0,), key="early").filled_shares
    place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="sell", shares=early // 2,
        request_key="half", clock=lambda: NOON + 5 * MINUTE,
    )  # fmt: skip
    buy(bob, question, (0,), key="late", at=NOON + 6 * MINUTE)
    lifecycle.advance_due(now=CLOSED)

    answer = decide(question, eve, erin, effective_at=NOON + 5 * MINUTE)
    pay(answer.pk)

    assert balance(alice) == 900 * MICRO + early
    assert balance(bob) == 1_000 * MICRO
    assert list(Undone.objects.order_by("pk").values_list("fills", "payout")) == [
        (1, early),
        (1, 0),
    ]
    assert audit() == []


def test_a_question_whose_answer_was_known_at_its_end_undoes_nothing(busy, eve, erin):
    done = pay(decide(busy, eve, erin, weights=(1, 0, 0)).pk)

    assert done.undone_count == 0
    assert not Undone.objects.exists()


# --- Corrections --------------------------------------------------------------------------------

answers = st.one_of(
    st.just(REFUND),
    st.builds(
        lambda weights, orders: {"weights": weights, "effective_at": known_after(orders)},
        st.sampled_from([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1 / 3, 1 / 3, 1 / 3), (0.25, 0.75, 0)]),
        st.integers(0, ORDERS + 5),
    ),
)
chains = st.lists(st.tuples(answers, st.integers(0, 6)), min_size=1, max_size=5)
"""Versions, each with the number of steps that are taken before the next one comes."""


def test_after_any_chain_of_versions_every_wallet_has_what_the_last_one_owes(busy, eve, erin):
    before = {wallet.pk: wallet.balance for wallet in Account.objects.all()}

    @settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
    @given(chains)
    def check(chain):
        with transaction.atomic():
            last = None
            for answer, steps in chain:
                if answer == last:
                    continue
                last = answer
                decided = decide(busy, eve, erin, **answer)
                pay_a_part(decided.pk, steps=steps)
                assert findings() == []
            pay(decided.pk, chunk=2)
            _require_paid_by(decided, before)
            transaction.set_rollback(True)

    check()


def _require_paid_by(decided, before):
    """Everybody has what this answer alone would have paid; nobody was short of it."""
    for position in Position.objects.all():
        assert position.payout == owed_by_the_definition(
            position, decided.outcome_weights, decided.effective_at
        )
        assert balance(position.trader) - before[position.trader.wallet.pk] == position.payout
    assert not Transfer.objects.filter(code="shortfall").exists()
    assert Account.objects.get(kind="escrow").balance == 0
    assert dues_of(decided).to_pay == dues_of(decided).to_take_back == 0
    assert findings() == []


def test_a_settlement_that_a_correction_overtakes_stops_at_once(busy, eve, erin):
    first = decide(busy, eve, erin, weights=(1, 0, 0))
    pay_a_part(first.pk, steps=2)
    second = decide(busy, eve, erin, weights=(0, 1, 0))
    paid = Transfer.objects.filter(key__startswith="settle:").count()

    assert settlement.settle(resolution_id=first.pk, now=MONTH_LATER)

    assert Settlement.objects.get(pk=first.pk).state == "superseded"
    assert Transfer.objects.filter(key__startswith="settle:").count() == paid
    pay(second.pk)
    assert [each.payout for each in Position.objects.all()] == [
        each.shares[1] for each in Position.objects.all()
    ]
    assert audit() == []


def test_a_correction_that_pays_more_than_the_first_answer_borrows_from_the_house(
    alice, bob, question, eve, erin
):
    buy(alice, question, (0,), budget=10 * MICRO)
    buy(bob, question, (1,), budget=200 * MICRO)
    lifecycle.advance_due(now=CLOSED)
    pay(decide(question, eve, erin, weights=(1, 0)).pk)
    paid = Position.objects.get(trader=alice).payout

    second = decide(question, eve, erin, weights=(0, 1))
    pay(second.pk)

    owed = Position.objects.get(trader=bob).payout
    assert Transfer.objects.get(key=f"advance:{second.pk}").amount == owed
    assert Transfer.objects.get(key=f"remainder:{second.pk}").amount == paid
    assert audit() == []


# --- What a wallet cannot give back -------------------------------------------------------------


@pytest.fixture
def spent_elsewhere(alice, bob, publish, question, eve, erin):
    """alice was paid for "yes", and has put all of it but ten credits into another market."""
    elsewhere = publish(title="Another?", subsidy=5_000 * MICRO, closes_at=NOON + 90 * DAY,
                        resolve_by=NOON + 99 * DAY)  # fmt: skip
    buy(alice, question, (0,))
    buy(bob, question, (1,))
    lifecycle.advance_due(now=CLOSED)
    pay(decide(question, eve, erin, weights=(1, 0)).pk, at=PASSED)
    buy(alice, elsewhere, (0,), budget=balance(alice) - 10 * MICRO, key="rest", at=PASSED)
    return elsewhere


def test_the_house_bears_what_a_wallet_cannot_give_back_and_says_so(
    spent_elsewhere, alice, bob, question, eve, erin
):
    paid = position_of(alice, question).payout

    second = decide(question, eve, erin, weights=(0, 1))
    done = pay(second.pk)

    shortfall = Transfer.objects.get(code="shortfall")
    assert (shortfall.key, shortfall.amount) == (
        f"shortfall:{second.pk}:{alice.pk}", paid - 10 * MICRO
    )  # fmt: skip
    assert shortfall.debit.kind == "house"
    assert shortfall.credit.market_id == question.pk
    assert balance(alice) == 0
    assert balance(bob) == 900 * MICRO + position_of(bob, question).shares[1]
    assert position_of(alice, question).payout == paid - 10 * MICRO
    assert done.borne_amount == shortfall.amount
    assert audit() == []


def bid(trader, market, budget, *, key="rests", at=PASSED):
    """A buy that rests, far below the price."""
    return place_order(
        trader=trader, market_id=market.pk, claim=(0,), side="buy", budget=budget,
        limit=Decimal("0.001"), time_in_force="gtc", request_key=key, clock=lambda: at,
    )  # fmt: skip


@pytest.fixture
def hidden(alice, bob, publish, question, eve, erin):
    """alice was paid for "yes", and bids with all of it in two other markets; bob bids as well."""
    markets = [
        publish(title=f"Another {number}?", closes_at=NOON + 90 * DAY, resolve_by=NOON + 99 * DAY)
        for number in range(2)
    ]
    buy(alice, question, (0,))
    buy(bob, question, (1,))
    lifecycle.advance_due(now=CLOSED)
    pay(decide(question, eve, erin, weights=(1, 0)).pk, at=PASSED)
    for number, market in enumerate(markets):
        bid(alice, market, balance(alice) // 2, key=f"rests {number}")
    bid(bob, markets[0], 5 * MICRO)
    return markets


def orders_of(trader):
    rows = Order.objects.filter(trader=trader, limit=1).order_by("pk")
    return list(rows.values_list("status", "end_reason", "reserved"))


def test_what_a_debtor_hides_in_resting_buys_comes_back_and_nothing_is_borne(
    hidden, alice, bob, question, eve, erin
):
    before = balance(alice)
    paid = position_of(alice, question).payout
    second = decide(question, eve, erin, weights=(0, 1))
    said = dues_of(second)

    done = pay(second.pk, chunk=1)

    assert (said.uncovered, done.borne_amount) == (0, 0)
    assert not Transfer.objects.filter(code="shortfall").exists()
    wallet = Account.objects.get(owner=alice)
    assert (wallet.balance, wallet.reserved) == (before - paid, 0)
    assert orders_of(alice) == [("cancelled", "clawback", 0)] * 2
    assert orders_of(bob) == [("open", "", 5 * MICRO)]
    assert audit() == []


def test_bids_of_a_debtor_who_has_enough_besides_go_on_resting(
    spent_elsewhere, alice, bob, question, eve, erin
):
    bid(bob, spent_elsewhere, 5 * MICRO)
    pay(decide(question, eve, erin, weights=(0, 1)).pk)

    pay(decide(question, eve, erin, weights=(1, 0)).pk)

    assert orders_of(bob) == [("open", "", 5 * MICRO)]
    assert audit() == []


def test_the_house_bears_nothing_before_a_wallet_is_empty(
    spent_elsewhere, alice, question, eve, erin
):
    bid(alice, spent_elsewhere, 4 * MICRO)

    pay(decide(question, eve, erin, weights=(0, 1)).pk)

    wallet = Account.objects.get(owner=alice)
    assert (wallet.balance, wallet.reserved) == (0, 0)
    assert orders_of(alice) == [("cancelled", "clawback", 0)]
    assert audit() == []


def test_bids_that_are_placed_while_others_are_ended_are_ended_too(
    hidden, alice, question, eve, erin, monkeypatch
):
    """The wallets are locked after the markets; in between a bid may come in another one."""
    second = decide(question, eve, erin, weights=(0, 1))
    lock, tries = settlement.lock_markets, []

    def lock_too_few(ids):
        tries.append(lock(ids))
        return tries[-1] if len(tries) > 1 else []

    monkeypatch.setattr(settlement, "lock_markets", lock_too_few)

    assert pay(second.pk).borne_amount == 0

    assert len(tries) == 2
    assert orders_of(alice) == [("cancelled", "clawback", 0)] * 2
    assert audit() == []


def test_a_settlement_rather_waits_than_let_the_house_bear_what_is_hidden_anew(
    hidden, alice, question, eve, erin, monkeypatch
):
    second = decide(question, eve, erin, weights=(0, 1))
    monkeypatch.setattr(settlement, "lock_markets", lambda ids: [])

    with pytest.raises(settlement.StillReserved):
        settlement.settle(resolution_id=second.pk, now=MONTH_LATER)

    failed = Settlement.objects.get(pk=second.pk)
    assert (failed.attempts, failed.done_count, failed.borne_amount) == (1, 0, 0)
    assert not Transfer.objects.filter(code__in=["clawback", "shortfall"]).exists()
    assert [status for status, *_ in orders_of(alice)] == ["open"] * 2


def test_a_correction_of_a_correction_pays_only_what_is_missing(
    spent_elsewhere, alice, question, eve, erin
):
    paid = position_of(alice, question).payout
    pay(decide(question, eve, erin, weights=(0, 1)).pk)
    assert balance(alice) == 0

    pay(decide(question, eve, erin, weights=(1, 0)).pk)

    assert position_of(alice, question).payout == paid
    assert balance(alice) == 10 * MICRO
    assert audit() == []


def test_a_profit_leaves_out_what_was_owed_back_whatever_versions_came_before(
    spent_elsewhere, alice, bob, question, eve, erin
):
    for weights in ((0, 1), (0.5, 0.5), (1, 0), (0, 1)):
        decided = decide(question, eve, erin, weights=weights)
        said = {row.trader_id: row.profit for row in dues_of(decided).rows}

        pay(decided.pk)
        assert scoring.score(resolution_id=decided.pk, now=MONTH_LATER)

        stored = Profit.objects.filter(resolution=decided).values_list("trader_id", "amount")
        assert dict(stored) == said
        assert score_findings(decided.pk) == []
    assert Transfer.objects.filter(code="shortfall").count() == 3
    assert said[alice.pk] == -100 * MICRO
    assert audit() == []


# --- The row is the queue -----------------------------------------------------------------------


@pytest.fixture
def broken(busy, eve, erin):
    """A confirmed answer whose market has lost its credits."""
    answer = decide(busy, eve, erin, weights=(1, 0, 0))
    held = Account.objects.get(kind="escrow").balance
    Account.objects.filter(kind="escrow").update(balance=1)
    return answer, held


def attempt(answer, *, at):
    with pytest.raises(settlement.EscrowShort):
        settlement.settle(resolution_id=answer.pk, now=at)
    return Settlement.objects.get(pk=answer.pk)


def test_a_settlement_that_fails_moves_nothing_and_waits_longer_each_time(broken):
    answer, _ = broken

    waits = [attempt(answer, at=PASSED).next_attempt_at - PASSED for _ in range(4)]

    failed = Settlement.objects.get()
    assert [wait.total_seconds() for wait in waits] == [2, 4, 8, 16]
    assert (failed.state, failed.attempts, failed.done_count) == ("due", 4, 0)
    assert failed.last_error.startswith("EscrowShort: ")
    assert not Transfer.objects.filter(code__in=["payout", "advance"]).exists()


def test_what_fails_is_forgotten_once_something_is_paid(broken):
    answer, held = broken
    attempt(answer, at=PASSED)
    Account.objects.filter(kind="escrow").update(balance=held)

    done = pay(answer.pk)

    assert (done.state, done.attempts, done.last_error) == ("settled", 0, "")
    assert audit() == []


def test_an_editor_has_a_failed_settlement_tried_again_at_once(broken, eve):
    answer, _ = broken
    attempt(answer, at=PASSED)

    settlement.retry(resolution_id=answer.pk, editor=eve, now=PASSED)

    assert Settlement.objects.get().next_attempt_at == PASSED


def test_a_retry_is_refused_for_stated_reasons(busy, alice, eve, erin):
    answer = decide(busy, eve, erin, weights=(1, 0, 0))
    arguments = {"resolution_id": answer.pk, "now": PASSED}

    refused("editor_needed", settlement.retry, editor=alice, **arguments)
    refused("nothing_to_retry", settlement.retry, editor=eve, **arguments)
    pay(answer.pk)
    refused("nothing_to_retry", settlement.retry, editor=eve, **arguments)

    assert Settlement.objects.get().next_attempt_at is None


def test_a_position_without_a_wallet_fails_its_chunk_and_pays_nobody_in_it(busy, alice, eve, erin):
    answer = decide(busy, eve, erin, weights=(1, 0, 0))
    pay_a_part(answer.pk, steps=1)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE markets_account SET owner_id = %s WHERE owner_id = %s", [eve.pk, alice.pk]
        )
        cursor.execute("SET session_replication_role = origin")

    with pytest.raises(settlement.payouts.PositionWithoutWallet):
        settlement.settle(resolution_id=answer.pk, now=PASSED)

    assert not Transfer.objects.filter(code="payout").exists()
    assert Settlement.objects.get().attempts == 1


def test_time_that_runs_out_stops_between_two_chunks(busy, eve, erin):
    answer = decide(busy, eve, erin, weights=(1, 0, 0))
    left = iter([True, True, False])

    done = settlement.settle(
        resolution_id=answer.pk, now=PASSED, chunk=1, may_go_on=lambda: next(left)
    )

    assert not done
    assert Settlement.objects.get().done_count == 2
    pay(answer.pk)
    assert audit() == []


def test_versions_are_numbered_and_each_is_kept(busy, eve, erin):
    for weights in ((1, 0, 0), (0, 1, 0), (1, 0, 0)):
        pay(decide(busy, eve, erin, weights=weights).pk)

    assert list(Resolution.objects.order_by("pk").values_list("version", flat=True)) == [1, 2, 3]
    assert list(Settlement.objects.values_list("state", flat=True)) == ["settled"] * 3
