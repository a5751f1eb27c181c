from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.models import CitationRole, Market
from markets.queries.changes import MOMENT
from markets.queries.history import history_of
from markets.services import citations, forecasting
from markets.services.trading import place_order
from tests.instants import NOON
from tests.markets.queries.pasts import MOMENTS, fills_of, say, trade_at_every_moment
from tests.markets.queries.test_record import FIRST, write

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AFTERWARDS = MOMENTS[-1] + HOUR


def buy(trader, question, *, at):
    return place_order(
        trader=trader, market_id=question.pk, claim=(0,), side="buy", budget=10 * MICRO,
        request_key=str(at), clock=lambda: at,
    )  # fmt: skip


def test_the_line_begins_at_the_prior_and_steps_with_each_fill(alice, question):
    buy(alice, question, at=NOON + HOUR)
    buy(alice, question, at=NOON + 2 * HOUR)

    history = history_of(question, now=NOON + DAY)

    assert [point.at for point in history.market] == [NOON, NOON + HOUR, NOON + 2 * HOUR]
    assert history.market[0].probabilities == (0.5, 0.5)
    assert history.market[1].probabilities[0] == pytest.approx(0.506883, abs=1e-6)


def test_a_window_begins_at_what_was_public_at_its_start(alice, question):
    buy(alice, question, at=NOON + HOUR)
    buy(alice, question, at=NOON + 5 * HOUR)

    history = history_of(question, start=NOON + 2 * HOUR, end=NOON + 4 * HOUR, now=NOON + DAY)

    assert len(history.market) == 1
    assert history.market[0].at == NOON + 2 * HOUR
    assert history.market[0].probabilities[0] == pytest.approx(0.506883, abs=1e-6)


def test_many_fills_are_thinned_but_the_last_one_is_kept(alice, question):
    for minute in range(30):
        buy(alice, question, at=NOON + minute * timedelta(minutes=1))

    history = history_of(question, now=NOON + HOUR, points_max=10)

    question.market.refresh_from_db()
    assert len(history.market) <= 11
    assert history.market[-1].probabilities == tuple(question.market.probabilities)
    assert [point.at for point in history.market] == sorted(point.at for point in history.market)


def test_the_crowd_has_a_line_of_its_own_once_it_is_revealed(alice, publish):
    question = publish(reveal_at=NOON + DAY)
    forecasting.submit_forecast(
        forecaster=alice, question_id=question.pk, probabilities=(0.8, 0.2), now=NOON,
        request_key="one",
    )  # fmt: skip

    assert history_of(question, now=NOON + HOUR).crowd == ()
    assert history_of(question, now=NOON + DAY).crowd[0].probabilities == (0.8, 0.2)


def test_where_everybody_withdrew_the_crowds_line_has_a_gap(alice, question):
    said = {"forecaster": alice, "question_id": question.pk, "probabilities": (0.8, 0.2)}
    first = forecasting.submit_forecast(**said, request_key="one", now=NOON + HOUR)
    forecasting.withdraw_forecast(forecast_id=first.pk, forecaster=alice, now=NOON + 2 * HOUR)
    forecasting.submit_forecast(**said, request_key="two", now=NOON + 4 * HOUR)

    for asked in ({}, {"period": "raw"}):
        line = history_of(question, now=NOON + DAY, **asked).crowd
        assert [(point.at, point.probabilities) for point in line] == [
            (NOON + HOUR, (0.8, 0.2)),
            (NOON + 2 * HOUR, ()),
            (NOON + 4 * HOUR, (0.8, 0.2)),
        ]
    later = history_of(question, start=NOON + 3 * HOUR, now=NOON + DAY).crowd
    assert [point.at for point in later] == [NOON + 4 * HOUR]


def test_what_never_opened_has_no_history(eve, publish):
    question = publish(opens_at=NOON + DAY)

    assert history_of(question, now=NOON).market == ()


def standing_at(question, moment):
    """What the market said at a moment, by reading every fill."""
    said = (0.5, 0.5)
    for at, probabilities, _ in fills_of(question):
        if at <= moment:
            said = probabilities
    return said


