import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from articles.core.errors import UrlInvalid
from articles.core.polling import INTERVAL_FIRST
from articles.models import Article, ArticleVersion, Feed, FeedEntry, Source
from articles.services import feed_entries, feeds
from articles.services.drafting import ReasonMissing
from articles.services.feeds import (
    LEASE,
    FeedBusy,
    FeedExists,
    FeedNotFound,
    PollAnswer,
    add_feed,
    disable_feed,
    enable_feed,
    poll_feed,
    poll_next,
    set_fetches_pages,
)
from articles.services.ingest import FetchingIsOff
from articles.services.outbound import PortRefused
from tests.articles.services.hosts import (
    cached_feed,
    feed,
)
from tests.articles.services.newsfeeds import (
    BRIDGE_STORY,
    FERRY_STORY,
    rss,
)
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


def rows():
    models = (Source, Article, ArticleVersion, FeedEntry)
    return {model.__name__: model.objects.count() for model in models}


NOTHING_TAKEN = {"Source": 1, "Article": 0, "ArticleVersion": 0, "FeedEntry": 0}


# Adding


def test_a_feed_is_added_under_its_canonical_address_and_is_due_at_once():
    row = add_feed(url="HTTPS://Post.example:443/feed?utm_source=x#top", now=NOON)

    row.refresh_from_db()
    assert row.url == "https://post.example/feed"
    assert row.source.domain == "post.example"
    assert (row.is_active, row.next_poll_at, row.added_at) == (True, NOON, NOON)
    assert (row.interval, row.failures, row.fetches_pages) == (INTERVAL_FIRST, 0, True)
    assert list(Feed.objects.due(NOON)) == [row]
    assert list(Feed.objects.due(NOON - MINUTE)) == []


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("", UrlInvalid),
        ("ftp://post.example/feed", UrlInvalid),
        ("http://post.example:8080/feed", PortRefused),
    ],
)
def test_what_is_never_fetched_is_not_added(url, error):
    with pytest.raises(error):
        add_feed(url=url, now=NOON)

    assert Feed.objects.count() == Source.objects.count() == 0


def test_the_same_address_is_added_once():
    add_feed(url="https://post.example/feed", now=NOON)

    with pytest.raises(FeedExists) as refusal:
        add_feed(url="https://post.example/feed?fbclid=1", now=LATER)

    assert refusal.value.code == "feed_exists"
    assert Feed.objects.get().added_at == NOON


# Asking politely


def test_a_feed_that_has_not_changed_is_not_sent_again(
    post, subscribed, poll, django_assert_num_queries
):
    changed = "Fri, 20 Nov 2026 08:00:00 GMT"
    post.answers["/feed"] = cached_feed(rss(BRIDGE_STORY), last_modified=changed)
    row = subscribed()
    poll(row)
    before = rows()

    with django_assert_num_queries(8):
        polled = poll(row, now=LATER)

    assert polled.answer is PollAnswer.UNCHANGED
    asked = post.requests[-1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', changed)
    assert "if-none-match" not in post.requests[0][1]
    assert rows() == before
    row.refresh_from_db()
    assert (row.etag, row.last_success_at) == ('"v1"', LATER)


def test_an_unasked_304_is_a_failure(post, subscribed, poll):
    post.answers["/feed"] = feed(b"", status=304)

    assert poll(subscribed()).answer is PollAnswer.FAILED


def test_a_header_that_could_do_harm_is_not_kept(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY), ETag='"' + "x" * 400 + '"')
    row = subscribed()

    poll(row)

    row.refresh_from_db()
    assert row.etag == ""


