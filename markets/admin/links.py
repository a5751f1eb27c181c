"""Links that the sweep suggests: what editors confirm or reject, and what became of the others."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from markets.admin.answer_words import labels_of
from markets.admin.fields import value_from
from markets.admin.pages import PROPOSABLE, question_url
from markets.core.errors import MarketError
from markets.models import CitationRole, LinkKind, LinkSuggestion, Question, QuestionType
from markets.queries.links import links_waiting
from markets.services import links
from users.desk import (
    UNPROCESSABLE,
    DeskAdmin,
    View,
    display,
    editor_of,
    moment_column,
    refusals_beside,
)

OUTCOME_BUTTONS_MAX = 4
"""Of how many outcomes each has a button of its own; more are chosen from a list."""

STATE_COLOURS = {"proposed": "warning", "confirmed": "success", "rejected": "danger"}


class ConfirmForm(forms.Form):
    """As what a link is confirmed, and which answer the evidence supports."""

    role = forms.ChoiceField(choices=CitationRole.choices)
    supports = forms.IntegerField(min_value=0, required=False)
    value = forms.CharField(max_length=40, required=False)

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question

    def clean_value(self) -> float | None:
        text: str = self.cleaned_data["value"]
        is_date = self.question.type == QuestionType.DATE
        return value_from(text, is_date=is_date) if text else None


class RejectForm(forms.Form):
    reason = forms.CharField(max_length=links.REASON_LENGTH_MAX, required=False)


@dataclass(frozen=True)
class Card:
    """A link that waits, with the answers that its sentence may support."""

    link: LinkSuggestion
    outcomes: list[str]
    is_watch: bool
    has_buttons: bool
    propose_url: str
    refused: forms.Form | None


def card_of(link: LinkSuggestion, refused: tuple[int, forms.Form] | None) -> Card:
    question = link.question
    labels = [] if question.bins is not None else labels_of(question)
    may_be_proposed = question.status in PROPOSABLE
    return Card(
        link=link,
        outcomes=labels,
        is_watch=link.kind == LinkKind.RESOLUTION_WATCH,
        has_buttons=len(labels) <= OUTCOME_BUTTONS_MAX,
        propose_url=question_url(question, "propose") if may_be_proposed else "",
        refused=refused[1] if refused and refused[0] == link.pk else None,
    )


@admin.register(LinkSuggestion)
class LinkAdmin(DeskAdmin):
    list_display = ("headline", "stands", "kind", "share", "made", "decided_by")
    list_filter = ("state", "kind")
    list_select_related = ("question", "article", "decided_by")
    search_fields = ("question__title", "article__title", "quote")
    search_help_text = "Words of the question, the article or the quote"
    ordering = ("-pk",)
    made = moment_column("made_at", "Suggested")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinkSuggestion]:
        rows: QuerySet[LinkSuggestion] = super().get_queryset(request)
        return rows

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("queue/", self.queue, "queue"),
            ("<int:link_id>/confirm/", partial(self.decide, confirms=True), "confirm"),
            ("<int:link_id>/reject/", partial(self.decide, confirms=False), "reject"),
        ]

    @display("Link", header=True)
    def headline(self, link: LinkSuggestion) -> tuple[str, str]:
        return link.question.title, link.article.title

    @display("State", ordering="state", label=STATE_COLOURS)
    def stands(self, link: LinkSuggestion) -> tuple[str, str]:
        return link.state, link.get_state_display()

    @display("Relevance", ordering="relevance")
    def share(self, link: LinkSuggestion) -> str:
        return f"{link.relevance:.2f}"

    def queue(
        self, request: HttpRequest, *, refused: tuple[int, forms.Form] | None = None
    ) -> HttpResponse:
        """One card for each link that waits: the question left, what the article says right."""
        waiting, count = links_waiting()
        return self.page(
            request,
            "admin/markets/linksuggestion/queue.html",
            title="Links to confirm",
            status=UNPROCESSABLE if refused else 200,
            cards=[card_of(link, refused) for link in waiting],
            count=count,
        )

    def decide(self, request: HttpRequest, link_id: int, *, confirms: bool) -> HttpResponse:
        """Confirm or reject one link, and go on to the next."""
        page = reverse("admin:markets_linksuggestion_queue")
        link = get_object_or_404(LinkSuggestion.objects.select_related("question"), pk=link_id)
        if request.method != "POST":
            return HttpResponseRedirect(f"{page}#link-{link_id}")
        following = _following(link_id)
        form = (
            ConfirmForm(request.POST, question=link.question)
            if confirms
            else RejectForm(request.POST)
        )
        if form.is_valid():
            given = {**form.cleaned_data, "suggestion_id": link_id}
            command = links.confirm if confirms else links.reject
            with refusals_beside(form, MarketError):
                command(**given, editor=editor_of(request), now=timezone.now())
                said = "Confirmed: the question cites the article now." if confirms else "Rejected."
                messages.success(request, said)
                return HttpResponseRedirect(page + following)
        return self.queue(request, refused=(link_id, form))


def _following(link_id: int) -> str:
    """The anchor of the card after this one, or nothing."""
    ids = [link.pk for link in links_waiting()[0]]
    after = ids[ids.index(link_id) + 1 :] if link_id in ids else []
    return f"#link-{after[0]}" if after else ""