def test_the_raw_line_has_every_instant_and_what_stood_after_it(alice, question):
    trade_at_every_moment(alice, question)

    line = history_of(question, now=AFTERWARDS, period="raw").market

    instants = sorted(set(MOMENTS))
    assert [point.at for point in line] == instants
    assert [point.probabilities for point in line] == [
        standing_at(question, instant) for instant in instants
    ]


@pytest.mark.parametrize("points_max", [2, 3, 7, 400])
def test_a_thinned_line_passes_through_what_stood_at_the_end_of_each_stretch(
    alice, question, points_max
):
    trade_at_every_moment(alice, question)

    line = history_of(question, now=AFTERWARDS, points_max=points_max).market

    width = (AFTERWARDS + MOMENT - NOON) / (points_max - 1)
    assert len(line) <= points_max + 1
    for stretch in range(1, points_max):
        end = NOON + stretch * width
        said = [point.probabilities for point in line if point.at < end][-1]
        assert said == standing_at(question, end - MOMENT)


def test_a_line_by_the_hour_has_one_point_for_each_hour_that_moved(alice, question):
    trade_at_every_moment(alice, question)

    line = history_of(question, now=AFTERWARDS, period="1h").market

    hours = {(at - NOON) // HOUR: at for at in MOMENTS}
    assert [point.at for point in line] == [NOON, *hours.values()]


@pytest.mark.parametrize("period", ["raw", "1m", "1h", "1d"])
def test_pages_of_a_line_neither_skip_nor_change_anything(alice, question, period):
    trade_at_every_moment(alice, question)
    whole = history_of(question, now=AFTERWARDS, period=period)

    points, start = {}, None
    while True:
        page = history_of(question, now=AFTERWARDS, period=period, start=start, points_max=2)
        points.update({point.at: point.probabilities for point in page.market})
        start = page.next
        if start is None:
            break

    assert whole.next is None
    assert {point.at for point in whole.market} <= set(points)
    assert all(standing_at(question, at) == said for at, said in points.items())


def test_as_of_an_instant_nothing_is_known_that_came_later(alice, question):
    trade_at_every_moment(alice, question)

    for now in MOMENTS:
        line = history_of(question, now=now).market

        assert line[-1].probabilities == standing_at(question, now)
        assert line[-1].at <= now


def test_a_series_that_is_not_asked_for_stays_empty(alice, question):
    buy(alice, question, at=NOON)
    say(alice, question, NOON, 0.8, 0.2)

    market = history_of(question, now=NOON + HOUR, series=["market"])
    crowd = history_of(question, now=NOON + HOUR, series=["crowd"])

    assert (len(market.market), market.crowd) == (1, ())
    assert (crowd.market, len(crowd.crowd)) == ((), 1)


def test_the_crowds_line_too_begins_with_what_stood_at_the_start(alice, question):
    say(alice, question, NOON, 0.8, 0.2)
    say(alice, question, NOON + 2 * HOUR, 0.6, 0.4)

    line = history_of(question, start=NOON + HOUR, now=NOON + DAY).crowd

    assert [(point.at, point.probabilities) for point in line] == [
        (NOON + HOUR, (0.8, 0.2)),
        (NOON + 2 * HOUR, (0.6, 0.4)),
    ]


def test_liquidity_that_was_added_does_not_move_where_the_line_began(alice, question):
    buy(alice, question, at=NOON + HOUR)
    Market.objects.update(prior=[0.4, 0.6])  # the maker's own, after liquidity was added

    assert history_of(question, now=NOON + DAY).market[0].probabilities == (0.5, 0.5)


def test_an_article_cited_later_is_not_known_before(eve, question):
    article = write("The line opens", NOON + MINUTE)
    citations.cite(
        question_id=question.pk, version=article.versions.get(), quote=FIRST,
        role=CitationRole.SOURCE, editor=eve, now=NOON + HOUR,
    )  # fmt: skip

    assert history_of(question, now=NOON + HOUR - MOMENT).articles == ()
    assert [each.article_id for each in history_of(question, now=NOON + HOUR).articles] == [
        article.pk
    ]
