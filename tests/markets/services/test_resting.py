"""Orders that rest: what they reserve, whom they meet, and how they end."""

from datetime import timedelta
from decimal import Decimal

import pytest

from markets.core.exchange import InsufficientCredits, InsufficientShares, InvalidOrder
from markets.core.money import MICRO
from markets.models import Account, Fill, Order, Position, Transfer
from markets.queries.ledger import audit
from markets.services import batch, lifecycle, resolution, trading
from markets.services.batch import MarketNotOpen, TooManyOpenOrders
from markets.services.trading import OrderNotFound
from tests.instants import NOON

pytestmark = pytest.mark.django_db

YES, NO = (0,), (1,)


def place(trader, question, key, **changes):
    order = {
        "trader": trader, "market_id": question.pk, "claim": YES, "side": "buy",
        "budget": 10 * MICRO, "limit": Decimal("0.4"), "time_in_force": "gtc",
        "request_key": key, "clock": lambda: NOON,
    }  # fmt: skip
    return trading.place_order(**{**order, **changes})


def buy_now(trader, question, key, **changes):
    return place(trader, question, key, **{"limit": None, "time_in_force": "ioc", **changes})


def sell(trader, question, key, *, shares, limit, **changes):
    return place(
        trader, question, key, side="sell", budget=None, shares=shares, limit=limit, **changes
    )


def wallet_of(trader):
    wallet = Account.objects.get(owner=trader)
    return wallet.balance, wallet.reserved


def reserved_shares_of(trader):
    return Position.objects.get(trader=trader).reserved_shares


def rows():
    return [model.objects.count() for model in (Order, Fill, Transfer, Position)]


class TestReserving:
    def test_a_resting_buy_holds_its_credits_back(self, alice, question):
        order = place(alice, question, "rest")

        assert (order.status, order.reserved, order.ended_at) == ("open", 10 * MICRO, None)
        assert wallet_of(alice) == (1_000 * MICRO, 10 * MICRO)
        assert Fill.objects.count() == 0
        assert audit() == []

    def test_a_resting_buy_of_shares_holds_back_what_they_cost_at_its_limit(self, alice, question):
        order = place(alice, question, "rest", budget=None, shares=25 * MICRO)

        assert order.reserved == 10 * MICRO
        assert wallet_of(alice) == (1_000 * MICRO, 10 * MICRO)

    def test_what_can_be_had_at_once_is_filled_and_the_rest_rests(self, alice, question):
        order = place(alice, question, "rest", budget=500 * MICRO, limit=Decimal("0.6"))

        assert order.status == "open"
        assert order.cost + order.reserved == 500 * MICRO
        assert wallet_of(alice) == (1_000 * MICRO - order.cost, order.reserved)
        assert Fill.objects.get().cost == order.cost
        assert audit() == []

    def test_a_resting_sell_holds_its_shares_back(self, alice, question):
        bought = buy_now(alice, question, "buy")

        sell(alice, question, "rest", shares=bought.filled_shares, limit=Decimal("0.9"))

        assert reserved_shares_of(alice) == [bought.filled_shares, 0]
        assert audit() == []

    def test_reserved_credits_cannot_be_spent(self, alice, question):
        place(alice, question, "rest", budget=995 * MICRO)
        before = rows()

        with pytest.raises(InsufficientCredits):
            buy_now(alice, question, "buy")

        assert rows() == before

    def test_reserved_shares_cannot_be_sold(self, alice, question):
        bought = buy_now(alice, question, "buy").filled_shares
        sell(alice, question, "rest", shares=bought, limit=Decimal("0.9"))
        before = rows()

        with pytest.raises(InsufficientShares):
            sell(alice, question, "again", shares=1, limit=Decimal("0.9"))

        assert rows() == before


