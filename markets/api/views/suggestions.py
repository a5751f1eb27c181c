"""Answers that forecasters suggest to the editors."""

from functools import partial

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from articles.api.fields import PageParameters
from markets.api.calls import OwnersCall, created, outcomes_in_order, question_seen_by
from markets.api.ranges import value_asked
from markets.api.schema import NAMED, REPEATED, SIGNED_IN, WITHOUT_KEY, described
from markets.api.serializers.suggestions import (
    SuggestionBody,
    SuggestionSerializer,
    weights_of,
)
from markets.models import UNANSWERED, AnswerSuggestion, Question
from markets.services.suggestions import InvalidSuggestion, suggest
from users.models import Scope


class SuggestionsView(OwnersCall):
    scope = Scope.FORECAST

    @described(
        "listSuggestions",
        "The answers that you suggested, newest first",
        tag="Questions",
        answer=SuggestionSerializer(many=True),
        parameters=PageParameters,
        also=NAMED,
        refusals=(*SIGNED_IN, "question_not_found", "invalid_cursor"),
    )
    def get(self, request: Request, question: str) -> Response:
        asked = question_seen_by(self.user, question)
        made = AnswerSuggestion.objects.filter(question=asked, suggested_by=self.user)
        rows = self.paginate_queryset(made) or []
        body = SuggestionSerializer(rows, many=True, context=_spelling(asked)).data
        return self.get_paginated_response(body)

    @described(
        "suggestAnswer",
        "Suggest the answer of a question",
        tag="Questions",
        answer=SuggestionSerializer,
        status=201,
        request=SuggestionBody,
        also=(*NAMED, *REPEATED),
        refusals=(
            *SIGNED_IN,
            *WITHOUT_KEY,
            "question_not_found",
            "question_answered",
            "invalid_weights",
            "value_outside_bins",
            "invalid_suggestion",
            "suggestion_waiting",
            "too_many_suggestions",
        ),
    )
    def post(self, request: Request, question: str) -> Response:
        """It waits for an editor and decides nothing. One of yours may wait on a question at a
        time; the very same one sent again is that one, so it needs no Idempotency-Key."""
        asked = question_seen_by(self.user, question)
        body = SuggestionBody.read(request.data)
        now = timezone.now()
        suggestion = suggest(
            question_id=asked.pk,
            outcome_weights=weights_of(outcomes_in_order(asked), body["weights"]),
            value=value_asked(asked.bins, body["value"], partial(InvalidSuggestion, "value")),
            effective_at=body["effective_at"],
            quote=body["quote"],
            url=body["url"],
            article_id=body["article"],
            suggester=self.user,
            now=now,
        )
        return created(
            dict(SuggestionSerializer(suggestion, context=_spelling(asked)).data),
            location=reverse("api:suggestions", args=[asked.slug]),
            is_replay=suggestion.suggested_at != now,
        )


def _spelling(question: Question) -> dict[str, object]:
    return {
        "outcomes": outcomes_in_order(question),
        "bins": question.bins,
        "is_answered": question.status not in UNANSWERED,
    }
