"""Feeds that move, end, answer nonsense, or cannot be reached."""

from datetime import timedelta

import pytest

from articles.core.polling import FAILURES_MAX, INTERVAL_FIRST
from articles.models import Article, ArticleVersion, Feed, FeedEntry, Source
from articles.services.feeds import (
    FeedDisabled,
    PollAnswer,
    poll_feed,
)
from tests.articles.services.hosts import (
    answer,
    dripping,
    feed,
    redirect,
    zipped_feed,
)
from tests.articles.services.newsfeeds import (
    BRIDGE_STORY,
    DOCTYPE,
    rss,
)
from tests.articles.services.stories import page
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=2)


def rows():
    models = (Source, Article, ArticleVersion, FeedEntry)
    return {model.__name__: model.objects.count() for model in models}


NOTHING_TAKEN = {"Source": 1, "Article": 0, "ArticleVersion": 0, "FeedEntry": 0}


# Moving and ending


@pytest.mark.parametrize(
    ("status", "moves"), [(301, True), (308, True), (302, False), (307, False)]
)
def test_only_a_permanent_redirect_moves_a_feed(post, subscribed, poll, status, moves):
    post.answers["/feed"] = redirect("/new", status=status)
    post.answers["/new"] = feed(rss(BRIDGE_STORY))
    row = subscribed()

    poll(row)

    row.refresh_from_db()
    assert row.url == post.url("/new" if moves else "/feed")
    assert Article.objects.count() == 1


def test_a_feed_moves_only_as_far_as_redirects_are_permanent(post, subscribed, poll):
    post.answers["/feed"] = redirect("/b", status=301)
    post.answers["/b"] = redirect("/c", status=302)
    post.answers["/c"] = feed(rss(BRIDGE_STORY))
    row = subscribed()

    poll(row)

    row.refresh_from_db()
    assert row.url == post.url("/b")


def test_a_feed_does_not_move_to_what_is_none(post, subscribed, poll):
    post.answers["/feed"] = redirect("/gone", status=301)
    post.answers["/gone"] = answer(page())
    row = subscribed()

    assert poll(row).answer is PollAnswer.FAILED

    row.refresh_from_db()
    assert (row.url, row.last_error_code) == (post.url("/feed"), "not_a_feed")


def test_a_feed_that_moves_to_another_one_s_address_is_switched_off(post, subscribed, poll):
    post.answers["/old"] = redirect("/feed", status=301)
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    subscribed("/feed")
    row = subscribed("/old")

    poll(row)

    row.refresh_from_db()
    assert not row.is_active
    assert row.disabled_reason == f"It has moved to where another feed is: {post.url('/feed')}"


def test_a_feed_that_is_gone_is_switched_off_at_once(post, subscribed, poll):
    post.answers["/feed"] = feed(b"", status=410)
    row = subscribed()

    polled = poll(row)

    row.refresh_from_db()
    assert (polled.answer, polled.next_poll_at) == (PollAnswer.DISABLED, None)
    assert (row.is_active, row.disabled_at) == (False, NOON)
    assert row.disabled_reason == "The site says that this feed is gone for good (410)."
    assert rows() == NOTHING_TAKEN


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("21600", timedelta(hours=6)),
        ("Sun, 22 Nov 2026 20:00:00 GMT", timedelta(hours=8)),
        ("60", 2 * INTERVAL_FIRST),
        ("soon", 2 * INTERVAL_FIRST),
        ("99999999", timedelta(days=7)),
    ],
)
def test_a_site_that_asks_for_patience_gets_it(post, subscribed, poll, status, header, wait):
    post.answers["/feed"] = feed(b"", status=status, Retry_After=header)
    row = subscribed()

    polled = poll(row)

    row.refresh_from_db()
    assert (polled.answer, polled.next_poll_at) == (PollAnswer.FAILED, NOON + wait)
    assert row.last_error == f"The site answered {status} instead of the feed."
    assert (row.failures, row.interval) == (1, INTERVAL_FIRST)


