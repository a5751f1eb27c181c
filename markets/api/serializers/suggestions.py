"""Suggested answers as the API takes and gives them."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from articles.api.fields import Instant, StrictInteger, StrictSerializer, StrictText
from markets.api.fields import OutcomeProbabilities, by_key
from markets.api.ranges import VALUE_SCHEMA, EdgeField, spelled_value
from markets.models import AnswerSuggestion, Outcome, SuggestionState
from markets.services.suggestions import QUOTE_LENGTH_MAX, URL_LENGTH_MAX, InvalidSuggestion

PASSED = "passed"


@extend_schema_serializer(component_name="Suggestion")
class SuggestionBody(StrictSerializer):
    """What came true, and the sentence that tells it: either weights or a value."""

    weights = OutcomeProbabilities(
        required=False,
        allow_null=True,
        default=None,
        help_text='By outcome key, such as {"yes": 1}; they sum to 1, and who is missing has 0.',
    )
    value = EdgeField(
        required=False, allow_null=True, default=None, help_text="Of a number or a date."
    )
    effective_at = Instant(
        required=False, allow_null=True, default=None, help_text="From when on it was known."
    )
    quote = StrictText(max_length=QUOTE_LENGTH_MAX, help_text="The sentence, word for word.")
    url = StrictText(
        required=False, allow_blank=True, default="", max_length=URL_LENGTH_MAX,
        help_text="The page where it stands; needed unless an article is named.",
    )  # fmt: skip
    article = StrictInteger(
        required=False, allow_null=True, default=None, help_text="The id of an article of ours."
    )


class SuggestionSerializer(serializers.Serializer[Any]):
    """A suggested answer, and what became of it."""

    id = serializers.IntegerField()
    question = serializers.IntegerField(source="question_id")
    weights = serializers.SerializerMethodField(help_text="null where a value is suggested.")
    value = serializers.SerializerMethodField("get_suggested_value")
    effective_at = Instant(allow_null=True)
    quote = serializers.CharField()
    url = serializers.CharField()
    article = serializers.IntegerField(source="article_id", allow_null=True)
    state = serializers.SerializerMethodField(
        help_text="passed: the question got its answer before an editor came to it."
    )
    reason = serializers.CharField(help_text="Why it was declined; else empty.")
    suggested_at = Instant()
    decided_at = Instant(allow_null=True)

    @extend_schema_field(serializers.ChoiceField([*SuggestionState.values, PASSED]))
    def get_state(self, suggestion: AnswerSuggestion) -> str:
        is_passed = suggestion.state == SuggestionState.WAITING and self.context["is_answered"]
        return PASSED if is_passed else suggestion.state

    @extend_schema_field(OutcomeProbabilities(allow_null=True))
    def get_weights(self, suggestion: AnswerSuggestion) -> dict[str, float] | None:
        weights = suggestion.outcome_weights
        return None if weights is None else by_key(self.context["outcomes"], weights)

    @extend_schema_field(VALUE_SCHEMA)
    def get_suggested_value(self, suggestion: AnswerSuggestion) -> float | str | None:
        return spelled_value(self.context["bins"], suggestion.value)


def weights_of(outcomes: Sequence[Outcome], given: dict[str, float] | None) -> list[float] | None:
    """Weights in the outcomes' order; raises `InvalidSuggestion` for an unknown outcome."""
    if given is None:
        return None
    keys = [outcome.key for outcome in outcomes]
    unknown = [key for key in given if key not in keys]
    if unknown:
        raise InvalidSuggestion(
            "weights", f"This question has no outcome {unknown[0]!r}; it has {', '.join(keys)}."
        )
    return [given.get(key, 0.0) for key in keys]