class TestMeeting:
    def test_a_seller_meets_the_buyer_who_rests_at_the_buyers_price(self, alice, bob, question):
        had = buy_now(bob, question, "buy", budget=20 * MICRO).filled_shares
        place(alice, question, "rest", budget=None, shares=10 * MICRO, limit=Decimal("0.51"))

        sold = sell(bob, question, "sell", shares=had, limit=Decimal("0.51"), time_in_force="ioc")

        bought = Order.objects.get(request_key="rest")
        assert (bought.status, bought.filled_shares, bought.cost) == (
            "filled", 10 * MICRO, 5_100_000,
        )  # fmt: skip
        assert (bought.reserved, bought.ended_at) == (0, NOON)
        sides = Fill.objects.filter(counter_order__isnull=False).order_by("seq")
        assert [(fill.trader.name, fill.cost, fill.counter_order_id) for fill in sides] == [
            ("bob", -5_100_000, bought.pk),
            ("alice", 5_100_000, sold.pk),
        ]
        assert wallet_of(alice) == (994_900_000, 0)
        assert audit() == []

    def test_two_buyers_of_opposite_claims_mint_complete_sets(self, alice, bob, question):
        place(alice, question, "rest", budget=5 * MICRO, limit=Decimal("0.5"))

        taken = place(
            bob, question, "take", claim=NO, limit=Decimal("0.5"), budget=5 * MICRO,
            time_in_force="ioc",
        )  # fmt: skip

        held = {position.trader.name: position.shares for position in Position.objects.all()}
        assert held["alice"] == [10 * MICRO, 0]
        assert held["bob"][0] == 0
        assert taken.status == "filled"
        assert audit() == []

    def test_a_taker_that_is_not_done_goes_on_with_the_maker(self, alice, bob, question):
        place(alice, question, "rest", budget=40 * MICRO, limit=Decimal("0.45"))

        buy_now(bob, question, "take", claim=NO, budget=200 * MICRO)

        kinds = Fill.objects.order_by("seq").values_list("trader__name", "counter_order")
        first, second = Order.objects.order_by("id").values_list("pk", flat=True)
        assert list(kinds) == [("bob", None), ("bob", first), ("alice", second), ("bob", None)]
        assert audit() == []

    def test_ones_own_order_in_the_way_is_cancelled_and_the_order_says_so(self, alice, question):
        resting = place(alice, question, "rest", limit=Decimal("0.45"))

        taken = place(
            alice, question, "take", claim=NO, limit=Decimal("0.6"), time_in_force="ioc",
            budget=100 * MICRO,
        )  # fmt: skip

        resting.refresh_from_db()
        assert (resting.status, resting.end_reason) == ("cancelled", "self_trade")
        assert taken.displaced == [resting.pk]
        assert wallet_of(alice)[1] == 0
        assert audit() == []


