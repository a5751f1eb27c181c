"""Which articles moved a question, and which questions an article moved."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.refusals import ArticleNotFound
from articles.queries.articles import public_articles
from markets.api.calls import PublicRead, outcomes_in_order, question_seen_by
from markets.api.fields import by_key
from markets.api.schema import NAMED, described
from markets.api.serializers.impact import ArticlesThatMovedSerializer, QuestionsMovedSerializer
from markets.queries.impact import Impact, articles_that_moved, questions_moved_by


class ArticlesThatMovedView(PublicRead):
    @described(
        "getImpact",
        "The articles that moved a question",
        tag="Questions",
        answer=ArticlesThatMovedSerializer,
        also=NAMED,
        refusals=("question_not_found",),
    )
    def get(self, request: Request, question: str) -> Response:
        """The odds when each cited article appeared, an hour and a day later, and now. That they
        moved after it is not to say that it moved them."""
        found = question_seen_by(None, question)
        impacts = articles_that_moved(found, now=timezone.now())
        body = {"question": found.pk, "results": [_spelled(impact) for impact in impacts]}
        return Response(ArticlesThatMovedSerializer(body).data)


class QuestionsMovedView(PublicRead):
    @described(
        "getArticleImpact",
        "The questions that an article moved",
        tag="Articles",
        answer=QuestionsMovedSerializer,
        refusals=("article_not_found",),
    )
    def get(self, request: Request, article: int) -> Response:
        """The same of every public question that cites the article."""
        found = public_articles().filter(pk=article).first()
        if found is None:
            raise ArticleNotFound
        impacts = questions_moved_by(found, now=timezone.now())
        body = {"article": found.pk, "results": [_spelled(impact) for impact in impacts]}
        return Response(QuestionsMovedSerializer(body).data)


def _spelled(impact: Impact) -> dict[str, Any]:
    stood = {
        "at_first": impact.at_first,
        "after_1h": impact.after_hour,
        "after_24h": impact.after_day,
        "at_last": impact.at_last,
    }
    outcomes = outcomes_in_order(impact.question)
    return {
        **vars(impact),
        "largest_move": impact.largest_move,
        **{name: None if odds is None else by_key(outcomes, odds) for name, odds in stood.items()},
    }
