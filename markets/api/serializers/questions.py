"""Questions, their odds, and how the odds came about."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.api.fields import Instant, Probability, QueryParameters, StrictInteger, Words
from markets.api.addresses import article_address, question_address, question_page
from markets.api.calls import outcomes_in_order
from markets.api.fields import (
    Amount,
    OutcomeProbabilities,
    by_key,
    decimal_odds,
)
from markets.api.ranges import (
    QUANTILES_SCHEMA,
    VALUE_SCHEMA,
    BoundsSerializer,
    RangeValue,
    spelled_edges,
    spelled_quantiles,
    spelled_value,
)
from markets.core.lifecycle import QuestionStatus
from markets.models import (
    Citation,
    CitationRole,
    Forecast,
    Outcome,
    Question,
    QuestionType,
    Resolution,
    Verdict,
)
from markets.queries.odds import Odds, OutcomeOdds
from markets.queries.scored import ScoringState, scoring_state
from markets.queries.search import SORTS

STATUSES = [status.value for status in QuestionStatus]
PUBLIC_STATUSES = STATUSES[STATUSES.index(QuestionStatus.OPEN) :]
"""Before a question opens only editors see it."""

PRICE_SOURCES = ("maker", "prior", "settlement")


class QuestionsQuery(QueryParameters):
    paginated = True

    q = Words(max_length=200, help_text="Words to look for.")
    status = serializers.ListField(
        child=serializers.ChoiceField(PUBLIC_STATUSES),
        required=False,
        default=list,
        help_text="Repeat it for several: `status=open&status=halted`.",
    )
    type = serializers.ChoiceField(QuestionType.values, required=False, default="")
    tag = Words(max_length=40)
    article = StrictInteger(required=False, default=None, help_text="Those that cite this article.")
    sort = serializers.ChoiceField(list(SORTS), required=False, default="newest")


class OutcomeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    index = serializers.IntegerField()
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field has an attribute of this name


class BinSerializer(OutcomeSerializer):
    """An outcome; one of a number or a date with its edges, as a claim may name them."""

    def get_fields(self) -> dict[str, Any]:
        """With two names that are Python's own words."""
        begin = RangeValue(allow_null=True, help_text="Where a bin begins; null: open.")
        end = RangeValue(allow_null=True, help_text="Where a bin ends; that belongs to the next.")
        return {**super().get_fields(), "from": begin, "to": end}

    def to_representation(self, instance: Outcome | OutcomeOdds) -> dict[str, Any]:
        bins = instance.question.bins if isinstance(instance, Outcome) else instance.bins
        edges = spelled_edges(bins, instance.index)
        return super().to_representation({**vars(instance), **edges})


class OutcomeOddsSerializer(BinSerializer):
    probability = Probability(allow_null=True, help_text="null before there is a market.")
    decimal_odds = serializers.SerializerMethodField(
        help_text="What a bookmaker would write: the payout for one credit."
    )
    change_1h = serializers.FloatField(allow_null=True, help_text="null: not known so far back.")
    change_24h = serializers.FloatField(allow_null=True)
    change_7d = serializers.FloatField(allow_null=True)

    @extend_schema_field({"type": ["string", "null"]})
    def get_decimal_odds(self, outcome: dict[str, Any]) -> str | None:
        return decimal_odds(outcome["probability"])


class CrowdOutcomeSerializer(OutcomeSerializer):
    probability = Probability(allow_null=True, help_text="null until the crowd is revealed.")
    lower = Probability(allow_null=True, help_text="The lower quartile.")
    upper = Probability(allow_null=True, help_text="The upper quartile.")


class CrowdSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()
    outcomes = CrowdOutcomeSerializer(many=True)
    forecaster_count = serializers.IntegerField()
    as_of = Instant()
    reveal_at = Instant(allow_null=True, help_text="Until then the crowd's numbers are null.")
    quantiles = serializers.DictField(
        child=RangeValue(allow_null=True),
        allow_null=True,
        help_text="Of a number or a date: values by their share of probability.",
    )

    def get_attribute(self, instance: Odds) -> dict[str, Any] | None:
        crowd = instance.crowd
        if crowd is None:
            return None
        unknown = (None,) * len(instance.outcomes)
        parts = zip(
            instance.outcomes,
            crowd.centre or unknown,
            crowd.lower or unknown,
            crowd.upper or unknown,
            strict=True,
        )
        return {
            **asdict(crowd),
            "quantiles": spelled_quantiles(instance.bins, crowd.summary),
            "outcomes": [
                {**vars(outcome), "probability": centre, "lower": lower, "upper": upper}
                for outcome, centre, lower, upper in parts
            ],
        }