class TestEnding:
    def test_cancelling_gives_the_credits_back(self, alice, question):
        order = place(alice, question, "rest")

        ended = trading.cancel_order(trader=alice, order_id=order.pk, clock=lambda: NOON)

        assert (ended.status, ended.end_reason, ended.reserved) == ("cancelled", "cancelled", 0)
        assert ended.ended_at == NOON
        assert wallet_of(alice) == (1_000 * MICRO, 0)
        assert audit() == []

    def test_cancelling_twice_changes_nothing(self, alice, question):
        order = place(alice, question, "rest")
        trading.cancel_order(trader=alice, order_id=order.pk, clock=lambda: NOON)

        later = NOON + timedelta(hours=1)
        again = trading.cancel_order(trader=alice, order_id=order.pk, clock=lambda: later)

        assert again.ended_at == NOON

    def test_cancelling_what_was_partly_filled_keeps_what_was(self, alice, question):
        order = place(alice, question, "rest", budget=500 * MICRO, limit=Decimal("0.6"))

        ended = trading.cancel_order(trader=alice, order_id=order.pk, clock=lambda: NOON)

        assert (ended.status, ended.cost) == ("partly_filled", order.cost)
        assert wallet_of(alice) == (1_000 * MICRO - order.cost, 0)
        assert audit() == []

    def test_cancelling_a_sell_redeems_the_complete_sets_that_it_frees(self, alice, question):
        yes = buy_now(alice, question, "yes", budget=None, shares=10 * MICRO)
        order = sell(alice, question, "rest", shares=10 * MICRO, limit=Decimal("0.9"))
        no = buy_now(alice, question, "no", claim=NO, budget=None, shares=4 * MICRO)

        trading.cancel_order(trader=alice, order_id=order.pk, clock=lambda: NOON)

        position = Position.objects.get()
        assert (position.shares, position.reserved_shares) == ([6 * MICRO, 0], [0, 0])
        redeemed = Fill.objects.order_by("-seq").first()
        assert (redeemed.redeemed, redeemed.cost, redeemed.shares) == (4 * MICRO, 0, [0, 0])
        assert wallet_of(alice) == (1_004 * MICRO - yes.cost - no.cost, 0)
        assert audit() == []

    def test_somebody_elses_order_is_not_there(self, alice, charlie, question):
        order = place(alice, question, "rest")

        with pytest.raises(OrderNotFound):
            trading.cancel_order(trader=charlie, order_id=order.pk, clock=lambda: NOON)

        order.refresh_from_db()
        assert (order.status, wallet_of(alice)) == ("open", (1_000 * MICRO, 10 * MICRO))

    def test_cancelling_all_leaves_other_people_and_other_markets_alone(self, alice, bob, publish):
        here, there = publish(title="Here?"), publish(title="There?")
        for question in (here, there):
            for trader in (alice, bob):
                place(trader, question, f"rest-{question.pk}")

        assert trading.cancel_all(trader=alice, market_id=here.pk, clock=lambda: NOON) == 1
        open_orders = Order.objects.filter(status="open").order_by("id")
        assert [(order.trader.name, order.market_id) for order in open_orders] == [
            ("bob", here.pk), ("alice", there.pk), ("bob", there.pk),
        ]  # fmt: skip
        assert trading.cancel_all(trader=alice, clock=lambda: NOON) == 1
        assert wallet_of(alice) == (1_000 * MICRO, 0)

    def test_the_sweep_ends_what_has_run_out_where_nobody_trades(self, alice, question):
        soon = NOON + timedelta(minutes=1)
        place(alice, question, "soon", time_in_force="gtd", expires_at=soon)
        place(alice, question, "stays")

        assert trading.expire_orders(now=NOON) == 0
        assert trading.expire_orders(now=soon) == 1
        assert trading.expire_orders(now=soon) == 0
        assert dict(Order.objects.values_list("request_key", "end_reason")) == {
            "soon": "expired", "stays": "",
        }  # fmt: skip
        assert wallet_of(alice) == (1_000 * MICRO, 10 * MICRO)
        assert audit() == []

    @pytest.mark.parametrize(
        ("stop", "reason"),
        [(lifecycle.halt, "halted"), (lifecycle.close, "closed")],
        ids=["halted", "closed"],
    )
    def test_stopping_a_market_ends_its_orders_and_gives_everything_back(
        self, alice, bob, eve, question, stop, reason
    ):
        bought = buy_now(bob, question, "buy")
        place(alice, question, "rest", budget=500 * MICRO, limit=Decimal("0.51"))
        sell(bob, question, "offer", shares=bought.filled_shares, limit=Decimal("0.9"))

        stop(question_id=question.pk, editor=eve, reason="A rumour.", now=NOON)

        ended = Order.objects.exclude(request_key="buy").order_by("id")
        assert [order.end_reason for order in ended] == [reason, reason]
        assert [order.status for order in ended] == ["partly_filled", "cancelled"]
        assert wallet_of(alice)[1] == 0
        assert reserved_shares_of(bob) == [0, 0]
        assert audit() == []

    def test_the_clock_closes_orders_with_their_question(self, alice, question):
        place(alice, question, "rest")

        lifecycle.advance_due(now=question.closes_at)

        assert Order.objects.get().end_reason == "closed"
        assert wallet_of(alice) == (1_000 * MICRO, 0)

    def test_an_early_answer_ends_the_orders(self, alice, eve, question):
        place(alice, question, "rest")

        resolution.propose(question_id=question.pk, outcome_weights=(1, 0), proposer=eve, now=NOON)

        assert Order.objects.get().end_reason == "closed"
        assert audit() == []

    def test_after_a_halt_the_market_goes_on_with_an_empty_book(self, alice, eve, question):
        place(alice, question, "rest")
        lifecycle.halt(question_id=question.pk, editor=eve, reason="A rumour.", now=NOON)
        with pytest.raises(MarketNotOpen):
            place(alice, question, "too early")

        lifecycle.resume(question_id=question.pk, editor=eve, reason="Untrue.", now=NOON)

        assert place(alice, question, "again").status == "open"


class TestRefusing:
    @pytest.mark.parametrize(
        "changes",
        [
            {"limit": None},
            {"time_in_force": "gtd"},
            {"expires_at": NOON + timedelta(days=1)},
            {"time_in_force": "gtd", "expires_at": NOON},
            {"time_in_force": "day"},
            {"limit": Decimal("0.4005")},
            {"limit": Decimal(0)},
            {"limit": Decimal(1)},
            {"side": "hold"},
        ],
        ids=[
            "no limit", "no date", "a date without gtd", "a date in the past", "unknown time",
            "half a mill", "nothing", "certainty", "unknown side",
        ],
    )  # fmt: skip
    def test_an_order_that_makes_no_sense_leaves_no_row(self, alice, question, changes):
        with pytest.raises(InvalidOrder):
            place(alice, question, "nonsense", **changes)

        assert rows() == [0, 0, 1, 0] or rows() == [0, 0, 2, 0]

    def test_nobody_fills_a_book_alone(self, alice, question, monkeypatch):
        monkeypatch.setattr(batch, "OPEN_ORDERS_MAX", 2)
        place(alice, question, "one")
        place(alice, question, "two")
        before = rows()

        with pytest.raises(TooManyOpenOrders):
            place(alice, question, "three")

        assert rows() == before
        assert wallet_of(alice) == (1_000 * MICRO, 20 * MICRO)
        assert buy_now(alice, question, "at once").status == "filled"
