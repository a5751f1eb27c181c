"""Suggested answers: read beside their quotes, taken up into a proposal, or declined."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from markets.admin.act_forms import ReasonForm
from markets.admin.answer_words import answer_words
from markets.admin.fields import value_text
from markets.admin.pages import PROPOSABLE
from markets.core.errors import MarketError
from markets.models import AnswerSuggestion, Question
from markets.queries.resolvers import suggestions_waiting
from markets.services import suggestions
from users.desk import (
    UNPROCESSABLE,
    DeskAdmin,
    View,
    display,
    editor_of,
    moment_column,
    refusals_beside,
)

STATE_COLOURS = {"waiting": "warning", "taken": "success", "declined": "danger"}


@dataclass(frozen=True)
class Card:
    """A suggestion that waits, with its answer in words."""

    suggestion: AnswerSuggestion
    answer: str
    by: str
    can_be_proposed: bool
    refused: ReasonForm | None = None


def card_of(suggestion: AnswerSuggestion, refused: tuple[int, ReasonForm] | None = None) -> Card:
    person = suggestion.suggested_by
    return Card(
        suggestion=suggestion,
        answer=_words(suggestion),
        by=person.name if person else f"resolver {suggestion.resolver_id}",
        can_be_proposed=suggestion.question.status in PROPOSABLE,
        refused=refused[1] if refused and refused[0] == suggestion.pk else None,
    )


@admin.register(AnswerSuggestion)
class AnswerSuggestionAdmin(DeskAdmin):
    list_display = ("headline", "stands", "suggested_by", "made", "decided_by", "reason")
    made = moment_column("suggested_at", "Suggested")
    list_filter = ("state",)
    list_select_related = ("question", "suggested_by", "decided_by")
    search_fields = ("question__title", "quote")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnswerSuggestion]:
        rows: QuerySet[AnswerSuggestion] = super().get_queryset(request)
        return rows.prefetch_related("question__outcomes")

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("queue/", self.queue, "queue"),
            ("<int:suggestion_id>/decline/", self.decline, "decline"),
        ]

    @display("Suggestion", header=True)
    def headline(self, suggestion: AnswerSuggestion) -> tuple[str, str]:
        return suggestion.question.title, _words(suggestion)

    @display("State", ordering="state", label=STATE_COLOURS)
    def stands(self, suggestion: AnswerSuggestion) -> tuple[str, str]:
        return suggestion.state, suggestion.get_state_display()

    def queue(
        self, request: HttpRequest, *, refused: tuple[int, ReasonForm] | None = None
    ) -> HttpResponse:
        """One card for each suggestion that waits, the oldest first."""
        return self.page(
            request,
            "admin/markets/answersuggestion/queue.html",
            title="Suggested answers",
            status=UNPROCESSABLE if refused else 200,
            cards=[card_of(each, refused) for each in suggestions_waiting()],
        )

    def decline(self, request: HttpRequest, suggestion_id: int) -> HttpResponse:
        """Say why a suggestion is not the answer, and go on to the next."""
        page = reverse("admin:markets_answersuggestion_queue")
        if request.method != "POST":
            return HttpResponseRedirect(f"{page}#suggestion-{suggestion_id}")
        form = ReasonForm(request.POST)
        if form.is_valid():
            with refusals_beside(form, MarketError):
                suggestions.decline(
                    suggestion_id=suggestion_id,
                    reason=form.cleaned_data["reason"],
                    editor=editor_of(request),
                    now=timezone.now(),
                )
                messages.success(request, "Declined.")
                return HttpResponseRedirect(page)
        return self.queue(request, refused=(suggestion_id, form))


def _words(suggestion: AnswerSuggestion) -> str:
    return answer_words(suggestion.outcome_weights, suggestion.value, suggestion.question)


def suggestion_asked(request: HttpRequest, question: Question) -> AnswerSuggestion | None:
    """The waiting suggestion that the form of a proposal is opened with, if any."""
    asked = request.GET.get("suggestion", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    waiting = AnswerSuggestion.objects.waiting()
    return waiting.filter(pk=int(asked), question=question).first()


def proposal_start(
    suggestion: AnswerSuggestion | None, question: Question
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the form of a proposal begins with where a suggestion is taken up: answer, evidence."""
    if suggestion is None:
        return {}, []
    evidence = {
        "quote": suggestion.quote,
        "url": suggestion.url,
        "article": suggestion.article_id or "",
    }
    start: dict[str, Any] = {"effective_at": suggestion.effective_at}
    if suggestion.value is not None and question.bins is not None:
        return {**start, "value": value_text(question.bins, suggestion.value)}, [evidence]
    weights = suggestion.outcome_weights or []
    if 1.0 in weights:
        return {**start, "answer": str(weights.index(1.0))}, [evidence]
    percents = tuple(f"{weight * 100:g}" for weight in weights)
    return {**start, "answer": "split", "weights": percents}, [evidence]
