import pytest

from markets.models import Period, Series
from markets.queries.candles import candles_of, floor, series_behind
from markets.queries.changes import MOMENT
from markets.services.candles import roll_up, roll_up_due
from tests.instants import NOON
from tests.markets.queries.pasts import (
    DAY,
    HOUR,
    MINUTE,
    MOMENTS,
    aggregates_of,
    buy,
    candles_by_hand,
    fills_of,
    say,
    trade_at_every_moment,
)

pytestmark = pytest.mark.django_db

AFTERWARDS = MOMENTS[-1] + HOUR


@pytest.fixture
def traded(alice, question):
    trade_at_every_moment(alice, question)
    return question


@pytest.mark.parametrize("rolled_up", [0, 1, 5, len(MOMENTS)])
@pytest.mark.parametrize("period", Period.values)
def test_candles_are_the_same_however_far_they_were_rolled_up(traded, period, rolled_up):
    for _ in range(rolled_up):
        roll_up(question_id=traded.pk, series=Series.MARKET, chunk=2)

    candles = candles_of(traded, period=period, now=AFTERWARDS)

    assert candles.next is None
    assert candles.candles == candles_by_hand(fills_of(traded), period, now=AFTERWARDS)


@pytest.mark.parametrize("rolled_up", [0, 7, len(MOMENTS)])
@pytest.mark.parametrize("period", Period.values)
def test_candles_of_the_past_hold_nothing_that_came_later(traded, period, rolled_up):
    fills = fills_of(traded)
    for _ in range(rolled_up):
        roll_up(question_id=traded.pk, series=Series.MARKET, chunk=2)

    for now in {each + step for each in MOMENTS for step in (-MOMENT, 0 * MOMENT, MINUTE)}:
        if now >= NOON:
            candles = candles_of(traded, period=period, now=now).candles

            assert candles == candles_by_hand(fills, period, now=now), now


@pytest.mark.parametrize("rolled_up", [0, 4, len(MOMENTS)])
def test_pages_of_candles_neither_skip_nor_repeat(traded, rolled_up):
    whole = candles_of(traded, period="1m", now=AFTERWARDS).candles
    for _ in range(rolled_up):
        roll_up(question_id=traded.pk, series=Series.MARKET, chunk=2)

    pages, start = [], None
    while not pages or start:
        page = candles_of(traded, period="1m", start=start, now=AFTERWARDS, limit=3)
        pages += page.candles
        start = page.next

    assert tuple(pages) == whole


@pytest.mark.parametrize("rolled_up", [0, 4, len(MOMENTS)])
@pytest.mark.parametrize("now", [AFTERWARDS, NOON + DAY + 5 * MINUTE])
def test_a_window_holds_the_whole_candles_that_begin_in_it(traded, rolled_up, now):
    for _ in range(rolled_up):
        roll_up(question_id=traded.pk, series=Series.MARKET, chunk=2)

    for start, end in [
        (NOON + 10 * MINUTE, NOON + 3 * HOUR + MINUTE),
        (NOON + HOUR, NOON + 3 * HOUR),
        (NOON + DAY, NOON + DAY + MINUTE),
        (NOON + DAY - HOUR, NOON + 3 * DAY),
    ]:
        window = candles_of(traded, period="1h", start=start, end=end, now=now).candles

        assert window == tuple(
            candle
            for candle in candles_by_hand(fills_of(traded), "1h", now=now)
            if floor(start, "1h") <= candle.starts_at < end
        )


def test_the_crowd_has_candles_of_its_own(alice, bob, question):
    say(alice, question, NOON, 0.8, 0.2)
    say(bob, question, NOON + MINUTE, 0.4, 0.6)
    say(alice, question, NOON + HOUR, 0.6, 0.4)

    fresh = candles_of(question, period="1h", series="crowd", now=NOON + DAY).candles
    roll_up_due()
    rolled_up = candles_of(question, period="1h", series="crowd", now=NOON + DAY).candles

    assert fresh == rolled_up == candles_by_hand(aggregates_of(question), "1h", now=NOON + DAY)
    assert [candle.change_count for candle in fresh] == [2, 1]
    assert candles_of(question, period="1h", now=NOON + DAY).candles == ()


def test_candles_of_the_crowd_are_hidden_until_it_is_revealed(alice, publish):
    question = publish(reveal_at=NOON + DAY)
    say(alice, question, NOON, 0.8, 0.2)

    def seen(now):
        return len(candles_of(question, period="1h", series="crowd", now=now).candles)

    assert seen(NOON + DAY - MOMENT) == 0
    assert seen(NOON + DAY) == 1


def test_what_never_opened_has_no_candles(publish):
    question = publish(opens_at=NOON + DAY)

    assert candles_of(question, period="1d", now=NOON).candles == ()


def test_a_series_is_behind_by_what_no_candle_holds(alice, question):
    buy(alice, question, NOON, key="first")
    buy(alice, question, NOON, key="second")
    say(alice, question, NOON, 0.8, 0.2)
    say(alice, question, NOON + HOUR, 0.7, 0.3)
    roll_up(question_id=question.pk, series=Series.MARKET, chunk=2)

    assert series_behind(Series.MARKET) == {question.pk: 1}
    assert series_behind(Series.CROWD) == {question.pk: 2}

    roll_up_due()

    assert series_behind(Series.MARKET) == series_behind(Series.CROWD) == {}


def test_a_candle_takes_two_queries(traded, django_assert_num_queries):
    roll_up_due()

    with django_assert_num_queries(2):
        candles_of(traded, period="1h", now=AFTERWARDS)
    with django_assert_num_queries(1):
        candles_of(traded, period="1h", now=AFTERWARDS, limit=2)
