"""Every draft of every article: the queue, and what became of the others."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles.models import Draft, DraftFate
from users.desk import DeskAdmin, View, display

FATE_COLOURS = {"proposed": "warning", "taken_up": "success", "rejected": "danger"}


@admin.register(Draft)
class DraftAdmin(DeskAdmin):
    list_display = ("headline", "fated", "rated", "rule", "deadline")
    list_filter = ("fate", "type", "rule")
    list_select_related = ("version__article",)
    search_fields = ("title", "quote", "version__article__title")
    search_help_text = "Words of the draft, its quote or its article"
    ordering = ("-created_at", "-score", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draft]:
        drafts: QuerySet[Draft] = super().get_queryset(request)
        of_archived = Q(fate=DraftFate.PROPOSED, version__article__archived_at__isnull=False)
        return drafts.exclude(of_archived).defer("version__text")

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [("<int:draft_id>/change/", self.show, "change")]

    @display("Draft", header=True)
    def headline(self, draft: Draft) -> tuple[str, str]:
        return draft.title, draft.version.article.title

    @display("Fate", ordering="fate", label=FATE_COLOURS)
    def fated(self, draft: Draft) -> tuple[str, str]:
        return draft.fate, draft.get_fate_display()

    @display("Score", ordering="score")
    def rated(self, draft: Draft) -> str:
        return f"{draft.score:.2f}"

    @display("Closes (UTC)", ordering="closes_at")
    def deadline(self, draft: Draft) -> str:
        return f"{draft.closes_at:%-d %b %Y}"

    def show(self, request: HttpRequest, draft_id: int) -> HttpResponse:
        """A draft is read beside its article."""
        draft = get_object_or_404(Draft.objects.select_related("version"), pk=draft_id)
        page = reverse("admin:articles_article_change", args=[draft.version.article_id])
        return HttpResponseRedirect(f"{page}#draft-{draft.pk}")
