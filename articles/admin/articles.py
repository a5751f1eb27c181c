"""Articles on the desk: the list, and each one beside what was drafted from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from articles.admin.adding import add_article
from articles.admin.inbox import archive_row, bring_back_row, show_inbox
from articles.core.errors import ArticleError
from articles.core.proposals import RULE
from articles.core.range_words import prior_words, range_words, value_words
from articles.core.second_opinions import AGREES
from articles.core.tags import TAG_LENGTH_MAX, TAGS_MAX
from articles.models import Article, Draft, DraftFate, Quality
from articles.queries.articles import Mark, Paragraph, article_page
from articles.queries.inbox import same_story
from articles.services.archiving import archive_article, bring_back_article
from articles.services.drafting import REASON_LENGTH_MAX, reject_draft
from articles.services.tagging import retag
from users.desk import (
    UNPROCESSABLE,
    DeskAdmin,
    View,
    count_of,
    display,
    editor_of,
    is_editor,
    refusals_beside,
)
from users.desk_fields import LinesField, text_input

QUALITY_COLOURS = dict.fromkeys(Quality.values, "danger") | {Quality.GOOD.value: "success"}


class RejectForm(forms.Form):
    reason = forms.CharField(max_length=REASON_LENGTH_MAX)


def provider_said(draft: Draft) -> str:
    """Who drafted: a rule, by its name, or a language model, by its own."""
    said = draft.rule.replace("_", " ")
    if draft.rule == RULE:
        return f"{said} {draft.model}".rstrip()
    return f"{said}, title by language model {draft.model}" if draft.model else said


class TagsForm(forms.Form):
    tags = LinesField(
        required=False,
        part_length_max=TAG_LENGTH_MAX,
        separator=",",
        widget=text_input(placeholder="trade, kenya"),
        help_text=f"Separated by commas, at most {TAGS_MAX}.",
    )


class Card:
    """A draft as its card says it, in words; the rest is the draft's own."""

    def __init__(self, draft: Draft, remarks: Any = None) -> None:
        self.draft, self.remarks = draft, remarks
        self.rule_said = provider_said(draft)
        self.is_agreed = AGREES in draft.flags
        self.flags_said = [flag.replace("_", " ") for flag in draft.flags if flag != AGREES]
        self.type_said = draft.get_type_display().lower()
        found = draft.range
        self.range_said = range_words(found) if found else ""
        self.last_said = ""
        if draft.last_value is not None:
            self.last_said = value_words(draft.last_value, draft.unit)
        self.prior_said = (
            prior_words(found)
            if found
            else ", ".join(
                f"{label} {part:.0%}"
                for label, part in zip(draft.outcomes, draft.prior, strict=True)
            )
        )


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and the drafts that came from it, by number and id."""

    text: str
    numbers: str
    draft_id: int | None


def pieces_of(paragraph: Paragraph, drafts: Sequence[Draft]) -> list[Piece]:
    """A paragraph in pieces, whose drafts have the numbers of their cards."""
    numbers = {draft.pk: number for number, draft in enumerate(drafts, start=1)}
    return [
        Piece(
            segment.text,
            " ".join(str(numbers[key]) for key in segment.keys),
            segment.keys[0] if segment.keys else None,
        )
        for segment in paragraph.segments
    ]


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
        waiting = Draft.objects.waiting()
        return articles.annotate(
            draft_count=count_of(Draft.objects.all(), "version__article"),
            waiting_count=count_of(waiting, "version__article"),
        )

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("add/", partial(add_article, self), "add"),
            ("<int:article_id>/change/", self.show, "change"),
            ("<int:article_id>/tags/", self.retag, "retag"),
            ("<int:article_id>/archive/", self.archive, "archive"),
            ("<int:article_id>/bring-back/", self.bring_back, "bring_back"),
            ("inbox/", partial(show_inbox, self), "inbox"),
            ("stories/<int:story_id>/archive/", archive_row, "archive_story"),
            ("stories/<int:story_id>/bring-back/", bring_back_row, "bring_back_story"),
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

    def drafts_of(self, article_id: int) -> QuerySet[Draft]:
        """An article's drafts in the order of its text, so that j and k read along."""
        drafts = Draft.objects.filter(version__article=article_id).select_related("decided_by")
        return drafts.order_by("-version__number", "start", "pk")

    def remarks_on(self, drafts: Sequence[Draft]) -> dict[int, Any]:
        """What is said of each draft on its card, by its id; for whoever extends the page."""
        return {}

    def more_about(self, article: Article) -> dict[str, Any]:
        """What the page shows besides; for whoever extends it."""
        return {}

    def show(
        self,
        request: HttpRequest,
        article_id: int,
        *,
        refused: tuple[int, RejectForm] | None = None,
        tags_form: TagsForm | None = None,
    ) -> HttpResponse:
        """The article left, with the drafts' passages marked; the drafts right, as cards."""
        drafts = list(self.drafts_of(article_id))
        marks = [
            Mark(draft.pk, draft.version_id, draft.start, draft.end, draft.quote)
            for draft in drafts
        ]
        read = article_page(article_id, marks=marks, for_editor=True)
        if read is None:
            raise Http404
        remarks = self.remarks_on(drafts)
        return self.page(
            request,
            self.page_template,
            title=read.article.title,
            status=UNPROCESSABLE if refused or tags_form else 200,
            original=read.article,
            article=read.article,
            read=read,
            paragraphs=[pieces_of(paragraph, drafts) for paragraph in read.paragraphs],
            drafts=[Card(draft, remarks.get(draft.pk)) for draft in drafts],
            waiting_count=sum(draft.fate == DraftFate.PROPOSED for draft in drafts),
            same_story=same_story(read.article),
            tags_form=tags_form or TagsForm(initial={"tags": read.article.tags}),
            refused_draft=refused[0] if refused else None,
            refused_form=refused[1] if refused else None,
            **self.more_about(read.article),
        )

    def retag(self, request: HttpRequest, article_id: int) -> HttpResponse:
        """Set the tags, and show what was refused where they are written."""
        article = get_object_or_404(Article, pk=article_id)
        form = TagsForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            with refusals_beside(form, ArticleError):
                tags = form.cleaned_data["tags"]
                retag(
                    article_id=article_id, tags=tags, editor=editor_of(request), now=timezone.now()
                )
                self.log_change(request, article, f"Tagged: {', '.join(tags) or 'nothing'}")
                messages.success(request, "Tagged.")
                return self._to(article_id)
        if not form.is_bound:
            return self._to(article_id)
        return self.show(request, article_id, tags_form=form)

    def archive(self, request: HttpRequest, article_id: int) -> HttpResponse:
        """Archive one article of a story, and go back to the inbox."""
        article = get_object_or_404(Article, pk=article_id)
        if request.method != "POST":
            return self._to(article_id)
        archive_article(article_id=article_id, editor=editor_of(request), now=timezone.now())
        messages.success(request, f"Archived: {article.title}")
        return HttpResponseRedirect(reverse("admin:articles_article_inbox"))

    def bring_back(self, request: HttpRequest, article_id: int) -> HttpResponse:
        article = get_object_or_404(Article, pk=article_id)
        if request.method == "POST":
            bring_back_article(article_id=article.pk)
            messages.success(request, "In the inbox again.")
        return self._to(article_id)

    def _to(self, article_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article_id]))

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

    def _next_waiting(self, decided: Draft) -> str:
        """The anchor of the next draft that waits: further down, else the first."""
        drafts = list(self.drafts_of(decided.version.article_id))
        place = [draft.pk for draft in drafts].index(decided.pk)
        waiting = [
            draft.pk
            for draft in drafts[place:] + drafts[:place]
            if draft.fate == DraftFate.PROPOSED
        ]
        return f"#draft-{waiting[0]}" if waiting else ""
