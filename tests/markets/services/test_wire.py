"""Statements sent without waiting: what comes back, in what order, and what a failure leaves."""

import pytest
from django.db import connection, transaction
from psycopg import OperationalError, errors

from markets.services.lane_connection import LaneConnection
from markets.services.wire import Wire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lane():
    lane = LaneConnection()
    yield lane
    lane.close()


@pytest.fixture
def wire(lane):
    return lane.wire


def test_every_statement_of_a_group_has_its_rows_in_order(wire):
    wire.send("SELECT $1::bigint, $2::text", "7", "seven")
    wire.send("CREATE TEMPORARY TABLE empty ()")
    wire.send("SELECT unnest($1::bigint[])", "{1,2}")

    assert wire.receive() == [[(7, "seven")], [], [(1,), (2,)]]


def test_groups_are_received_one_by_one_however_many_were_sent(wire):
    for number in "12":
        wire.send("SELECT $1::bigint", number)
        wire.sync()

    assert wire.receive() == [[(1,)]]
    assert wire.receive() == [[(2,)]]


def test_more_than_fits_on_the_way_at_once_arrives_whole(wire):
    text = "x" * 5_000_000

    wire.send("SELECT $1::text", text)
    wire.send("SELECT $1::text", text)

    assert wire.receive() == [[(text,)], [(text,)]]


def test_what_comes_behind_a_failure_in_its_group_is_not_run(wire):
    wire.send("SELECT 1 / $1::bigint", "0")
    wire.send("CREATE TABLE never ()")

    with pytest.raises(errors.DivisionByZero, match="division by zero"):
        wire.receive()

    wire.roll_back()
    wire.send("SELECT to_regclass('never')")
    assert wire.receive() == [[(None,)]]


def test_after_a_failure_statements_are_prepared_anew(wire):
    divide = "SELECT 6 / $1::bigint"
    wire.send("SELECT 1 / $1::bigint", "0")
    wire.send(divide, "2")  # is never prepared, behind what failed
    with pytest.raises(errors.DivisionByZero):
        wire.receive()

    wire.roll_back()

    wire.send(divide, "3")
    assert wire.receive() == [[(2,)]]


def test_rolling_back_leaves_nothing_unheard(wire):
    wire.send("BEGIN")
    wire.send("CREATE TABLE undone ()")
    wire.sync()
    wire.send("SELECT 'nobody', 'asks', 'for this'")

    wire.roll_back()

    wire.send("SELECT to_regclass('undone')")
    assert wire.receive() == [[(None,)]]


def test_nothing_is_heard_while_the_server_is_still_busy(wire):
    wire.send("SELECT pg_sleep(0.2)")
    wire.sync()

    assert not wire.is_heard_within(0.001)
    assert wire.is_heard_within(5)


def test_a_lost_connection_is_said_to_be_lost(wire):
    wire.send("SELECT pg_backend_pid()")
    [[(pid,)]] = wire.receive()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    wire.send("SELECT 1")

    with pytest.raises(OperationalError):
        wire.receive()

    with pytest.raises(OperationalError):
        wire.roll_back()
    assert wire.is_lost


def test_a_lane_opens_another_connection_after_one_was_lost(lane):
    lane.wire.send("SELECT pg_backend_pid()")
    [[(pid,)]] = lane.wire.receive()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    lane.wire.send("SELECT 1")
    with pytest.raises(Exception, match=r"terminating|lost|closed"), lane.undoing():
        lane.wire.receive()

    lane.wire.send("SELECT pg_backend_pid() <> $1::bigint", str(pid))
    assert lane.wire.receive() == [[(True,)]]


class TestBorrowing:
    def test_it_takes_part_in_the_transaction_that_was_begun(self):
        with transaction.atomic():
            with Wire.borrowing(connection.connection) as wire:
                wire.send("CREATE TABLE undone ()")
                wire.receive()
            there = connection.introspection.table_names()
            transaction.set_rollback(True)

        assert "undone" in there
        assert "undone" not in connection.introspection.table_names()

    def test_it_begins_the_transaction_where_nobody_has_yet(self):
        connection.ensure_connection()

        with transaction.atomic(), Wire.borrowing(connection.connection) as wire:
            wire.send("SAVEPOINT needs_a_transaction")
            wire.send("SELECT 1")

            assert wire.receive()[-2:] == [[], [(1,)]]

    def test_the_connection_is_as_before_though_a_statement_failed(self):
        with pytest.raises(errors.DivisionByZero), transaction.atomic():
            divide_by_zero()

        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)


def divide_by_zero():
    with Wire.borrowing(connection.connection) as wire:
        wire.send("SELECT 1 / 0")
        wire.receive()