class OddsSerializer(serializers.Serializer[Any]):
    """The market's odds and the crowd's, each under its own name."""

    question = serializers.IntegerField(source="question_id")
    seq = serializers.IntegerField(help_text="Grows by one with each fill.")
    as_of = Instant()
    status = serializers.ChoiceField(STATUSES)
    price_source = serializers.ChoiceField(PRICE_SOURCES)
    outcomes = OutcomeOddsSerializer(many=True)
    crowd = CrowdSerializer(allow_null=True, help_text="null while nobody has a forecast.")
    expected_value = serializers.SerializerMethodField(
        help_text="Of a number or a date, cut to the bounds; null once decided."
    )
    quantiles = serializers.SerializerMethodField(
        help_text="Values by their share of probability, 0.1 to 0.9; null inside an open tail."
    )
    volume = Amount(help_text="Credits that changed hands.")
    liquidity = Amount(help_text="The market maker's b: the larger, the less a trade moves it.")
    trader_count = serializers.IntegerField(
        allow_null=True, help_text="null in the odds of the past, for which it is not kept."
    )

    @extend_schema_field(VALUE_SCHEMA)
    def get_expected_value(self, odds: Odds) -> float | str | None:
        return spelled_value(odds.bins, odds.summary.expected_value) if odds.summary else None

    @extend_schema_field(QUANTILES_SCHEMA)
    def get_quantiles(self, odds: Odds) -> dict[str, Any] | None:
        return spelled_quantiles(odds.bins, odds.summary)

    def get_attribute(self, instance: Question) -> Odds:
        """Inside a question: that question's odds, from the context."""
        odds: Odds = self.context["odds"][instance.pk]
        return odds


class WeightSerializer(OutcomeSerializer):
    weight = Probability(help_text="The share of a credit that one share pays.")


class EvidenceSerializer(serializers.Serializer[Any]):
    quote = serializers.CharField()
    url = serializers.CharField(allow_null=True)
    article = serializers.IntegerField(allow_null=True)

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return {
            "quote": instance.get("quote", ""),
            "url": instance.get("url") or None,
            "article": instance.get("article") or None,
        }


class ResolutionSerializer(serializers.Serializer[Any]):
    """The resolution that stands: proposed, challenged or decided, as the status says."""

    version = serializers.IntegerField()
    verdict = serializers.ChoiceField(Verdict.values)
    outcomes = serializers.SerializerMethodField(
        help_text="null where it is annulled or ambiguous: every trade is refunded."
    )
    value = serializers.SerializerMethodField(
        "get_known_value", help_text="The number or date that came true."
    )
    effective_at = Instant(
        help_text="From then on the answer was known; what was traded or forecast since is undone."
    )
    evidence = EvidenceSerializer(many=True)
    rationale = serializers.CharField()
    early_end_reason = serializers.CharField(
        help_text="Why the criteria let it end before its scheduled close; else empty."
    )
    proposed_at = Instant()
    challenge_until = Instant()

    @extend_schema_field(VALUE_SCHEMA)
    def get_known_value(self, resolution: Resolution) -> float | str | None:
        return spelled_value(resolution.question.bins, resolution.value)

    @extend_schema_field(WeightSerializer(many=True, allow_null=True))
    def get_outcomes(self, resolution: Resolution) -> list[dict[str, Any]] | None:
        if resolution.outcome_weights is None:
            return None
        outcomes = outcomes_in_order(resolution.question)
        return [
            {**OutcomeSerializer(outcome).data, "weight": weight}
            for outcome, weight in zip(outcomes, resolution.outcome_weights, strict=True)
        ]