def test_the_interval_follows_how_often_something_is_new(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()

    def interval():
        row.refresh_from_db()
        return row.interval

    poll(row)
    assert interval() == INTERVAL_FIRST
    poll(row)
    assert interval() == INTERVAL_FIRST * 1.25
    post.answers["/feed"] = feed(rss(FERRY_STORY, BRIDGE_STORY))
    polled = poll(row, jitter=1.0)
    assert interval() == INTERVAL_FIRST * 0.625
    assert polled.next_poll_at == NOON + interval() * 1.1


# Switching off and on


def test_a_feed_is_switched_off_for_a_reason_and_on_again(subscribed):
    row = subscribed()

    off = disable_feed(feed_id=row.pk, reason=" Too\nnoisy ", now=NOON)
    disable_feed(feed_id=row.pk, reason="Another", now=LATER)
    assert (off.is_active, off.disabled_reason, off.disabled_at) == (False, "Too noisy", NOON)
    row.refresh_from_db()
    assert row.disabled_reason == "Too noisy"
    assert list(Feed.objects.due(LATER)) == []

    on = enable_feed(feed_id=row.pk, now=LATER)
    assert (on.is_active, on.disabled_reason, on.disabled_at) == (True, "", None)
    assert list(Feed.objects.due(LATER)) == [row]


def test_without_a_reason_nothing_is_switched_off(subscribed):
    row = subscribed()

    with pytest.raises(ReasonMissing):
        disable_feed(feed_id=row.pk, reason=" ", now=NOON)

    row.refresh_from_db()
    assert row.is_active


def test_a_feed_that_is_not_there_is_not_found():
    for act in (
        lambda: disable_feed(feed_id=1, reason="No.", now=NOON),
        lambda: enable_feed(feed_id=1, now=NOON),
        lambda: poll_feed(feed_id=1, now=NOON, jitter=0.0),
    ):
        with pytest.raises(FeedNotFound):
            act()


def test_nothing_is_polled_where_fetching_is_off(post, subscribed, poll, settings):
    settings.ARTICLES_FETCHING = False
    row = subscribed()

    for act in (lambda: poll(row), lambda: poll_next(now=NOON, jitter=0.0)):
        with pytest.raises(FetchingIsOff):
            act()

    row.refresh_from_db()
    assert (row.poll_count, post.requests) == (0, [])


# One at a time


def test_the_feed_that_has_waited_longest_is_polled_first(post, subscribed):
    subscribed("/b", now=NOON)
    subscribed("/a", now=NOON - MINUTE)
    subscribed("/c", now=LATER)
    polled = [poll_next(now=NOON, jitter=0.0, guard=post.guard()) for _ in range(3)]

    assert [each and each.url for each in polled] == [post.url("/a"), post.url("/b"), None]


def test_a_leased_feed_is_busy_until_its_lease_has_run_out(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()
    Feed.objects.update(leased_until=NOON + LEASE)

    with pytest.raises(FeedBusy) as refusal:
        poll(row)
    assert refusal.value.retryable
    assert poll_next(now=NOON, jitter=0.0, guard=post.guard()) is None
    assert (post.requests, rows()) == ([], NOTHING_TAKEN)

    assert poll(row, now=NOON + LEASE).answer is PollAnswer.READ


def test_who_comes_back_after_its_lease_writes_nothing_over_the_newer_poll(post, subscribed, poll):
    row = subscribed()

    claimed = feeds._claim(Feed.objects.filter(pk=row.pk), NOON)
    Feed.objects.update(poll_count=2, leased_until=LATER)
    post.answers["/feed"] = feed(b"", status=404)

    polled = feeds._poll(claimed, now=NOON, jitter=0.0, ends=0.0, guard=post.guard())

    row.refresh_from_db()
    assert polled.answer is PollAnswer.OVERTAKEN
    assert (row.failures, row.leased_until) == (0, LATER)


def test_a_feed_that_is_switched_off_while_it_is_polled_stays_off(
    post, subscribed, poll, monkeypatch
):
    def switch_off(**given):
        disable_feed(feed_id=row.pk, reason="Too noisy", now=NOON)
        return feed_entries.Taken()

    monkeypatch.setattr(feeds, "take_entries", switch_off)
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()

    polled = poll(row)

    row.refresh_from_db()
    assert (row.is_active, row.disabled_reason, row.leased_until) == (False, "Too noisy", None)
    assert polled.next_poll_at is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_poll_one_feed_and_hold_no_lock_while_it_answers(post, subscribed):
    row = subscribed()
    seen = []

    def look(handler):
        with contextlib.closing(connection), transaction.atomic():
            free = Feed.objects.select_for_update(nowait=True).get(pk=row.pk)
            seen.append((free.leased_until, poll_next(now=NOON, jitter=0.0, guard=post.guard())))
        feed(rss(BRIDGE_STORY))(handler)

    post.answers["/feed"] = look
    barrier, polled = threading.Barrier(4), []

    def work():
        with contextlib.closing(connection):
            barrier.wait()
            polled.append(poll_next(now=NOON, jitter=0.0, guard=post.guard()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [(NOON + LEASE, None)]
    assert [each.sentence for each in polled if each] == ["1 new article."]
    assert len(post.requests) == 1


# What the database refuses


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"interval": timedelta(minutes=1)}, "feed_interval_is_within_bounds"),
        ({"interval": timedelta(days=2)}, "feed_interval_is_within_bounds"),
        ({"is_active": False}, "feed_is_disabled_at_an_instant_for_a_reason"),
        ({"disabled_reason": "x"}, "feed_is_disabled_at_an_instant_for_a_reason"),
        ({"last_error_code": "x"}, "feed_error_has_a_code_and_a_sentence"),
        ({"failures": 1}, "feed_failure_is_explained"),
    ],
)
def test_the_database_refuses_a_row_that_contradicts_itself(subscribed, wrong, name):
    subscribed()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Feed.objects.update(**wrong)


def test_an_entry_is_kept_once_and_never_without_an_article_or_a_reason(subscribed):
    row = subscribed()
    entry = {"feed": row, "entry_sha256": "0" * 64, "seen_at": NOON}
    FeedEntry.objects.create(**entry, error_code="x", error="X")

    with pytest.raises(IntegrityError, match="feed_entry_is_taken_once"), transaction.atomic():
        FeedEntry.objects.create(**entry, error_code="x", error="X")
    with pytest.raises(IntegrityError, match="or_explained"), transaction.atomic():
        FeedEntry.objects.create(**{**entry, "entry_sha256": "1" * 64})


def test_whence_the_next_entries_come_can_be_changed(subscribed):
    row = subscribed("/feed")

    changed = set_fetches_pages(feed_id=row.pk, fetches_pages=False)

    row.refresh_from_db()
    assert changed == row
    assert row.fetches_pages is False
    with pytest.raises(FeedNotFound):
        set_fetches_pages(feed_id=404, fetches_pages=False)


def test_a_feed_that_an_editor_switches_off_was_not_given_up(subscribed):
    row = subscribed("/feed")
    Feed.objects.update(failures=3, last_error_code="fetch_failed", last_error="Broke off.")

    disable_feed(feed_id=row.pk, reason="Too noisy", now=NOON)

    assert list(Feed.objects.given_up()) == []
    row.refresh_from_db()
    assert (row.failures, row.last_error_code) == (0, "fetch_failed")
