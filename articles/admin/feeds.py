"""Feeds on the desk: how each one is, and what can be done about it."""

from dataclasses import dataclass
from functools import partial
from random import random
from typing import Final

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from articles.core.errors import ArticleError
from articles.models import Feed
from articles.services.drafting import REASON_LENGTH_MAX
from articles.services.feeds import (
    Poll,
    PollAnswer,
    add_feed,
    disable_feed,
    enable_feed,
    poll_feed,
    set_fetches_pages,
)
from articles.services.opml import OPML_BYTES_MAX, export_feeds, import_feeds
from users.desk import (
    DeskAdmin,
    View,
    display,
    is_editor,
    moment_column,
    refusals_beside,
    status_of,
)
from users.desk_fields import text_input

ENTRIES_SHOWN: Final = 50
DESK_POLL_SECONDS: Final = 10.0
"""An editor waits for this one; what is left comes with the next poll."""

_LEVELS: Final = {
    PollAnswer.READ: messages.SUCCESS,
    PollAnswer.FAILED: messages.WARNING,
    PollAnswer.DISABLED: messages.ERROR,
}


@dataclass(frozen=True)
class Health:
    """How a feed is: the colour of its dot, a word, and what went wrong in a sentence."""

    colour: str
    word: str
    sentence: str = ""


def health_of(feed: Feed) -> Health:
    if not feed.is_active:
        return Health("bad", "off", feed.disabled_reason)
    if feed.failures:
        return Health("warn", "fails", feed.last_error)
    if feed.last_success_at is None:
        return Health("new", "new")
    return Health("good", "works")


class FeedForm(forms.Form):
    url = forms.CharField(
        label="Address of the feed",
        widget=text_input(inputmode="url", placeholder="https://", autofocus=True),
        help_text="RSS or Atom. Mostly a page links to it as “RSS”, “Feed” or “Subscribe”.",
    )
    fetches_pages = forms.BooleanField(
        required=False,
        initial=True,
        label="Fetch the page of each entry",
        help_text="Leave it out where the feed itself carries whole articles.",
    )


class OpmlForm(forms.Form):
    opml = forms.FileField(
        label="OPML file",
        widget=forms.FileInput(attrs={"accept": ".opml,.xml,text/x-opml,text/xml"}),
        help_text="What feed readers export. Feeds that are here already are passed over.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=REASON_LENGTH_MAX,
        widget=text_input(autofocus=True),
        help_text="It is shown beside the feed until somebody switches it on again.",
    )


@admin.register(Feed)
class FeedAdmin(DeskAdmin):
    list_display = ("named", "health", "succeeded", "due", "failures", "wrong")
    list_filter = ("is_active", "source")
    list_select_related = ("source",)
    search_fields = ("title", "url", "source__name")
    search_help_text = "Title, address or publication"
    ordering = ("is_active", "-failures", "title", "pk")
    succeeded = moment_column("last_success_at", "Last success")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_editor(request)

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("add/", partial(add, self), "add"),
            ("import/", partial(bring_in, self), "import"),
            ("export/", take_out, "export"),
            ("<int:feed_id>/change/", partial(show, self), "change"),
            ("<int:feed_id>/poll/", poll, "poll"),
            ("<int:feed_id>/pages/", partial(take_from, self), "pages"),
            ("<int:feed_id>/disable/", partial(disable, self), "disable"),
            ("<int:feed_id>/enable/", enable, "enable"),
        ]

    @display("Feed", header=True)
    def named(self, feed: Feed) -> tuple[str, str]:
        return feed.title or feed.source.name, feed.url

    @display("Health", ordering="failures")
    def health(self, feed: Feed) -> str:
        health = health_of(feed)
        return format_html(
            '<span class="desk-dot desk-dot--{}"></span>{}', health.colour, health.word
        )

    @display("Next poll (UTC)", ordering="next_poll_at")
    def due(self, feed: Feed) -> str:
        return f"{feed.next_poll_at:%-d %b, %H:%M}" if feed.is_active else "never"

    @display("What went wrong")
    def wrong(self, feed: Feed) -> str:
        return health_of(feed).sentence or "–"


