"""Adding liquidity to a market that people already trade in."""

from datetime import timedelta
from decimal import Decimal

import pytest

from markets.core.limits import InvalidLiquidity
from markets.core.lmsr import price_after_budget
from markets.core.money import MICRO
from markets.models import Account, LiquidityChange, Market, Order, Question, Transfer
from markets.queries.ledger import audit
from markets.services import forecasting, lifecycle, resolution, settlement, trading
from markets.services.authority import ConflictOfInterest, EditorNeeded
from markets.services.idempotency import InvalidRequestKey, RequestKeyReused
from markets.services.liquidity import MarketEnded, add_liquidity
from markets.services.locks import MarketNotFound, QuestionNotFound
from tests.instants import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def buy(trader, question, key, *, claim=(0,), budget=100 * MICRO, **changes):
    return trading.place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=key, clock=lambda: NOON, **changes,
    )  # fmt: skip


def add(question, editor, **changes):
    asked = {
        "market_id": question.pk, "amount": 500 * MICRO, "editor": editor,
        "request_key": "deeper", "now": NOON,
    }  # fmt: skip
    return add_liquidity(**{**asked, **changes})


def standing(question):
    """Everything that a refusal must leave as it was."""
    market = Market.objects.get(pk=question.pk)
    return (
        market.liquidity, market.prior, market.probabilities, market.subsidy,
        Account.objects.get(market=market).balance,
        LiquidityChange.objects.count(), Transfer.objects.count(),
    )  # fmt: skip


def test_the_house_pays_into_escrow_and_the_liquidity_grows(eve, question):
    change = add(question, eve)

    market = Market.objects.get(pk=question.pk)
    assert (market.liquidity, market.subsidy) == (1_442_695_040, 1_000 * MICRO)
    assert Account.objects.get(market=market).balance == 1_000 * MICRO
    assert (change.seq, change.subsidy, change.liquidity) == (0, 500 * MICRO, market.liquidity)
    assert (change.added_by, change.added_at) == (eve, NOON)
    paid = Transfer.objects.get(key=f"subsidy:{market.pk}:{change.pk}")
    assert (paid.code, paid.amount, paid.debit.kind) == ("subsidy", 500 * MICRO, "house")
    assert audit() == []


def test_no_price_moves_and_from_then_on_the_same_credits_move_it_less(alice, bob, eve, question):
    buy(alice, question, "first")
    before = Market.objects.get(pk=question.pk)

    add(question, eve, amount=600 * MICRO)

    after = Market.objects.get(pk=question.pk)
    assert after.probabilities == pytest.approx(before.probabilities, abs=1e-12)
    assert (after.shares, after.seq, after.volume) == (before.shares, before.seq, before.volume)
    order = buy(bob, question, "second", budget=10 * MICRO)
    fill = order.fills.get()
    assert fill.price_before == pytest.approx(before.probabilities[0], abs=1e-12)
    reached = price_after_budget(fill.price_before, 10 * MICRO, after.liquidity)
    assert fill.price_after == pytest.approx(reached, abs=1e-9)
    assert fill.price_after < price_after_budget(fill.price_before, 10 * MICRO, before.liquidity)
    assert audit() == []


def test_resting_orders_stay_as_they_are(alice, eve, question):
    resting = buy(
        alice, question, "rest", budget=10 * MICRO, limit=Decimal("0.4"), time_in_force="gtc"
    )

    add(question, eve)

    order = Order.objects.get(pk=resting.pk)
    assert (order.status, order.reserved, order.cost) == ("open", 10 * MICRO, 0)
    assert audit() == []


def test_liquidity_is_added_twice_between_trades_and_the_winners_are_paid(
    alice, bob, eve, erin, question
):
    buy(alice, question, "1")
    add(question, eve, request_key="1")
    buy(bob, question, "2", claim=(1,), budget=400 * MICRO)
    change = add(question, erin, request_key="2", amount=50 * MICRO)
    buy(alice, question, "3", budget=600 * MICRO)

    assert change.seq == 2
    assert audit() == []
    lifecycle.advance_due(now=question.closes_at)
    proposed = resolution.propose(
        question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=question.closes_at
    )
    resolution.confirm_uncontested(now=question.closes_at + DAY)
    settlement.settle(resolution_id=proposed.pk, now=question.closes_at + DAY)
    assert audit() == []
    assert Account.objects.get(market_id=question.pk).balance == 0


