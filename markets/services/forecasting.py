"""Stating forecasts: recorded for good, aggregated at once, and traded on where a stake follows."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import transaction

from markets.core.distribution import InvalidQuantiles, bin_floor
from markets.core.errors import MarketError
from markets.core.lifecycle import ACCEPTS_FORECASTS
from markets.core.limits import PRICE_MAX, PRICE_MIN, InvalidProbabilities
from markets.core.stated_quantiles import Pair, from_stated_quantiles
from markets.models import Forecast, Origin, Question, StandingForecast, Withdrawal
from markets.services import crowd, idempotency
from markets.services.batch import Clock
from markets.services.locks import lock_question
from markets.services.sweeps import for_each
from markets.services.trading import place_stake
from users.models import User

SUM_TOLERANCE = 1e-6
RATIONALE_LENGTH_MAX = 10_000


class QuestionNotOpen(MarketError):
    code = "question_not_open"
    field = "question"


class InvalidForecast(MarketError):
    code = "invalid_forecast"


class ForecastNotFound(MarketError):
    code = "forecast_not_found"
    field = "forecast"


def submit_forecast(
    *,
    forecaster: User,
    question_id: int,
    probabilities: Sequence[float] | None = None,
    quantiles: Sequence[Pair] | None = None,
    stake: int | None = None,
    rationale: str = "",
    request_key: str,
    origin: str = Origin.API,
    ends_at: datetime | None = None,
    now: datetime,
    clock: Clock | None = None,
) -> Forecast:
    """Return the forecast, or the first answer to the same request key.

    It says either `probabilities`, one for each outcome, or of a number or a date `quantiles`,
    from which the probabilities of the bins follow.

    Where it would end with its question or later, its end is left out: nothing outlives the close.

    With a stake, an order follows in the same transaction: it moves the prices towards the stated
    probabilities until they are reached or the stake is spent. Its instant is read from `clock`.

    Raises:
        MarketError: with a stable code, and then nothing was written.
    """
    idempotency.require_request_key(request_key)
    pairs = None if quantiles is None else [(float(p), float(value)) for p, value in quantiles]
    said = pairs if probabilities is None else tuple(map(float, probabilities))
    request_sha256 = idempotency.fingerprint(question_id, said, stake, rationale, ends_at)
    with idempotency.taken_once("request_is_taken_once"), transaction.atomic():
        question = lock_question(question_id)
        earlier = Forecast.objects.filter(forecaster=forecaster, request_key=request_key)
        repeated = idempotency.recognise(earlier.select_related("order"), request_sha256)
        if repeated is not None:
            return repeated

        now = _not_before_the_last(question, now)
        _require_open(question, now)
        stated = _stated(probabilities, pairs, question)
        _require_sound(rationale, ends_at, now)
        ends_at = _before_the_close(ends_at, question)
        order = None
        if stake is not None:
            order = place_stake(
                forecaster=forecaster, market_id=question_id, probabilities=stated, stake=stake,
                request_key=request_key, clock=clock,
            )  # fmt: skip
        forecast = Forecast.objects.create(
            question=question, forecaster=forecaster, request_key=request_key,
            request_sha256=request_sha256, probabilities=stated, quantiles=pairs,
            rationale=rationale, origin=origin, order=order, made_at=now, ends_at=ends_at,
            track_weight=crowd.weight_of_record(forecaster.pk),
        )  # fmt: skip
        crowd.let_stand(forecast, question)
        return forecast


@transaction.atomic
def withdraw_forecast(*, forecast_id: int, forecaster: User, now: datetime) -> Withdrawal:
    """End one's own forecast; asking twice changes nothing."""
    forecast = Forecast.objects.filter(pk=forecast_id, forecaster=forecaster).first()
    if forecast is None:
        raise ForecastNotFound("You have made no such forecast.")
    question = lock_question(forecast.question_id)
    earlier = Withdrawal.objects.filter(forecast=forecast).first()
    if earlier is not None:
        return earlier
    now = _not_before_the_last(question, now)
    _require_open(question, now)
    withdrawal = Withdrawal.objects.create(forecast=forecast, withdrawn_at=now)
    crowd.let_go(forecast, question, now=now)
    return withdrawal


