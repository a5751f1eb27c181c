"""What articles did to odds."""

from typing import Any

from rest_framework import serializers

from articles.api.fields import Instant
from articles.models import Article
from markets.api.addresses import article_address, question_address
from markets.api.fields import OutcomeProbabilities
from markets.models import Question


class ImpactSerializer(serializers.Serializer[Any]):
    """The market's odds around the instant from which an article could move a question."""

    since = Instant(help_text="The publication, or the opening where that came later.")
    at_first = OutcomeProbabilities(allow_null=True, help_text="null where there is no market.")
    after_1h = OutcomeProbabilities(allow_null=True, help_text="null until the hour is over.")
    after_24h = OutcomeProbabilities(allow_null=True, help_text="null until the day is over.")
    at_last = OutcomeProbabilities(allow_null=True, help_text="Now, or when trading ended.")
    largest_move = serializers.FloatField(
        help_text="Of any outcome's probability, in the first day or in what there was of it."
    )


class MovingArticleSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    url = serializers.SerializerMethodField()
    published_at = Instant()

    def get_url(self, article: Article) -> str:
        return article_address(article.pk)


class MovedQuestionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, question: Question) -> str:
        return question_address(question)


class ImpactOfArticleSerializer(ImpactSerializer):
    article = MovingArticleSerializer()


class ImpactOnQuestionSerializer(ImpactSerializer):
    question = MovedQuestionSerializer()


class ArticlesThatMovedSerializer(serializers.Serializer[Any]):
    question = serializers.IntegerField()
    results = ImpactOfArticleSerializer(many=True, help_text="The largest move first.")


class QuestionsMovedSerializer(serializers.Serializer[Any]):
    article = serializers.IntegerField()
    results = ImpactOnQuestionSerializer(many=True, help_text="The largest move first.")
