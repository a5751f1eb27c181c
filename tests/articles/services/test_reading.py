from datetime import UTC, datetime, timedelta

import pytest

from articles.core.errors import TextEmpty, TextHasNul, TextTooLong, UrlInvalid
from articles.models.article import DatePrecision, Quality
from articles.services.outbound import Fetched
from articles.services.reading import (
    PublishedInvalid,
    TextTooShort,
    read_html,
    read_page,
    read_text,
)
from tests.articles.services.stories import (
    BRIDGE,
    BRIDGE_BODY,
    BRIDGE_TITLE,
    FERRY,
    GERMAN,
    news_article,
    page,
)
from tests.instants import NOON

TWENTIETH = datetime(2026, 11, 20, tzinfo=UTC)


def date_of(reading):
    return reading.published_at, reading.published_precision, reading.published_origin


def fetched(body, content_type="text/html", charset=""):
    url = "https://post.example/bridge"
    return Fetched(url, url, 200, content_type, charset, body)


def test_a_pasted_text_tells_its_title_its_day_and_its_tags():
    reading = read_text(BRIDGE, now=NOON)

    assert reading.title == BRIDGE_TITLE
    assert date_of(reading) == (TWENTIETH, DatePrecision.DAY, "text")
    assert reading.tags == ("transport", "halvik")
    assert reading.language == "en"
    assert reading.quality is Quality.GOOD
    assert reading.url == ""


def test_what_an_editor_gives_is_believed_before_what_the_text_says():
    reading = read_text(
        BRIDGE,
        now=NOON,
        title="  A bridge,\n nearly ",
        author="Ingrid Moe",
        url="HTTPS://post.example:443/bridge?utm_source=x#top",
        source_name="The Halvik Post",
        published_at=datetime(2026, 11, 19, 8, 30, tzinfo=UTC),
        tags=["Bridges", "bridges", "Halvik"],
    )

    assert reading.title == "A bridge, nearly"
    assert reading.author == "Ingrid Moe"
    assert reading.url == "https://post.example/bridge"
    assert reading.source_name == "The Halvik Post"
    assert date_of(reading) == (
        datetime(2026, 11, 19, 8, 30, tzinfo=UTC),
        DatePrecision.INSTANT,
        "editor",
    )
    assert reading.tags == ("Bridges", "Halvik")


def test_midnight_given_by_an_editor_only_tells_the_day():
    reading = read_text(BRIDGE, now=NOON, published_at=TWENTIETH)

    assert date_of(reading) == (TWENTIETH, DatePrecision.DAY, "editor")


def test_a_text_without_a_date_counts_from_its_arrival():
    reading = read_text(FERRY, now=NOON)

    assert date_of(reading) == (NOON, DatePrecision.UNKNOWN, "arrival")


def test_a_text_without_a_headline_is_called_by_its_first_sentence():
    assert read_text(FERRY, now=NOON).title == (
        "The ferry company of Halvik has not decided what becomes of its five ships."
    )
    assert read_text("x" * 200 + " y" * 80, now=NOON).title == "x" * 119 + "…"
    assert read_text("many words " * 80, now=NOON).title == "many words " * 10 + "many…"


def test_a_text_dated_tomorrow_was_published_today():
    ahead = BRIDGE.replace("20 November 2026", "23 November 2026")

    assert date_of(read_text(ahead, now=NOON)) == (
        datetime(2026, 11, 22, tzinfo=UTC),
        DatePrecision.DAY,
        "text",
    )


def test_hours_ago_count_from_the_arrival():
    aged = BRIDGE.replace("20 November 2026", "3 hours ago")

    assert date_of(read_text(aged, now=NOON)) == (
        NOON - timedelta(hours=3),
        DatePrecision.INSTANT,
        "text",
    )


@pytest.mark.parametrize("published_at", [NOON + timedelta(seconds=1), datetime(2026, 11, 20)])
def test_an_editor_s_date_that_lies_ahead_or_has_no_zone_is_refused(published_at):
    with pytest.raises(PublishedInvalid) as refusal:
        read_text(BRIDGE, now=NOON, published_at=published_at)

    assert refusal.value.code == "published_invalid"
    assert refusal.value.field == "published_at"


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("", TextEmpty, "text_empty"),
        (" \n\u200b ", TextEmpty, "text_empty"),
        ("https://post.example/bridge", TextTooShort, "text_too_short"),
        ("A bridge, nearly finished, waits for spring", TextTooShort, "text_too_short"),
        ("word " * 41_000, TextTooLong, "text_too_long"),
        (BRIDGE + "\x00", TextHasNul, "text_has_nul"),
    ],
)
def test_what_cannot_be_an_article_is_refused(text, error, code):
    with pytest.raises(error) as refusal:
        read_text(text, now=NOON)

    assert refusal.value.code == code


