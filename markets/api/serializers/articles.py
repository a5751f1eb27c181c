"""Articles with the questions that they raised."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from articles.api.fields import Instant, StrictSerializer, StrictText
from articles.api.serializers import ArticleSerializer
from articles.core.tags import TAG_LENGTH_MAX, TAGS_MAX
from articles.models import Article, Quality
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


def _line(length_max: int, **options: Any) -> StrictText:
    return StrictText(
        required=False, allow_blank=True, default="", max_length=length_max, **options
    )


@extend_schema_serializer(component_name="ArticlePush")
class PushBody(StrictSerializer):
    """An article's text, and what the text does not say of itself."""

    text = StrictText(help_text="Headline, date and tags are found in it where none are given.")
    title = _line(300)
    author = _line(200)
    url = _line(2000, help_text="Where it was published.")
    source_name = _line(120, help_text="The publication.")
    published_at = Instant(required=False, allow_null=True, default=None)
    tags = serializers.ListField(
        child=StrictText(max_length=TAG_LENGTH_MAX),
        max_length=TAGS_MAX,
        required=False,
        default=list,
        help_text="These and no others; left out, they are found.",
    )


@extend_schema_serializer(component_name="PushedArticle")
class PushedSerializer(CitedSerializer):
    """An article as editors see it once it has come in."""

    quality = serializers.ChoiceField(
        Quality.values, help_text="Anything but good is kept, shown to editors, and not drafted."
    )
    story = serializers.IntegerField(
        source="story_id", help_text="Articles that tell the same have the same number here."
    )
    duplicate_of = serializers.IntegerField(
        source="duplicate_of_id", allow_null=True, help_text="The article that it reprints."
    )
    drafts_waiting = serializers.IntegerField(help_text="Drafts that editors have yet to decide.")
