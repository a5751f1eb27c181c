"""The sweep may run again and again, and one feed holds up no other."""

from datetime import timedelta

import pytest
import time_machine

from articles import tasks
from articles.models import Article, Feed, FeedEntry
from articles.services import feed_entries, feeds
from articles.services.feed_entries import ENTRIES_KEPT
from articles.services.feeds import add_feed
from config.celery import app
from tests.articles.services.hosts import feed, site
from tests.articles.services.newsfeeds import BRIDGE_STORY, FERRY_STORY, rss
from tests.instants import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(monkeypatch):
    """A site with two feeds that the sweep may reach, although it is on this computer."""
    with site() as running:

        def poll_next(**given):
            return feeds.poll_next(**given, guard=running.guard())

        monkeypatch.setattr(tasks, "poll_next", poll_next)
        for path, story in (("/a", BRIDGE_STORY), ("/b", FERRY_STORY)):
            running.answers[path] = feed(rss(story))
            add_feed(url=running.url(path), now=NOON, fetches_pages=False, guard=running.guard())
        yield running


def sweep(at=NOON):
    with time_machine.travel(at, tick=False):
        tasks.poll_due_feeds()


def asked(post):
    return [path for path, _ in post.requests]


def test_the_sweep_polls_what_is_due_and_nothing_else(post):
    Feed.objects.filter(url=post.url("/b")).update(next_poll_at=NOON + timedelta(minutes=1))

    sweep()
    sweep()

    assert asked(post) == ["/a"]
    assert Article.objects.count() == 1


def test_a_feed_that_meets_a_fault_of_ours_holds_up_no_other(post, monkeypatch):
    def fail(fetched):
        if fetched.url.endswith("/a"):
            raise ZeroDivisionError
        return parsed(fetched)

    parsed = feeds._parsed
    monkeypatch.setattr(feeds, "_parsed", fail)

    sweep()
    sweep()
    assert asked(post) == ["/a", "/b"]

    monkeypatch.setattr(feeds, "_parsed", parsed)
    sweep(NOON + feeds.LEASE)
    assert asked(post) == ["/a", "/b", "/a"]
    assert Article.objects.count() == 2


def test_the_sweep_ends_when_its_time_is_over(post, monkeypatch):
    monkeypatch.setattr(tasks, "SWEEP_SECONDS", 0.0)

    sweep()

    assert asked(post) == []


def test_the_sweep_does_nothing_where_fetching_is_off(post, settings):
    settings.ARTICLES_FETCHING = False

    sweep()

    assert asked(post) == []


def test_a_lease_outlives_the_task_that_holds_it():
    assert feeds.LEASE.total_seconds() > app.conf.task_time_limit
    assert app.conf.task_soft_time_limit > tasks.SWEEP_SECONDS + feeds.POLL_SECONDS


def test_feeds_are_swept_on_a_queue_of_their_own():
    ours = [e for e in app.conf.beat_schedule.values() if e["task"].startswith("articles.")]

    assert {entry["options"]["queue"] for entry in ours} == {"articles"}


def test_what_feeds_showed_half_a_year_ago_is_forgotten_chunk_by_chunk(post, monkeypatch):
    monkeypatch.setattr(feed_entries, "FORGET_CHUNK", 1)
    sweep()
    assert FeedEntry.objects.count() == 2

    for seconds, left in ((0, 2), (1, 0)):
        with time_machine.travel(NOON + ENTRIES_KEPT + timedelta(seconds=seconds), tick=False):
            tasks.forget_feed_entries()
        assert FeedEntry.objects.count() == left

    assert Article.objects.count() == 2
