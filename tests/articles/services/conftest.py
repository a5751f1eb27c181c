"""A publication on this computer, and its feed, for the tests of feeds and their entries."""

import pytest

from tests.articles.services.hosts import site
from tests.instants import NOON


@pytest.fixture
def post():
    with site() as running:
        yield running


@pytest.fixture
def subscribed(post):
    """Add the feed of the Halvik Post, whose entries carry their text unless a test says more."""
    from articles.services.feeds import add_feed

    def add(path="/feed", *, now=NOON, fetches_pages=False):
        return add_feed(
            url=post.url(path), now=now, fetches_pages=fetches_pages, guard=post.guard()
        )

    return add


@pytest.fixture
def poll(post):
    from articles.services.feeds import poll_feed

    def ask(row, *, now=NOON, jitter=0.0, **changes):
        guard = post.guard(**changes)
        return poll_feed(feed_id=row.pk, now=now, jitter=jitter, guard=guard)

    return ask
