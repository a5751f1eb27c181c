from datetime import timedelta
from decimal import Decimal

import pytest

from markets.core.claims import InvalidClaim
from markets.core.exchange import (
    InsufficientCredits,
    InsufficientShares,
    InvalidOrder,
    NotFillable,
    Slippage,
)
from markets.core.limits import PriceOutOfRange
from markets.core.money import MICRO
from markets.models import Account, Fill, Market, Order, Position, Transfer
from markets.queries.ledger import audit
from markets.services import lifecycle, trading
from markets.services.batch import MarketNotOpen
from markets.services.idempotency import InvalidRequestKey, RequestKeyReused
from markets.services.locks import MarketNotFound
from markets.services.wire import Wire
from tests.instants import NOON

pytestmark = pytest.mark.django_db

YES, NO = (0,), (1,)


def at(instant):
    return lambda: instant


def place(trader, question, **changes):
    order = {
        "trader": trader,
        "market_id": question.pk,
        "claim": YES,
        "side": "buy",
        "budget": 10 * MICRO,
        "request_key": "first",
        "clock": at(NOON),
    }
    return trading.place_order(**{**order, **changes})


def rows():
    return {
        model.__name__: model.objects.count()
        for model in (Order, Fill, Transfer, Position, Account)
    }


def market_of(question):
    return Market.objects.get(pk=question.pk)


def test_a_budget_buys_shares_and_moves_the_price_up(alice, question):
    order = place(alice, question)

    market = market_of(question)
    assert order.status == "filled"
    assert order.cost == 10 * MICRO
    assert order.filled_shares == 19_863_263
    assert market.shares == [19_863_263, 0]
    assert market.probabilities == pytest.approx([0.506883, 0.493117], abs=1e-6)
    assert (market.seq, market.volume, market.trader_count) == (1, 10 * MICRO, 1)


def test_the_credits_go_from_the_wallet_to_the_escrow(alice, question):
    place(alice, question)

    assert Account.objects.get(owner=alice).balance == 990 * MICRO
    assert Account.objects.get(market_id=question.pk).balance == 510 * MICRO
    assert list(Transfer.objects.order_by("id").values_list("code", "amount")) == [
        ("subsidy", 500 * MICRO),
        ("grant", 1_000 * MICRO),
        ("trade", 10 * MICRO),
    ]
    assert audit() == []


def test_a_fill_tells_what_happened(alice, question):
    order = place(alice, question)

    fill = order.fills.get()
    assert (fill.seq, fill.trader, fill.claim, fill.redeemed) == (1, alice, [0], 0)
    assert fill.shares == [19_863_263, 0]
    assert fill.price_before == 0.5
    assert fill.price_after == pytest.approx(fill.probabilities[0])
    assert fill.filled_at == NOON


def test_buying_and_selling_back_never_profits(alice, question):
    bought = place(alice, question)

    sold = place(
        alice, question, side="sell", budget=None, shares=bought.filled_shares, request_key="2"
    )

    position = Position.objects.get()
    assert sold.cost == -9_999_999
    assert position.shares == [0, 0]
    assert (position.spent, position.received) == (10_000_000, 9_999_999)
    assert audit() == []


def test_complete_sets_are_redeemed_at_once(alice, question):
    place(alice, question, budget=None, shares=20 * MICRO)

    order = place(alice, question, claim=NO, budget=None, shares=20 * MICRO, request_key="2")

    fill = order.fills.get()
    assert fill.redeemed == 20 * MICRO
    assert Position.objects.get().shares == [0, 0]
    assert market_of(question).shares == [0, 0]
    assert market_of(question).probabilities == [0.5, 0.5]
    assert audit() == []


def test_a_claim_may_hold_several_outcomes(alice, publish):
    question = publish(type="multiple_choice", outcomes=("A", "B", "C"), prior=(0.5, 0.25, 0.25))

    place(alice, question, claim=(1, 2), budget=None, shares=4 * MICRO)

    assert Position.objects.get().shares == [0, 4 * MICRO, 4 * MICRO]
    assert market_of(question).probabilities[0] < 0.5
    assert audit() == []


def test_a_limit_stops_the_order_where_the_price_stands_at_it(alice, question):
    order = place(alice, question, budget=900 * MICRO, limit=Decimal("0.600"))

    assert order.status == "partly_filled"
    assert market_of(question).probabilities[0] == pytest.approx(0.6, abs=1e-8)
    assert order.cost < 900 * MICRO


