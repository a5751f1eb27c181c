"""Feeds: added, polled, given up and taken up again.

A poll claims its row with a lease, lets go of the database, fetches, and comes back to say how it
went. Two workers therefore never poll one feed at once, and no lock is held while a site thinks.
A lease that ran out (its worker died) is none, and whoever held it finds that its number is no
longer the newest: what it has to say is not written over what came after.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Final

from django.db import transaction

from articles.core import polling
from articles.core.canonical import canonical_url
from articles.core.errors import ArticleError
from articles.models import Feed
from articles.models.feed import FeedQuerySet
from articles.services import outbound
from articles.services.confinement import parse_feed_confined
from articles.services.drafting import REASON_LENGTH_MAX, ReasonMissing
from articles.services.feed_entries import Taken, take_entries
from articles.services.feed_parsing import FEED_BYTES_MAX, ParsedFeed
from articles.services.ingest import require_fetching
from articles.services.outbound import STRICT, Fetched, FetchFailed, Guard, PageUnavailable
from articles.services.page_head import one_line
from articles.services.sources import source_of

FEED_TYPES: Final = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/x-rss+xml",
        "application/xml",
        "text/xml",
        "text/html",  # what many feeds are wrongly called; the gate looks at what they are
        "text/plain",
    }
)
LEASE: Final = timedelta(minutes=5)
"""More than a task may take (config/celery.py), so that nobody outlives a lease and still works."""

POLL_SECONDS: Final = 30.0
"""After these, a poll begins no further entry; the next poll goes on with what is left."""

GONE: Final = 410
_ETAG_LENGTH_MAX: Final = 300
_LAST_MODIFIED_LENGTH_MAX: Final = 100
_ERROR_LENGTH_MAX: Final = 300
_SENTENCES: Final = {
    "fetch_timed_out": "The site did not answer in time.",
    "fetch_failed": "The site could not be reached, or broke off.",
    "address_refused": "The site is not on the public internet.",
    "port_refused": "The address leads to a port on which no site answers readers.",
    "scheme_refused": "The address leads away from the web.",
    "too_many_redirects": "The address redirects too often, or in a circle.",
    "content_type_refused": "What answers is not of a type that feeds have.",
    "response_too_large": (
        f"The feed holds more than {FEED_BYTES_MAX // 1_000_000} MB, or unpacks to something that "
        "no feed is."
    ),
}


class FeedNotFound(ArticleError):
    code = "feed_not_found"
    field = "feed"


class FeedExists(ArticleError):
    """The address is that of a feed that is here already."""

    code = "feed_exists"
    field = "url"


class FeedBusy(ArticleError):
    """Somebody else polls the feed at this moment."""

    code = "feed_busy"
    field = "feed"
    retryable = True


class FeedDisabled(ArticleError):
    """The feed has been switched off."""

    code = "feed_disabled"
    field = "feed"


class PollAnswer(StrEnum):
    """How a poll went."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    DISABLED = "disabled"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How a poll went, in a word and in a sentence, and when the feed is asked next, if at all."""

    feed_id: int
    url: str
    title: str
    answer: PollAnswer
    sentence: str
    taken: Taken
    next_poll_at: datetime | None


@transaction.atomic
def add_feed(*, url: str, now: datetime, fetches_pages: bool = True, guard: Guard = STRICT) -> Feed:
    """A feed that is due at once; whether a feed answers there, its first poll will tell.

    Raises UrlInvalid, SchemeRefused, PortRefused, FeedExists.
    """
    address = canonical_url(url)
    outbound.require_fetchable(address, guard=guard)
    known = Feed.objects.filter(url=address).first()
    if known is not None:
        raise FeedExists(f"This feed is here already: {known}.")
    source = source_of(url=address, name="")
    feed, is_new = Feed.objects.get_or_create(
        url=address,
        defaults={
            "source": source,
            "fetches_pages": fetches_pages,
            "next_poll_at": now,
            "added_at": now,
        },
    )
    if not is_new:  # somebody else added it between the two statements
        raise FeedExists(f"This feed is here already: {feed}.")
    return feed


@transaction.atomic
def disable_feed(*, feed_id: int, reason: str, now: datetime) -> Feed:
    """A feed that is polled no more, until somebody enables it. Raises ReasonMissing, FeedNotFound.

    One that is off already stays off for its first reason. Its failures are forgotten: somebody
    has seen them.
    """
    given = one_line(reason)[:REASON_LENGTH_MAX]
    if not given:
        raise ReasonMissing("Say in a few words why the feed is switched off.")
    feed = _locked(feed_id)
    if feed.is_active:
        _switch_off(feed, given, now)
        feed.failures = 0
        feed.save(update_fields=["is_active", "disabled_at", "disabled_reason", "failures"])
    return feed


