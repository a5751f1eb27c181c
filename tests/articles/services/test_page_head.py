import json
from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from articles.services.page_head import clean_tags, one_line, parse_moment, read_head
from tests.articles.services.stories import news_article, page


def head_of(html=None, *, url="", **changes):
    return read_head(document_fromstring(html or page(**changes)), url=url)


def date_of(**changes):
    dates = head_of(**changes).dates
    return (dates[0].at, dates[0].precision, dates[0].origin) if dates else None


@pytest.mark.parametrize(
    ("value", "at", "precision"),
    [
        ("2026-11-20T08:30:00+01:00", datetime(2026, 11, 20, 7, 30, tzinfo=UTC), "instant"),
        ("2026-11-20T08:30:00Z", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "instant"),
        (
            "2026-11-20T08:30:00.123456789Z",
            datetime(2026, 11, 20, 8, 30, 0, 123456, UTC),
            "instant",
        ),
        ("2026-11-20 08:30:00 +0100", datetime(2026, 11, 20, 7, 30, tzinfo=UTC), "instant"),
        ("2026-11-20 08:30 UTC", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "instant"),
        ("Fri, 20 Nov 2026 08:30:00 GMT", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "instant"),
        ("2026-11-20T23:30:00", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("2026-11-20T00:00:00+05:00", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("2026-11-20, by our own reporter", datetime(2026, 11, 20, tzinfo=UTC), "day"),
    ],
)
def test_a_date_for_programs_is_read_as_exactly_as_it_is_written(value, at, precision):
    assert parse_moment(value) == (at, precision)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026",
        "2026-11",
        "soon",
        "20.11.2026",
        "2026-13-40",
        "0001-01-01",
        "1970-01-01T00:00:00Z",
    ],
)
def test_what_tells_no_day_is_no_date(value):
    assert parse_moment(value) is None


def test_json_ld_is_believed_before_meta_and_meta_before_time_elements():
    meta = '<meta property="article:published_time" content="2026-11-18T10:00:00Z">'
    above = '<time datetime="2026-11-17T10:00:00Z">17 November</time>'

    assert date_of(linked=news_article(), head=meta, above=above)[2] == "json-ld"
    assert date_of(head=meta, above=above)[2] == "meta"
    assert date_of(above=above) == (datetime(2026, 11, 17, 10, tzinfo=UTC), "instant", "time")


def test_the_address_is_believed_when_the_page_says_nothing():
    day = datetime(2026, 11, 20, tzinfo=UTC)

    for path in ("2026/11/20/bridge", "news/2026-11-20-bridge", "a/20261120/x", "2026/11/20"):
        assert date_of(url=f"https://post.example/{path}") == (day, "day", "url")


@pytest.mark.parametrize(
    "path", ["2026/11/bridge", "id/20261320/x", "products/20261120345", "2026/bridge"]
)
def test_numbers_in_an_address_are_not_always_a_date(path):
    assert date_of(url=f"https://post.example/{path}") is None


def test_a_copyright_year_is_no_date():
    head = head_of()

    assert head.dates == ()
    assert not any("2019" in line for line in head.date_lines)


def test_a_time_element_that_says_updated_is_passed_over_for_one_that_says_published():
    above = (
        '<time class="updated" datetime="2026-11-21T10:00:00Z">x</time>'
        '<time datetime="2026-11-19T10:00:00Z">x</time>'
        '<time class="entry-date" datetime="2026-11-18T10:00:00Z">x</time>'
    )

    assert date_of(above=above)[0] == datetime(2026, 11, 18, 10, tzinfo=UTC)


def test_times_of_other_stories_outside_the_article_are_not_taken():
    html = page().replace(
        b"<nav>", b'<aside><time datetime="2020-01-01T10:00:00Z">x</time></aside><nav>'
    )

    assert head_of(html).dates == ()


def test_short_texts_named_after_dates_are_kept_for_people_s_ways_of_writing_dates():
    above = (
        '<div class="byline-meta">By Ingrid Moe</div><span class="post-date">Nov 20, 2026</span>'
    )

    assert head_of(above=above).date_lines == ("Nov 20, 2026",)


