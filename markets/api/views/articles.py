"""Articles: read with the questions that they raised, and pushed by editors' programs."""

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.refusals import ArticleNotFound
from articles.api.serializers import ArticlesQuery
from articles.models import Article, ArticleVersion, Draft
from articles.queries.articles import OPENING_LENGTH, public_articles
from articles.services.ingest import ingest_text
from markets.api.addresses import article_address
from markets.api.calls import PublicRead, PublicReadEditorsWrite, created, replayed
from markets.api.schema import SIGNED_IN, WITHOUT_KEY, described
from markets.api.serializers.articles import (
    CitedDetailSerializer,
    CitedSerializer,
    PushBody,
    PushedSerializer,
)
from markets.models import Citation
from users.models import User

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


_WAITING = (
    Draft.objects.waiting()
    .filter(version__article=OuterRef("pk"))
    .order_by()
    .values("version__article")
    .annotate(found=Count("pk"))
)


class ArticlesView(PublicReadEditorsWrite):
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

    @described(
        "pushArticle",
        "Bring in an article",
        tag=_TAG,
        answer=PushedSerializer,
        status=201,
        is_replayed_with_200=True,
        request=PushBody,
        refusals=(
            *SIGNED_IN,
            "editor_needed",
            *WITHOUT_KEY,
            "url_invalid",
            "wall_instead",
            "text_empty",
            "text_too_short",
            "text_too_long",
            "text_has_nul",
            "text_not_unicode",
            "published_invalid",
            "instant_invalid",
        ),
    )
    def post(self, request: Request) -> Response:
        """For editors and their programs, with the `author` scope. It needs no Idempotency-Key:
        the same text is the same article, answered with 200 and `Idempotency-Replayed`. Another
        text at an address that is known becomes a new version of its article."""
        given = PushBody.read(request.data)
        editor: User = request.user  # type: ignore[assignment]  # nobody else is let in
        article = ingest_text(editor=editor, now=timezone.now(), **given)
        pushed = _with_parts(Article.objects.select_related("source")).annotate(
            drafts_waiting=Coalesce(Subquery(_WAITING.values("found")), 0)
        )
        body = PushedSerializer(pushed.get(pk=article.pk)).data
        location = article_address(article.pk)
        if article.replayed:
            return replayed(body, location=location)
        return created(body, location=location, is_replay=False)


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
