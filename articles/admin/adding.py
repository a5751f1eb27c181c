"""One form for an article, however it comes: pasted, as a file, or by its address."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from articles.core.errors import ArticleError
from articles.models import Article, Quality
from articles.services import ingest
from articles.services.extraction import PAGE_BYTES_MAX
from users.desk import DeskAdmin, editor_of, refusals_beside, status_of
from users.desk_fields import LinesField, MomentField, text_area, text_input

TEXT, HTML, URL = "text", "html", "url"
WAYS = ((TEXT, "Paste its text"), (HTML, "Upload its page"), (URL, "Fetch its address"))
_WANTED = {
    TEXT: "Paste the text of the article.",
    HTML: "Choose the HTML file of the article's page.",
    URL: "Give the address of the article.",
}


class ArticleForm(forms.Form):
    way = forms.ChoiceField(choices=WAYS, initial=TEXT, widget=forms.RadioSelect)
    text = forms.CharField(
        required=False,
        strip=False,
        widget=text_area(16, autofocus=True),
        help_text="Headline, date and tags are found in it where they are not given beside.",
    )
    html = forms.FileField(
        required=False,
        label="HTML file",
        widget=forms.FileInput(attrs={"accept": ".html,.htm,text/html"}),
        help_text=f"A saved page, at most {PAGE_BYTES_MAX // 1_000_000} MB.",
    )
    url = forms.CharField(
        required=False,
        label="Address",
        widget=text_input(inputmode="url", placeholder="https://"),
        help_text="Where it was published. The same article is never kept twice.",
    )
    title = forms.CharField(required=False, label="Headline", max_length=300, widget=text_input())
    author = forms.CharField(required=False, max_length=200, widget=text_input())
    source_name = forms.CharField(
        required=False, label="Publication", max_length=120, widget=text_input()
    )
    published_at = MomentField(
        required=False,
        label="Published (UTC)",
        help_text="Dates in the text count from it. Midnight means that only the day is known.",
    )
    tags = LinesField(
        required=False,
        part_length_max=40,
        separator=",",
        widget=text_input(),
        help_text="Separated by commas.",
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        way = given.get("way")
        if way is not None and way not in self.errors and not given.get(way):
            self.add_error(way, _WANTED[way])
        page = given.get("html")
        if way == HTML and page and page.size > PAGE_BYTES_MAX:
            self.add_error(
                "html",
                f"The page holds more than {PAGE_BYTES_MAX // 1_000_000} MB; paste its text "
                "instead.",
            )
        return given


def add_article(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    form = ArticleForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        with refusals_beside(form, ArticleError, field_of=_visible(form.cleaned_data["way"])):
            article = _ingest(form.cleaned_data, request)
            _say_what_came_of_it(request, article)
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
    return desk.page(
        request,
        "admin/articles/article/add.html",
        title="Add an article",
        status=status_of(form),
        form=form,
    )


def _ingest(given: dict[str, Any], request: HttpRequest) -> Article:
    """The one call: by text, by page or by address."""
    editor, now = editor_of(request), timezone.now()
    if given["way"] == URL:
        return ingest.ingest_url(url=given["url"], editor=editor, now=now)
    if given["way"] == HTML:
        page = given["html"].read()
        return ingest.ingest_html(html=page, url=given["url"], editor=editor, now=now)
    return ingest.ingest_text(
        text=given["text"],
        title=given["title"],
        author=given["author"],
        url=given["url"],
        source_name=given["source_name"],
        published_at=given["published_at"],
        tags=given["tags"],
        editor=editor,
        now=now,
    )


def _visible(way: str) -> dict[str, str]:
    """Where refusals are shown that name a field which this way does not ask for."""
    return {} if way == TEXT else dict.fromkeys(("text", "html", "published_at"), way)


def _say_what_came_of_it(request: HttpRequest, article: Article) -> None:
    if article.replayed:
        messages.info(request, "This article is here already; nothing was added.")
    elif article.quality != Quality.GOOD:
        messages.warning(
            request,
            f"Kept, but it does not look like a whole article: {article.get_quality_display()}.",
        )
    elif article.duplicate_of_id is not None:
        messages.info(request, "Added to its story as a reprint, which gives no drafts.")
    else:
        messages.success(request, "Added. What it says about the future is marked.")
