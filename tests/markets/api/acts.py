"""What traders and forecasters do before somebody reads the odds."""

from django.utils import timezone

from markets.services.forecasting import submit_forecast
from markets.services.trading import place_order


def buy(trader, question, *, claim=(0,), budget=25_000_000, key="k"):
    return place_order(
        trader=trader, market_id=question.pk, claim=claim, side="buy", budget=budget,
        request_key=key,
    )  # fmt: skip


def forecast(forecaster, question, *probabilities, key="f", now=None):
    return submit_forecast(
        forecaster=forecaster, question_id=question.pk, probabilities=probabilities,
        request_key=key, now=now or timezone.now(),
    )  # fmt: skip
