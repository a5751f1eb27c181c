"""Orders and forecasts: placing, stating, withdrawing, and one's own so far."""

from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.refusals import ForecastNotFound, OrderNotFound, ScopeMissing
from markets.api.calls import (
    OwnersCall,
    created,
    idempotency_key,
    outcomes_in_order,
    outcomes_of,
    question_seen_by,
)
from markets.api.fields import claim_of, probabilities_of
from markets.api.schema import BODY, IDEMPOTENT, SIGNED_IN, TRADING, described
from markets.api.serializers.trading import (
    ForecastBody,
    ForecastSerializer,
    OfAQuestionQuery,
    OrderBody,
    OrderSerializer,
)
from markets.models import Fill, Forecast, Order
from markets.services.forecasting import submit_forecast, withdraw_forecast
from markets.services.trading import place_order
from users.models import ApiKey, Scope, User

_FILLS = Fill.objects.order_by("seq")


class OrdersView(OwnersCall):
    scope = Scope.TRADE

    @described(
        "listOrders",
        "Your orders, newest first",
        tag="Orders",
        answer=OrderSerializer(many=True),
        parameters=OfAQuestionQuery,
        refusals=(*SIGNED_IN, "invalid_cursor"),
    )
    def get(self, request: Request) -> Response:
        rows = self.paginate_queryset(_of(self.query["question"], orders_of(self.user))) or []
        context = {"outcomes": outcomes_of(order.market_id for order in rows)}
        return self.get_paginated_response(OrderSerializer(rows, many=True, context=context).data)

    @described(
        "placeOrder",
        "Buy or sell a claim",
        tag="Orders",
        answer=OrderSerializer,
        status=201,
        request=OrderBody,
        also=IDEMPOTENT,
        refusals=(
            *SIGNED_IN,
            *BODY,
            "question_not_found",
            *TRADING,
            "invalid_claim",
            "invalid_order",
            "insufficient_shares",
            "slippage",
            "not_fillable",
            "busy",
        ),
    )
    def post(self, request: Request) -> Response:
        """Fills at once against the market maker, as far as budget, shares and limit allow."""
        key = idempotency_key(request)
        asked = OrderBody.read(request.data)
        question = question_seen_by(self.user, str(asked.pop("question")))
        outcomes = outcomes_in_order(question)
        order = place_order(
            trader=self.user,
            market_id=question.pk,
            claim=claim_of(outcomes, asked.pop("claim")),
            cost_max=asked.pop("max_cost"),
            shares_min=asked.pop("min_shares"),
            request_key=key,
            **asked,
        )
        body = OrderSerializer(order, context={"outcomes": {question.pk: outcomes}}).data
        location = reverse("api:order", args=[order.pk])
        return created(body, location=location, is_replay=order.replayed)


class OrderView(OwnersCall):
    scope = Scope.TRADE

    @described(
        "getOrder",
        "One of your orders",
        tag="Orders",
        answer=OrderSerializer,
        refusals=(*SIGNED_IN, "order_not_found"),
    )
    def get(self, request: Request, order: int) -> Response:
        found = orders_of(self.user).filter(pk=order).first()
        if found is None:
            raise OrderNotFound
        context = {"outcomes": outcomes_of([found.market_id])}
        return Response(OrderSerializer(found, context=context).data)


class ForecastsView(OwnersCall):
    scope = Scope.FORECAST

    @described(
        "listForecasts",
        "Your forecasts, newest first",
        tag="Forecasts",
        answer=ForecastSerializer(many=True),
        parameters=OfAQuestionQuery,
        refusals=(*SIGNED_IN, "invalid_cursor"),
    )
    def get(self, request: Request) -> Response:
        forecasts = forecasts_of(self.user)
        rows = self.paginate_queryset(_of(self.query["question"], forecasts, "question_id")) or []
        context = {"outcomes": outcomes_of(forecast.question_id for forecast in rows)}
        body = ForecastSerializer(rows, many=True, context=context).data
        return self.get_paginated_response(body)

    @described(
        "submitForecast",
        "State how likely each outcome is",
        tag="Forecasts",
        answer=ForecastSerializer,
        status=201,
        request=ForecastBody,
        also=IDEMPOTENT,
        refusals=(
            *SIGNED_IN,
            *BODY,
            "question_not_found",
            *TRADING,
            "invalid_probabilities",
            "invalid_forecast",
            "question_not_open",
            "busy",
        ),
    )
    def post(self, request: Request) -> Response:
        """Replaces your earlier forecast on the question, which stays in its history. With a
        stake, an order follows that moves the market towards it."""
        key = idempotency_key(request)
        asked = ForecastBody.read(request.data)
        if asked["stake"] is not None:
            _require_trade_scope(request)
        question = question_seen_by(self.user, str(asked.pop("question")))
        outcomes = outcomes_in_order(question)
        forecast: Any = submit_forecast(
            forecaster=self.user,
            question_id=question.pk,
            probabilities=probabilities_of(outcomes, asked.pop("probabilities")),
            request_key=key,
            now=timezone.now(),
            **asked,
        )
        forecast.withdrawn_at = None  # a retry gets the first answer, whatever happened since
        body = ForecastSerializer(forecast, context={"outcomes": {question.pk: outcomes}}).data
        location = reverse("api:forecast", args=[forecast.pk])
        return created(body, location=location, is_replay=forecast.replayed)


class ForecastView(OwnersCall):
    scope = Scope.FORECAST

    @described(
        "getForecast",
        "One of your forecasts",
        tag="Forecasts",
        answer=ForecastSerializer,
        refusals=(*SIGNED_IN, "forecast_not_found"),
    )
    def get(self, request: Request, forecast: int) -> Response:
        found = forecasts_of(self.user).filter(pk=forecast).first()
        if found is None:
            raise ForecastNotFound
        context = {"outcomes": outcomes_of([found.question_id])}
        return Response(ForecastSerializer(found, context=context).data)

    @described(
        "withdrawForecast",
        "Withdraw a forecast",
        tag="Forecasts",
        answer=None,
        status=204,
        refusals=(*SIGNED_IN, "forecast_not_found", "question_not_open"),
    )
    def delete(self, request: Request, forecast: int) -> Response:
        """It stands no longer from now on; what it stood for until now is still scored."""
        withdraw_forecast(forecast_id=forecast, forecaster=self.user, now=timezone.now())
        return Response(status=204)


def orders_of(user: User) -> QuerySet[Order]:
    return Order.objects.filter(trader=user).prefetch_related(Prefetch("fills", _FILLS))


def forecasts_of(user: User) -> QuerySet[Forecast]:
    return (
        Forecast.objects.filter(forecaster=user)
        .select_related("order")
        .prefetch_related(Prefetch("order__fills", _FILLS))
        .annotate(withdrawn_at=F("withdrawal__withdrawn_at"))
    )


def _of(question_id: int | None, rows: QuerySet[Any], path: str = "market_id") -> QuerySet[Any]:
    return rows if question_id is None else rows.filter(**{path: question_id})


def _require_trade_scope(request: Request) -> None:
    if isinstance(request.auth, ApiKey) and Scope.TRADE not in request.auth.scopes:
        raise ScopeMissing("A stake moves credits, so this key also needs the trade scope.")
