"""What the database says of who gets what is what core says, position by position."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.core.money import MICRO
from markets.core.settlement import InvalidWeights, payout
from markets.models import Account, Fill, Position
from markets.queries.dues import Dues, dues_if
from markets.services.trading import place_order
from tests.instants import NOON
from tests.markets.busy import MINUTE, owed_by_the_definition, trade_at_random

pytestmark = pytest.mark.django_db

many = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
ORDERS = 60


@st.composite
def split_weights(draw, outcome_count):
    parts = st.lists(st.integers(0, 1_000), min_size=outcome_count, max_size=outcome_count)
    drawn = draw(parts.filter(any))
    return [part / sum(drawn) for part in drawn]


@pytest.fixture
def busy(alice, bob, charlie, publish):
    """Three traders on three outcomes: sixty orders, a minute apart."""
    question = publish(
        type="multiple_choice", outcomes=("Red", "Green", "Blue"), prior=(0.5, 0.3, 0.2)
    )
    trade_at_random(question, [alice, bob, charlie], orders=ORDERS)
    assert Fill.objects.filter(redeemed__gt=0).exists()
    assert Fill.objects.filter(counter_order__isnull=False).exists()
    assert Fill.objects.filter(claim=None).exists()
    return question


def test_the_database_owes_what_core_owes_whatever_is_undone(busy):
    positions = {each.trader_id: each for each in Position.objects.all()}

    @many
    @given(split_weights(3), st.integers(-1, ORDERS + 1))
    def check(weights, minute):
        effective_at = NOON + minute * MINUTE

        found = dues_if(question_id=busy.pk, outcome_weights=weights, effective_at=effective_at)

        expected = {
            trader: owed_by_the_definition(position, weights, effective_at)
            for trader, position in positions.items()
        }
        assert {row.trader_id: row.owed for row in found.rows} == expected
        assert found.owed == sum(expected.values()) <= Account.objects.get(kind="escrow").balance
        assert found.undone_fills == Fill.objects.filter(filled_at__gte=effective_at).count()

    check()


def test_if_the_answer_was_known_before_the_first_trade_everybody_gets_their_money_back(busy):
    early = dues_if(question_id=busy.pk, outcome_weights=(1, 0, 0), effective_at=NOON)
    refund = dues_if(question_id=busy.pk, outcome_weights=None, effective_at=NOON)

    assert [(row.trader_name, row.owed) for row in early.rows] == [
        (row.trader_name, row.owed) for row in refund.rows
    ]
    assert {row.profit for row in (*early.rows, *refund.rows)} == {0}
    assert early.undone_fills == Fill.objects.count()
    assert refund.undone_fills == 0


def test_numbers_of_any_size_are_paid_to_the_microcredit(alice, question):
    place_order(
        trader=alice, market_id=question.pk, claim=(0,), side="buy", budget=MICRO,
        request_key="first", clock=lambda: NOON,
    )  # fmt: skip

    @many
    @given(
        st.lists(st.integers(0, 2**62), min_size=2, max_size=2),
        st.one_of(
            split_weights(2), st.integers(0, 10**6).map(lambda n: [n / 10**6, 1 - n / 10**6])
        ),
    )
    def check(shares, weights):
        Position.objects.update(shares=shares)

        (row,) = dues_if(question_id=question.pk, outcome_weights=weights).rows

        assert row.owed == payout(shares, weights)

    check()


def test_a_dry_run_says_what_is_paid_taken_back_and_undone(alice, bob, charlie, question):
    def order(trader, key, minute, **terms):
        return place_order(
            trader=trader, market_id=question.pk, request_key=key,
            clock=lambda: NOON + minute * MINUTE, **{"side": "buy", "claim": (0,), **terms},
        )  # fmt: skip

    order(charlie, "other", 1, claim=(1,), budget=10 * MICRO)
    early = order(alice, "early", 2, budget=100 * MICRO).filled_shares
    sold = order(alice, "sold", 20, side="sell", shares=early // 2)
    late = order(bob, "late", 21, budget=30 * MICRO)

    found = dues_if(
        question_id=question.pk, outcome_weights=(1, 0), effective_at=NOON + 10 * MINUTE
    )

    rows = {row.trader_name: row for row in found.rows}
    assert (rows["alice"].owed, rows["alice"].returned) == (early + sold.cost, sold.cost)
    assert (rows["bob"].owed, rows["bob"].returned, rows["bob"].profit) == (late.cost, late.cost, 0)
    assert (rows["charlie"].owed, rows["charlie"].profit) == (0, -10 * MICRO)
    assert [row.trader_name for row in found.rows] == ["alice", "bob", "charlie"]
    assert (found.undone_fills, found.undone_traders) == (2, 2)
    assert found.owed == found.to_pay == early + sold.cost + late.cost
    assert (found.paid, found.to_take_back, found.uncovered) == (0, 0, 0)


def test_what_a_wallet_cannot_give_back_is_said_beforehand(alice, bob, publish, question):
    elsewhere = publish(title="Another?", subsidy=5_000 * MICRO)

    def order(trader, market, key, **terms):
        return place_order(
            trader=trader, market_id=market.pk, claim=(0,), request_key=key,
            clock=lambda: NOON, **{"side": "buy", **terms},
        )  # fmt: skip

    shares = order(alice, question, "in", budget=100 * MICRO).filled_shares
    order(bob, question, "pump", budget=500 * MICRO)
    out = order(alice, question, "out", side="sell", shares=shares)
    order(alice, elsewhere, "all in", budget=Account.objects.get(owner=alice).balance)

    found = dues_if(question_id=question.pk, outcome_weights=None)

    assert found.to_take_back == found.uncovered == -(100 * MICRO + out.cost) > 0
    assert found.rows[1].difference == -found.to_take_back


def test_the_largest_come_first_and_the_rest_are_counted(busy):
    whole = dues_if(question_id=busy.pk, outcome_weights=(0.5, 0.25, 0.25))

    short = dues_if(question_id=busy.pk, outcome_weights=(0.5, 0.25, 0.25), limit=1)

    assert short.rows == whole.rows[:1]
    assert (short.more_count, short.owed) == (2, whole.owed)


def test_nobody_is_owed_anything_on_a_question_without_trades(question):
    assert dues_if(question_id=question.pk, outcome_weights=(1, 0)) == Dues()


def test_weights_that_do_not_divide_one_credit_are_refused(question):
    with pytest.raises(InvalidWeights):
        dues_if(question_id=question.pk, outcome_weights=(0.5, 0.4))
