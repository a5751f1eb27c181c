from datetime import timedelta

import pytest

from articles.models import Draft
from articles.queries.articles import (
    EXCERPT_LENGTH_MAX,
    Mark,
    article_page,
    excerpt_of,
    newest,
    public_articles,
    waiting_drafts,
)
from articles.services.drafting import reject_draft
from articles.services.ingest import ingest_html, ingest_text
from articles.services.sources import show_full_text
from tests.articles.services.stories import BOT_WALL, BRIDGE, BRIDGE_BODY, BRIDGE_TITLE, FERRY
from tests.instants import NOON

pytestmark = pytest.mark.django_db

URL = "https://post.example/bridge"
OPENING = "The bridge over the Halvik strait is expected to open to traffic by 30 June 2027"


@pytest.fixture
def article(eve):
    return ingest_text(
        text=BRIDGE,
        url=URL,
        author="Ingrid Moe",
        source_name="The Halvik Post",
        editor=eve,
        now=NOON,
    )


@pytest.fixture
def free(article):
    show_full_text(domain="post.example", is_shown=True)
    return article


def mark(version, quote, *, key=1, text=None):
    start = (text or version.text).index(quote)
    return Mark(key, version.pk, start, start + len(quote), quote)


def text_of(page):
    return ["".join(segment.text for segment in part.segments) for part in page.paragraphs]


def marked(page):
    return [
        (segment.text, segment.keys)
        for part in page.paragraphs
        for segment in part.segments
        if segment.keys
    ]


def test_an_article_of_somebody_else_is_shown_as_an_excerpt(article):
    page = article_page(article.pk)

    assert not page.is_whole
    assert page.paragraphs == ()
    assert page.excerpt.startswith("HALVIK — Nine winters of work end with this one.")
    assert 120 <= len(page.excerpt) <= EXCERPT_LENGTH_MAX
    assert page.byline == "Ingrid Moe, The Halvik Post"
    assert page.version_number == 1
    assert page.minutes == 1


def test_a_licensed_article_is_shown_whole_without_its_headline_tags_and_noise(free):
    page = article_page(free.pk)

    assert page.is_whole
    assert text_of(page)[-3:] == BRIDGE_BODY.split("\n\n")
    assert BRIDGE_TITLE not in text_of(page)
    assert not any("#" in part for part in text_of(page))
    assert {part.kind for part in page.paragraphs[-3:]} == {"prose"}


def test_an_editor_reads_every_article_whole(article):
    assert article_page(article.pk, for_editor=True).is_whole


def test_a_paste_without_a_source_is_whole_for_editors_only(eve):
    paste = ingest_text(text=FERRY, editor=eve, now=NOON)

    assert not article_page(paste.pk).is_whole
    assert article_page(paste.pk, for_editor=True).is_whole
    assert article_page(paste.pk).byline == ""


def test_an_article_that_is_not_there_has_no_page(db):
    assert article_page(404) is None


def test_a_marked_passage_is_cut_out_of_its_paragraph(free):
    page = article_page(free.pk, marks=[mark(free.versions.get(), OPENING, key=7)])

    assert marked(page) == [(OPENING, (7,))]
    assert text_of(page)[-3:] == BRIDGE_BODY.split("\n\n")
    assert page.quotes == ()


def test_overlapping_marks_share_the_words_that_they_have_in_common(free):
    version = free.versions.get()
    marks = [
        mark(version, OPENING, key=1),
        mark(version, "by 30 June 2027, the ministry", key=2),
    ]

    page = article_page(free.pk, marks=marks)

    assert marked(page) == [
        (OPENING.removesuffix("by 30 June 2027"), (1,)),
        ("by 30 June 2027", (1, 2)),
        (", the ministry", (2,)),
    ]


def test_a_mark_across_paragraphs_marks_the_end_of_one_and_the_start_of_the_next(free):
    quote = "does not expect to miss it.\n\nCritics have called"

    page = article_page(free.pk, marks=[mark(free.versions.get(), quote)])

    assert marked(page) == [("does not expect to miss it.", (1,)), ("Critics have called", (1,))]


def test_in_an_excerpt_the_marked_sentences_are_quoted_once_each(article):
    version = article.versions.get()
    marks = [mark(version, OPENING, key=1), mark(version, OPENING, key=2)]

    page = article_page(article.pk, marks=marks)

    assert [(quote.text, quote.keys) for quote in page.quotes] == [(OPENING, (1, 2))]


