"""Many commands in one transaction: neighbours, retries, and what the database refuses."""

import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from markets.core.exchange import InsufficientCredits
from markets.core.money import MICRO
from markets.models import Account, Fill, Market, Order, Position, Transfer
from markets.queries.ledger import audit
from markets.services import batch, ledger, trading
from markets.services.commands import Cancellation, Placement, Request, TakenBefore
from markets.services.idempotency import RequestKeyReused, fingerprint
from markets.services.lanes import Lane, Lead
from markets.services.locks import MarketNotFound
from markets.services.standing import Reading
from markets.services.wire import Wire
from tests.cast import person
from tests.instants import NOON

YES, NO = (0,), (1,)


def buy(trader, market_id, key, *, budget=10 * MICRO, **changes):
    asked = {
        "market_id": market_id, "trader_id": trader.pk, "request_key": key,
        "request_sha256": fingerprint(key, budget), "side": "buy", "claim": YES, "target": None,
        "budget": budget, "shares": None, "limit": None, "time_in_force": "ioc",
        "expires_at": None, "cost_max": None, "shares_min": None, "origin": "api",
    }  # fmt: skip
    return Placement(Request(**{**asked, **changes}))


def batch_of(*commands):
    """A batch that nobody joins and nothing comes after."""
    return Lead(Lane(engine=None), list(commands))


def carry_out(*commands, at=NOON):
    batch.carry_out(commands, clock=lambda: at)
    return commands


def refusal_of(command):
    with pytest.raises(Exception) as refusal:
        command.result()
    return refusal.value


@pytest.fixture
def wallets(alice, bob):
    for trader in (alice, bob):
        ledger.open_wallet(trader=trader, now=NOON)


@pytest.mark.django_db
class TestNeighbours:
    def test_orders_of_one_batch_are_filled_in_the_order_in_which_they_came(
        self, alice, bob, question, wallets
    ):
        first, second = carry_out(buy(alice, question.pk, "first"), buy(bob, question.pk, "second"))

        fills = list(Fill.objects.order_by("seq").values_list("trader__name", "seq", "cost"))
        assert fills == [("alice", 1, 10 * MICRO), ("bob", 2, 10 * MICRO)]
        assert first.result().state.filled_shares > second.result().state.filled_shares
        assert audit() == []

    def test_a_batch_does_what_its_orders_would_have_done_one_by_one(
        self, alice, bob, publish, wallets
    ):
        together, apart = publish(title="Together?"), publish(title="Apart?")
        traders = (alice, bob, alice, bob)

        carry_out(*[buy(who, together.pk, f"t{i}") for i, who in enumerate(traders)])
        for i, who in enumerate(traders):
            carry_out(buy(who, apart.pk, f"a{i}"))

        one, other = Market.objects.in_bulk([together.pk, apart.pk]).values()
        for figure in ("shares", "probabilities", "seq", "volume", "trader_count"):
            assert getattr(one, figure) == getattr(other, figure)

    def test_a_refused_order_leaves_its_neighbours_alone(self, alice, bob, question, wallets):
        fine, refused, fine_too = carry_out(
            buy(alice, question.pk, "one"),
            buy(bob, question.pk, "two", budget=1_001 * MICRO),
            buy(bob, question.pk, "three"),
        )

        assert isinstance(refusal_of(refused), InsufficientCredits)
        assert [fine.result().state.status, fine_too.result().state.status] == ["filled"] * 2
        assert list(Order.objects.values_list("request_key", flat=True)) == ["one", "three"]

    def test_a_wallet_is_spent_once_across_the_markets_of_a_batch(self, alice, publish, wallets):
        here, there = publish(title="Here?"), publish(title="There?")

        one, two = carry_out(
            buy(alice, here.pk, "one", budget=600 * MICRO, limit=900),
            buy(alice, there.pk, "two", budget=600 * MICRO, limit=900),
        )

        assert one.result().state.cost == 600 * MICRO
        assert isinstance(refusal_of(two), InsufficientCredits)
        assert Account.objects.get(owner=alice).balance == 400 * MICRO
        assert audit() == []

    def test_an_order_meets_one_that_came_to_rest_in_the_same_batch(
        self, alice, bob, question, wallets
    ):
        resting, taker = carry_out(
            buy(alice, question.pk, "rest", limit=500, time_in_force="gtc"),
            buy(bob, question.pk, "take", claim=NO, limit=500, budget=4 * MICRO),
        )

        assert resting.result().state.filled_shares == 8 * MICRO
        assert resting.result().state.cost == 4 * MICRO
        assert taker.result().state.status == "filled"
        order = Order.objects.get(request_key="rest")
        assert (order.status, order.filled_shares, order.cost) == ("open", 8 * MICRO, 4 * MICRO)
        assert order.reserved == 6 * MICRO
        assert audit() == []

    def test_what_a_batch_has_no_time_to_set_off_goes_on_with_the_next(
        self, alice, bob, publish, wallets, monkeypatch
    ):
        race = publish(
            type="multiple_choice", outcomes=("Ana", "Berta", "Cleo"), prior=(0.4, 0.3, 0.3)
        )
        carry_out(
            buy(alice, race.pk, "rest", claim=(1,), limit=300, time_in_force="gtc", budget=MICRO)
        )

        monkeypatch.setattr(batch, "TRIGGERED_IN_BATCH_MAX", 0)
        carry_out(buy(bob, race.pk, "push", budget=50 * MICRO))
        waiting = Order.objects.get(request_key="rest").status
        monkeypatch.undo()
        carry_out(buy(bob, race.pk, "push again", budget=MICRO))

        assert waiting == "open"
        assert Order.objects.get(request_key="rest").status == "filled"
        assert audit() == []

    def test_a_cancel_in_the_same_batch_ends_what_has_just_come_to_rest(
        self, alice, question, wallets
    ):
        carry_out(buy(alice, question.pk, "rest", limit=400, time_in_force="gtc"))
        order = Order.objects.get()

        (cancelled, again) = carry_out(
            *[
                Cancellation(market_id=question.pk, order_id=order.pk, trader_id=alice.pk)
                for _ in range(2)
            ]
        )

        assert (cancelled.result(), again.result()) == (True, False)
        assert Account.objects.get(owner=alice).reserved == 0


