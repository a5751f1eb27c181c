"""Reading articles, with the questions that they raised."""

from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Left
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.refusals import ArticleNotFound
from articles.api.serializers import EXCERPT_LENGTH, ArticlesQuery
from articles.models import Article, ArticleVersion, Quality
from markets.api.calls import PublicRead
from markets.api.schema import described
from markets.api.serializers.articles import CitedDetailSerializer, CitedSerializer
from markets.models import Citation

_TAG = "Articles"
_OPENING_LENGTH = 2 * EXCERPT_LENGTH  # white space shrinks when the excerpt is made
_NEWEST_VERSION = ArticleVersion.objects.filter(article=OuterRef("pk")).order_by("-number")
_ASKED_IN_PUBLIC = Prefetch(
    "citations",
    Citation.objects.filter(question__opened_at__isnull=False)
    .select_related("question")
    .order_by("question_id", "start"),
    to_attr="public_citations",
)


class ArticlesView(PublicRead):
    @described(
        "listArticles",
        "Articles, newest first",
        tag=_TAG,
        answer=CitedSerializer(many=True),
        parameters=ArticlesQuery,
        refusals=("invalid_cursor",),
    )
    def get(self, request: Request) -> Response:
        rows = self.paginate_queryset(_found(**self.query)) or []
        return self.get_paginated_response(CitedSerializer(rows, many=True).data)


class ArticleView(PublicRead):
    @described(
        "getArticle",
        "One article",
        tag=_TAG,
        answer=CitedDetailSerializer,
        refusals=("article_not_found",),
    )
    def get(self, request: Request, article: int) -> Response:
        text = Subquery(_NEWEST_VERSION.values("text")[:1])
        found = _articles().annotate(full_text=text).filter(pk=article).first()
        if found is None:
            raise ArticleNotFound
        return Response(CitedDetailSerializer(found).data)


def _articles() -> QuerySet[Any]:
    opening = Subquery(_NEWEST_VERSION.values(opening=Left("text", _OPENING_LENGTH))[:1])
    return (
        Article.objects.filter(quality=Quality.GOOD)
        .select_related("source")
        .prefetch_related(_ASKED_IN_PUBLIC)
        .annotate(opening=opening)
        .order_by("-published_at", "-id")
    )


def _found(*, q: str, source: str, tag: str, published_after: Any) -> QuerySet[Any]:
    articles = _articles()
    for word in q.split():
        articles = articles.filter(title__icontains=word)
    if source:
        articles = articles.filter(source__domain=source)
    if tag:
        articles = articles.filter(tags__contains=[tag])
    if published_after is not None:
        articles = articles.filter(published_at__gte=published_after)
    return articles
