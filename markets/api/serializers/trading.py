"""Orders and forecasts, as they are asked for and as they were taken."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from articles.api.fields import (
    Instant,
    Probability,
    QueryParameters,
    StrictInteger,
    StrictSerializer,
    StrictText,
)
from markets.api.fields import (
    Amount,
    AmountAsked,
    Limit,
    OutcomeProbabilities,
    Price,
    by_key,
)
from markets.api.ranges import ClaimAsked, EdgeField, RangeValue, spelled_value
from markets.core.stated_quantiles import QUANTILE_COUNT_MAX
from markets.models import (
    EndReason,
    Fill,
    Forecast,
    Order,
    OrderStatus,
    Origin,
    Outcome,
    Side,
    TimeInForce,
)
from markets.services.forecasting import RATIONALE_LENGTH_MAX

ORDERS_A_BATCH_MAX = 50
FORECASTS_A_LIST_MAX = 50


class OfAQuestionQuery(QueryParameters):
    paginated = True

    question = StrictInteger(required=False, default=None, help_text="Only those on this one.")


class OrdersQuery(OfAQuestionQuery):
    status = serializers.ChoiceField(
        OrderStatus.values, required=False, default=None, help_text="Only those that stand so."
    )


@extend_schema_serializer(component_name="Order")
class OrderBody(StrictSerializer):
    """What to buy or sell, with either a budget or a number of shares."""

    question = StrictInteger(help_text="The question's id.")
    claim = ClaimAsked(
        help_text="The keys of the outcomes, of which one pays; of a number or a date a range."
    )
    side = serializers.ChoiceField(Side.values, required=False, default=Side.BUY.value)
    budget = AmountAsked(
        required=False, allow_null=True, default=None, help_text="Credits to spend, when buying."
    )
    shares = AmountAsked(
        required=False, allow_null=True, default=None, help_text="Instead: how many shares."
    )
    limit = Limit(
        required=False, allow_null=True, default=None, help_text="The worst price per share."
    )
    time_in_force = serializers.ChoiceField(
        TimeInForce.values,
        required=False,
        default=TimeInForce.IOC.value,
        help_text="ioc: what the limit leaves is cancelled; fok: all of it or nothing; gtc: what "
        "is left rests in the book; gtd: the same until expires_at.",
    )
    expires_at = Instant(
        required=False, allow_null=True, default=None, help_text="With gtd: when it ends by itself."
    )
    max_cost = AmountAsked(
        required=False,
        allow_null=True,
        default=None,
        help_text="Refuse with `slippage` above this.",
    )
    min_shares = AmountAsked(
        required=False,
        allow_null=True,
        default=None,
        help_text="Refuse with `slippage` below this.",
    )


class KeyedOrderBody(OrderBody):
    """An order of a batch, with a key of its own."""

    idempotency_key = StrictText(required=False, allow_blank=True, default="")


@extend_schema_serializer(component_name="OrderBatch")
class OrderBatchBody(StrictSerializer):
    """Orders to place one after the other, each answered by itself."""

    orders = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=ORDERS_A_BATCH_MAX,
        help_text="Each as it would be sent alone, with its `idempotency_key` beside its fields.",
    )


@extend_schema_serializer(component_name="CancelAll")
class CancelAllBody(StrictSerializer):
    question = StrictInteger(
        required=False, allow_null=True, default=None, help_text="Only those on this question."
    )


class CancelledSerializer(serializers.Serializer[Any]):
    cancelled = serializers.IntegerField(help_text="How many orders were open, and are no longer.")


class FillSerializer(serializers.Serializer[Any]):
    """One execution: against the market maker, or against an order of somebody else's."""

    seq = serializers.IntegerField()
    counter = serializers.SerializerMethodField(
        help_text="Who was on the other side: the maker, or another trader's order."
    )
    shares = serializers.SerializerMethodField(help_text="By outcome key; negative when sold.")
    redeemed = Amount(help_text="Complete sets, paid out at once.")
    cost = Amount(help_text="Negative where it brought credits in.")
    price_before = Price(allow_null=True)
    price_after = Price(allow_null=True)
    probabilities = serializers.SerializerMethodField(help_text="After this fill.")
    filled_at = Instant()

    @extend_schema_field({"type": "string", "enum": ["maker", "order"]})
    def get_counter(self, fill: Fill) -> str:
        return "maker" if fill.counter_order_id is None else "order"

    @extend_schema_field(serializers.DictField(child=Amount()))
    def get_shares(self, fill: Fill) -> dict[str, str]:
        amounts = map(Amount().to_representation, fill.shares)
        return by_key(self._outcomes(fill), amounts)

    @extend_schema_field(OutcomeProbabilities)
    def get_probabilities(self, fill: Fill) -> dict[str, float]:
        return by_key(self._outcomes(fill), fill.probabilities)

    def _outcomes(self, fill: Fill) -> list[Outcome]:
        outcomes: list[Outcome] = self.context["outcomes"][fill.market_id]
        return outcomes


