"""The inbox on the desk: what came in, story by story, and what an editor does about it."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from articles.core.errors import ArticleError
from articles.queries.inbox import Looking, Row, View, inbox, inbox_sources
from articles.services.archiving import archive_story, bring_back_story
from users.desk import DeskAdmin, editor_of

VIEWS = ((View.WAITING, "Waiting"), (View.ALL, "All"), (View.ARCHIVED, "Archived"))
OTHERS_SHOWN = 20
TAGS_SHOWN = 6
SOURCES_SHOWN = 3
_PAGE_MAX = 10_000


class LookingForm(forms.Form):
    """Where the address asks for nonsense, the inbox is shown as if it had not asked."""

    view = forms.ChoiceField(choices=[(view.value, label) for view, label in VIEWS], required=False)
    source = forms.CharField(max_length=253, required=False)
    tag = forms.CharField(max_length=40, required=False)
    q = forms.CharField(max_length=200, required=False)
    page = forms.IntegerField(min_value=1, max_value=_PAGE_MAX, required=False)


@dataclass(frozen=True)
class Shown:
    """A row, and the story below it: where the editor goes on once this one is archived."""

    row: Row
    next_id: int | None

    @property
    def others(self) -> tuple[Any, ...]:
        return self.row.others[:OTHERS_SHOWN]

    @property
    def hidden_count(self) -> int:
        return len(self.row.others) - len(self.others)

    @property
    def tags(self) -> tuple[str, ...]:
        return self.row.tags[:TAGS_SHOWN]

    @property
    def sources(self) -> tuple[str, ...]:
        """The publications that tell it, the lead's first, and how many are not named."""
        named = tuple(
            dict.fromkeys(
                each.article.source.name if each.article.source else "pasted"
                for each in self.row.members
            )
        )
        unnamed = len(named) - SOURCES_SHOWN
        return (*named[:SOURCES_SHOWN], *([f"{unnamed} more"] if unnamed > 0 else []))

    @property
    def others_said(self) -> str:
        """What stands behind the lead: "12 reprints", "2 more articles, 1 reprint"."""
        row = self.row
        counts = (
            (row.further_count, "more article", "more articles"),
            (row.reprint_count, "reprint", "reprints"),
        )
        return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)


def show_inbox(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    looking = _looking(request.GET)
    found = inbox(looking)
    following = [row.story.pk for row in found.rows[1:]]
    return desk.page(
        request,
        "admin/articles/article/inbox.html",
        title="Inbox",
        looking=looking,
        views=[(view, label, _address(looking, view=view, page=1)) for view, label in VIEWS],
        shown=[Shown(row, after) for row, after in zip_longest(found.rows, following)],
        sources=list(inbox_sources()),
        here=_query(looking),
        untagged=_address(looking, tag="", page=1),
        newer=_address(looking, page=looking.page - 1) if looking.page > 1 else None,
        older=_address(looking, page=looking.page + 1) if found.has_older else None,
        is_narrowed=bool(looking.source or looking.tag or looking.words),
    )


def archive_row(request: HttpRequest, story_id: int) -> HttpResponse:
    """Archive a story with all of its articles, and go on to the next row."""
    if request.method == "POST":
        try:
            count = archive_story(story_id=story_id, editor=editor_of(request), now=timezone.now())
        except ArticleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Archived: {_articles(count)}.")
    return _back(request)


def bring_back_row(request: HttpRequest, story_id: int) -> HttpResponse:
    if request.method == "POST":
        try:
            count = bring_back_story(story_id=story_id)
        except ArticleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"In the inbox again: {_articles(count)}.")
    return _back(request)


def _looking(given: QueryDict) -> Looking:
    form = LookingForm(given)
    form.is_valid()
    sound = form.cleaned_data
    return Looking(
        view=View(sound.get("view") or View.WAITING),
        source=sound.get("source") or "",
        tag=sound.get("tag") or "",
        words=sound.get("q") or "",
        page=sound.get("page") or 1,
    )


def _query(looking: Looking, **changes: object) -> str:
    """What an address asks for, without what it need not say."""
    asked: dict[str, object] = {
        "view": looking.view.value,
        "source": looking.source,
        "tag": looking.tag,
        "q": looking.words,
        "page": looking.page,
        **changes,
    }
    silent = {"view": View.WAITING.value, "page": 1}
    query = QueryDict(mutable=True)
    query.update({k: str(v) for k, v in asked.items() if v and v != silent.get(k)})
    return query.urlencode()


def _address(looking: Looking, **changes: object) -> str:
    return f"?{_query(looking, **changes)}"


def _back(request: HttpRequest) -> HttpResponse:
    """To the inbox as it was looked at, at the row that follows."""
    query = _query(_looking(request.GET))
    following = request.POST.get("next", "")
    address = reverse("admin:articles_article_inbox") + (f"?{query}" if query else "")
    return HttpResponseRedirect(address + (f"#story-{following}" if following.isdecimal() else ""))


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"