@transaction.atomic
def set_fetches_pages(*, feed_id: int, fetches_pages: bool) -> Feed:
    """A feed whose next entries come from their pages, or from itself. Raises FeedNotFound.

    What was taken stays as it was taken.
    """
    feed = _locked(feed_id)
    feed.fetches_pages = fetches_pages
    feed.save(update_fields=["fetches_pages"])
    return feed


@transaction.atomic
def enable_feed(*, feed_id: int, now: datetime) -> Feed:
    """A feed that is due at once, its failures forgotten. Raises FeedNotFound."""
    feed = _locked(feed_id)
    if not feed.is_active:
        feed.is_active, feed.disabled_at, feed.disabled_reason = True, None, ""
        feed.failures, feed.last_error_code, feed.last_error = 0, "", ""
        feed.next_poll_at = now
        feed.save()
    return feed


def poll_feed(
    *,
    feed_id: int,
    now: datetime,
    jitter: float,
    seconds: float = POLL_SECONDS,
    guard: Guard = STRICT,
) -> Poll:
    """Poll one feed now, whether it is due or not; how it went is also in its row.

    `jitter` is a number from 0 to 1 by which the next poll comes later.
    Raises FetchingIsOff, FeedNotFound, FeedDisabled, FeedBusy.
    """
    require_fetching()
    claimed = _claim(Feed.objects.free(now).filter(pk=feed_id), now)
    if claimed is None:
        feed = Feed.objects.filter(pk=feed_id).first()
        if feed is None:
            raise _not_found()
        if not feed.is_active:
            raise FeedDisabled(f"This feed is switched off: {feed.disabled_reason}")
        raise FeedBusy("This feed is being polled at this moment.")
    return _poll(claimed, now=now, jitter=jitter, ends=monotonic() + seconds, guard=guard)


def poll_next(
    *, now: datetime, jitter: float, seconds: float = POLL_SECONDS, guard: Guard = STRICT
) -> Poll | None:
    """Poll the feed that has been due for longest; None when none is. Raises FetchingIsOff."""
    require_fetching()
    claimed = _claim(Feed.objects.due(now), now)
    if claimed is None:
        return None
    return _poll(claimed, now=now, jitter=jitter, ends=monotonic() + seconds, guard=guard)


@transaction.atomic
def _claim(feeds: FeedQuerySet, now: datetime) -> Feed | None:
    """The first of these that nobody else claims at this moment, leased."""
    feed = feeds.select_for_update(skip_locked=True).first()
    if feed is None:
        return None
    feed.poll_count += 1
    feed.last_polled_at, feed.leased_until = now, now + LEASE
    feed.save(update_fields=["poll_count", "last_polled_at", "leased_until"])
    return feed


def _poll(feed: Feed, *, now: datetime, jitter: float, ends: float, guard: Guard) -> Poll:
    try:
        fetched = outbound.get(
            feed.url,
            content_types=FEED_TYPES,
            bytes_max=FEED_BYTES_MAX,
            conditions=_conditions(feed),
            guard=guard,
        )
        parsed = _parsed(fetched)
    except ArticleError as refusal:
        return _note_failure(feed, refusal, now=now, jitter=jitter)
    taken = Taken()
    if parsed is not None:
        taken = take_entries(feed=feed, entries=parsed.entries, now=now, ends=ends, guard=guard)
    return _note_success(feed, fetched, parsed, taken, now=now, jitter=jitter)


def _conditions(feed: Feed) -> dict[str, str]:
    named = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in named.items() if value}


def _parsed(fetched: Fetched) -> ParsedFeed | None:
    if fetched.status == 304:
        return None
    return parse_feed_confined(fetched.body, charset=fetched.charset, url=fetched.final_url)


