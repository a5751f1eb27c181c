from datetime import timedelta

import pytest

from markets.core.exchange import InsufficientCredits, InvalidOrder
from markets.core.limits import InvalidProbabilities
from markets.core.money import MICRO
from markets.models import (
    CrowdSnapshot,
    Forecast,
    Market,
    Order,
    Question,
    StandingForecast,
    Transfer,
    Withdrawal,
)
from markets.queries.ledger import audit
from markets.queries.odds import odds_for
from markets.queries.portfolio import standing_forecast
from markets.services import forecasting, lifecycle
from markets.services.idempotency import RequestKeyReused
from markets.services.locks import QuestionNotFound
from tests.instants import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NEARLY_SURE = {"probabilities": (0.999, 0.001)}


def submit(forecaster, question, **changes):
    forecast = {
        "forecaster": forecaster,
        "question_id": question.pk,
        "probabilities": (0.7, 0.3),
        "request_key": "first",
        "now": NOON,
        "clock": lambda: NOON,
    }
    return forecasting.submit_forecast(**{**forecast, **changes})


def rows():
    return {
        model.__name__: model.objects.count()
        for model in (Forecast, CrowdSnapshot, Order, Transfer, Withdrawal)
    }


def crowd(question):
    return CrowdSnapshot.objects.filter(question=question).latest("id")


def test_the_first_forecast_is_the_crowd(alice, question):
    forecast = submit(alice, question)

    assert forecast.probabilities == [0.7, 0.3]
    assert crowd(question).centre == pytest.approx([0.7, 0.3])
    assert crowd(question).forecaster_count == 1
    assert Question.objects.get(pk=question.pk).forecaster_count == 1


def test_a_new_forecast_replaces_the_forecasters_old_one(alice, bob, question):
    submit(alice, question)
    submit(bob, question, probabilities=(0.5, 0.5), now=NOON + MINUTE)

    submit(alice, question, probabilities=(0.3, 0.7), request_key="2", now=NOON + 2 * MINUTE)

    assert Forecast.objects.count() == 3
    assert crowd(question).forecaster_count == 2
    assert crowd(question).centre == pytest.approx([0.4, 0.6])


def test_withdrawing_leaves_the_crowd_without_it(alice, bob, question):
    first = submit(alice, question)
    submit(bob, question, probabilities=(0.5, 0.5), now=NOON + MINUTE)

    forecasting.withdraw_forecast(forecast_id=first.pk, forecaster=alice, now=NOON + 2 * MINUTE)

    assert crowd(question).centre == pytest.approx([0.5, 0.5])
    assert crowd(question).forecaster_count == 1


def test_after_the_last_withdrawal_nobody_stands(alice, question):
    forecast = submit(alice, question)

    forecasting.withdraw_forecast(forecast_id=forecast.pk, forecaster=alice, now=NOON + MINUTE)
    forecasting.withdraw_forecast(forecast_id=forecast.pk, forecaster=alice, now=NOON + MINUTE)

    assert Withdrawal.objects.count() == 1
    assert (crowd(question).forecaster_count, crowd(question).centre) == (0, [])


def test_nobody_withdraws_what_is_anothers(alice, charlie, question):
    forecast = submit(alice, question)

    with pytest.raises(forecasting.ForecastNotFound):
        forecasting.withdraw_forecast(forecast_id=forecast.pk, forecaster=charlie, now=NOON)

    assert not Withdrawal.objects.exists()


def test_a_stake_buys_until_it_is_spent(alice, question):
    forecast = submit(alice, question, stake=10 * MICRO)

    assert forecast.order.cost == 10 * MICRO
    assert forecast.order.origin == "stake"
    assert Market.objects.get(pk=question.pk).probabilities[0] == pytest.approx(0.506883, abs=1e-6)
    assert audit() == []


def test_a_stake_buys_until_the_price_is_what_was_stated(alice, question):
    forecast = submit(alice, question, stake=900 * MICRO)

    assert forecast.order.status == "filled"
    assert forecast.order.cost < 900 * MICRO
    assert Market.objects.get(pk=question.pk).probabilities == pytest.approx([0.7, 0.3], abs=1e-8)
    assert audit() == []


def test_a_stake_on_many_outcomes_moves_them_all_towards_the_forecast(alice, publish):
    question = publish(type="multiple_choice", outcomes=("A", "B", "C"), prior=(0.4, 0.3, 0.3))

    forecast = submit(alice, question, probabilities=(0.2, 0.5, 0.3), stake=900 * MICRO)

    probabilities = Market.objects.get(pk=question.pk).probabilities
    assert probabilities == pytest.approx([0.2, 0.5, 0.3], abs=1e-8)
    assert min(forecast.order.fills.get().shares) == 0
    assert audit() == []


def test_a_retry_gets_the_first_answer_and_stakes_once(alice, question):
    submit(alice, question, stake=10 * MICRO)
    before = rows()

    again = submit(alice, question, stake=10 * MICRO)

    assert again.replayed
    assert rows() == before