def test_the_headline_comes_from_json_ld_first_and_loses_its_site_last():
    og = '<meta property="og:title" content="Bridge opens &amp; ferries rest">'

    assert head_of(linked=news_article(headline="Linked"), head=og).headline == "Linked"
    assert head_of(head=og).headline == "Bridge opens & ferries rest"
    assert head_of(b"<title>A bridge of sighs | The Halvik Post</title><p>x").headline == (
        "A bridge of sighs"
    )


def test_a_site_name_after_a_dash_is_dropped_only_when_it_is_the_site_s():
    site = '<meta charset="utf-8"><meta property="og:site_name" content="The Halvik Post">'
    title = "<title>Bridge and tunnel – {}</title><p>x"

    assert (
        head_of((site + title.format("The Halvik Post")).encode()).headline == "Bridge and tunnel"
    )
    assert head_of((site + title.format("a reckoning")).encode()).headline == (
        "Bridge and tunnel – a reckoning"
    )


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"@type": "Person", "name": "Ingrid Moe"}, "Ingrid Moe"),
        ([{"name": "Ingrid Moe"}, {"name": "By Olav Ek"}], "Ingrid Moe, Olav Ek"),
        ("Ingrid Moe", "Ingrid Moe"),
        ({"name": ["Ingrid Moe"]}, "Ingrid Moe"),
        ("https://post.example/people/moe", ""),
        (17, ""),
        (None, ""),
    ],
)
def test_an_author_is_read_however_the_page_writes_it(author, expected):
    assert head_of(linked=news_article(author=author)).author == expected


def test_a_byline_on_the_page_names_the_author_when_nothing_else_does():
    assert head_of(above='<p class="byline">By Ingrid Moe</p>').author == "Ingrid Moe"


def test_tags_come_from_keywords_and_section_once_each():
    linked = news_article(keywords="Bridges, Halvik,bridges", articleSection="Transport")

    assert head_of(linked=linked).tags == ("Bridges", "Halvik", "Transport")
    assert head_of(head='<meta name="keywords" content="a, ferry , x">').tags == ("ferry",)


def test_tags_that_are_sentences_are_dropped_and_their_number_is_bounded():
    assert clean_tags(("#halvik", "x" * 41, "ok")) == ("halvik", "ok")
    assert len(clean_tags(tuple(f"tag {n}" for n in range(50)))) == 20


def test_the_article_is_found_in_a_graph_and_not_in_a_list_of_others():
    graph = {"@graph": [{"@type": "WebSite"}, news_article(headline="Ours")]}
    others = {"@type": "ItemList", "itemListElement": [news_article(headline="Theirs")]}

    assert head_of(linked=graph).headline == "Ours"
    assert head_of(linked=others).headline != "Theirs"


@pytest.mark.parametrize(
    "script",
    ["{", "[" * 100_000, "null", '{"@type": 17, "headline": {"a": 1}}', '{"@graph": 5}', '"text"'],
)
def test_broken_json_ld_is_passed_over(script):
    html = page(head=f'<script type="application/ld+json">{script}</script>')

    assert head_of(html).headline == "The strait bridge enters its last winter"


def test_json_ld_in_a_comment_or_with_raw_newlines_is_still_read():
    wrapped = f"<!--\n{json.dumps(news_article(headline='Wrapped'))}\n-->"
    newline = '{"@type": "NewsArticle", "headline": "Two\nlines"}'

    for script, headline in ((wrapped, "Wrapped"), (newline, "Two lines")):
        html = page(head=f'<script type="application/ld+json">{script}</script>')
        assert head_of(html).headline == headline


def test_a_page_says_whether_it_is_free_and_in_which_language():
    assert head_of().is_free
    assert not head_of(linked=news_article(isAccessibleForFree="False")).is_free
    assert head_of(language="de-AT").language == "de"
    assert head_of(linked=news_article(inLanguage="nb"), language="en").language == "nb"
    assert head_of(language="not a language").language == ""


def test_what_cannot_be_stored_or_seen_does_not_come_through():
    assert one_line("a\x00b \ud800c\u202e\n d") == "ab c d"
    assert one_line("\u200b") == ""
