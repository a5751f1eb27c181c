"""What a new row of a trade refers to is there, and stays: triggers see to both."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from markets.models import Account, Fill, Market, Order, Transfer
from markets.services import ledger
from tests.instants import NOON
from tests.markets.queries.worlds import trade

pytestmark = pytest.mark.django_db

NOBODY = 0


@pytest.fixture
def traded(alice, bob, question):
    trade(alice, bob, question)
    return question


@contextmanager
def refused(error, reason):
    """The block is refused for this reason, and leaves the rows as they were."""
    before = rows()
    with pytest.raises(error, match=reason), transaction.atomic():
        yield
    assert rows() == before


def rows():
    return [
        sorted(model.objects.values_list(), key=repr) for model in (Account, Order, Fill, Transfer)
    ]


def copy_of(row, **changes):
    """A row like one that is there, except for what a test changes."""
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del columns[row._meta.pk.attname]
    return type(row)(**{**columns, **changes})


class TestOrders:
    REASON = "order_is_of_a_market_and_a_wallet"

    def test_an_order_of_a_market_that_is_not_there_is_refused(self, traded):
        order = copy_of(Order.objects.first(), request_key="copy", market_id=NOBODY)

        with refused(IntegrityError, self.REASON):
            order.save(force_insert=True)

    def test_an_order_of_somebody_without_a_wallet_is_refused(self, traded, charlie):
        order = copy_of(Order.objects.first(), trader_id=charlie.pk)

        with refused(IntegrityError, self.REASON):
            order.save(force_insert=True)

    def test_an_order_of_a_market_and_a_wallet_is_taken(self, traded, charlie):
        ledger.open_wallet(trader=charlie, now=NOON)

        copy_of(Order.objects.first(), trader_id=charlie.pk).save(force_insert=True)

        assert Order.objects.filter(trader=charlie).count() == 1

    def test_one_unsound_order_among_many_has_all_of_them_refused(self, traded, charlie):
        first = Order.objects.first()
        sound = copy_of(first, request_key="sound")
        unsound = copy_of(first, request_key="unsound", trader_id=charlie.pk)

        with refused(IntegrityError, self.REASON):
            Order.objects.bulk_create([sound, unsound])


class TestFills:
    REASON = "fill_belongs_to_its_order"

    @pytest.mark.parametrize("column", ["order_id", "market_id", "trader_id"])
    def test_a_fill_that_is_not_of_its_order_is_refused(self, traded, column):
        first, second = Fill.objects.order_by("seq")
        theirs = NOBODY if column == "market_id" else getattr(second, column)
        fill = copy_of(first, seq=3, **{column: theirs})

        with refused(IntegrityError, self.REASON):
            fill.save(force_insert=True)


class TestTransfers:
    @pytest.mark.parametrize("side", ["debit_id", "credit_id"])
    def test_a_transfer_with_an_account_that_is_not_there_is_refused(self, traded, side):
        transfer = copy_of(Transfer.objects.first(), key="copy", **{side: NOBODY})

        with refused(IntegrityError, "transfer_is_between_two_accounts"):
            transfer.save(force_insert=True)


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        (Account, ("id", "owner_id", "market_id")),
        (Market, ("question_id",)),
        (Order, ("id", "market_id", "trader_id")),
    ],
)
class TestWhatIsReferredTo:
    def test_it_cannot_be_deleted(self, traded, model, keys):
        with refused(DatabaseError, "Cannot delete"), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")

    def test_its_keys_cannot_be_changed(self, traded, model, keys):
        for key in keys:
            with refused(DatabaseError, f'update of .*"{key}"'):
                model.objects.update(**{key: F(key) + 1})


def test_everything_else_of_an_order_may_change(traded):
    changed = Order.objects.update(placed_at=NOON + timedelta(seconds=1))

    assert changed == 2