def test_a_mark_of_an_older_version_is_found_again_by_its_words(eve, free):
    old = free.versions.get()
    changed = "This report has been corrected since it first appeared.\n\n" + BRIDGE_BODY.replace(
        "14 crowns", "15 crowns"
    )
    ingest_text(text=changed, url=URL, editor=eve, now=NOON + timedelta(hours=1))
    marks = [mark(old, OPENING, key=1), mark(old, "14 crowns", key=2)]

    page = article_page(free.pk, marks=marks)

    assert page.version_number == 2
    assert marked(page) == [(OPENING, (1,))]
    assert [(quote.text, quote.keys) for quote in page.quotes] == [("14 crowns", (2,))]


def test_an_article_page_takes_one_query(free, django_assert_num_queries):
    version = free.versions.get()

    with django_assert_num_queries(1):
        page = article_page(free.pk, marks=[mark(version, OPENING)])
        assert page.article.source.name == "The Halvik Post"


def test_minutes_grow_with_the_length_of_the_story(eve):
    long = ingest_text(text="\n\n".join([FERRY] * 12), editor=eve, now=NOON)

    words = len(FERRY.split()) * 12
    assert article_page(long.pk).minutes == round(words / 220) > 4


def test_an_excerpt_ends_with_a_sentence_where_it_can():
    assert excerpt_of(FERRY) == " ".join(FERRY[: FERRY.index(" The others")].split())
    assert excerpt_of("One short sentence that stands for itself alone, as it were.") == (
        "One short sentence that stands for itself alone, as it were."
    )


def test_an_excerpt_of_one_long_sentence_ends_between_two_words():
    excerpt = excerpt_of("The ferry sails, " + "and sails, " * 60 + "and rests.")

    assert EXCERPT_LENGTH_MAX - 12 < len(excerpt) <= EXCERPT_LENGTH_MAX
    assert excerpt.endswith(("and…", "sails,…"))
    assert len(excerpt_of("x" * 1000)) == EXCERPT_LENGTH_MAX


def test_an_excerpt_never_holds_the_headline_the_tags_or_the_menu():
    pasted = f"Home\nNews\nWeather\n\n{BRIDGE}"

    assert excerpt_of(pasted, BRIDGE_TITLE).startswith("HALVIK — Nine winters")


def test_the_newest_articles_come_first_with_their_excerpts(eve, article):
    ferry = ingest_text(text=FERRY, tags=["ships"], editor=eve, now=NOON)

    cards = newest()

    assert [card.article.pk for card in cards] == [ferry.pk, article.pk]
    assert cards[1].byline == "Ingrid Moe, The Halvik Post"
    assert cards[1].excerpt == article_page(article.pk).excerpt
    assert [card.article.pk for card in newest(limit=1)] == [ferry.pk]


def test_articles_are_listed_by_tag_and_by_source(eve, article):
    ferry = ingest_text(text=FERRY, tags=["ships"], editor=eve, now=NOON)

    assert [card.article.pk for card in newest(tag="ships")] == [ferry.pk]
    assert [card.article.pk for card in newest(tag="halvik")] == [article.pk]
    assert [card.article.pk for card in newest(domain="post.example")] == [article.pk]
    assert newest(tag="Ships") == newest(domain="ships.example") == ()


def test_walls_are_not_listed(eve, article):
    ingest_html(html=BOT_WALL.encode(), url="https://wall.example/a", editor=eve, now=NOON)

    assert list(public_articles()) == [article]


def test_a_list_shows_the_newest_version(eve, article):
    changed = BRIDGE_BODY.replace("Nine winters", "Ten winters")
    ingest_text(text=changed, url=URL, editor=eve, now=NOON + timedelta(hours=1))

    assert newest()[0].excerpt.startswith("HALVIK — Ten winters")


def test_a_list_takes_one_query_however_long_it_is(eve, article, django_assert_num_queries):
    ingest_text(text=FERRY, editor=eve, now=NOON)

    with django_assert_num_queries(1):
        assert len(newest(limit=50)) == 2


def test_waiting_drafts_are_those_nobody_has_decided_about(eve, article, django_assert_num_queries):
    best, other = Draft.objects.order_by("-score")
    assert [waiting.draft for waiting in waiting_drafts()] == [best, other]

    reject_draft(draft_id=best.pk, editor=eve, reason="too vague", now=NOON)

    with django_assert_num_queries(1):
        (waiting,) = waiting_drafts()
        assert waiting.draft == other
        assert waiting.article == article
        assert waiting.article.source.name == "The Halvik Post"
        assert waiting.draft.version.get_deferred_fields() == {"text"}
