import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from articles.core.canonical import text_sha256
from articles.models import Article, ArticleVersion, Draft, Source
from articles.models.article import DatePrecision, Quality
from articles.services import ingest
from articles.services.drafting import reject_draft
from articles.services.extraction import NotAnArticle
from articles.services.ingest import (
    FetchingIsOff,
    WallInstead,
    ingest_html,
    ingest_text,
    ingest_url,
)
from articles.services.outbound import AddressRefused, ResponseTooLarge
from articles.services.reading import PublishedInvalid, TextTooShort
from tests.articles.services.hosts import answer, redirect, site
from tests.articles.services.stories import (
    BOT_WALL,
    BRIDGE,
    BRIDGE_BODY,
    BRIDGE_OPENING,
    BRIDGE_TITLE,
    FERRY,
    GERMAN,
    news_article,
    page,
)
from tests.instants import NOON

pytestmark = pytest.mark.django_db

URL = "https://www.post.example/bridge"
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def post():
    with site() as running:
        yield running


def rows():
    return {m.__name__: m.objects.count() for m in (Source, Article, ArticleVersion, Draft)}


NOTHING = {"Source": 0, "Article": 0, "ArticleVersion": 0, "Draft": 0}


def test_a_pasted_text_is_stored_word_for_word_with_what_it_says_about_itself(eve):
    article = ingest_text(text=BRIDGE, editor=eve, now=NOON)

    version = article.versions.get()
    assert not article.replayed
    assert article.title == BRIDGE_TITLE
    assert article.source is None
    assert article.url == ""
    assert article.tags == ["transport", "halvik"]
    assert (article.published_at, article.published_precision, article.published_origin) == (
        datetime(2026, 11, 20, tzinfo=UTC),
        DatePrecision.DAY,
        "text",
    )
    assert (article.added_by, article.added_at) == (eve, NOON)
    assert (version.number, version.text, version.captured_at) == (1, BRIDGE, NOON)
    assert version.text_sha256 == text_sha256(BRIDGE)


def test_drafts_are_made_with_their_spans_and_the_hashes_of_their_quotes(eve):
    article = ingest_text(text=BRIDGE, editor=eve, now=NOON)

    version = article.versions.get()
    draft = version.drafts.get(quote__contains=BRIDGE_OPENING)
    assert draft.quote == version.text[draft.start : draft.end]
    assert draft.quote_sha256 == text_sha256(draft.quote)
    assert draft.fate == "proposed"
    assert draft.outcomes == ["Yes", "No"]
    assert draft.closes_at > NOON
    assert draft.created_at == NOON
    assert version.drafts.count() == 2


def test_a_source_is_made_from_the_address_once(eve):
    first = ingest_text(text=BRIDGE, url=URL, source_name="The Halvik Post", editor=eve, now=NOON)
    second = ingest_text(text=FERRY, url="https://post.example/ferry", editor=eve, now=NOON)

    assert first.source == second.source
    assert first.source.domain == "post.example"
    assert first.source.name == "The Halvik Post"
    assert not first.source.shows_full_text


def test_a_source_without_a_site_is_known_by_its_name(eve):
    first = ingest_text(text=BRIDGE, source_name="The Halvik Post", editor=eve, now=NOON)
    second = ingest_text(text=FERRY, source_name="the halvik post", editor=eve, now=NOON)

    assert first.source == second.source
    assert first.source.domain == "the-halvik-post"


def test_the_same_text_again_answers_the_article_that_is_there(eve, erin):
    first = ingest_text(text=BRIDGE, editor=eve, now=NOON)
    before = rows()

    again = ingest_text(text=f"\ufeff{BRIDGE}".replace("\n", "\r\n"), editor=erin, now=LATER)

    assert again == first
    assert again.replayed
    assert rows() == before


def test_the_same_text_at_another_address_answers_the_article_that_is_there(eve):
    first = ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)
    before = rows()

    again = ingest_text(text=BRIDGE, url="https://copy.example/b", editor=eve, now=LATER)

    assert again == first
    assert again.replayed
    assert rows() == before