def test_an_address_that_is_none_is_refused():
    with pytest.raises(UrlInvalid):
        read_text(BRIDGE, now=NOON, url="post.example/bridge")
    with pytest.raises(UrlInvalid):
        read_html(page(), now=NOON, url="ftp://post.example/bridge")


def test_a_page_tells_what_its_json_ld_says():
    reading = read_html(
        page(linked=news_article(keywords=["Bridges"])), now=NOON, url="https://post.example/b"
    )

    assert reading.title == BRIDGE_TITLE
    assert reading.author == "Ingrid Moe"
    assert reading.source_name == "The Halvik Post"
    assert reading.tags == ("Bridges",)
    assert date_of(reading) == (
        datetime(2026, 11, 20, 7, 30, tzinfo=UTC),
        DatePrecision.INSTANT,
        "json-ld",
    )
    assert BRIDGE_BODY.split("\n\n")[1] in reading.text
    assert reading.quality is Quality.GOOD


def test_a_date_in_words_beside_the_headline_is_read_when_there_is_none_for_programs():
    above = '<p class="post-date">Nov 20</p>'

    assert date_of(read_html(page(above=above), now=NOON)) == (
        TWENTIETH,
        DatePrecision.DAY,
        "text",
    )


def test_a_page_that_only_shows_a_copyright_year_counts_from_its_arrival():
    assert date_of(read_html(page(), now=NOON)) == (NOON, DatePrecision.UNKNOWN, "arrival")


def test_a_date_of_a_page_that_lies_ahead_by_hours_is_now():
    linked = news_article(datePublished="2026-11-22T20:00:00Z")

    assert date_of(read_html(page(linked=linked), now=NOON)) == (
        NOON,
        DatePrecision.INSTANT,
        "json-ld",
    )


def test_a_day_of_a_page_that_is_tomorrow_is_today():
    linked = news_article(datePublished="2026-11-23")

    assert date_of(read_html(page(linked=linked), now=NOON)) == (
        datetime(2026, 11, 22, tzinfo=UTC),
        DatePrecision.DAY,
        "json-ld",
    )


def test_a_date_of_a_page_that_lies_far_ahead_gives_way_to_the_next_one():
    linked = news_article(datePublished="2027-06-30")
    meta = '<meta name="date" content="2026-11-20">'

    assert date_of(read_html(page(linked=linked, head=meta), now=NOON)) == (
        TWENTIETH,
        DatePrecision.DAY,
        "meta",
    )


def test_an_uploaded_page_is_believed_about_its_own_address():
    canonical = '<link rel="canonical" href="https://Post.example/bridge?utm_source=x">'
    home = '<link rel="canonical" href="https://post.example/">'

    assert read_html(page(head=canonical), now=NOON).url == "https://post.example/bridge"
    assert read_html(page(head=home), now=NOON).url == ""
    assert read_html(page(head='<link rel="canonical" href="/b">'), now=NOON).url == ""


def test_the_address_that_a_page_was_fetched_from_beats_the_one_that_it_claims():
    html = page(head='<link rel="canonical" href="https://other.example/story">')

    assert read_page(fetched(html), now=NOON).url == "https://post.example/bridge"


def test_a_page_in_another_language_is_kept_with_its_language():
    reading = read_html(page(body=GERMAN, language="de"), now=NOON)

    assert reading.language == "de"
    assert reading.quality is Quality.GOOD


def test_a_plain_text_from_an_address_is_read_as_a_text():
    reading = read_page(fetched(BRIDGE.encode(), "text/plain", "utf-8"), now=NOON)

    assert reading.title == BRIDGE_TITLE
    assert reading.url == "https://post.example/bridge"
    assert "—" in reading.text
    assert "—" in read_page(fetched(BRIDGE.encode("cp1252"), "text/plain"), now=NOON).text
