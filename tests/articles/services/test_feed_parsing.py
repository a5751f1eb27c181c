import contextlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core.errors import ArticleError
from articles.services import confinement
from articles.services.confinement import parse_feed_confined
from articles.services.feed_parsing import (
    ATTRIBUTES_MAX,
    DEPTH_MAX,
    ENTRIES_MAX,
    FEED_BYTES_MAX,
    FeedDeclaresTypes,
    FeedMalformed,
    FeedTooComplex,
    FeedTooLarge,
    NotAFeed,
    as_utf8,
    check_gate,
    parse_feed,
    plain_text,
)
from tests.articles.services.newsfeeds import BRIDGE_STORY, DOCTYPE, Story, atom, rdf, rss

FEED = "https://post.example/news/feed.xml"
SEVEN_THIRTY = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def only_entry(feed, **options):
    (entry,) = parse_feed(feed, url=FEED, **options).entries
    return entry


def item(inner):
    return f'<rss version="2.0"><channel><item>{inner}</item></channel></rss>'.encode()


@pytest.mark.parametrize(
    ("written", "published"),
    [
        (rss, "Fri, 20 Nov 2026 08:30:00 +0100"),
        (atom, "2026-11-20T08:30:00+01:00"),
        (rdf, "2026-11-20T07:30:00Z"),
    ],
    ids=["RSS 2.0", "Atom", "RSS 1.0"],
)
def test_three_languages_say_the_same(written, published):
    story = Story(title="A bridge", link="/bridge", published=published, body="One.\n\nTwo.")

    parsed = parse_feed(written(story), url=FEED)

    (entry,) = parsed.entries
    assert parsed.title == "The Halvik Post"
    assert (entry.title, entry.url) == ("A bridge", "https://post.example/bridge")
    assert (entry.published_at, entry.text) == (SEVEN_THIRTY, "One.\n\nTwo.")


def test_the_process_answers_what_the_function_answers():
    feed = rss(BRIDGE_STORY, Story(categories=("A", "B"), author="Ingrid Moe"))

    assert parse_feed_confined(feed, url=FEED) == parse_feed(feed, url=FEED)


def test_the_fuller_text_of_an_entry_is_taken():
    entry = only_entry(
        b'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        b"<item><description>A teaser.</description><content:encoded><![CDATA["
        b"<h2>The bridge</h2><p>It is <b>open</b>.</p><script>alert(1)</script>"
        b"]]></content:encoded></item></channel></rss>"
    )

    assert entry.text == "The bridge\n\nIt is open."


def test_an_entry_that_says_nothing_is_one_all_the_same():
    entry = only_entry(item(""))

    assert (entry.identifier, entry.url, entry.title, entry.text) == ("", "", "", "")
    assert (entry.author, entry.categories, entry.published_at) == ("", (), None)


@pytest.mark.parametrize(
    "link",
    ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "https://p/" + "x" * 2_000],
)
def test_a_link_that_does_not_lead_to_the_web_is_none(link):
    assert only_entry(item(f"<link>{link}</link>")).url == ""


@pytest.mark.parametrize("published", ["yesterday", "Mon, 32 Foo 2026", "1 Jan 1970 00:00:00 GMT"])
def test_a_date_that_cannot_be_one_is_none(published):
    assert only_entry(item(f"<pubDate>{published}</pubDate>")).published_at is None


def test_only_so_many_entries_are_read():
    feed = rss(*(Story(identifier=str(number), body="") for number in range(ENTRIES_MAX + 1)))

    assert len(parse_feed(feed).entries) == ENTRIES_MAX


# Characters


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", "", ""),
        ("utf-8-sig", "", ""),
        ("utf-16", "", "iso-8859-1"),
        ("iso-8859-1", "iso-8859-1", ""),
        ("iso-8859-1", "", "latin-1"),
        ("cp1251", "windows-1251", "utf-8"),
        ("utf-8", "not-a-charset", ""),
    ],
)
def test_characters_are_read_by_mark_headers_and_declaration(encoding, declared, charset):
    title = "Мост" if encoding == "cp1251" else "Bücher"
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    feed = f"{head}<rss><channel><title>{title}</title></channel></rss>".encode(encoding)

    assert parse_feed(feed, charset=charset).title == title


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "zlib", "rot13", "\x00", "x" * 99])
def test_no_header_makes_us_read_what_only_python_reads(charset):
    assert as_utf8(b"<rss>+ADw-</rss>", charset=charset) == b"<rss>+ADw-</rss>"


# The gate


@pytest.mark.parametrize(
    ("feed", "error"),
    [
        (DOCTYPE + b"<rss/>", FeedDeclaresTypes),
        (b'<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>', FeedDeclaresTypes),
        (b"<!doctype html><html/>", NotAFeed),
        (b"<html><body/></html>", NotAFeed),
        (b"", NotAFeed),
        (b"GIF89a", NotAFeed),
        (b"<rss><channel></rss>", FeedMalformed),
        (b"<rss/><rss/>", FeedMalformed),
        (b"<rss>&undeclared;</rss>", FeedMalformed),
        (b'<rss><a b="1" b="2"/></rss>', FeedMalformed),
        (b"<rss>" + b"<a>" * DEPTH_MAX, FeedTooComplex),
        (
            b"<rss><a " + b" ".join(b'b%d=""' % each for each in range(ATTRIBUTES_MAX + 1)) + b"/>",
            FeedTooComplex,
        ),
    ],
)
def test_the_gate_stays_shut(feed, error):
    with pytest.raises(error):
        check_gate(feed)
    with pytest.raises(error):
        parse_feed_confined(feed)


def test_the_gate_lets_the_deepest_and_the_widest_through():
    check_gate(b"<rss>" + b"<a>" * (DEPTH_MAX - 1) + b"</a>" * (DEPTH_MAX - 1) + b"</rss>")
    check_gate(b"<feed " + b" ".join(b'b%d=""' % each for each in range(ATTRIBUTES_MAX)) + b"/>")


def test_a_feed_over_the_limit_is_refused_without_a_process(monkeypatch):
    monkeypatch.setattr(confinement.subprocess, "run", None)

    with pytest.raises(FeedTooLarge):
        parse_feed_confined(b" " * (FEED_BYTES_MAX + 1))


def test_a_feed_that_keeps_its_reader_busy_is_stopped():
    busy = rss(*(Story(identifier=str(number), body="") for number in range(40_000)))
    started = time.monotonic()

    with pytest.raises(FeedTooComplex):
        parse_feed_confined(busy, cpu_seconds=1)

    assert time.monotonic() - started < 15


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_a_feed_or_refused(noise):
    with contextlib.suppress(ArticleError):
        parse_feed(b"<rss><channel><title>" + noise + b"</title></channel></rss>")


@given(st.text(max_size=300))
def test_any_text_becomes_plain_text_without_tags_of_scripts(noise):
    assert "<script" not in plain_text(f"<p>{noise}</p><script>x</script>").replace(noise, "")


def test_a_namespace_with_a_space_in_it_is_refused():
    feed = b'<rss xmlns:x="h ttp://post.example/"><x:a/><channel><title>x</title></channel></rss>'

    with pytest.raises(FeedMalformed) as refusal:
        parse_feed(feed)

    assert refusal.value.code == "feed_malformed"