@transaction.atomic
def _note_success(
    claimed: Feed,
    fetched: Fetched,
    parsed: ParsedFeed | None,
    taken: Taken,
    *,
    now: datetime,
    jitter: float,
) -> Poll:
    feed = _still_claimed(claimed)
    if feed is None:
        return _told(claimed, PollAnswer.OVERTAKEN, "Somebody else polled it meanwhile.", taken)
    is_first = feed.last_success_at is None
    feed.failures, feed.last_error_code, feed.last_error = 0, "", ""
    feed.last_success_at = now
    if not (is_first or taken.has_more):  # neither tells how often something new appears
        feed.interval = polling.adapted_interval(feed.interval, has_news=taken.seen_count > 0)
    if parsed is not None:
        feed.title = one_line(parsed.title)
        if is_first:  # only now is there a name for it, unless an article has given a better one
            source_of(url=feed.url, name=feed.title[:120])
        # An unchanged feed is not sent again, so ask for all of it while something is left in it.
        is_done = not (taken.has_more or taken.has_retries)
        feed.etag = _header(fetched.etag, _ETAG_LENGTH_MAX) if is_done else ""
        feed.last_modified = (
            _header(fetched.last_modified, _LAST_MODIFIED_LENGTH_MAX) if is_done else ""
        )
    feed.next_poll_at = now + polling.wait_after_success(
        feed.interval, has_more=taken.has_more, jitter=jitter
    )
    _follow(feed, fetched.permanent_url, now)
    feed.save()
    if parsed is None:
        return _told(feed, PollAnswer.UNCHANGED, "Nothing has changed.", taken)
    return _told(feed, PollAnswer.READ, taken.in_words(), taken)


@transaction.atomic
def _note_failure(claimed: Feed, refusal: ArticleError, *, now: datetime, jitter: float) -> Poll:
    feed = _still_claimed(claimed)
    if feed is None:
        return _told(claimed, PollAnswer.OVERTAKEN, "Somebody else polled it meanwhile.", Taken())
    sentence = _said(refusal)
    feed.failures += 1
    feed.last_error_code, feed.last_error = refusal.code, sentence
    asked_for = polling.retry_after(getattr(refusal, "retry_after", ""), now=now)
    feed.next_poll_at = now + polling.wait_after_failure(
        feed.interval, failures=feed.failures, jitter=jitter, retry_after=asked_for
    )
    if feed.is_active and getattr(refusal, "status", 0) == GONE:
        _switch_off(feed, "The site says that this feed is gone for good (410).", now)
    elif feed.is_active and polling.is_given_up(feed.failures):
        reason = f"Failed {feed.failures} times in a row, at last: {sentence}"
        _switch_off(feed, reason[:REASON_LENGTH_MAX], now)
    feed.save()
    answer = PollAnswer.FAILED if feed.is_active else PollAnswer.DISABLED
    return _told(feed, answer, sentence, Taken())


def _said(refusal: ArticleError) -> str:
    """A refusal in words about a feed; those of the client speak of pages."""
    if isinstance(refusal, FetchFailed | PageUnavailable) and refusal.status:
        return f"The site answered {refusal.status} instead of the feed."
    return _SENTENCES.get(refusal.code, str(refusal))[:_ERROR_LENGTH_MAX]


def _follow(feed: Feed, permanent_url: str, now: datetime) -> None:
    """Move a feed for good to where its site says that it is now."""
    address = canonical_url(permanent_url)
    if address == feed.url:
        return
    other = Feed.objects.filter(url=address).exclude(pk=feed.pk).first()
    if other is None:
        feed.url = address
    elif feed.is_active:
        _switch_off(feed, f"It has moved to where another feed is: {other}"[:300], now)


def _switch_off(feed: Feed, reason: str, now: datetime) -> None:
    feed.is_active, feed.disabled_at, feed.disabled_reason = False, now, reason


def _still_claimed(claimed: Feed) -> Feed | None:
    """The row, locked and let go, unless another poll has begun since this one claimed it."""
    feed = (
        Feed.objects.select_for_update()
        .filter(pk=claimed.pk, poll_count=claimed.poll_count)
        .first()
    )
    if feed is not None:
        feed.leased_until = None
    return feed


def _locked(feed_id: int) -> Feed:
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is None:
        raise _not_found()
    return feed


def _not_found() -> FeedNotFound:
    return FeedNotFound("There is no such feed.")


def _header(value: str, length_max: int) -> str:
    """A header to send back later, or nothing where that could do harm."""
    is_sound = value.isascii() and value.isprintable() and len(value) <= length_max
    return value if is_sound else ""


def _told(feed: Feed, answer: PollAnswer, sentence: str, taken: Taken) -> Poll:
    return Poll(
        feed_id=feed.pk,
        url=feed.url,
        title=feed.title,
        answer=answer,
        sentence=sentence,
        taken=taken,
        next_poll_at=feed.next_poll_at if feed.is_active else None,
    )
