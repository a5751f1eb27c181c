import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from articles.core.errors import UrlInvalid
from articles.core.polling import FAILURES_MAX, INTERVAL_FIRST, INTERVAL_MIN
from articles.models import Article, ArticleVersion, Feed, FeedEntry, Source
from articles.services import feed_entries, feeds
from articles.services.drafting import ReasonMissing
from articles.services.feeds import (
    LEASE,
    FeedBusy,
    FeedDisabled,
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
    answer,
    cached_feed,
    dripping,
    feed,
    redirect,
    site,
    zipped_feed,
)
from tests.articles.services.newsfeeds import (
    BRIDGE_STORY,
    DOCTYPE,
    FERRY_STORY,
    Story,
    atom,
    rdf,
    rss,
    told_apart,
)
from tests.articles.services.stories import BRIDGE_TITLE, news_article, page
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def post():
    with site() as running:
        yield running


@pytest.fixture
def subscribed(post):
    """Add the feed of the Halvik Post, whose entries carry their text unless a test says more."""

    def add(path="/feed", *, now=NOON, fetches_pages=False):
        return add_feed(
            url=post.url(path), now=now, fetches_pages=fetches_pages, guard=post.guard()
        )

    return add


@pytest.fixture
def poll(post):
    def ask(row, *, now=NOON, jitter=0.0, **changes):
        guard = post.guard(**changes)
        return poll_feed(feed_id=row.pk, now=now, jitter=jitter, guard=guard)

    return ask


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


# What feeds say


@pytest.mark.parametrize("written", [rss, atom], ids=["RSS 2.0", "Atom"])
def test_an_entry_becomes_an_article_with_what_the_feed_says_of_it(post, subscribed, poll, written):
    published = {rss: "Fri, 20 Nov 2026 08:30:00 +0100", atom: "2026-11-20T08:30:00+01:00"}
    story = Story(
        link="https://post.example/bridge?utm_source=rss", identifier="tag:1",
        published=published[written], categories=("Transport", "Halvik"), author="Ingrid Moe",
    )  # fmt: skip
    post.answers["/feed"] = feed(written(story))
    row = subscribed()

    polled = poll(row)

    article = Article.objects.get()
    assert polled.answer is PollAnswer.READ
    assert polled.sentence == "1 new article."
    assert (article.title, article.author) == (BRIDGE_TITLE, "Ingrid Moe")
    assert article.url == "https://post.example/bridge"
    assert article.tags == ["transport", "halvik"]
    assert article.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert (article.published_precision, article.published_origin) == ("instant", "feed")
    assert (article.added_by, article.added_at) == (None, NOON)
    assert article.versions.get().drafts.count() == 2
    entry = row.entries.get()
    assert (entry.article, entry.tries_left, entry.error_code) == (article, 0, "")
    row.refresh_from_db()
    assert (row.title, row.last_success_at) == ("The Halvik Post", NOON)


def test_rss_one_is_read_and_a_bare_day_is_known_to_be_one(post, subscribed, poll):
    post.answers["/feed"] = feed(rdf(Story(link="https://p.example/b", published="2026-11-20")))

    poll(subscribed())

    article = Article.objects.get()
    assert article.url == "https://p.example/b"
    assert article.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert (article.published_precision, article.published_origin) == ("day", "feed")


def test_an_entry_without_link_and_date_is_known_by_its_words_and_belongs_to_its_feed(
    post, subscribed, poll
):
    post.answers["/feed"] = feed(rss(Story()))
    row = subscribed()

    poll(row)
    again = poll(row, now=LATER)

    article = Article.objects.get()
    assert (article.url, article.source) == ("", row.source)
    assert (article.published_at, article.published_origin) == (NOON, "arrival")
    assert again.sentence == "Nothing new."


def test_a_date_that_lies_ahead_is_no_date(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(Story(published="Fri, 20 Nov 2037 08:30:00 GMT")))

    poll(subscribed())

    assert Article.objects.get().published_origin == "arrival"


