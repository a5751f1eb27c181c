"""Orders and forecasts: placing, stating, withdrawing, and one's own so far."""

from functools import lru_cache
from typing import Any

from django.db.models import F, Prefetch, QuerySet, prefetch_related_objects
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
    sound_key,
)
from markets.api.fields import claim_of, probabilities_of
from markets.api.ranges import pairs_of
from markets.api.schema import (
    BODY,
    IDEMPOTENT,
    SIGNED_IN,
    TRADING,
    WITHOUT_KEY,
    described,
)
from markets.api.serializers.trading import (
    BatchAnswersSerializer,
    CancelAllBody,
    CancelledSerializer,
    ForecastAnswersSerializer,
    ForecastBody,
    ForecastListBody,
    ForecastSerializer,
    KeyedForecastBody,
    KeyedOrderBody,
    OfAQuestionQuery,
    OrderBatchBody,
    OrderBody,
    OrderSerializer,
    OrdersQuery,
)
from markets.models import Fill, Forecast, Order, Outcome, Question
from markets.queries.opened import KEPT_MAX, opened_question
from markets.services.forecasting import submit_forecast, withdraw_forecast
from markets.services.trading import cancel_all, cancel_order, place_order
from users.models import ApiKey, Scope, User

_FILLS = Fill.objects.order_by("seq")
PLACING = (
    "question_not_found",
    *TRADING,
    "invalid_claim",
    "invalid_order",
    "insufficient_shares",
    "slippage",
    "not_fillable",
    "too_many_open_orders",
    "too_many_fills",
    "busy",
)


class OrdersView(OwnersCall):
    scope = Scope.TRADE

    @described(
        "listOrders",
        "Your orders, newest first",
        tag="Orders",
        answer=OrderSerializer(many=True),
        parameters=OrdersQuery,
        refusals=(*SIGNED_IN, "invalid_cursor"),
    )
    def get(self, request: Request) -> Response:
        orders = _of(self.query["question"], orders_of(self.user))
        if self.query["status"] is not None:
            orders = orders.filter(status=self.query["status"])
        rows = self.paginate_queryset(orders) or []
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
        refusals=(*SIGNED_IN, *BODY, *PLACING),
    )
    def post(self, request: Request) -> Response:
        """Filled at once as far as budget, shares and limit allow, by other traders' orders and by
        the market maker, whichever is better. With gtc or gtd the rest waits in the book."""
        key = idempotency_key(request)
        order, body = Placing(self.user).place(OrderBody.read(request.data), key)
        location = reverse("api:order", args=[order.pk])
        return created(body, location=location, is_replay=order.replayed)


class OrderBatchView(OwnersCall):
    scope = Scope.TRADE

    @described(
        "placeOrders",
        "Place several orders, each answered by itself",
        tag="Orders",
        answer=BatchAnswersSerializer,
        request=OrderBatchBody,
        refusals=(*SIGNED_IN, *WITHOUT_KEY),
    )
    def post(self, request: Request) -> Response:
        """One after the other, each in a transaction of its own: what is refused is answered with
        its problem, and disturbs no other. Every order brings its own `idempotency_key`."""
        placing = Placing(self.user)
        orders = OrderBatchBody.read(request.data)["orders"]
        return Response({"results": [self._answer(placing, asked) for asked in orders]})

    def _answer(self, placing: "Placing", asked: dict[str, Any]) -> dict[str, Any]:
        try:
            read = KeyedOrderBody.read(asked)
            order, body = placing.place(read, sound_key(read.pop("idempotency_key")))
        except Exception as error:  # noqa: BLE001 - it alone has failed, and says so; the others stand
            refused = self.get_exception_handler()(error, self.get_exception_handler_context())
            return _batch_answer(refused.status_code, problem=refused.data)
        return _batch_answer(201, order=body, is_replay=order.replayed)


