"""Mutated pages and feeds: an answer or one of the documented refusals, in bounded work."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.etree import LxmlError
from lxml.html import document_fromstring

from articles.services import confined
from articles.services.confinement import PageTooComplex, extract_confined, parse_feed_confined
from articles.services.extraction import EntitiesRefused, NotAnArticle, PageTooLarge, extract
from articles.services.feed_parsing import (
    ENTRIES_MAX,
    ENTRY_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    URL_LENGTH_MAX,
    FeedDeclaresTypes,
    FeedMalformed,
    FeedTooComplex,
    FeedTooLarge,
    NotAFeed,
    parse_feed,
    plain_text,
)
from articles.services.page_head import (
    DATE_LINES_MAX,
    TAGS_MAX,
    PageHead,
    parse_moment,
    read_head,
)
from tests.articles.mutation import EXAMPLES, FEED_MARKUP, HOSTILE, MARKUP, mutated, mutated_bytes
from tests.articles.services.newsfeeds import BRIDGE_STORY, FERRY_STORY, atom, rdf, rss
from tests.articles.services.stories import BOT_WALL, news_article, page

PAGES = (
    page().decode(),
    page(linked=news_article(), above="<time datetime='2026-11-20'>Friday</time>").decode(),
    page(above="<table><tr><th>Year</th></tr><tr><td>2025</td></tr></table>", language="").decode(),
    BOT_WALL,
)
FEEDS = tuple(speak(BRIDGE_STORY, FERRY_STORY).decode() for speak in (rss, atom, rdf))
CHARSETS = ("", "utf-8", "latin-1", "utf-16", "shift_jis", "nonsense", "\x00")
PAGE_REFUSALS = (NotAnArticle, PageTooLarge, EntitiesRefused)
FEED_REFUSALS = (NotAFeed, FeedMalformed, FeedDeclaresTypes, FeedTooComplex, FeedTooLarge)


def assert_storable(text: str) -> None:
    text.encode()
    assert "\x00" not in text


def assert_head_holds(head: PageHead) -> None:
    for said in (head.headline, head.author, head.site_name, head.language, head.address):
        assert_storable(said)
    assert len(head.tags) <= TAGS_MAX
    assert len(head.date_lines) <= DATE_LINES_MAX
    assert all(found.at.tzinfo is not None for found in head.dates)


@given(mutated_bytes(PAGES, (*MARKUP, *HOSTILE)), st.sampled_from(CHARSETS))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_mutated_page_is_read_or_refused(html: bytes, charset: str) -> None:
    with contextlib.suppress(*PAGE_REFUSALS):
        found = extract(html, charset=charset, url="https://post.example/2026/11/20/bridge")

        assert found.text.strip()
        assert_head_holds(found.head)


@given(mutated(PAGES, MARKUP))
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_head_of_a_mutated_page_holds(html: str) -> None:
    with contextlib.suppress(ValueError, SyntaxError, LxmlError):  # what lxml itself cannot read
        tree = document_fromstring(html.replace("\x00", "").encode(errors="replace"))

        assert_head_holds(read_head(tree))


@given(st.text(max_size=60) | mutated(("2026-11-20T08:30:00+01:00", "Fri, 20 Nov 2026 08:30 EST")))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_date_of_a_page_is_understood_or_passed_over(value: str) -> None:
    found = parse_moment(value)

    assert found is None or found[0].astimezone(UTC) <= datetime.max.replace(tzinfo=UTC)


@given(mutated_bytes(FEEDS, (*FEED_MARKUP, *HOSTILE)), st.sampled_from(CHARSETS))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_mutated_feed_is_read_or_refused(feed: bytes, charset: str) -> None:
    with contextlib.suppress(*FEED_REFUSALS):
        found = parse_feed(feed, charset=charset, url="https://post.example/feed.xml")

        assert len(found.entries) <= ENTRIES_MAX
        assert_storable(found.title)
        for entry in found.entries:
            for said in (entry.identifier, entry.url, entry.title, entry.author, entry.text):
                assert_storable(said)
            assert len(entry.title) <= TITLE_LENGTH_MAX
            assert len(entry.url) <= URL_LENGTH_MAX
            assert len(entry.text) <= ENTRY_LENGTH_MAX
            assert entry.published_at is None or entry.published_at.tzinfo is not None


@given(st.lists(st.sampled_from((*MARKUP, *HOSTILE)), max_size=40).map("".join))
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_text_of_any_fragment_can_be_stored(html: str) -> None:
    assert_storable(plain_text(html))


def test_a_page_that_keeps_its_reader_busy_is_stopped_at_its_limit() -> None:
    tangled = b"<html><body><p" + b"".join(b" a%d='x'" % n for n in range(150_000)) + b">x</p>"

    with pytest.raises(PageTooComplex) as refusal:
        extract_confined(tangled, cpu_seconds=1)

    assert refusal.value.code == "page_too_complex"


def test_what_the_child_says_is_what_the_reader_says() -> None:
    html, feed = PAGES[1].encode(), FEEDS[1].encode()

    assert extract_confined(html) == extract(html)
    assert parse_feed_confined(feed) == parse_feed(feed)
    assert confined.MEMORY_BYTES < 2_000_000_000