def test_the_page_of_an_entry_is_fetched_and_believed_before_the_feed(post, subscribed, poll):
    post.answers["/a"] = answer(page(linked=news_article()))
    story = Story(
        link=post.url("/a"), published="Mon, 16 Nov 2026 08:00:00 GMT", body="A teaser.",
        categories=("Transport",),
    )  # fmt: skip
    post.answers["/feed"] = feed(rss(story))

    poll(subscribed(fetches_pages=True))

    article = Article.objects.get()
    assert article.published_origin == "json-ld"
    assert article.author == "Ingrid Moe"
    assert article.tags == ["transport"]
    assert "Nine winters" in article.versions.get().text


def test_a_page_that_does_not_tell_its_date_takes_it_from_the_feed(post, subscribed, poll):
    post.answers["/a"] = answer(page())
    story = Story(link=post.url("/a"), published="Mon, 16 Nov 2026 08:00:00 GMT")
    post.answers["/feed"] = feed(rss(story))

    poll(subscribed(fetches_pages=True))

    article = Article.objects.get()
    assert (article.published_at.day, article.published_origin) == (16, "feed")


def test_two_entries_with_one_id_are_one(post, subscribed, poll):
    post.answers["/feed"] = feed(
        rss(BRIDGE_STORY, Story(identifier="bridge", body=FERRY_STORY.body))
    )

    polled = poll(subscribed())

    assert polled.taken.seen_count == 1
    assert FeedEntry.objects.count() == Article.objects.count() == 1


def test_an_article_that_is_here_already_is_not_a_new_one(post, subscribed, poll):
    post.answers["/one"] = feed(rss(BRIDGE_STORY))
    post.answers["/two"] = feed(rss(BRIDGE_STORY))

    poll(subscribed("/one"))
    polled = poll(subscribed("/two"), now=LATER)

    assert polled.sentence == "1 here already."
    assert Article.objects.get().feed_entries.count() == 2


def test_a_page_that_two_feeds_show_is_fetched_once(post, subscribed, poll):
    post.answers["/a"] = answer(page())
    for path in ("/one", "/two"):
        post.answers[path] = feed(rss(Story(link=post.url("/a?utm_source=rss"), identifier=path)))
    post.answers["/a?utm_source=rss"] = post.answers["/a"]

    polled = [poll(subscribed(path, fetches_pages=True)) for path in ("/one", "/two")]

    assert [each.sentence for each in polled] == ["1 new article.", "1 here already."]
    assert [path for path, _ in post.requests] == ["/one", "/a?utm_source=rss", "/two"]
    assert Article.objects.get().feed_entries.count() == 2


