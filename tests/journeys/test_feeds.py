"""A feed polled by a real worker, which takes its work from the queue that beat fills."""

import pytest

from articles.models import Feed
from articles.services.feeds import add_feed
from articles.tasks import poll_due_feeds
from config.celery import app
from markets.services.trading import database_clock
from tests.processes import celery, eventually, running

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_polls_what_is_due_and_never_a_private_address():
    feed = add_feed(url="http://127.0.0.1/feed", now=database_clock())
    (entry,) = (
        each for each in app.conf.beat_schedule.values() if each["task"] == poll_due_feeds.name
    )
    queue = entry["options"]["queue"]

    worker = celery(
        "worker", "--queues", queue, "--concurrency", "1", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip
    with running(worker):
        poll_due_feeds.apply_async(queue=queue)
        eventually(lambda: Feed.objects.get(pk=feed.pk).failures == 1)

    feed.refresh_from_db()
    assert (feed.last_error_code, feed.leased_until) == ("address_refused", None)
    assert feed.next_poll_at > database_clock()
