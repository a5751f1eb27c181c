from datetime import timedelta

import pytest

from markets.core.money import MICRO
from markets.queries.history import history_of
from markets.services import forecasting
from markets.services.trading import place_order
from tests.instants import NOON

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


def test_what_never_opened_has_no_history(eve, publish):
    question = publish(opens_at=NOON + DAY)

    assert history_of(question, now=NOON).market == ()