class OrderSerializer(serializers.Serializer[Any]):
    """An order as it stands; once it has ended it never changes again."""

    id = serializers.IntegerField()
    question = serializers.IntegerField(source="market_id")
    side = serializers.ChoiceField(Side.values)
    claim = serializers.SerializerMethodField(help_text="null where a stake bought a portfolio.")
    target = serializers.SerializerMethodField(help_text="What a stake moved the prices towards.")
    budget = Amount(allow_null=True)
    shares = Amount(allow_null=True)
    limit = Price(source="limit_price", allow_null=True)
    time_in_force = serializers.ChoiceField(TimeInForce.values)
    expires_at = Instant(allow_null=True)
    max_cost = Amount(source="cost_max", allow_null=True)
    min_shares = Amount(source="shares_min", allow_null=True)
    origin = serializers.ChoiceField(Origin.values)
    status = serializers.ChoiceField(OrderStatus.values)
    filled_shares = Amount(help_text="Of a portfolio: its largest holding.")
    cost = Amount(help_text="Negative where a sale brought credits in.")
    average_price = serializers.SerializerMethodField(help_text="null where nothing was filled.")
    remaining = serializers.SerializerMethodField(
        help_text="What is left of its shares or its budget while it is open; then 0."
    )
    reserved = Amount(help_text="Credits that it holds back; a sale holds back what remains.")
    displaced = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Your own orders that stood in its way, and were cancelled.",
    )
    fills = FillSerializer(many=True, source="executions")
    placed_at = Instant()
    ended_at = Instant(allow_null=True)
    end_reason = serializers.SerializerMethodField(
        help_text="Why it ended before it was filled; null while it is open, and where it was."
    )

    @extend_schema_field({"type": ["array", "null"], "items": {"type": "string"}})
    def get_claim(self, order: Order) -> list[str] | None:
        if order.claim is None:
            return None
        return [self._outcomes(order)[index].key for index in order.claim]

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": {"type": "number"}})
    def get_target(self, order: Order) -> dict[str, float] | None:
        return None if order.target is None else by_key(self._outcomes(order), order.target)

    @extend_schema_field(Price(allow_null=True))
    def get_average_price(self, order: Order) -> str | None:
        if order.claim is None or not order.filled_shares:
            return None
        return Price().to_representation(abs(order.cost) / order.filled_shares)

    @extend_schema_field(Amount())
    def get_remaining(self, order: Order) -> str:
        return Amount().to_representation(order.remaining)

    @extend_schema_field({"type": ["string", "null"], "pattern": f"^({'|'.join(EndReason)})$"})
    def get_end_reason(self, order: Order) -> str | None:
        return order.end_reason or None

    def _outcomes(self, order: Order) -> list[Outcome]:
        outcomes: list[Outcome] = self.context["outcomes"][order.market_id]
        return outcomes


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """What became of one order of a batch: the order, or the problem."""

    status = serializers.IntegerField(help_text="As if it had been sent alone: 201, or a refusal.")
    is_replay = serializers.BooleanField(help_text="Its key had been used for it before.")
    order = OrderSerializer(allow_null=True)
    problem = serializers.JSONField(allow_null=True, help_text="See Problem.")