def test_a_text_that_has_changed_becomes_a_new_version_and_the_old_one_stays(eve):
    first = ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)
    changed = BRIDGE.replace("14 crowns", "15 crowns")

    again = ingest_text(text=changed, url=f"{URL}?utm_source=x#top", editor=eve, now=LATER)

    assert again == first
    assert not again.replayed
    assert list(first.versions.order_by("number").values_list("number", "text")) == [
        (1, BRIDGE),
        (2, changed),
    ]


def test_a_new_version_only_proposes_what_was_not_proposed_before(eve):
    ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)
    rejected = Draft.objects.order_by("pk")[0]
    reject_draft(draft_id=rejected.pk, editor=eve, reason="too vague", now=NOON)

    ingest_text(text=f"{BRIDGE_BODY}\n\n{FERRY}", url=URL, editor=eve, now=LATER)

    assert Draft.objects.filter(version__number=1).count() == 2
    assert "sell two of its ships" in Draft.objects.get(version__number=2).quote


def test_what_an_editor_may_have_set_is_not_overwritten_by_a_new_version(eve):
    ingest_text(text=BRIDGE, url=URL, title="Set by hand", tags=["kept"], editor=eve, now=NOON)

    again = ingest_html(html=page(linked=news_article()), url=URL, editor=eve, now=LATER)

    again.refresh_from_db()
    assert again.title == "Set by hand"
    assert again.tags == ["kept"]
    assert again.published_origin == "text"


def test_a_date_that_was_unknown_is_learnt_from_a_new_version(eve):
    undated = BRIDGE.replace("20 November 2026\n\n", "")
    first = ingest_text(text=undated, url=URL, editor=eve, now=NOON)
    assert first.published_precision == DatePrecision.UNKNOWN

    ingest_html(html=page(linked=news_article()), url=URL, editor=eve, now=LATER)

    first.refresh_from_db()
    assert first.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert first.published_origin == "json-ld"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": "too short"}, TextTooShort),
        ({"text": BRIDGE, "published_at": LATER}, PublishedInvalid),
    ],
)
def test_a_refused_text_leaves_nothing_behind(eve, given, error):
    with pytest.raises(error):
        ingest_text(**given, editor=eve, now=NOON)

    assert rows() == NOTHING


def test_a_refused_page_leaves_nothing_behind(eve):
    with pytest.raises(NotAnArticle):
        ingest_html(html=b"<html></html>", url=URL, editor=eve, now=NOON)

    assert rows() == NOTHING


def test_a_failure_while_drafting_leaves_nothing_behind(eve, monkeypatch):
    def fail(**_arguments):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(ingest, "draft_article", fail)
    with pytest.raises(DatabaseError):
        ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)

    assert rows() == NOTHING


def test_a_text_in_another_language_is_kept_and_not_drafted(eve):
    article = ingest_html(html=page(body=GERMAN, language="de"), url=URL, editor=eve, now=NOON)

    assert article.language == "de"
    assert article.quality == Quality.GOOD
    assert Draft.objects.count() == 0


def test_a_wall_is_kept_and_marked_and_not_drafted(eve):
    article = ingest_html(html=BOT_WALL.encode(), url=URL, editor=eve, now=NOON)

    assert article.quality == Quality.BOT_WALL
    assert article.versions.count() == 1
    assert Draft.objects.count() == 0


def test_an_article_takes_the_place_of_a_wall_that_was_kept(eve):
    wall = ingest_html(html=BOT_WALL.encode(), url=URL, editor=eve, now=NOON)

    article = ingest_html(html=page(linked=news_article()), url=URL, editor=eve, now=LATER)

    assert article == wall
    article.refresh_from_db()
    assert article.quality == Quality.GOOD
    assert article.title == BRIDGE_TITLE
    assert article.author == "Ingrid Moe"
    assert article.versions.latest("number").drafts.count() == 2


def test_a_wall_does_not_take_the_place_of_an_article(eve):
    ingest_html(html=page(), url=URL, editor=eve, now=NOON)
    before = rows()

    with pytest.raises(WallInstead) as refusal:
        ingest_html(html=BOT_WALL.encode(), url=URL, editor=eve, now=LATER)

    assert refusal.value.code == "wall_instead"
    assert rows() == before