@pytest.mark.parametrize(
    ("refusal", "code", "changes"),
    [
        (InvalidProbabilities, "invalid_probabilities", {"probabilities": (0.7,)}),
        (InvalidProbabilities, "invalid_probabilities", {"probabilities": (0.7, 0.7)}),
        (InvalidProbabilities, "invalid_probabilities", {"probabilities": (1.0, 0.0)}),
        (InvalidProbabilities, "invalid_probabilities", {"probabilities": (float("nan"), 0.5)}),
        (forecasting.InvalidForecast, "invalid_forecast", {"ends_at": NOON}),
        (forecasting.InvalidForecast, "invalid_forecast", {"rationale": "x" * 10_001}),
        (InsufficientCredits, "insufficient_credits", {"stake": 5_000 * MICRO, **NEARLY_SURE}),
        (InvalidOrder, "invalid_order", {"stake": 0}),
    ],
)  # fmt: skip
def test_a_refused_forecast_writes_nothing(alice, question, refusal, code, changes):
    before = rows()

    with pytest.raises(refusal) as refused:
        submit(alice, question, **changes)

    assert refused.value.code == code
    assert rows() == before


def test_one_key_for_two_different_forecasts_is_refused(alice, question):
    submit(alice, question)
    before = rows()

    with pytest.raises(RequestKeyReused):
        submit(alice, question, probabilities=(0.6, 0.4))

    assert rows() == before


def test_a_question_that_does_not_exist_takes_no_forecast(alice, question):
    with pytest.raises(QuestionNotFound):
        submit(alice, question, question_id=question.pk + 1)


def test_a_halted_question_takes_forecasts_but_no_stakes(alice, eve, question):
    lifecycle.halt(question_id=question.pk, editor=eve, reason="news", now=NOON)
    submit(alice, question)
    before = rows()

    with pytest.raises(forecasting.MarketError) as refused:
        submit(alice, question, stake=MICRO, request_key="2")

    assert refused.value.code == "market_not_open"
    assert rows() == before


def test_a_forecast_at_the_closing_instant_is_too_late(alice, question):
    with pytest.raises(forecasting.QuestionNotOpen):
        submit(alice, question, now=question.closes_at)

    assert not Forecast.objects.exists()


def test_a_clock_that_steps_back_puts_no_forecast_before_the_last_one(alice, bob, question):
    submit(alice, question, now=NOON + MINUTE)

    late = submit(bob, question, probabilities=(0.2, 0.8), now=NOON)

    assert late.made_at == NOON + MINUTE
    assert crowd(question).forecaster_count == 2
    assert odds_for(Question.objects.get(), now=NOON + MINUTE).crowd.forecaster_count == 2


def test_a_forecast_that_ended_by_itself_leaves_the_crowd(alice, bob, question):
    submit(alice, question)
    submit(bob, question, probabilities=(0.5, 0.5), ends_at=NOON + MINUTE)

    assert forecasting.refresh_crowds(now=NOON + MINUTE - timedelta(seconds=1)) == 0
    assert forecasting.refresh_crowds(now=NOON + MINUTE) == 1
    assert forecasting.refresh_crowds(now=NOON + 2 * MINUTE) == 0

    assert crowd(question).centre == pytest.approx([0.7, 0.3])
    assert standing_forecast(bob.pk, question.pk, now=NOON + MINUTE) is None


def test_the_crowd_of_a_question_that_closed_meanwhile_stays_as_it_was(alice, bob, question, eve):
    submit(alice, question)
    submit(bob, question, probabilities=(0.5, 0.5), ends_at=NOON + MINUTE)
    lifecycle.close(question_id=question.pk, editor=eve, reason="Over.", now=NOON + MINUTE / 2)
    before = Question.objects.values().get()

    assert not forecasting._refresh_crowd(question.pk, NOON + 2 * MINUTE)

    assert Question.objects.values().get() == before


@pytest.mark.parametrize("days", [10, 11])
def test_an_end_with_the_question_or_later_is_none(alice, question, days):
    submit(alice, question, ends_at=NOON + timedelta(days=days))

    assert Forecast.objects.get().ends_at is None
    assert StandingForecast.objects.get().ends_at is None


def test_what_ended_just_before_another_forecast_leaves_the_table_too(alice, bob, question):
    submit(bob, question, ends_at=NOON + MINUTE)
    submit(alice, question, now=NOON + 2 * MINUTE)

    assert forecasting.refresh_crowds(now=NOON + 3 * MINUTE) == 1

    assert [each.forecaster for each in StandingForecast.objects.all()] == [alice]


def test_the_end_of_a_forecast_that_was_replaced_is_no_news(alice, question):
    submit(alice, question, ends_at=NOON + 2 * MINUTE)
    submit(alice, question, request_key="2", now=NOON + MINUTE)

    assert forecasting.refresh_crowds(now=NOON + 2 * MINUTE) == 0