class CancelAllView(OwnersCall):
    scope = Scope.TRADE

    @described(
        "cancelOrders",
        "Cancel all of your open orders",
        tag="Orders",
        answer=CancelledSerializer,
        request=CancelAllBody,
        refusals=(*SIGNED_IN, *WITHOUT_KEY, "question_not_found", "busy"),
    )
    def post(self, request: Request) -> Response:
        """On one question, or everywhere. Asking again changes nothing, so it needs no key."""
        asked = CancelAllBody.read(request.data)["question"]
        if asked is not None:
            question_seen_by(self.user, str(asked))
        return Response({"cancelled": cancel_all(trader=self.user, market_id=asked)})


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
        return self._answer(order)

    @described(
        "cancelOrder",
        "Cancel one of your orders",
        tag="Orders",
        answer=OrderSerializer,
        refusals=(*SIGNED_IN, "order_not_found", "busy"),
    )
    def delete(self, request: Request, order: int) -> Response:
        """What it reserves is free again at once; what it has traded stays. One that has ended
        already is answered as it is, so asking twice changes nothing."""
        cancel_order(trader=self.user, order_id=order)
        return self._answer(order)

    def _answer(self, order_id: int) -> Response:
        found = orders_of(self.user).filter(pk=order_id).first()
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
        answer_to_a_list=ForecastAnswersSerializer,
        refusals=(
            *SIGNED_IN,
            *BODY,
            "question_not_found",
            *TRADING,
            "invalid_probabilities",
            "invalid_quantiles",
            "invalid_forecast",
            "question_not_open",
            "busy",
        ),
    )
    def post(self, request: Request) -> Response:
        """Replaces your earlier forecast on the question, which stays in its history. With a
        stake, an order follows that moves the market towards it.

        A JSON array of up to 50 forecasts is answered with 200 and `results`, one per element: each
        is stated in a transaction of its own, so what is refused is answered with its problem, and
        disturbs no other. There every forecast brings its own `idempotency_key`, and the header is
        not needed."""
        stating = Stating(request, self.user)
        if isinstance(request.data, list):
            asked = ForecastListBody.read({"forecasts": request.data})["forecasts"]
            answers = [self._answer(stating, index, each) for index, each in enumerate(asked)]
            return Response({"results": answers})
        key = idempotency_key(request)
        forecast, body = stating.state(ForecastBody.read(request.data), key)
        location = reverse("api:forecast", args=[forecast.pk])
        return created(body, location=location, is_replay=forecast.replayed)

    def _answer(self, stating: "Stating", index: int, asked: dict[str, Any]) -> dict[str, Any]:
        answer = {"index": index, "is_replay": False, "forecast": None, "problem": None}
        try:
            read = KeyedForecastBody.read(asked)
            forecast, body = stating.state(read, sound_key(read.pop("idempotency_key")))
        except Exception as error:  # noqa: BLE001 - it alone has failed, and says so; the others stand
            refused = self.get_exception_handler()(error, self.get_exception_handler_context())
            return {**answer, "status": refused.status_code, "problem": refused.data}
        return {**answer, "status": 201, "forecast": body, "is_replay": forecast.replayed}


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


class Stating:
    """States the forecasts of one request, and looks each question up once."""

    def __init__(self, request: Request, user: User) -> None:
        self._request = request
        self._user = user
        self._questions: dict[int, tuple[Question, list[Outcome]]] = {}

    def state(self, asked: dict[str, Any], key: str) -> tuple[Forecast, dict[str, Any]]:
        """The forecast, and as it is answered; raises what `submit_forecast` raises."""
        if asked["stake"] is not None:
            _require_trade_scope(self._request)
        question, outcomes = self._question(asked.pop("question"))
        probabilities, quantiles = asked.pop("probabilities"), asked.pop("quantiles")
        forecast: Any = submit_forecast(
            forecaster=self._user,
            question_id=question.pk,
            probabilities=None
            if probabilities is None
            else probabilities_of(outcomes, probabilities),
            quantiles=None if quantiles is None else pairs_of(question.bins, quantiles),
            request_key=key,
            now=timezone.now(),
            **asked,
        )
        forecast.withdrawn_at = None  # a retry gets the first answer, whatever happened since
        context = {"outcomes": {question.pk: outcomes}}
        return forecast, dict(ForecastSerializer(forecast, context=context).data)

    def _question(self, question_id: int) -> tuple[Question, list[Outcome]]:
        found = self._questions.get(question_id)
        if found is None:
            question = question_seen_by(self._user, str(question_id))
            found = self._questions[question_id] = question, outcomes_in_order(question)
        return found


class Placing:
    """Places the orders of one user, and looks each question up once."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._questions: dict[int, tuple[Question, list[Outcome]]] = {}

    def place(self, asked: dict[str, Any], key: str) -> tuple[Order, dict[str, Any]]:
        """The order, and as it is answered; raises what `place_order` raises."""
        question, outcomes = self._question(asked.pop("question"))
        order = place_order(
            trader=self._user,
            market_id=question.pk,
            claim=claim_of(outcomes, asked.pop("claim")),
            cost_max=asked.pop("max_cost"),
            shares_min=asked.pop("min_shares"),
            request_key=key,
            **asked,
        )
        if order.replayed:
            prefetch_related_objects([order], Prefetch("fills", _FILLS))
        return order, _answering(question).to_representation(order)

    def _question(self, question_id: int) -> tuple[Question, list[Outcome]]:
        found = self._questions.get(question_id)
        if found is None:
            question = opened_question(question_id) or question_seen_by(
                self._user, str(question_id)
            )
            found = self._questions[question_id] = question, outcomes_in_order(question)
        return found


@lru_cache(maxsize=KEPT_MAX)
def _answering(question: Question) -> OrderSerializer:
    """What spells the orders of an opened question.

    It is kept, for to make one is to copy all of its fields: a sixth of what a request took.
    """
    return OrderSerializer(context={"outcomes": {question.pk: outcomes_in_order(question)}})


def _batch_answer(
    status: int,
    *,
    order: dict[str, Any] | None = None,
    problem: Any = None,
    is_replay: bool = False,
) -> dict[str, Any]:
    return {"status": status, "is_replay": is_replay, "order": order, "problem": problem}


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