@extend_schema_field(
    {
        "type": ["number", "string", "null"],
        "description": (
            "Of evidence: the key of the outcome that it supports, or the value; else null."
        ),
    }
)
class SupportedAnswer(serializers.Field[Any, Any, Any, Any]):
    """The answer for which a citation is evidence, in the words of its question."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, citation: Citation) -> float | str | None:
        if citation.supports_value is not None:
            return spelled_value(citation.question.bins, citation.supports_value)
        if citation.supports is None:
            return None
        key: str = outcomes_in_order(citation.question)[citation.supports].key
        return key


class CitedArticleSerializer(serializers.Serializer[Any]):
    """An article behind the question, with the sentence quoted from it."""

    id = serializers.IntegerField(source="article_id")
    title = serializers.CharField(source="article.title")
    url = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField(  # type: ignore[assignment]  # a field has this name
        help_text="The publication's name, if known."
    )
    published_at = Instant(source="article.published_at")
    role = serializers.ChoiceField(CitationRole.values)
    supports = SupportedAnswer()
    quote = serializers.CharField()

    def get_url(self, citation: Citation) -> str:
        return article_address(citation.article_id)

    def get_source(self, citation: Citation) -> str | None:
        source = citation.article.source
        return source.name if source else None


class QuestionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="This question in the API.")
    html_url = serializers.SerializerMethodField(help_text="Its page for people.")
    title = serializers.CharField()
    type = serializers.ChoiceField(QuestionType.values)
    status = serializers.ChoiceField(STATUSES)
    outcomes = BinSerializer(many=True, source="outcomes.all")
    unit = serializers.CharField(help_text="Of a number; else empty.")
    bounds = BoundsSerializer(allow_null=True, help_text="Of a number or a date; else null.")
    background = serializers.CharField()
    resolution_criteria = serializers.CharField()
    fine_print = serializers.CharField()
    policy_version = serializers.IntegerField(
        allow_null=True, help_text="The house policy that holds besides; null until published."
    )
    resolution_sources = serializers.ListField(child=serializers.CharField())
    tags = serializers.ListField(child=serializers.CharField())
    opens_at = Instant(allow_null=True, help_text="Scheduled.")
    closes_at = Instant(allow_null=True, help_text="Scheduled.")
    resolve_by = Instant(allow_null=True, help_text="Scheduled.")
    opened_at = Instant(allow_null=True, help_text="Actual.")
    closed_at = Instant(allow_null=True, help_text="Actual.")
    occurred_at = Instant(
        allow_null=True,
        help_text="From when the answer was known, where that was before the scheduled close.",
    )
    resolved_at = Instant(allow_null=True, help_text="Actual.")
    final_at = Instant(allow_null=True, help_text="Actual.")
    resolution = ResolutionSerializer(allow_null=True)
    scoring_state = serializers.SerializerMethodField(
        help_text="`none` before an answer is decided, then `pending` until all are paid and "
        "scored, then `scored`; `refunded` where nothing will be."
    )
    odds = OddsSerializer()
    forecaster_count = serializers.IntegerField(help_text="With a forecast that stands.")
    article_count = serializers.SerializerMethodField()
    articles = CitedArticleSerializer(many=True, source="citations.all")
    created_at = Instant()
    updated_at = Instant()

    def get_url(self, question: Question) -> str:
        return question_address(question)

    def get_html_url(self, question: Question) -> str:
        return question_page(question)

    @extend_schema_field(serializers.ChoiceField(list(ScoringState)))
    def get_scoring_state(self, question: Question) -> str:
        return scoring_state(question).value

    def get_article_count(self, question: Question) -> int:
        return len({citation.article_id for citation in question.citations.all()})


class StandingForecastSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    probabilities = serializers.SerializerMethodField()
    made_at = Instant()

    @extend_schema_field(OutcomeProbabilities)
    def get_probabilities(self, forecast: Forecast) -> dict[str, float]:
        return by_key(self.context["outcomes"], forecast.probabilities)


class MySerializer(serializers.Serializer[Any]):
    """What whoever asks has in the question."""

    shares = serializers.SerializerMethodField(help_text="By outcome key; null without a position.")
    forecast = StandingForecastSerializer(allow_null=True)

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": {"type": "string"}})
    def get_shares(self, mine: dict[str, Any]) -> dict[str, str] | None:
        if mine["position"] is None:
            return None
        amounts = map(Amount().to_representation, mine["position"].shares)
        return by_key(self.context["outcomes"], amounts)


class QuestionDetailSerializer(QuestionSerializer):
    my = serializers.SerializerMethodField(help_text="null unless signed in.")

    @extend_schema_field(MySerializer(allow_null=True))
    def get_my(self, _: Question) -> dict[str, Any] | None:
        mine = self.context["my"]
        return None if mine is None else dict(MySerializer(mine, context=self.context).data)