def add(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    form = FeedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_beside(form, ArticleError):
            feed = add_feed(
                url=form.cleaned_data["url"],
                fetches_pages=form.cleaned_data["fetches_pages"],
                now=timezone.now(),
            )
            desk.log_addition(request, feed, "Added")
            messages.success(request, "Added. It is polled within the next minute, or by you now.")
            return HttpResponseRedirect(_page(feed.pk))
    return _adding(desk, request, form, OpmlForm())


def bring_in(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """Add the feeds of an uploaded list."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:articles_feed_add"))
    form = OpmlForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_beside(form, ArticleError):
            opml = form.cleaned_data["opml"].read(OPML_BYTES_MAX + 1)
            imported = import_feeds(opml=opml, now=timezone.now())
            messages.success(
                request, f"{len(imported.added)} added, {len(imported.known)} here already."
            )
            for address, why in imported.refused[:20]:
                messages.warning(request, f"{address}: {why}")
            return HttpResponseRedirect(reverse("admin:articles_feed_changelist"))
    return _adding(desk, request, FeedForm(), form)


def take_out(_request: HttpRequest) -> HttpResponse:
    """The active feeds as a list that feed readers understand."""
    opml = export_feeds(Feed.objects.filter(is_active=True).order_by("url"), now=timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    return HttpResponse(opml, content_type="text/x-opml; charset=utf-8", headers=headers)


def show(desk: DeskAdmin, request: HttpRequest, feed_id: int) -> HttpResponse:
    """A feed with what it has shown lately, and what can be done about it."""
    feed = get_object_or_404(Feed.objects.select_related("source"), pk=feed_id)
    entries = feed.entries.select_related("article").order_by("-seen_at", "-pk")
    return desk.page(
        request,
        "admin/articles/feed/show.html",
        title=feed.title or feed.source.name,
        original=feed,
        feed=feed,
        health=health_of(feed),
        entries=entries[:ENTRIES_SHOWN],
        minutes=round(feed.interval.total_seconds() / 60),
    )


def poll(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Ask the feed now, and say how it went."""
    if request.method == "POST":
        try:
            polled = poll_feed(
                feed_id=feed_id,
                now=timezone.now(),
                jitter=random(),  # noqa: S311 - spreads polls
                seconds=DESK_POLL_SECONDS,
            )
        except ArticleError as refusal:
            messages.error(request, str(refusal))
        else:
            _say(request, polled)
    return HttpResponseRedirect(_page(feed_id))


def take_from(desk: DeskAdmin, request: HttpRequest, feed_id: int) -> HttpResponse:
    """Have the next entries taken from their pages, or from the feed itself."""
    feed = get_object_or_404(Feed, pk=feed_id)
    if request.method == "POST":
        fetches = request.POST.get("fetches_pages") == "on"
        set_fetches_pages(feed_id=feed_id, fetches_pages=fetches)
        whence = "the page of each entry" if fetches else "the feed itself"
        desk.log_change(request, feed, f"Articles come from {whence}")
        messages.success(request, f"From now on, articles come from {whence}.")
    return HttpResponseRedirect(_page(feed_id))


def disable(desk: DeskAdmin, request: HttpRequest, feed_id: int) -> HttpResponse:
    feed = get_object_or_404(Feed, pk=feed_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_beside(form, ArticleError):
            reason = form.cleaned_data["reason"]
            disable_feed(feed_id=feed_id, reason=reason, now=timezone.now())
            desk.log_change(request, feed, f"Switched off: {reason}")
            messages.success(request, f"{feed} is switched off.")
            return HttpResponseRedirect(_page(feed_id))
    return desk.page(
        request,
        "admin/articles/feed/disable.html",
        title=str(feed),
        status=status_of(form),
        original=feed,
        feed=feed,
        form=form,
    )


def enable(request: HttpRequest, feed_id: int) -> HttpResponse:
    if request.method == "POST":
        try:
            feed = enable_feed(feed_id=feed_id, now=timezone.now())
        except ArticleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{feed} is polled again.")
    return HttpResponseRedirect(_page(feed_id))


def _adding(
    desk: DeskAdmin, request: HttpRequest, form: FeedForm, opml_form: OpmlForm
) -> HttpResponse:
    return desk.page(
        request,
        "admin/articles/feed/add.html",
        title="Add feeds",
        status=status_of(form, opml_form),
        form=form,
        opml_form=opml_form,
    )


def _say(request: HttpRequest, polled: Poll) -> None:
    messages.add_message(request, _LEVELS.get(polled.answer, messages.INFO), polled.sentence)


def _page(feed_id: int) -> str:
    return reverse("admin:articles_feed_change", args=[feed_id])