def test_an_annulled_question_gives_all_of_the_subsidy_back_to_the_house(alice, eve, question):
    buy(alice, question, "1")
    add(question, eve)

    answer = resolution.annul(question_id=question.pk, editor=eve, reason="Ill-posed.", now=NOON)
    settlement.settle(resolution_id=answer.pk, now=NOON)

    assert Account.objects.get(owner=alice).balance == 1_000 * MICRO
    assert Account.objects.get(kind="house").balance == -1_000 * MICRO
    assert audit() == []


@pytest.mark.parametrize("status", ["scheduled", "halted"])
def test_a_market_that_waits_takes_liquidity_too(eve, publish, status):
    question = publish(opens_at=NOON + DAY if status == "scheduled" else None)
    if status == "halted":
        lifecycle.halt(question_id=question.pk, editor=eve, reason="Wait.", now=NOON)

    add(question, eve)

    assert Question.objects.get(pk=question.pk).status == status
    assert Market.objects.get(pk=question.pk).subsidy == 1_000 * MICRO
    assert audit() == []


def test_the_same_request_adds_once(eve, question):
    first = add(question, eve)
    once = standing(question)

    again = add(question, eve, now=NOON + DAY)

    assert again.pk == first.pk
    assert standing(question) == once


def test_a_retry_is_recognised_even_after_the_close(eve, question):
    first = add(question, eve)
    lifecycle.advance_due(now=question.closes_at)

    assert add(question, eve, now=question.closes_at).pk == first.pk


def test_the_same_key_in_another_market_is_another_request(eve, publish):
    one, other = publish(), publish(title="Will the bridge open by 2 December 2026?")

    assert add(one, eve).pk != add(other, eve).pk


def test_a_change_never_comes_before_the_last_fill(alice, eve, question):
    buy(alice, question, "1")

    assert add(question, eve, now=NOON - DAY).added_at == NOON


class TestRefusals:
    def refused(self, refusal, question, editor, **changes):
        before = standing(question)

        with pytest.raises(refusal) as refused:
            add(question, editor, **changes)

        assert standing(question) == before
        return str(refused.value)

    def test_the_same_key_with_another_amount(self, eve, question):
        add(question, eve)

        self.refused(RequestKeyReused, question, eve, amount=499 * MICRO)

    def test_a_key_that_is_none(self, eve, question):
        self.refused(InvalidRequestKey, question, eve, request_key="")

    def test_somebody_who_is_no_editor(self, charlie, question):
        self.refused(EditorNeeded, question, charlie)

    def test_an_editor_who_traded(self, eve, erin, question):
        buy(erin, question, "1")

        self.refused(ConflictOfInterest, question, erin)
        add(question, eve)

    def test_an_editor_who_forecast(self, erin, question):
        forecasting.submit_forecast(
            forecaster=erin, question_id=question.pk, probabilities=(0.6, 0.4),
            request_key="1", now=NOON,
        )  # fmt: skip

        self.refused(ConflictOfInterest, question, erin)

    @pytest.mark.parametrize("amount", [0, -MICRO, MICRO - 1, 999_500 * MICRO + 1])
    def test_an_amount_out_of_bounds(self, eve, question, amount):
        sentence = self.refused(InvalidLiquidity, question, eve, amount=amount)

        assert sentence.startswith("Add from 1 to 999,500.00 credits")

    def test_a_question_that_is_due_to_close(self, eve, question):
        self.refused(MarketEnded, question, eve, now=question.closes_at)

    def test_a_question_that_has_closed(self, eve, question):
        lifecycle.close(question_id=question.pk, editor=eve, reason="It crossed.", now=NOON)

        self.refused(MarketEnded, question, eve)

    def test_a_question_that_does_not_exist(self, eve, question):
        self.refused(QuestionNotFound, question, eve, market_id=question.pk + 1)

    def test_a_question_that_has_no_market_yet(self, eve, question):
        from markets.services import questions
        from tests.cast import question_text

        draft = questions.draft_question(text=question_text(), editor=eve, now=NOON)

        self.refused(MarketNotFound, question, eve, market_id=draft.pk)
