"""From the entries of a feed to articles: each one once, and none holds up the others."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from articles.core.canonical import canonical_url
from articles.core.errors import ArticleError
from articles.core.polling import entry_sha256
from articles.models import Article, Feed, FeedEntry
from articles.models.article import Quality
from articles.services.feed_parsing import Entry
from articles.services.ingest import fetch_reading, ingest_reading
from articles.services.outbound import Guard
from articles.services.page_head import one_line
from articles.services.reading import Hint, hinted, read_text

logger = logging.getLogger(__name__)

ENTRIES_PER_POLL: Final = 20
"""Measured on one slow core: with their own text 0.7 s, with pages of a site that answers at once
6 s."""

ENTRIES_KEPT: Final = timedelta(days=180)
"""What a feed showed is forgotten after so long. One that still shows it then takes it again, and
finds the article that it became."""

FORGET_CHUNK: Final = 5_000

TRIES: Final = 3
"""How often an entry is tried whose page cannot be reached, before it is let be."""

_SENTENCES: Final = {
    "text_empty": "The entry carries no text, and no address of a page.",
    "text_too_short": "The entry's own text is too short for an article.",
}
_TITLE_LENGTH_MAX: Final = 300
_ERROR_LENGTH_MAX: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a feed's entries.

    seen_count: entries that the feed had not shown before; new_count: articles that were not here
    before; known_count: articles that were; refused_count: entries that are none. has_more: some
    entries were not looked at; has_retries: some will be tried again.
    """

    seen_count: int = 0
    new_count: int = 0
    known_count: int = 0
    refused_count: int = 0
    has_more: bool = False
    has_retries: bool = False

    def in_words(self) -> str:
        """What became of them, in a sentence.

        >>> Taken(new_count=1, refused_count=2, has_more=True).in_words()
        '1 new article, 2 refused; more is to come.'
        >>> Taken().in_words()
        'Nothing new.'
        """
        counts = (
            (self.new_count, "new article" if self.new_count == 1 else "new articles"),
            (self.known_count, "here already"),
            (self.refused_count, "refused"),
        )
        told = ", ".join(f"{count} {word}" for count, word in counts if count)
        ending = "; more is to come." if self.has_more else "."
        return f"{told or 'Nothing new'}{ending}"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry that is to be taken, and how often it may be tried."""

    sha256: str
    entry: Entry
    tries: int
    is_unseen: bool


def take_entries(
    *, feed: Feed, entries: Iterable[Entry], now: datetime, ends: float, guard: Guard
) -> Taken:
    """Make articles of the entries that are new, oldest first, ENTRIES_PER_POLL at most.

    None is begun once the monotonic clock has reached `ends`. Each entry is noted with its article
    or with the reason why it is none.
    """
    waiting = _waiting(feed, entries, now)
    new = known = refused = begun = 0
    has_retries = False
    for each in waiting[:ENTRIES_PER_POLL]:
        if monotonic() >= ends:
            break
        begun += 1
        noted = _take(feed, each, now=now, guard=guard)
        if noted.article is None:
            refused += 1
        elif noted.article.replayed:
            known += 1
        else:
            new += 1
        has_retries = has_retries or noted.tries_left > 0
    return Taken(
        seen_count=sum(each.is_unseen for each in waiting[:begun]),
        new_count=new,
        known_count=known,
        refused_count=refused,
        has_more=begun < len(waiting),
        has_retries=has_retries,
    )


def forget_entries(*, now: datetime) -> int:
    """Delete the entries that were seen longer ago than ENTRIES_KEPT; how many, a chunk at most.

    The articles that they became stay.
    """
    old = FeedEntry.objects.filter(seen_at__lt=now - ENTRIES_KEPT).order_by("seen_at", "pk")
    return FeedEntry.objects.filter(pk__in=old.values("pk")[:FORGET_CHUNK]).delete()[0]


def _waiting(feed: Feed, entries: Iterable[Entry], now: datetime) -> list[_Waiting]:
    """The entries that are not settled, oldest first; those without a date count as the newest.

    Feeds list their newest entry first, so that among equals the last one is the oldest.
    """
    shown: dict[str, Entry] = {}
    for entry in entries:
        sha256 = entry_sha256(
            identifier=entry.identifier, url=entry.url, title=entry.title, text=entry.text
        )
        shown.setdefault(sha256, entry)
    noted = feed.entries.filter(entry_sha256__in=shown)
    tries_left = dict(noted.values_list("entry_sha256", "tries_left"))
    waiting = [
        _Waiting(sha256, entry, tries_left.get(sha256, TRIES), sha256 not in tries_left)
        for sha256, entry in shown.items()
        if tries_left.get(sha256, TRIES) > 0
    ]
    waiting.reverse()
    return sorted(waiting, key=lambda each: each.entry.published_at or now)


def _take(feed: Feed, waiting: _Waiting, *, now: datetime, guard: Guard) -> FeedEntry:
    """Make an article of an entry, and note it, or what stood against it."""
    article, code, sentence, tries_left = None, "", "", 0
    try:
        article = _ingest(feed, waiting.entry, now=now, guard=guard)
    except ArticleError as refusal:
        code, sentence = refusal.code, _SENTENCES.get(refusal.code, str(refusal))
        tries_left = waiting.tries - 1 if refusal.retryable else 0
    except Exception:
        logger.exception("an entry of feed %s could not be taken", feed.pk)
        code, sentence = "internal_error", "The fault is ours, and is logged."
        tries_left = waiting.tries - 1
    noted = FeedEntry(
        feed=feed,
        entry_sha256=waiting.sha256,
        title=one_line(waiting.entry.title)[:_TITLE_LENGTH_MAX],
        url=one_line(waiting.entry.url),
        article=article,
        tries_left=tries_left,
        error_code=code,
        error=sentence[:_ERROR_LENGTH_MAX],
        seen_at=now,
    )
    FeedEntry.objects.bulk_create(
        [noted],
        update_conflicts=True,
        unique_fields=["feed", "entry_sha256"],
        update_fields=["title", "url", "article", "tries_left", "error_code", "error", "seen_at"],
    )
    return noted


def _known(entry: Entry) -> Article | None:
    """The article at an entry's address, which another feed may have shown; no wall is one."""
    if not entry.url:
        return None
    at_address = Article.objects.filter(url=canonical_url(entry.url), quality=Quality.GOOD).first()
    if at_address is not None:
        at_address.replayed = True
    return at_address


def _ingest(feed: Feed, entry: Entry, *, now: datetime, guard: Guard) -> Article:
    known = _known(entry)
    if known is not None:
        return known
    if feed.fetches_pages and entry.url:
        reading = fetch_reading(url=entry.url, now=now, guard=guard)
    else:
        reading = read_text(
            entry.text,
            now=now,
            title=entry.title,
            url=entry.url,
            source_name="" if entry.url else feed.source.name,
        )
    hint = Hint(author=entry.author, tags=entry.categories, published_at=entry.published_at)
    return ingest_reading(reading=hinted(reading, hint, now=now), editor=None, now=now)
