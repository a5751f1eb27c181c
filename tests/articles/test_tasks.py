"""The sweeps may run again and again, and one feed holds up no other."""

from datetime import timedelta

import pytest
import time_machine
from structlog.testing import capture_logs

from articles import tasks
from articles.models import Article, Consultation, Feed, FeedEntry
from articles.services import consultations, feed_entries, feeds
from articles.services.feed_entries import ENTRIES_KEPT
from articles.services.feeds import add_feed
from articles.services.ingest import ingest_text
from articles.services.providers import language_model
from config.celery import VISIBILITY_SECONDS, app
from config.env import LLM_SECONDS_MAX
from tests.articles.services.hosts import feed, site
from tests.articles.services.models import KEY, MODEL, in_json, quotes, scripted_model
from tests.articles.services.newsfeeds import BRIDGE_STORY, FERRY_STORY, rss
from tests.articles.services.stories import BRIDGE, FERRY
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


def test_sites_are_asked_on_a_queue_of_their_own():
    ours = [e for e in app.conf.beat_schedule.values() if e["task"].startswith("articles.")]

    assert {entry["options"]["queue"] for entry in ours} == {"articles"}


# The language model


@pytest.fixture
def model(settings):
    with scripted_model() as running:
        settings.LLM_URL, settings.LLM_MODEL, settings.LLM_API_KEY = running.url, MODEL, KEY
        yield running


@pytest.fixture
def texts():
    return [ingest_text(text=text, editor=None, now=NOON) for text in (BRIDGE, FERRY)]


def ask(at=NOON):
    with time_machine.travel(at, tick=False), capture_logs() as lines:
        tasks.ask_language_model()
    return lines


def test_every_new_text_is_asked_about_in_one_sweep(model, texts):
    model.will(quotes(), quotes())

    ask()
    ask()

    assert Consultation.objects.filter(state="answered").count() == 2
    assert len(model.asked) == 2


def test_the_log_says_what_it_cost_and_neither_key_nor_words(model, texts):
    model.will(quotes("Nobody said that, said the harbour master."), in_json({}, status=401))

    lines = ask()

    assert [(line["event"], line["state"], line["error"]) for line in lines] == [
        ("language model asked", "answered", ""),
        ("language model asked", "waiting", "model_misconfigured"),
    ]
    assert (lines[0]["calls"], lines[0]["tokens_in"], lines[0]["tokens_out"]) == (1, 100, 20)
    assert (lines[0]["made"], lines[0]["dropped"]) == (0, 1)
    assert lines[0]["seconds"] < 5
    assert KEY not in str(lines)
    assert "harbour master" not in str(lines)


def test_a_trouble_ends_the_sweep_so_that_the_model_has_rest(model, texts):
    model.will(in_json({}, status=500))

    ask()

    assert len(model.asked) == 1


def test_a_fault_of_ours_ends_the_sweep_and_is_logged_without_what_variables_hold(
    model, texts, monkeypatch
):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(language_model.proposals, "place_quote", fail)
    model.will(quotes("Nobody said that, said the harbour master."))

    (line,) = ask()

    assert (line["log_level"], line["exc_info"]) == ("error", True)
    assert Consultation.objects.get().state == "waiting"


def test_nothing_happens_where_no_model_is_configured(texts):
    assert ask() == []
    assert Consultation.objects.count() == 0


def test_a_lease_outlives_the_task_that_asks_and_the_task_the_longest_answer():
    task = tasks.ask_language_model

    assert task.soft_time_limit > tasks.SWEEP_SECONDS + LLM_SECONDS_MAX
    assert task.soft_time_limit < task.time_limit < consultations.LEASE.total_seconds()
    assert task.time_limit < VISIBILITY_SECONDS


def test_what_feeds_showed_half_a_year_ago_is_forgotten_chunk_by_chunk(post, monkeypatch):
    monkeypatch.setattr(feed_entries, "FORGET_CHUNK", 1)
    sweep()
    assert FeedEntry.objects.count() == 2

    for seconds, left in ((0, 2), (1, 0)):
        with time_machine.travel(NOON + ENTRIES_KEPT + timedelta(seconds=seconds), tick=False):
            tasks.forget_feed_entries()
        assert FeedEntry.objects.count() == left

    assert Article.objects.count() == 2
