"""Publications, and whether their licence lets everybody read whole articles here."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles.core.errors import ArticleError
from articles.models import Article, Source
from articles.services.sources import show_full_text
from users.desk import DeskAdmin, View, count_of, display, refusals_beside, status_of


class LicenceForm(forms.Form):
    is_shown = forms.BooleanField(
        required=False,
        label="Its licence lets us show whole articles to everybody",
        help_text="Otherwise readers see a short excerpt and the quoted sentences.",
    )


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    list_display = ("name", "domain", "article_count", "shows_full_text")
    list_filter = ("shows_full_text",)
    search_fields = ("name", "domain")
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        sources: QuerySet[Source] = super().get_queryset(request)
        return sources.annotate(articles_here=count_of(Article.objects.all(), "source"))

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [("<int:source_id>/change/", partial(change_licence, self), "change")]

    @display("Articles", ordering="articles_here")
    def article_count(self, source: Source) -> int:
        count: int = source.articles_here  # type: ignore[attr-defined]
        return count


def change_licence(desk: DeskAdmin, request: HttpRequest, source_id: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=source_id)
    initial = {"is_shown": source.shows_full_text}
    form = LicenceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        with refusals_beside(form, ArticleError):
            show_full_text(domain=source.domain, is_shown=form.cleaned_data["is_shown"])
            messages.success(request, f"Saved what readers see of {source.name}.")
            return HttpResponseRedirect(reverse("admin:articles_source_changelist"))
    return desk.page(
        request,
        "admin/articles/source/licence.html",
        title=source.name,
        status=status_of(form),
        original=source,
        source=source,
        form=form,
    )
