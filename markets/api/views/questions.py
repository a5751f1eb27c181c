"""Reading questions: what is asked, how likely it is, and how that came about."""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from markets.api.calls import (
    PRIVATE_CACHE,
    PublicRead,
    outcomes_in_order,
    question_seen_by,
)
from markets.api.schema import CONDITIONAL, NAMED, described
from markets.api.serializers.history import OddsQuery
from markets.api.serializers.questions import (
    OddsSerializer,
    QuestionDetailSerializer,
    QuestionSerializer,
    QuestionsQuery,
)
from markets.models import Citation, Clarification, CrowdSnapshot, Outcome, Question
from markets.queries.odds import odds_for, odds_of
from markets.queries.past import odds_at
from markets.queries.portfolio import position_in, standing_forecast
from markets.queries.search import public_questions
from users.api import ApiKeyAuthentication, HasScope

_TAG = "Questions"
_CITATIONS = Prefetch(
    "citations",
    Citation.objects.select_related("article__source").order_by(
        "article__published_at", "article_id", "start"
    ),
)
_CLARIFICATIONS = Prefetch("clarifications", Clarification.objects.order_by("pk"))
_OUTCOMES = Prefetch("outcomes", Outcome.objects.order_by("index"))


class QuestionsView(PublicRead):
    serializer_class = QuestionSerializer

    @described(
        "listQuestions",
        "Questions that everybody may see",
        tag=_TAG,
        answer=QuestionSerializer(many=True),
        parameters=QuestionsQuery,
        refusals=("invalid_cursor",),
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        asked = dict(self.query)
        found = public_questions(article_id=asked.pop("article"), **asked)
        rows = self.paginate_queryset(_with_parts(found)) or []
        odds = odds_of(rows, now=now)
        body = QuestionSerializer(rows, many=True, context={"odds": odds}).data
        return self.get_paginated_response(body)


class QuestionView(PublicRead):
    authentication_classes = (ApiKeyAuthentication, SessionAuthentication)
    permission_classes = [AllowAny]

    @described(
        "getQuestion",
        "One question, by id or slug",
        tag=_TAG,
        answer=QuestionDetailSerializer,
        also=NAMED,
        refusals=("api_key_invalid", "question_not_found"),
    )
    def get(self, request: Request, question: str) -> Response:
        """With credentials, `my` says what you have in it. Editors also see what is not public."""
        now = timezone.now()
        may_read = HasScope().has_permission(request, self)
        user: Any = request.user if may_read else None
        found = question_seen_by(user, question)
        prefetch_related_objects([found], _CITATIONS, _CLARIFICATIONS)
        context = {
            "odds": odds_of([found], now=now),
            "outcomes": outcomes_in_order(found),
            "my": _mine(user.pk, found.pk) if user else None,
        }
        response = Response(QuestionDetailSerializer(found, context=context).data)
        if may_read:
            response.headers["Cache-Control"] = PRIVATE_CACHE
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response


class OddsView(PublicRead):
    @described(
        "getOdds",
        "The odds of a question",
        tag=_TAG,
        answer=OddsSerializer,
        parameters=OddsQuery,
        refusals=("question_not_found", "instant_out_of_range"),
        also=(*NAMED, *CONDITIONAL),
    )
    def get(self, request: Request, question: str) -> HttpResponseBase:
        """Answers change with each fill, forecast and change of status, and once a minute for
        the changes since an hour, a day and a week ago. Poll with `If-None-Match`."""
        found = question_seen_by(None, question)
        if self.query["as_of"] is not None:
            odds = odds_at(found, as_of=self.query["as_of"], now=timezone.now())
            return Response(OddsSerializer(odds).data, headers={"ETag": _etag(odds.seq, odds)})
        as_of, etag = _version(found, now=timezone.now())
        unchanged = get_conditional_response(request._request, etag=etag)  # noqa: SLF001 - Django reads its own request
        if isinstance(unchanged, HttpResponseNotModified):
            unchanged.headers["ETag"] = etag
            return unchanged
        body = OddsSerializer(odds_for(found, now=as_of)).data
        return Response(body, headers={"ETag": etag})


def _with_parts(questions: QuerySet[Question]) -> QuerySet[Question]:
    """With the outcomes in order and the cited articles."""
    return questions.prefetch_related(None).prefetch_related(_OUTCOMES, _CITATIONS)


def _mine(user_id: int, question_id: int) -> dict[str, Any]:
    return {
        "position": position_in(user_id, question_id),
        "forecast": standing_forecast(user_id, question_id, now=timezone.now()),
    }


def _version(question: Question, *, now: datetime) -> tuple[datetime, str]:
    """The instant as of which the odds are answered, and the strong ETag of that answer.

    Reading the odds *as of* the last thing that changed them, or the beginning of the minute if
    that is later, makes the whole body a function of this version: equal tags, equal bytes.
    """
    crowd = (
        CrowdSnapshot.objects.filter(question=question)
        .order_by("-as_of", "-id")
        .values_list("id", "as_of")
        .first()
    )
    market = getattr(question, "market", None)
    changes = [
        now.replace(second=0, microsecond=0),
        question.updated_at,
        market.last_fill_at if market else None,
        crowd[1] if crowd else None,
        question.reveal_at if question.reveal_at and question.reveal_at <= now else None,
    ]
    as_of = max(change for change in changes if change is not None)
    seq = market.seq if market else 0
    version = (question.pk, seq, crowd, question.status, question.resolution_id, as_of)
    return as_of, _etag(seq, version)


def _etag(seq: int, version: object) -> str:
    digest = hashlib.sha256(repr(version).encode()).hexdigest()[:16]
    return f'"{seq}-{digest}"'