def test_the_same_wall_at_another_address_is_refused(eve):
    first = ingest_html(html=BOT_WALL.encode(), url=URL, editor=eve, now=NOON)
    before = rows()

    with pytest.raises(WallInstead):
        ingest_html(html=BOT_WALL.encode(), url="https://b.example/x", editor=eve, now=LATER)

    assert rows() == before
    again = ingest_html(html=BOT_WALL.encode(), url=URL, editor=eve, now=LATER)
    assert again == first
    assert again.replayed


def test_an_address_is_fetched_and_belongs_to_where_its_redirects_end(eve, post):
    post.answers["/short"] = redirect("/2026/11/20/bridge?utm_source=mail")
    post.answers["/2026/11/20/bridge?utm_source=mail"] = answer(page())

    article = ingest_url(url=post.url("/short"), editor=eve, now=NOON, guard=post.guard())

    assert article.url == post.url("/2026/11/20/bridge")
    assert article.source.domain == "127.0.0.1"
    assert article.published_origin == "url"
    assert Draft.objects.count() == 2


def test_an_address_fetched_twice_is_stored_once_until_it_changes(eve, post):
    post.answers["/b"] = answer(page())
    first = ingest_url(url=post.url("/b"), editor=eve, now=NOON, guard=post.guard())

    again = ingest_url(url=post.url("/b"), editor=eve, now=LATER, guard=post.guard())
    assert again == first
    assert again.replayed

    post.answers["/b"] = answer(page(body=BRIDGE_BODY.replace("14 crowns", "15 crowns")))
    changed = ingest_url(url=post.url("/b"), editor=eve, now=LATER, guard=post.guard())
    assert changed == first
    assert not changed.replayed
    assert first.versions.count() == 2


def test_a_page_that_cannot_be_fetched_leaves_nothing_behind(eve, post):
    post.answers["/private"] = redirect("http://127.0.0.1/")
    post.answers["/huge"] = answer(b"<p>x</p>" * 300_000)

    for path, error in (("/private", AddressRefused), ("/huge", ResponseTooLarge)):
        with pytest.raises(error):
            ingest_url(url=post.url(path), editor=eve, now=NOON, guard=post.guard())

    assert rows() == NOTHING


def test_without_a_guard_of_its_own_a_private_address_is_refused(eve):
    with pytest.raises(AddressRefused):
        ingest_url(url="http://127.0.0.1/", editor=eve, now=NOON)


def test_nothing_is_fetched_where_fetching_is_off(eve, post, settings):
    settings.ARTICLES_FETCHING = False
    post.answers["/b"] = answer(page())

    with pytest.raises(FetchingIsOff) as refusal:
        ingest_url(url=post.url("/b"), editor=eve, now=NOON, guard=post.guard())

    assert refusal.value.code == "fetching_is_off"
    assert post.requests == []
    assert ingest_text(text=BRIDGE, editor=eve, now=NOON).pk


def test_the_text_of_a_version_can_never_change(eve):
    article = ingest_text(text=BRIDGE, editor=eve, now=NOON)

    with pytest.raises(DatabaseError), transaction.atomic():
        article.versions.update(text="rewritten")

    assert article.versions.get().text == BRIDGE


def test_storing_takes_a_fixed_number_of_statements(eve, django_assert_num_queries):
    with django_assert_num_queries(21):
        ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)
    with django_assert_num_queries(5):
        ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_one_article_is_stored_when_many_paste_it_at_once(eve):
    barrier = threading.Barrier(6)
    stored = []

    def paste():
        with contextlib.closing(connection):
            barrier.wait()
            stored.append(ingest_text(text=BRIDGE, url=URL, editor=eve, now=NOON))

    threads = [threading.Thread(target=paste) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(stored) == 6
    assert len({article.pk for article in stored}) == 1
    assert sorted(article.replayed for article in stored) == [False] + [True] * 5
    assert rows() == {"Source": 1, "Article": 1, "ArticleVersion": 1, "Draft": 2}
