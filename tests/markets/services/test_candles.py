"""Each change goes into the candles once, in chunks of any size, whoever else is at it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from markets.models import Candle, CandleMark, Fill, Series
from markets.queries.candles import series_behind
from markets.services import forecasting
from markets.services.candles import roll_up, roll_up_due
from tests.instants import NOON
from tests.markets.queries.pasts import (
    DAY,
    HOUR,
    MINUTE,
    MOMENTS,
    buy,
    say,
    trade_at_every_moment,
)

pytestmark = pytest.mark.django_db


def rows():
    return {row.pop("pk"): row for row in Candle.objects.values("pk", *COLUMNS)}


COLUMNS = ("open", "high", "low", "close", "volume", "change_count")


def the_candle(period):
    return Candle.objects.values(*COLUMNS).get(period=period)


def test_a_minute_keeps_its_first_highest_lowest_and_last_odds(alice, question):
    buy(alice, question, NOON, key="up")
    buy(alice, question, NOON + MINUTE / 4, key="further up")
    buy(alice, question, NOON + MINUTE / 2, key="down", claim=(1,), budget=25_000_000)
    first, second, third = (fill.probabilities for fill in Fill.objects.order_by("seq"))

    assert roll_up(question_id=question.pk, series=Series.MARKET) == 3

    assert the_candle("1m") == {
        "open": first,
        "high": [second[0], third[1]],
        "low": [third[0], second[1]],
        "close": third,
        "volume": 45_000_000,
        "change_count": 3,
    }
    assert the_candle("1h") == the_candle("1d") == the_candle("1m")


def test_a_single_change_is_kept_once(alice, question):
    buy(alice, question, NOON, key="only")

    roll_up_due()

    assert the_candle("1d") == {
        "open": None,
        "high": None,
        "low": None,
        "close": Fill.objects.get().probabilities,
        "volume": 10_000_000,
        "change_count": 1,
    }


def test_a_late_fill_is_added_to_the_candle_that_was_rolled_up(alice, question):
    buy(alice, question, NOON, key="early")
    roll_up_due()
    buy(alice, question, NOON, key="late")
    early, late = (fill.probabilities for fill in Fill.objects.order_by("seq"))

    roll_up_due()

    assert the_candle("1m") == {
        "open": early,
        "high": [late[0], early[1]],
        "low": [early[0], late[1]],
        "close": late,
        "volume": 20_000_000,
        "change_count": 2,
    }


@pytest.mark.parametrize("chunk", [1, 3, 8, 1_000])
def test_chunks_of_any_size_come_to_the_same(alice, question, chunk):
    trade_at_every_moment(alice, question)
    roll_up_due()
    at_once = rows()
    Candle.objects.all().delete()
    CandleMark.objects.all().delete()

    while roll_up(question_id=question.pk, series=Series.MARKET, chunk=chunk):
        pass

    assert rows() == at_once


def test_rolling_up_again_changes_nothing(alice, question):
    trade_at_every_moment(alice, question)
    assert roll_up_due() == len(MOMENTS)
    before = rows()

    assert roll_up_due() == 0
    assert rows() == before


def test_a_chunk_that_fails_leaves_nothing_and_is_done_again(alice, question):
    trade_at_every_moment(alice, question)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE markets_candlemark ADD CHECK (through < 5)")

    assert roll_up_due() == 0
    assert Candle.objects.count() == CandleMark.objects.count() == 0

    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE markets_candlemark DROP CONSTRAINT markets_candlemark_through_check"
        )
    assert roll_up_due() == len(MOMENTS)


def test_a_crowd_of_nobody_is_no_change(alice, question):
    forecast = say(alice, question, NOON, 0.8, 0.2)
    forecasting.withdraw_forecast(forecast_id=forecast.pk, forecaster=alice, now=NOON + HOUR)

    assert roll_up_due() == 1

    assert [candle.starts_at for candle in Candle.objects.filter(period="1h")] == [NOON]
    assert series_behind(Series.CROWD) == {}


def test_forecasts_at_one_instant_are_each_added_once(alice, bob, question):
    say(alice, question, NOON, 0.8, 0.2)
    roll_up_due()
    say(bob, question, NOON, 0.6, 0.4)

    assert roll_up_due() == 1
    assert the_candle("1m")["change_count"] == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_passes_by_and_adds_nothing_twice(alice, question):
    trade_at_every_moment(alice, question)
    roll_up(question_id=question.pk, series=Series.MARKET, chunk=2)

    def another():
        try:
            return roll_up(question_id=question.pk, series=Series.MARKET)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as threads:
        with transaction.atomic():
            CandleMark.objects.select_for_update().get()
            assert threads.submit(another).result(timeout=30) == 0
        added = [threads.submit(another) for _ in range(8)]

        assert sum(each.result(timeout=30) for each in added) == len(MOMENTS) - 1

    days = Candle.objects.filter(period="1d").values_list("change_count", flat=True)
    assert sum(days) == len(MOMENTS)
    assert roll_up_due() == 0
    assert MOMENTS[-1] < NOON + 3 * DAY
