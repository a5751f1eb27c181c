"""The crowd of a question by any method."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Instant, Probability, QueryParameters
from markets.api.calls import outcomes_in_order
from markets.api.ranges import QUANTILES_SCHEMA, spelled_quantiles
from markets.api.serializers.history import AS_OF
from markets.api.serializers.questions import BinSerializer
from markets.core.aggregation import HISTOGRAM_BUCKETS, Method
from markets.queries.crowd import CrowdView

EXTREMISING = r"^([1-4](\.[0-9]{1,3})?|5)$"


class CrowdQuery(QueryParameters):
    method = serializers.ChoiceField(
        [str(method) for method in Method],
        required=False,
        default=None,
        help_text="How the forecasts are made into one; else as the odds have it.",
    )
    extremising = serializers.RegexField(
        EXTREMISING,
        required=False,
        default="1",
        help_text="Only with logit_mean: the power to which the odds are raised, from 1 to 5.",
    )
    as_of = Instant(required=False, default=None, help_text=AS_OF)


class CrowdShareSerializer(BinSerializer):
    probability = Probability(allow_null=True, help_text="null until revealed, or of nobody.")
    lower = Probability(allow_null=True, help_text="The lower quartile of what they say.")
    upper = Probability(allow_null=True, help_text="The upper quartile.")
    histogram = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=HISTOGRAM_BUCKETS,
        max_length=HISTOGRAM_BUCKETS,
        allow_null=True,
        help_text="How many put it in each twentieth of 0 to 1, from the lowest; null as are the "
        "others, and of a crowd too large to be counted.",
    )


class CrowdAnswerSerializer(serializers.Serializer[Any]):
    """The aggregate of the forecasts that stand, by one method."""

    question = serializers.IntegerField(source="question.pk")
    method = serializers.ChoiceField([str(method) for method in Method])
    methods = serializers.ListField(
        child=serializers.CharField(), help_text="Those that make sense of this question."
    )
    as_of = Instant()
    forecaster_count = serializers.IntegerField()
    reveal_at = Instant(allow_null=True, help_text="Until then the numbers are null.")
    outcomes = serializers.SerializerMethodField()
    quantiles = serializers.SerializerMethodField(
        help_text="Of a number or a date: values by their share of probability."
    )

    @extend_schema_field(CrowdShareSerializer(many=True))
    def get_outcomes(self, view: CrowdView) -> list[dict[str, Any]]:
        crowd = view.crowd
        rows = []
        for outcome in outcomes_in_order(view.question):
            index = outcome.index
            histogram = crowd.histogram if crowd else None
            numbers = {
                "probability": float(crowd.centre[index]) if crowd else None,
                "lower": float(crowd.lower[index]) if crowd else None,
                "upper": float(crowd.upper[index]) if crowd else None,
                "histogram": None if histogram is None else histogram[index].tolist(),
            }
            rows.append({**BinSerializer(outcome).data, **numbers})
        return rows

    @extend_schema_field(QUANTILES_SCHEMA)
    def get_quantiles(self, view: CrowdView) -> dict[str, Any] | None:
        return spelled_quantiles(view.question.bins, view.summary)
