"""Questions that ask much the same."""

from typing import Any

from rest_framework import serializers

from markets.api.addresses import question_address_of
from markets.api.serializers.questions import PUBLIC_STATUSES
from markets.queries.similar import VERDICTS, SimilarQuestion


class SimilarQuestionSerializer(serializers.Serializer[Any]):
    """A question that is like another; a duplicate asks the very same."""

    id = serializers.IntegerField(source="question_id")
    slug = serializers.CharField()
    title = serializers.CharField()
    url = serializers.SerializerMethodField()
    status = serializers.ChoiceField(PUBLIC_STATUSES)
    verdict = serializers.ChoiceField(VERDICTS)
    likeness = serializers.FloatField(help_text="From 0 to 1.")
    differs = serializers.ListField(
        child=serializers.CharField(),
        help_text="What tells the two titles apart, such as `another date`.",
    )

    def get_url(self, similar: SimilarQuestion) -> str:
        return question_address_of(similar.slug)


class SimilarQuestionsSerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    results = SimilarQuestionSerializer(many=True, help_text="Duplicates first, then the likest.")