@pytest.mark.django_db
class TestRecognition:
    def test_the_same_request_twice_in_one_batch_is_one_order(self, alice, question, wallets):
        first, second = carry_out(*[buy(alice, question.pk, "once") for _ in range(2)])

        assert second.result() == TakenBefore(first.result().state.id)
        assert Order.objects.count() == Fill.objects.count() == 1

    def test_one_key_with_two_meanings_in_one_batch_is_refused_the_second_time(
        self, alice, question, wallets
    ):
        _, second = carry_out(
            buy(alice, question.pk, "once"), buy(alice, question.pk, "once", budget=MICRO)
        )

        assert isinstance(refusal_of(second), RequestKeyReused)
        assert Order.objects.count() == 1

    def test_a_request_is_recognised_by_a_later_batch(self, alice, question, wallets):
        (first,) = carry_out(buy(alice, question.pk, "once"))
        (second,) = carry_out(buy(alice, question.pk, "once"))

        assert second.result() == TakenBefore(first.result().state.id)
        assert Order.objects.count() == 1

    def test_the_keys_of_two_traders_have_nothing_to_do_with_each_other(
        self, alice, bob, question, wallets
    ):
        carry_out(buy(alice, question.pk, "once"), buy(bob, question.pk, "once"))

        assert Order.objects.count() == 2

    def test_a_key_may_hold_whatever_text_a_trader_thinks_of(self, alice, question, wallets):
        key = 'tab\there, "quoted" \\. \\N and a line\nbreak'

        carry_out(buy(alice, question.pk, key))

        assert Order.objects.get().request_key == key

    def test_a_market_that_is_not_there_is_a_refusal(self, alice, question, wallets):
        missing, fine = carry_out(buy(alice, 0, "one"), buy(alice, question.pk, "two"))

        assert isinstance(refusal_of(missing), MarketNotFound)
        assert fine.result().state.status == "filled"