def test_a_limit_that_is_already_passed_leaves_the_order_unfilled(alice, question):
    order = place(alice, question, limit=Decimal("0.400"))

    assert order.status == "cancelled"
    assert not Fill.objects.exists()
    assert market_of(question).seq == 0


def test_a_retry_gets_the_first_answer_and_moves_nothing(alice, question):
    first = place(alice, question)
    before = rows()

    second = place(alice, question)

    assert second.pk == first.pk
    assert (first.replayed, second.replayed) == (False, True)
    assert rows() == before


def test_one_key_for_two_different_orders_is_refused(alice, question):
    place(alice, question)
    before = rows()

    with pytest.raises(RequestKeyReused):
        place(alice, question, budget=11 * MICRO)

    assert rows() == before


def test_two_traders_may_choose_the_same_key(alice, bob, question):
    place(alice, question)

    assert not place(bob, question).replayed


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (InsufficientCredits, {"budget": 1_001 * MICRO}),
        (InsufficientShares, {"side": "sell", "budget": None, "shares": MICRO}),
        (InvalidOrder, {"budget": None}),
        (InvalidOrder, {"shares": MICRO}),
        (InvalidOrder, {"budget": 0}),
        (InvalidOrder, {"budget": -MICRO}),
        (InvalidOrder, {"side": "sell"}),
        (InvalidOrder, {"side": "borrow"}),
        (InvalidOrder, {"time_in_force": "forever"}),
        (InvalidOrder, {"limit": Decimal("1.5")}),
        (InvalidOrder, {"budget": 0, "shares": 0}),
        (InvalidClaim, {"claim": ()}),
        (InvalidClaim, {"claim": (0, 1)}),
        (InvalidClaim, {"claim": (2,)}),
        (InvalidRequestKey, {"request_key": ""}),
        (NotFillable, {"time_in_force": "fok", "limit": Decimal("0.501")}),
        (NotFillable, {"time_in_force": "fok", "limit": Decimal("0.400")}),
        (Slippage, {"shares_min": 20 * MICRO}),
        (Slippage, {"budget": None, "shares": 10 * MICRO, "cost_max": 5 * MICRO}),
    ],
)
def test_a_refused_order_writes_nothing(alice, question, refusal, changes):
    before = rows()

    with pytest.raises(refusal):
        place(alice, question, **changes)

    assert rows() == before
    assert market_of(question).seq == 0


def test_a_buy_may_not_make_its_claim_certain(alice, publish):
    question = publish(subsidy=50 * MICRO)

    with pytest.raises(PriceOutOfRange) as refused:
        place(alice, question, budget=900 * MICRO)

    assert refused.value.code == "price_out_of_range"
    assert not Order.objects.exists()


def test_a_market_that_does_not_exist_is_refused(alice, question):
    with pytest.raises(MarketNotFound):
        place(alice, question, market_id=question.pk + 1)


def test_an_order_at_the_closing_instant_is_too_late(alice, question):
    before = rows()

    with pytest.raises(MarketNotOpen) as refused:
        place(alice, question, clock=at(question.closes_at))

    assert refused.value.code == "market_not_open"
    assert rows() == before


def test_an_order_just_before_the_close_is_in_time(alice, question):
    order = place(alice, question, clock=at(question.closes_at - timedelta(microseconds=1)))

    assert order.status == "filled"


def test_a_halted_market_is_not_traded(alice, eve, question):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="news", now=NOON)

    with pytest.raises(MarketNotOpen):
        place(alice, question)


def test_fills_never_go_back_in_time(alice, question):
    place(alice, question, clock=at(NOON + timedelta(hours=1)))

    late = place(alice, question, request_key="2", clock=at(NOON))

    assert late.placed_at == NOON + timedelta(hours=1)


def test_the_database_tells_the_time_by_default(alice, publish):
    now = trading.database_clock()
    question = publish(
        at=now, closes_at=now + timedelta(days=1), resolve_by=now + timedelta(days=2)
    )

    order = place(alice, question, clock=None)

    assert timedelta(0) <= order.placed_at - now < timedelta(minutes=1)


def test_an_order_takes_a_fixed_number_of_statements(alice, question, monkeypatch):
    place(alice, question)
    statements = []
    send = Wire.send

    def counted(wire, statement, *parameters):
        statements.append(statement.split(maxsplit=1)[0])
        send(wire, statement, *parameters)

    monkeypatch.setattr(Wire, "send", counted)
    place(alice, question, request_key="2")

    reading, writing = ["SELECT"] * 4, ["WITH", "SELECT", "WITH"]
    assert statements == reading + writing