class BatchAnswersSerializer(serializers.Serializer[Any]):
    results = BatchAnswerSerializer(many=True)


@extend_schema_serializer(component_name="Quantile")
class QuantileBody(StrictSerializer):
    """With this probability the answer lies below this value."""

    probability = Probability(help_text="Strictly between 0 and 1.")
    value = EdgeField(help_text="A number, or of a date an RFC 3339 time or day.")


class QuantileSerializer(serializers.Serializer[Any]):
    probability = Probability()
    value = RangeValue()


@extend_schema_serializer(component_name="Forecast")
class ForecastBody(StrictSerializer):
    """How likely each outcome is, with a stake on it or without."""

    question = StrictInteger(help_text="The question's id.")
    probabilities = OutcomeProbabilities(
        required=False,
        default=None,
        help_text="By outcome key; they sum to 1. Of two outcomes, one is enough.",
    )
    quantiles = serializers.ListField(
        child=QuantileBody(),
        required=False,
        default=None,
        max_length=QUANTILE_COUNT_MAX,
        help_text="Instead, of a number or a date: five or more, both rising.",
    )
    stake = AmountAsked(
        required=False,
        allow_null=True,
        default=None,
        help_text="Credits that move the market towards this forecast; needs the trade scope.",
    )
    rationale = StrictText(
        required=False,
        allow_blank=True,
        default="",
        max_length=RATIONALE_LENGTH_MAX,
        help_text="Why, in Markdown.",
    )
    ends_at = Instant(
        required=False, allow_null=True, default=None, help_text="It withdraws itself then."
    )


class KeyedForecastBody(ForecastBody):
    """A forecast of a list, with a key of its own."""

    idempotency_key = StrictText(required=False, allow_blank=True, default="")


class ForecastListBody(StrictSerializer):
    """What holds a list that was sent bare, so that its faults are told like any other's."""

    forecasts = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=FORECASTS_A_LIST_MAX
    )


class ForecastSerializer(serializers.Serializer[Any]):
    """Stated probabilities, scored when the question is resolved."""

    id = serializers.IntegerField()
    question = serializers.IntegerField(source="question_id")
    probabilities = serializers.SerializerMethodField()
    quantiles = serializers.SerializerMethodField(
        help_text="As they were stated; null where probabilities were."
    )
    track_weight = serializers.FloatField(
        help_text="What its forecaster's scores weighed when it was made; 1 without any."
    )
    rationale = serializers.CharField()
    origin = serializers.ChoiceField(Origin.values)
    order = OrderSerializer(allow_null=True, help_text="The order that its stake placed.")
    made_at = Instant()
    ends_at = Instant(allow_null=True)
    withdrawn_at = Instant(allow_null=True)

    @extend_schema_field(OutcomeProbabilities)
    def get_probabilities(self, forecast: Forecast) -> dict[str, float]:
        return by_key(self.context["outcomes"][forecast.question_id], forecast.probabilities)

    @extend_schema_field(QuantileSerializer(many=True, allow_null=True))
    def get_quantiles(self, forecast: Forecast) -> list[dict[str, Any]] | None:
        if forecast.quantiles is None:
            return None
        bins = self.context["outcomes"][forecast.question_id][0].question.bins
        return [
            {"probability": probability, "value": spelled_value(bins, value)}
            for probability, value in forecast.quantiles
        ]


class ForecastAnswerSerializer(serializers.Serializer[Any]):
    """What became of one forecast of a list: the forecast, or the problem."""

    index = serializers.IntegerField(help_text="Its place in the list, from 0.")
    status = serializers.IntegerField(help_text="As if it had been sent alone: 201, or a refusal.")
    is_replay = serializers.BooleanField(help_text="Its key had been used for it before.")
    forecast = ForecastSerializer(allow_null=True)
    problem = serializers.JSONField(allow_null=True, help_text="See Problem.")


class ForecastAnswersSerializer(serializers.Serializer[Any]):
    results = ForecastAnswerSerializer(many=True)
