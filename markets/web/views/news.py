"""Articles by time, and each with the questions that it raised."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.queries.articles import ArticlePage, Segment, public_articles
from markets.queries.stories import Raised, reading_of, stories_of
from markets.web.lookup import reader_of, word_of

ARTICLES_PER_PAGE = 20


@dataclass(frozen=True)
class Row:
    """A paragraph or a quote, and beside it the questions that it is the first to raise."""

    kind: str
    segments: tuple[Segment, ...]
    raised: tuple[Raised, ...]


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    tag, domain = word_of(request, "tag"), word_of(request, "source")
    page = Paginator(public_articles(tag=tag, domain=domain), ARTICLES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    others = request.GET.copy()
    others.pop("page", None)
    context = {
        "stories": stories_of(page.object_list, now=timezone.now()),
        "page": page,
        "tag": tag,
        "source": domain,
        "others": others.urlencode(),
    }
    return render(request, "markets/news.html", context)


@require_safe
def article(request: HttpRequest, article_id: int) -> HttpResponse:
    reading = reading_of(article_id, reader=reader_of(request), now=timezone.now())
    if reading is None:
        raise Http404
    context = {
        "page": reading.page,
        "article": reading.page.article,
        "raised": reading.raised,
        "rows": _rows(reading.page, reading.raised),
    }
    return render(request, "markets/article.html", context)


def _rows(page: ArticlePage, raised: dict[int, Raised]) -> list[Row]:
    """What the page shows, in order; each question stands beside its first sentence only."""
    parts = [(each.kind, each.segments) for each in page.paragraphs]
    parts += [("quote", (quote,)) for quote in _once_each(page.quotes)]
    left, rows = dict(raised), []
    for kind, segments in parts:
        keys = dict.fromkeys(key for segment in segments for key in segment.keys)
        rows.append(Row(kind, segments, tuple(left.pop(key) for key in keys if key in left)))
    return rows


def _once_each(quotes: tuple[Segment, ...]) -> list[Segment]:
    """Quotes with the same words become one, with the questions of all."""
    keys: dict[str, tuple[int, ...]] = {}
    for quote in quotes:
        keys[quote.text] = keys.get(quote.text, ()) + quote.keys
    return [Segment(text, each) for text, each in keys.items()]