def _require_open(question: Question, now: datetime) -> None:
    if question.status not in ACCEPTS_FORECASTS:
        raise QuestionNotOpen(f"This question is {question.status}; only open ones take forecasts.")
    if question.closes_at is not None and now >= question.closes_at:
        raise QuestionNotOpen("This question has closed.")


def _stated(
    probabilities: Sequence[float] | None, quantiles: Sequence[Pair] | None, question: Question
) -> list[float]:
    """Return the probabilities that are meant, or refuse what was said."""
    if quantiles is None:
        if probabilities is None:
            raise InvalidProbabilities("Say how likely each outcome is.")
        return _scaled(probabilities, question)
    if probabilities is not None:
        raise InvalidQuantiles("Give probabilities or quantiles, not both.", field="quantiles")
    if question.bins is None:
        raise InvalidQuantiles(
            "Only numbers and dates are forecast in quantiles; give probabilities.",
            field="quantiles",
        )
    return [float(part) for part in from_stated_quantiles(question.bins, quantiles)]


def _scaled(probabilities: Sequence[float], question: Question) -> list[float]:
    """Return the probabilities scaled to sum to one exactly, or refuse them."""
    outcome_count = len(question.prior)
    if len(probabilities) != outcome_count:
        raise InvalidProbabilities(f"Give one probability for each of {outcome_count} outcomes.")
    stated = np.asarray(probabilities, dtype=np.float64)
    least = PRICE_MIN if question.bins is None else bin_floor(outcome_count)
    most = PRICE_MAX if question.bins is None else 1.0 - least
    if not np.all((stated >= least - 1e-12) & (stated <= most + 1e-12)):
        raise InvalidProbabilities(
            f"Each probability lies between {least:g} and {most:g}: nothing is certain."
        )
    if abs(float(stated.sum()) - 1) > SUM_TOLERANCE:
        raise InvalidProbabilities(
            f"The probabilities sum to {float(stated.sum()):.4g}; they must sum to 1."
        )
    return [float(part) for part in stated / stated.sum()]


def _require_sound(rationale: str, ends_at: datetime | None, now: datetime) -> None:
    if len(rationale) > RATIONALE_LENGTH_MAX:
        raise InvalidForecast(f"Keep the rationale under {RATIONALE_LENGTH_MAX:,} characters.")
    if ends_at is not None and ends_at <= now:
        raise InvalidForecast("A forecast cannot end before it begins.")


def _before_the_close(ends_at: datetime | None, question: Question) -> datetime | None:
    """Return the end that is meant; None where its question ends it."""
    if ends_at is None or question.closes_at is None or ends_at < question.closes_at:
        return ends_at
    return None


def refresh_crowds(*, now: datetime) -> int:
    """Aggregate anew where a forecast that stands has ended; return how many questions."""
    due = (
        StandingForecast.objects.filter(ends_at__lte=now, question__status__in=ACCEPTS_FORECASTS)
        .order_by("question_id")
        .values_list("question_id", flat=True)
        .distinct()
    )
    return for_each(list(due), lambda question_id: _refresh_crowd(question_id, now))


@transaction.atomic
def _refresh_crowd(question_id: int, now: datetime) -> bool:
    question = lock_question(question_id)
    if question.status not in ACCEPTS_FORECASTS:
        return False  # it closed while we waited, and its crowd stays what it was then
    crowd.let_end(question, now=_not_before_the_last(question, now))
    return True


def _not_before_the_last(question: Question, now: datetime) -> datetime:
    """Return `now`, or the instant of the last change where a clock runs behind or a lock waited.

    Forecasts of one question are made one after the other, in the order of their ids.
    """
    return max(now, question.crowd_as_of or now)
