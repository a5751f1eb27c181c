"""Articles with the questions that they raised."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from articles.api.serializers import ArticleSerializer
from articles.models import Article
from markets.api.addresses import article_address, article_page, question_address
from markets.api.serializers.questions import STATUSES, SupportedAnswer
from markets.models import Citation, CitationRole


class CitingQuestionSerializer(serializers.Serializer[Any]):
    """A question behind which the article stands, with the sentence quoted from it."""

    id = serializers.IntegerField(source="question_id")
    slug = serializers.CharField(source="question.slug")
    title = serializers.CharField(source="question.title")
    status = serializers.ChoiceField(STATUSES, source="question.status")
    url = serializers.SerializerMethodField()
    role = serializers.ChoiceField(CitationRole.values)
    supports = SupportedAnswer()
    quote = serializers.CharField()

    def get_url(self, citation: Citation) -> str:
        return question_address(citation.question)


@extend_schema_serializer(component_name="Article")
class CitedSerializer(ArticleSerializer):
    url = serializers.SerializerMethodField(help_text="This article in the API.")
    html_url = serializers.SerializerMethodField(help_text="Its page for people.")
    questions = CitingQuestionSerializer(many=True, source="public_citations")

    def get_url(self, article: Article) -> str:
        return article_address(article.pk)

    def get_html_url(self, article: Article) -> str:
        return article_page(article.pk)


@extend_schema_serializer(component_name="ArticleDetail")
class CitedDetailSerializer(CitedSerializer):
    text = serializers.SerializerMethodField(
        help_text="null unless the source's licence lets us show it."
    )

    def get_text(self, article: Any) -> str | None:
        shows = article.source is not None and article.source.shows_full_text
        text: str | None = article.full_text if shows else None
        return text
