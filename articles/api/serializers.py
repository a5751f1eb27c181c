"""Articles as everybody may see them."""

from typing import Any

from rest_framework import serializers

from articles.api.fields import Instant, QueryParameters, Words
from articles.models import Article, DatePrecision
from articles.queries.articles import EXCERPT_LENGTH_MAX, excerpt_of


class ArticlesQuery(QueryParameters):
    paginated = True

    q = Words(max_length=200, help_text="Words of the title.")
    source = Words(  # type: ignore[assignment]  # a field has an attribute of this name
        max_length=253, help_text="The domain of the publication."
    )
    tag = Words(max_length=40)
    published_after = Instant(required=False, default=None, help_text="At or after this instant.")


class SourceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    domain = serializers.CharField()


class ArticleSerializer(serializers.Serializer[Any]):
    """Title, source and date, and so much of the text as its licence lets us show."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    author = serializers.CharField()
    source = SourceSerializer(  # type: ignore[assignment]  # a field has an attribute of this name
        allow_null=True
    )
    original_url = serializers.SerializerMethodField(help_text="null for pasted texts.")
    published_at = Instant()
    published_precision = serializers.ChoiceField(DatePrecision.values)
    language = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    excerpt = serializers.SerializerMethodField(
        help_text=f"At most {EXCERPT_LENGTH_MAX} characters from the beginning."
    )
    added_at = Instant()

    def get_original_url(self, article: Article) -> str | None:
        return article.url or None

    def get_excerpt(self, article: Any) -> str:
        return excerpt_of(article.opening or "", article.title)