@pytest.mark.django_db
class TestTime:
    def test_nothing_happens_before_the_last_fill_of_its_market(self, alice, question, wallets):
        carry_out(buy(alice, question.pk, "one"), at=NOON + timedelta(seconds=5))
        carry_out(buy(alice, question.pk, "two"), at=NOON)

        instants = Fill.objects.order_by("seq").values_list("filled_at", flat=True)
        assert list(instants) == [NOON + timedelta(seconds=5)] * 2

    def test_an_order_ends_at_its_own_time_before_anybody_can_meet_it(
        self, alice, bob, question, wallets
    ):
        later = NOON + timedelta(hours=1)
        carry_out(buy(alice, question.pk, "rest", limit=400, time_in_force="gtd", expires_at=later))

        carry_out(buy(bob, question.pk, "take", claim=NO, limit=600), at=later)

        order = Order.objects.get(request_key="rest")
        assert (order.status, order.end_reason, order.ended_at) == ("cancelled", "expired", later)
        assert order.reserved == Account.objects.get(owner=alice).reserved == 0
        assert audit() == []


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Through the lanes, with the database's own clock."""

    @pytest.fixture
    def market(self, publish):
        return publish(at=timezone.now(), closes_at=timezone.now() + timedelta(days=1),
                       resolve_by=timezone.now() + timedelta(days=2))  # fmt: skip

    @pytest.fixture
    def engine(self):
        engine = trading.Engine()
        yield engine
        engine.close()

    def test_a_poisoned_order_fails_alone(self, alice, bob, market, engine):
        for trader in (alice, bob):
            ledger.open_wallet(trader=trader, now=timezone.now())
        poisoned = buy(alice, market.pk, "poisoned", origin="a word too long for its column")
        fine = buy(bob, market.pk, "fine")

        engine.carry_out(batch_of(poisoned, fine))

        assert "too long" in str(refusal_of(poisoned))
        assert fine.result().state.status == "filled"
        assert list(Order.objects.values_list("request_key", flat=True)) == ["fine"]
        assert audit() == []

    def test_sixteen_orders_take_as_many_statements_as_one(
        self, alice, market, engine, monkeypatch
    ):
        ledger.open_wallet(trader=alice, now=timezone.now())
        counts = Counter()
        send = Wire.send

        def counted(wire, statement, *parameters):
            counts["statements"] += 1
            send(wire, statement, *parameters)

        monkeypatch.setattr(Wire, "send", counted)
        for size in (1, 16):
            counts.clear()
            engine.carry_out(batch_of(*[buy(alice, market.pk, f"{size}-{n}") for n in range(size)]))
            assert counts["statements"] == 11
        assert Order.objects.count() == 17

    def test_a_batch_whose_connection_was_lost_is_carried_out_all_the_same(
        self, alice, market, engine
    ):
        ledger.open_wallet(trader=alice, now=timezone.now())
        engine.carry_out(batch_of(buy(alice, market.pk, "before")))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

        during, after = buy(alice, market.pk, "during"), buy(alice, market.pk, "after")
        engine.carry_out(batch_of(during))
        engine.carry_out(batch_of(after))

        assert [command.result().state.status for command in (during, after)] == ["filled"] * 2
        assert Order.objects.count() == 3
        assert audit() == []

    def test_nobody_waits_again_for_a_market_that_cannot_be_had(
        self, alice, market, publish, engine, monkeypatch
    ):
        ledger.open_wallet(trader=alice, now=timezone.now())
        free = publish(
            title="Free?", at=timezone.now(), closes_at=timezone.now() + timedelta(days=1),
            resolve_by=timezone.now() + timedelta(days=2),
        )  # fmt: skip
        impatient = "SELECT set_config('lock_timeout', '20ms', true)"
        monkeypatch.setattr(batch, "LIMITS", impatient)
        tries = []
        begin = batch.begin

        def noted(wire, commands, **more):
            tries.append({command.market_id for command in commands})
            return begin(wire, commands, **more)

        monkeypatch.setattr(batch, "begin", noted)
        monkeypatch.setattr(trading, "begin", noted)
        stuck = [buy(alice, market.pk, f"stuck-{number}") for number in range(3)]
        fine = buy(alice, free.pk, "fine")

        with transaction.atomic():
            Market.objects.select_for_update().get(pk=market.pk)
            in_another_thread(lambda: engine.carry_out(batch_of(*stuck, fine)))

        assert [refusal_of(command).code for command in stuck] == ["busy"] * 3
        assert fine.result().state.status == "filled"
        assert tries == [{market.pk, free.pk}] + [{market.pk}] * trading.TRIES_MAX + [{free.pk}]
        assert list(Order.objects.values_list("request_key", flat=True)) == ["fine"]

    def test_credits_spent_elsewhere_meanwhile_undo_nobody_elses_order(
        self, alice, bob, market, engine, monkeypatch
    ):
        for trader in (alice, bob):
            ledger.open_wallet(trader=trader, now=timezone.now())
        hear = Reading.hear
        spent = []

        def spend_meanwhile(reading):
            held = hear(reading)
            if not spent:
                spent.append(in_another_thread(lambda: spend(alice, 995 * MICRO)))
            return held

        monkeypatch.setattr(Reading, "hear", spend_meanwhile)
        poor, fine = buy(alice, market.pk, "poor"), buy(bob, market.pk, "fine")
        engine.carry_out(batch_of(poor, fine))

        assert isinstance(refusal_of(poor), InsufficientCredits)
        assert fine.result().state.status == "filled"
        assert Account.objects.get(owner=alice).balance == 5 * MICRO
        assert audit() == []

    def test_many_threads_are_each_given_their_own_order(self, market):
        traders = [person(f"trader-{number}") for number in range(16)]
        placed = {}

        def place(trader):
            try:
                placed[trader.pk] = [
                    trading.place_order(
                        trader=trader, market_id=market.pk, claim=YES, side="buy",
                        budget=MICRO + trader.pk, request_key=f"key-{turn}",
                    )
                    for turn in range(5)
                ]  # fmt: skip
            finally:
                connection.close()

        threads = [threading.Thread(target=place, args=(trader,)) for trader in traders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        for trader in traders:
            assert [order.trader_id for order in placed[trader.pk]] == [trader.pk] * 5
            assert [order.budget for order in placed[trader.pk]] == [MICRO + trader.pk] * 5
            stored = Order.objects.filter(trader=trader).order_by("id")
            assert [order.pk for order in placed[trader.pk]] == [order.pk for order in stored]
        assert Market.objects.get().seq == 80
        assert audit() == []

    def test_the_answer_is_the_row_without_having_read_it(self, alice, market):
        placed = trading.place_order(
            trader=alice, market_id=market.pk, claim=YES, side="buy", shares=5 * MICRO,
            limit=Decimal("0.4"), time_in_force="gtc", request_key="rest",
        )  # fmt: skip

        stored = Order.objects.get()
        for column in Order._meta.concrete_fields:
            assert getattr(placed, column.attname) == getattr(stored, column.attname), column
        assert (placed.status, placed.reserved) == ("open", 2 * MICRO)

    def test_the_fills_of_an_answer_are_the_rows_without_having_read_them(
        self, alice, market, django_assert_num_queries
    ):
        placed = trading.place_order(
            trader=alice, market_id=market.pk, claim=NO, side="buy", budget=5 * MICRO,
            request_key="buy",
        )  # fmt: skip

        with django_assert_num_queries(0):
            (made,) = placed.executions
        stored = Fill.objects.get()
        for column in Fill._meta.concrete_fields:
            if column.attname != "id":
                assert getattr(made, column.attname) == getattr(stored, column.attname), column

    def test_inside_of_a_transaction_an_order_belongs_to_that_transaction(self, alice, market):
        def place_and_think_again():
            trading.place_order(
                trader=alice, market_id=market.pk, claim=YES, side="buy", budget=MICRO,
                request_key="undone",
            )  # fmt: skip
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), transaction.atomic():
            place_and_think_again()

        assert Order.objects.count() == Position.objects.count() == 0
        assert Transfer.objects.filter(code="trade").count() == 0

    def test_a_key_used_for_two_markets_at_once_is_taken_once(self, alice, market, publish):
        ledger.open_wallet(trader=alice, now=timezone.now())
        with transaction.atomic():
            batch.carry_out([buy(alice, market.pk, "once", request_sha256="one")])
            with pytest.raises(IntegrityError), transaction.atomic():
                Order.objects.create(
                    market_id=market.pk, trader=alice, request_key="once", side="buy",
                    request_sha256="two", claim=[0], budget=1, origin="api", status="filled",
                    placed_at=timezone.now(), ended_at=timezone.now(),
                )  # fmt: skip


def spend(trader, amount):
    house, wallet = ledger.house_account(now=NOON), Account.objects.get(owner=trader)
    ledger.post(
        ledger.Posting(debit=wallet, credit=house, amount=amount, code="refund", key="spent"),
        now=NOON,
    )


def in_another_thread(act):
    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return thread
