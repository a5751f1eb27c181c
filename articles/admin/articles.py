"""Articles on the desk: the list, and each one beside what was drafted from it."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from articles.admin.adding import add_article
from articles.admin.marking import marked_paragraphs
from articles.core.errors import ArticleError
from articles.models import Article, ArticleVersion, Draft, DraftFate, Quality
from articles.services.drafting import REASON_LENGTH_MAX, reject_draft
from users.desk import (
    UNPROCESSABLE,
    DeskAdmin,
    View,
    display,
    editor_of,
    is_editor,
    refusals_beside,
)

QUALITY_COLOURS = dict.fromkeys(Quality.values, "danger") | {Quality.GOOD.value: "success"}


class RejectForm(forms.Form):
    reason = forms.CharField(max_length=REASON_LENGTH_MAX)


class Card:
    """A draft as its card says it, in words; the rest is the draft's own."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.rule_said = draft.rule.replace("_", " ")
        self.flags_said = [flag.replace("_", " ") for flag in draft.flags]
        self.prior_said = ", ".join(
            f"{label} {part:.0%}" for label, part in zip(draft.outcomes, draft.prior, strict=True)
        )


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    """Whoever adds to this page (what became of the drafts) extends it and its template."""

    list_display: tuple[str, ...] = ("headline", "published", "checked", "drafts", "added")
    list_filter = ("quality", "language", "source")
    list_select_related = ("source", "added_by")
    search_fields = ("title", "url", "tags")
    search_help_text = "Headline, address or tag"
    ordering = ("-added_at", "-pk")
    page_template = "admin/articles/article/page.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_editor(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        articles: QuerySet[Article] = super().get_queryset(request)
        waiting = Q(versions__drafts__fate=DraftFate.PROPOSED)
        return articles.annotate(
            draft_count=Count("versions__drafts", distinct=True),
            waiting_count=Count("versions__drafts", filter=waiting, distinct=True),
        )

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("add/", partial(add_article, self), "add"),
            ("<int:article_id>/change/", self.show, "change"),
            ("drafts/<int:draft_id>/reject/", self.reject, "reject_draft"),
        ]

    @display("Article", header=True)
    def headline(self, article: Article) -> tuple[str, str]:
        return article.title, article.source.name if article.source else "pasted"

    @display("Published", ordering="published_at")
    def published(self, article: Article) -> str:
        return f"{article.published_at:%-d %b %Y}"

    @display("Quality", ordering="quality", label=QUALITY_COLOURS)
    def checked(self, article: Article) -> tuple[str, str]:
        return article.quality, article.get_quality_display()

    @display("Drafts waiting", ordering="waiting_count")
    def drafts(self, article: Any) -> str:
        return f"{article.waiting_count} of {article.draft_count}" if article.draft_count else "–"

    @display("Added", ordering="added_at")
    def added(self, article: Article) -> str:
        by = f" by {article.added_by.name}" if article.added_by else ""
        return f"{article.added_at:%-d %b, %H:%M}{by}"

    def drafts_of(self, version: ArticleVersion) -> QuerySet[Draft]:
        """The drafts of one version: in the order of the text, so that j and k read along."""
        return version.drafts.select_related("decided_by").order_by("start", "pk")

    def more_about(self, article: Article) -> dict[str, Any]:
        """What the page shows besides; for whoever extends it."""
        return {}

    def show(
        self,
        request: HttpRequest,
        article_id: int,
        *,
        refused: tuple[int, RejectForm] | None = None,
    ) -> HttpResponse:
        """The article left, with the drafts' passages marked; the drafts right, as cards."""
        article = get_object_or_404(
            Article.objects.select_related("source", "added_by"), pk=article_id
        )
        versions = list(article.versions.defer("text").order_by("-number"))
        asked = request.GET.get("version", "")
        version = get_object_or_404(
            article.versions, number=int(asked) if asked.isdecimal() else versions[0].number
        )
        drafts = list(self.drafts_of(version))
        return self.page(
            request,
            self.page_template,
            title=article.title,
            status=UNPROCESSABLE if refused else 200,
            original=article,
            article=article,
            version=version,
            versions=versions,
            paragraphs=marked_paragraphs(version.text, drafts),
            drafts=[Card(draft) for draft in drafts],
            waiting_count=sum(draft.fate == DraftFate.PROPOSED for draft in drafts),
            refused_draft=refused[0] if refused else None,
            refused_form=refused[1] if refused else None,
            **self.more_about(article),
        )

    def reject(self, request: HttpRequest, draft_id: int) -> HttpResponse:
        """Turn a draft down with a reason, and go on to the next one that waits."""
        draft = get_object_or_404(Draft.objects.select_related("version"), pk=draft_id)
        article_id = draft.version.article_id
        page = reverse("admin:articles_article_change", args=[article_id])
        if request.method != "POST":
            return HttpResponseRedirect(f"{page}#draft-{draft_id}")
        form = RejectForm(request.POST)
        if form.is_valid():
            with refusals_beside(form, ArticleError):
                reject_draft(
                    draft_id=draft_id,
                    editor=editor_of(request),
                    reason=form.cleaned_data["reason"],
                    now=timezone.now(),
                )
                messages.success(request, "Rejected.")
                return HttpResponseRedirect(page + self._next_waiting(draft))
        return self.show(request, article_id, refused=(draft_id, form))

    def _next_waiting(self, draft: Draft) -> str:
        """The anchor of the next draft that waits: further down, else the first."""
        waiting = self.drafts_of(draft.version).filter(fate=DraftFate.PROPOSED)
        following = waiting.filter(
            Q(start__gt=draft.start) | Q(start=draft.start, pk__gt=draft.pk)
        ).first()
        found = following or waiting.first()
        return f"#draft-{found.pk}" if found else ""
