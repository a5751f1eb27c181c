"""How the odds came to be what they are: lines, candles, fills."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from articles.api.fields import Instant, QueryParameters, StrictInteger
from markets.api.fields import Amount, OutcomeProbabilities, Price
from markets.models import Period, Series
from markets.queries.candles import CANDLES_MAX
from markets.queries.history import POINTS_MAX, RAW

POINTS_LIMIT = 1_000
FILLS_MAX = 1_000
ROWS = 200
"""How many candles or fills an answer holds when nobody says."""

AS_OF = "Answer as at that instant, with nothing that came to light later; else as of now."


class OddsQuery(QueryParameters):
    as_of = Instant(required=False, default=None, help_text=AS_OF)


class HistoryQuery(QueryParameters):
    start = Instant(required=False, default=None, help_text="From here on; else from the opening.")
    end = Instant(required=False, default=None, help_text="Before this; else until now.")
    points = StrictInteger(
        required=False,
        default=POINTS_MAX,
        min_value=2,
        max_value=POINTS_LIMIT,
        help_text="Longer histories are thinned to the last point of as many equal stretches; "
        "with a `period` they go on at `next` instead.",
    )
    period = serializers.ChoiceField(
        [*Period.values, RAW],
        required=False,
        default=None,
        help_text="One point for each minute, hour or day of UTC in which something changed, or "
        "`raw` for every change.",
    )
    as_of = Instant(required=False, default=None, help_text=AS_OF)
    series = serializers.ListField(
        child=serializers.ChoiceField(Series.values),
        required=False,
        default=lambda: list(Series.values),
        help_text="Repeat it for both, as when it is left out: `series=market&series=crowd`.",
    )


class CandlesQuery(QueryParameters):
    period = serializers.ChoiceField(
        Period.values, required=False, default=Period.HOUR.value, help_text="How long each lasts."
    )
    series = serializers.ChoiceField(
        Series.values, required=False, default=Series.MARKET.value, help_text="Whose odds."
    )
    start = Instant(
        required=False,
        default=None,
        help_text="From the candle in which this lies; else from the opening.",
    )
    end = Instant(
        required=False, default=None, help_text="Candles that begin before this; else until now."
    )
    as_of = Instant(required=False, default=None, help_text=AS_OF)
    limit = StrictInteger(required=False, default=ROWS, max_value=CANDLES_MAX)


class FillsQuery(QueryParameters):
    after_seq = StrictInteger(
        required=False,
        default=0,
        min_value=0,
        help_text="After this one; else from the first.",
    )
    limit = StrictInteger(required=False, default=ROWS, max_value=FILLS_MAX)


class PointSerializer(serializers.Serializer[Any]):
    """From `at` on these were the probabilities, until the next point."""

    at = Instant()
    probabilities = OutcomeProbabilities()


class MarkerSerializer(serializers.Serializer[Any]):
    at = Instant()
    article = serializers.IntegerField(source="article_id")
    title = serializers.CharField()


class HistorySerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    market = PointSerializer(many=True)
    crowd = PointSerializer(many=True, help_text="Empty until the crowd is revealed.")
    articles = MarkerSerializer(many=True, help_text="Cited articles, when they were published.")
    next = Instant(
        allow_null=True,
        help_text="Only with a `period`: a line goes on here; send it back as `start`.",
    )


class CandleSerializer(serializers.Serializer[Any]):
    """How the odds moved from `starts_at` on; there is none for a period without a change."""

    starts_at = Instant()
    open = OutcomeProbabilities(help_text="After the first change.")
    high = OutcomeProbabilities()
    low = OutcomeProbabilities()
    close = OutcomeProbabilities(help_text="After the last change.")
    volume = Amount(help_text="Credits that changed hands; of the crowd always 0.")
    change_count = serializers.IntegerField(help_text="Fills, or new aggregates of the crowd.")


class CandlesSerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    series = serializers.ChoiceField(Series.values)
    period = serializers.ChoiceField(Period.values)
    results = CandleSerializer(many=True)
    next = Instant(allow_null=True, help_text="They go on here; send it back as `start`.")


@extend_schema_serializer(component_name="PublicFill")
class PublicFillSerializer(serializers.Serializer[Any]):
    """One fill of a market, as everybody may see it."""

    seq = serializers.IntegerField()
    trader = serializers.CharField(help_text="The trader's public name.")
    counter = serializers.ChoiceField(
        ["maker", "order"], help_text="Who was the other side: the maker, or a resting order."
    )
    claim = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Outcome keys; null where a stake bought a portfolio.",
    )
    shares = serializers.SerializerMethodField(help_text="By outcome key; negative when sold.")
    redeemed = Amount(help_text="Complete sets that were paid out at once.")
    cost = Amount(help_text="Negative where the trader received.")
    price_before = Price(allow_null=True, help_text="Of the claim; null for a portfolio.")
    price_after = Price(allow_null=True)
    probabilities = OutcomeProbabilities(help_text="After this fill.")
    filled_at = Instant()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_shares(self, fill: dict[str, Any]) -> dict[str, str]:
        amount = Amount()
        return {key: amount.to_representation(each) for key, each in fill["shares"].items()}


class FillsSerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    results = PublicFillSerializer(many=True)
    next = serializers.IntegerField(
        allow_null=True, help_text="Send it back as `after_seq`; null where there are no more yet."
    )
