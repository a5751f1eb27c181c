"""A market with a past: irregular fills over three days, some of them at one instant."""

from datetime import timedelta

from markets.core.money import MICRO
from markets.models import CrowdSnapshot, Fill
from markets.queries.candles import Moves, floor
from markets.services import forecasting
from markets.services.trading import place_order
from tests.instants import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

MOMENTS = [
    NOON + each
    for each in (
        timedelta(),
        timedelta(seconds=20),
        timedelta(seconds=20),
        timedelta(seconds=59, microseconds=999_999),
        MINUTE,
        30 * MINUTE,
        30 * MINUTE + timedelta(seconds=1),
        HOUR,
        3 * HOUR,
        3 * HOUR,
        12 * HOUR,
        DAY + 5 * MINUTE,
        DAY + 5 * MINUTE + timedelta(seconds=3),
        DAY + 2 * HOUR,
        2 * DAY + timedelta(microseconds=1),
        2 * DAY + 40 * MINUTE,
        2 * DAY + 41 * MINUTE,
    )
]


def buy(trader, question, at, *, key, claim=(0,), budget=10 * MICRO):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=key, clock=lambda: at,
    )  # fmt: skip


def trade_at_every_moment(trader, question, moments=MOMENTS):
    """Alternate between the outcomes, so that prices rise and fall."""
    for number, at in enumerate(moments):
        buy(
            trader, question, at, key=f"{at}-{number}", claim=(number % 2,),
            budget=(5 + number) * MICRO,
        )  # fmt: skip


def say(forecaster, question, at, *probabilities):
    return forecasting.submit_forecast(
        forecaster=forecaster, question_id=question.pk, probabilities=probabilities, now=at,
        request_key=str(at),
    )  # fmt: skip


def fills_of(question):
    return [
        (fill.filled_at, tuple(fill.probabilities), abs(fill.cost))
        for fill in Fill.objects.filter(market_id=question.pk).order_by("seq")
    ]


def aggregates_of(question):
    return [
        (snapshot.as_of, tuple(snapshot.centre), 0)
        for snapshot in CrowdSnapshot.objects.filter(question=question).order_by("id")
        if snapshot.forecaster_count
    ]


def candles_by_hand(changes, period, *, now):
    """The definition of candles, word for word."""
    periods = {}
    for change in changes:
        if change[0] <= now:
            periods.setdefault(floor(change[0], period), []).append(change)
    return tuple(
        Moves(
            starts_at=starts_at,
            open=inside[0][1],
            high=tuple(map(max, zip(*(each[1] for each in inside), strict=True))),
            low=tuple(map(min, zip(*(each[1] for each in inside), strict=True))),
            close=inside[-1][1],
            volume=sum(each[2] for each in inside),
            change_count=len(inside),
        )
        for starts_at, inside in periods.items()
    )
