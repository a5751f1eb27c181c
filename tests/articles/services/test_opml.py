import pytest

from articles.models import Feed, Source
from articles.services.feeds import add_feed
from articles.services.opml import (
    OPML_BYTES_MAX,
    OPML_DEPTH_MAX,
    OPML_FEEDS_MAX,
    OpmlInvalid,
    addresses_in,
    export_feeds,
    import_feeds,
)
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def opml(*outlines):
    return f'<opml version="2.0"><body>{"".join(outlines)}</body></opml>'.encode()


def outline(url, *inner, name="xmlUrl"):
    return f'<outline text="A" {name}="{url}">{"".join(inner)}</outline>'


def folder(*inner):
    return f'<outline text="Folder">{"".join(inner)}</outline>'


A, B, C = (f"https://{name}.example/feed" for name in "abc")


def test_folders_are_opened_and_nothing_is_taken_twice():
    listed = opml(folder(outline(B), folder(outline(A))), outline(A), outline(C, name="xmlurl"))

    assert addresses_in(listed) == [B, A, C]


def test_feeds_are_added_unless_they_are_here_already():
    add_feed(url=A, now=NOON)

    imported = import_feeds(opml=opml(outline(A), outline(B), outline("ftp://c/")), now=NOON)

    assert [feed.url for feed in imported.added] == [B]
    assert imported.known == (A,)
    assert [address for address, _ in imported.refused] == ["ftp://c/"]
    assert Feed.objects.count() == 2


def test_what_was_exported_is_imported_again():
    for url in (A, f"{B}?a=1&b=%22"):
        add_feed(url=url, now=NOON)
    Feed.objects.filter(url=A).update(title='<News> & "views"')
    exported = export_feeds(Feed.objects.order_by("url"), now=NOON)
    Feed.objects.all().delete()

    imported = import_feeds(opml=exported, now=NOON)

    assert [feed.url for feed in imported.added] == [A, f"{B}?a=1&b=%22"]
    assert b"Sun, 22 Nov 2026 12:00:00 GMT" in exported


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        b"not xml",
        b"<rss/>",
        b"<opml><body>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]>' + opml(outline(A)),
        b'<!DOCTYPE opml SYSTEM "http://127.0.0.1/">' + opml(outline(A)),
        b'<?xml version="1.0" encoding="nowhere"?>' + opml(outline(A)),
        opml(outline(A)) + b" " * OPML_BYTES_MAX,
        opml("<outline>" * OPML_DEPTH_MAX + "</outline>" * OPML_DEPTH_MAX, outline(A)),
        opml("<a>" * 100_000 + "</a>" * 100_000, outline(A)),
        opml(*(outline(f"https://a.example/{each}") for each in range(OPML_FEEDS_MAX + 1))),
    ],
    ids=[
        "empty", "no XML", "another format", "cut off", "entities", "an external type",
        "an unknown charset", "large", "deep", "very deep", "long",
    ],
)  # fmt: skip
def test_what_is_no_list_of_feeds_adds_none(listed):
    with pytest.raises(OpmlInvalid) as refusal:
        import_feeds(opml=listed, now=NOON)

    assert refusal.value.code == "opml_invalid"
    assert Feed.objects.count() == Source.objects.count() == 0