BOMB = DOCTYPE + b"<rss><channel><title>&b;</title></channel></rss>"
DEEP = b"<rss><channel>" + b"<a>" * 100 + b"</a>" * 100 + b"</channel></rss>"
WIDE = b"<rss><channel " + b" ".join(b'a%d="1"' % each for each in range(70)) + b"/></rss>"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (feed(b"<rss><channel><title>Cut off"), "feed_malformed"),
        (feed(b"<rss><channel>&nbsp;</channel></rss>"), "feed_malformed"),
        (feed(b"<rss>\xff\xfe\x00</rss>"), "feed_malformed"),
        (feed(BOMB), "feed_declares_types"),
        (feed(BOMB.decode().encode("utf-16")), "feed_declares_types"),
        (feed(DEEP), "feed_too_complex"),
        (feed(WIDE), "feed_too_complex"),
        (feed(b""), "not_a_feed"),
        (answer(page()), "not_a_feed"),
        (feed(b"<opml><body/></opml>"), "not_a_feed"),
        (answer(b"%PDF", content_type="application/pdf"), "content_type_refused"),
        (answer(b"no", status=404), "page_unavailable"),
        (feed(rss(before=b" " * 5_000_001)), "response_too_large"),
        (zipped_feed(b" " * 50_000_000), "response_too_large"),
        (redirect("/feed"), "too_many_redirects"),
        (redirect("http://127.0.0.1/feed"), "address_refused"),
        (redirect("http://10.0.0.1/feed", status=301), "address_refused"),
        (redirect("file:///etc/passwd"), "scheme_refused"),
    ],
    ids=[
        "cut off", "an unknown entity", "not in any charset", "entities", "entities in UTF-16",
        "deep", "wide", "empty", "a page", "another format", "a document", "missing", "huge",
        "a zip bomb", "a loop", "to a private address", "for good to a private one", "to a file",
    ],
)  # fmt: skip
def test_a_refused_feed_leaves_nothing_but_the_reason(post, subscribed, poll, sent, code):
    post.answers["/feed"] = sent
    row = subscribed()

    polled = poll(row)

    row.refresh_from_db()
    assert polled.answer is PollAnswer.FAILED
    assert (row.last_error_code, row.failures) == (code, 1)
    assert row.last_error == polled.sentence
    assert (row.last_success_at, row.etag, row.leased_until) == (None, "", None)
    assert row.next_poll_at == NOON + 2 * INTERVAL_FIRST
    assert row.url == post.url("/feed")
    assert rows() == NOTHING_TAKEN


def test_a_site_that_drips_runs_out_of_time(post, subscribed, poll):
    post.answers["/feed"] = dripping
    row = subscribed()

    polled = poll(row, total_seconds=0.3)

    assert polled.sentence == "The site did not answer in time."
    assert rows() == NOTHING_TAKEN


def test_a_feed_on_a_private_address_is_never_asked(post, subscribed):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()
    Feed.objects.update(url="http://127.0.0.1/feed")

    polled = poll_feed(feed_id=row.pk, now=NOON, jitter=0.0)

    assert polled.sentence == "The site is not on the public internet."
    assert (post.requests, rows()) == ([], NOTHING_TAKEN)


def test_failures_back_off_until_the_feed_is_given_up(post, subscribed, poll):
    row, waits = subscribed(), []

    for _ in range(FAILURES_MAX):
        polled = poll(row)
        waits.append(polled.next_poll_at and polled.next_poll_at - NOON)

    hours = [wait / timedelta(hours=1) for wait in waits[:-1]]
    assert hours == [2, 4, 8, 16] + [24] * (FAILURES_MAX - 5)
    assert polled.answer is PollAnswer.DISABLED
    row.refresh_from_db()
    assert row.disabled_reason == (
        "Failed 12 times in a row, at last: The site answered 404 instead of the feed."
    )
    with pytest.raises(FeedDisabled):
        poll(row)
    assert len(post.requests) == FAILURES_MAX


def test_a_success_forgets_the_failures(post, subscribed, poll):
    row = subscribed()
    poll(row)
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))

    poll(row, now=LATER)

    row.refresh_from_db()
    assert (row.failures, row.last_error_code, row.last_error) == (0, "", "")
