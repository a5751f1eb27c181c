import time

import pytest

from articles.core.errors import TextTooLong
from articles.services.confinement import PageTooComplex, extract_confined
from articles.services.extraction import (
    PAGE_BYTES_MAX,
    EntitiesRefused,
    NotAnArticle,
    PageTooLarge,
    decode,
    extract,
)
from articles.services.reading import read_html
from tests.articles.services.stories import BOT_WALL, BRIDGE_BODY, news_article, page
from tests.instants import NOON


def test_the_article_is_found_between_menu_and_footer():
    text = extract(page()).text

    for paragraph in BRIDGE_BODY.split("\n\n"):
        assert paragraph in text
    assert "Sport" not in text
    assert "All rights reserved" not in text


def test_tables_are_kept_as_rows():
    rows = "<tr><th>Year</th><th>Lorries</th></tr><tr><td>2025</td><td>410,000</td></tr>"

    assert "2025 | 410,000 |" in extract(page(above=f"<table>{rows}</table>")).text


def test_a_story_in_an_odd_place_is_found_by_the_more_generous_way():
    story = "The ferry to Halvik sails again from Monday, said the harbour master."
    html = f"<html><body><nav>Home Sport</nav><aside><p>{story}</p></aside></body></html>"

    assert extract(html.encode()).text == story


def test_a_page_that_is_no_article_still_shows_its_words_so_that_the_reason_can_be_told():
    assert "enable JavaScript" in extract(BOT_WALL.encode()).text


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"   ",
        b"<html></html>",
        b"<!-- <html><p>never closed</p></html>",
        b"<?php ?>",
        b"<html><body><script>1</script></body></html>",
    ],
)
def test_a_page_without_text_is_not_an_article(html):
    with pytest.raises(NotAnArticle) as refusal:
        extract(html)

    assert refusal.value.code == "not_an_article"


def test_a_page_over_the_limit_is_refused():
    with pytest.raises(PageTooLarge) as refusal:
        extract_confined(b"x" * (PAGE_BYTES_MAX + 1))

    assert refusal.value.code == "page_too_large"


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE html [<!ENTITY a "b">]>', '<!doctype html SYSTEM "x" [', '<!ENTITY a SYSTEM "f">'],
)
def test_entity_declarations_are_refused(doctype):
    with pytest.raises(EntitiesRefused) as refusal:
        extract_confined(doctype.encode() + page())

    assert refusal.value.code == "entities_refused"


@pytest.mark.parametrize(
    ("html", "charset"),
    [
        ("Brücke – „fertig“".encode(), ""),
        ("Brücke – „fertig“".encode(), "utf-8"),
        ("Brücke – „fertig“".encode("cp1252"), ""),
        ("Brücke – „fertig“".encode("cp1252"), "iso-8859-1"),
        ("Brücke – „fertig“".encode("cp1252"), "us-ascii"),
        ("\ufeffBrücke – „fertig“".encode(), "koi8-r"),
        ("\ufeffBrücke – „fertig“".encode("utf-16-le"), ""),
        ("Brücke – „fertig“".encode(), "no-such-charset"),
        ("Brücke – „fertig“".encode(), "punycode"),
        ("Brücke – „fertig“".encode(), "zlib_codec"),
    ],
)
def test_a_page_is_decoded_whatever_its_headers_claim(html, charset):
    assert decode(html, charset=charset) == "Brücke – „fertig“"


def test_the_charset_in_a_page_is_used_when_the_headers_name_none():
    html = '<meta charset="koi8-r"><p>Мост</p>'.encode("koi8-r")

    assert "Мост" in decode(html)


def test_a_nul_in_a_page_is_dropped():
    assert "\x00" not in extract(page(body=BRIDGE_BODY.replace("asphalt", "as\x00phalt"))).text


def test_confined_extraction_finds_what_plain_extraction_finds():
    html = page(linked=news_article(), above='<p class="post-date">Nov 20, 2026</p>')
    url = "https://post.example/2026/11/20/bridge"

    assert extract_confined(html, url=url) == extract(html, url=url)


def test_confined_extraction_passes_refusals_on():
    with pytest.raises(NotAnArticle):
        extract_confined(b"<html></html>")


def test_a_page_that_would_keep_a_parser_busy_for_minutes_is_stopped():
    attributes = b" ".join(b"a%d=1" % number for number in range(200_000))

    started = time.monotonic()
    with pytest.raises(PageTooComplex) as refusal:
        extract_confined(b"<html><body><div " + attributes + b">x</div>", cpu_seconds=1)

    assert refusal.value.code == "page_too_complex"
    assert time.monotonic() - started < 8


def test_a_deeply_nested_page_does_no_harm():
    html = b"<html><body>" + b"<div>" * 200_000 + b"The ferry to Halvik sails again from Monday."

    with pytest.raises(NotAnArticle):
        extract_confined(html)


def test_a_page_with_more_text_than_an_article_may_have_is_refused():
    days = (BRIDGE_BODY.replace("\n\n", f"\n\nOn day {day}: ") for day in range(400))
    body = "\n\n".join(days)

    with pytest.raises(TextTooLong):
        read_html(page(body=body), now=NOON)


@pytest.mark.parametrize("charset", ["\x00", "\ud800", "no such charset", "base64"])
def test_a_charset_that_nobody_has_heard_of_is_passed_over(charset):
    assert decode("Fähre".encode(), charset=charset) == "Fähre"
