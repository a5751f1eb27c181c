"""Reading articles, with the questions that they raised."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Left
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.refusals import ArticleNotFound
from articles.api.serializers import ArticlesQuery
from articles.models import Article, ArticleVersion
from articles.queries.articles import OPENING_LENGTH, public_articles
from markets.api.calls import PublicRead
from markets.api.schema import described
from markets.api.serializers.articles import CitedDetailSerializer, CitedSerializer
from markets.models import Citation

_TAG = "Articles"
_NEWEST_VERSION = ArticleVersion.objects.filter(article=OuterRef("pk")).order_by("-number")
_ASKED_IN_PUBLIC = Prefetch(
    "citations",
    Citation.objects.filter(question__opened_at__isnull=False)
    .select_related("question")
    .prefetch_related("question__outcomes")
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
        found = _with_parts(public_articles()).annotate(full_text=text).filter(pk=article).first()
        if found is None:
            raise ArticleNotFound
        return Response(CitedDetailSerializer(found).data)


def _with_parts(articles: QuerySet[Article]) -> QuerySet[Any]:
    """With the beginning of the text, and the public questions that cite it."""
    opening = Subquery(_NEWEST_VERSION.values(opening=Left("text", OPENING_LENGTH))[:1])
    return articles.prefetch_related(_ASKED_IN_PUBLIC).annotate(opening=opening)


def _found(*, q: str, source: str, tag: str, published_after: datetime | None) -> QuerySet[Any]:
    articles = public_articles(tag=tag, domain=source)
    for word in q.split():
        articles = articles.filter(title__icontains=word)
    if published_after is not None:
        articles = articles.filter(published_at__gte=published_after)
    return _with_parts(articles)