def test_a_publication_takes_its_name_from_its_feed_unless_it_has_one(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()
    assert row.source.name == "127.0.0.1"

    poll(row)
    assert Source.objects.get().name == "The Halvik Post"

    post.answers["/other"] = feed(rss(FERRY_STORY, title="Ferries"))
    poll(subscribed("/other"))
    assert Source.objects.get().name == "The Halvik Post"


def test_what_was_taken_once_is_not_taken_again(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(FERRY_STORY, BRIDGE_STORY))
    row = subscribed()
    poll(row)
    before = rows()

    polled = poll(row, now=LATER)

    assert polled.taken == feed_entries.Taken()
    assert rows() == before


def test_entries_are_taken_oldest_first_and_a_batch_at_a_time(post, subscribed, poll, monkeypatch):
    monkeypatch.setattr(feed_entries, "ENTRIES_PER_POLL", 2)
    post.answers["/feed"] = cached_feed(rss(*told_apart(3)))
    row = subscribed()

    first = poll(row)
    row.refresh_from_db()

    assert list(row.entries.order_by("pk").values_list("title", flat=True)) == [
        "Story 0",
        "Story 1",
    ]
    assert first.sentence == "2 new articles; more is to come."
    assert first.next_poll_at == NOON + INTERVAL_MIN
    assert row.etag == ""

    second = poll(row, now=LATER)
    row.refresh_from_db()

    assert second.sentence == "1 new article."
    assert row.etag == '"v1"'


def test_a_poll_that_has_no_time_left_goes_on_next_time(post, subscribed):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed()

    polled = poll_feed(feed_id=row.pk, now=NOON, jitter=0.0, seconds=0.0, guard=post.guard())

    assert polled.taken.has_more
    assert rows() == NOTHING_TAKEN


# One bad entry


def test_one_bad_entry_does_not_stop_the_others(post, subscribed, poll, monkeypatch):
    def fail(text, **given):
        if "ferry" in text:
            raise ZeroDivisionError
        return read_text(text, **given)

    read_text = feed_entries.read_text
    monkeypatch.setattr(feed_entries, "read_text", fail)
    short = Story(identifier="short", body="Too short.")
    post.answers["/feed"] = feed(rss(short, FERRY_STORY, BRIDGE_STORY))
    row = subscribed()

    polled = poll(row)

    assert polled.sentence == "1 new article, 2 refused."
    noted = dict(row.entries.values_list("error_code", "tries_left"))
    assert noted == {"": 0, "text_too_short": 0, "internal_error": 2}
    assert Article.objects.get().title == BRIDGE_TITLE


def test_a_page_that_cannot_be_reached_is_tried_three_times(post, subscribed, poll):
    story = Story(link=post.url("/a"), identifier="a")
    post.answers["/a"] = answer(b"", status=503)
    post.answers["/feed"] = cached_feed(rss(story))
    row = subscribed(fetches_pages=True)

    for tries_left in (2, 1, 0):
        polled = poll(row)
        assert polled.taken.refused_count == 1
        assert row.entries.get().tries_left == tries_left
    settled = poll(row)

    assert settled.taken.refused_count == 0
    assert [path for path, _ in post.requests].count("/a") == 3
    assert (row.entries.get().error_code, Article.objects.count()) == ("fetch_failed", 0)


def test_an_entry_that_leads_to_a_private_address_is_refused(post, subscribed, poll):
    story = Story(link="http://169.254.169.254/latest/meta-data/")
    post.answers["/feed"] = feed(rss(story, BRIDGE_STORY))
    row = subscribed(fetches_pages=True)

    poll(row)

    refused = row.entries.get(article=None)
    assert (refused.error_code, refused.tries_left) == ("address_refused", 0)
    assert Article.objects.count() == 1


def test_an_entry_that_leads_to_a_file_has_no_link(post, subscribed, poll):
    post.answers["/feed"] = feed(rss(Story(link="file:///etc/passwd")))

    poll(subscribed(fetches_pages=True))

    assert Article.objects.get().url == ""


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


def test_old_entries_are_forgotten_and_their_articles_stay(post, subscribed, poll, monkeypatch):
    monkeypatch.setattr(feed_entries, "FORGET_CHUNK", 1)
    post.answers["/feed"] = feed(rss(BRIDGE_STORY, FERRY_STORY))
    row = subscribed("/feed", fetches_pages=False)
    poll(row)
    last_day = NOON + feed_entries.ENTRIES_KEPT

    assert feed_entries.forget_entries(now=last_day) == 0
    after = last_day + timedelta(seconds=1)
    assert [feed_entries.forget_entries(now=after) for _ in range(3)] == [1, 1, 0]

    assert (FeedEntry.objects.count(), Article.objects.count()) == (0, 2)


def test_an_entry_that_is_shown_after_it_was_forgotten_is_the_article_that_it_was(
    post, subscribed, poll
):
    post.answers["/feed"] = feed(rss(BRIDGE_STORY))
    row = subscribed("/feed", fetches_pages=False)
    poll(row)
    FeedEntry.objects.all().delete()

    again = poll(row)

    assert (again.taken.new_count, again.taken.known_count) == (0, 1)
    assert Article.objects.count() == 1
