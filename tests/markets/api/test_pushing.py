"""Programs of editors bring articles in."""

import pytest

from articles.models import Article, ArticleVersion, Draft, Story
from tests.articles.services.stories import BRIDGE, BRIDGE_BODY, BRIDGE_TITLE
from tests.markets.api.calling import refused
from users.models import Scope

ARTICLES = "/articles"
URL = "https://post.example/bridge"


@pytest.fixture
def eves(eve, program_of):
    return program_of(eve, Scope.AUTHOR)


def rows():
    return {m.__name__: m.objects.count() for m in (Article, ArticleVersion, Draft, Story)}


NOTHING = {"Article": 0, "ArticleVersion": 0, "Draft": 0, "Story": 0}


def test_an_article_is_pushed_and_answered_as_editors_see_it(eves, eve):
    response = eves.post(ARTICLES, {"text": BRIDGE, "url": URL, "source_name": "Post"}, key=None)

    article = Article.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"http://testserver/api/v1/articles/{article.pk}"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in response.headers
    pushed = response.json()
    assert {
        name: pushed[name]
        for name in ("id", "title", "original_url", "quality", "story", "duplicate_of", "tags")
    } == {
        "id": article.pk,
        "title": BRIDGE_TITLE,
        "original_url": URL,
        "quality": "good",
        "story": article.story_id,
        "duplicate_of": None,
        "tags": ["transport", "halvik"],
    }
    assert pushed["drafts_waiting"] == Draft.objects.count() > 0
    assert article.added_by == eve


def test_the_same_text_again_is_the_same_article(eves):
    first = eves.post(ARTICLES, {"text": BRIDGE, "url": URL}, key=None)
    before = rows()

    again = eves.post(ARTICLES, {"text": BRIDGE, "url": URL}, key=None)

    assert again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.json() == first.json()
    assert rows() == before


def test_a_reprint_is_pushed_into_its_story(eves):
    first = eves.post(ARTICLES, {"text": BRIDGE}, key=None).json()

    reprint = eves.post(ARTICLES, {"text": f"A copy\n\n{BRIDGE_BODY}\n\nFrom us."}, key=None)

    told = reprint.json()
    assert (reprint.status_code, told["duplicate_of"]) == (201, first["id"])
    assert (told["story"], told["drafts_waiting"]) == (first["story"], 0)


def test_what_the_text_does_not_say_may_be_given(eves):
    given = {
        "title": "Given", "author": "Ann", "tags": ["Bridges", "U.S."],
        "published_at": "2026-01-05T08:00:00Z",
    }  # fmt: skip

    pushed = eves.post(ARTICLES, {"text": BRIDGE, **given}, key=None).json()

    assert (pushed["title"], pushed["author"]) == ("Given", "Ann")
    assert pushed["published_at"] == "2026-01-05T08:00:00.000000Z"
    assert pushed["tags"] == ["bridges", "united states"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_request", "text"),
        ({"text": BRIDGE, "words": 3}, "invalid_request", "words"),
        ({"text": BRIDGE, "tags": ["x"] * 9}, "invalid_request", "tags"),
        ({"text": "Too short."}, "text_too_short", "text"),
        ({"text": " " * 9}, "text_empty", "text"),
        ({"text": BRIDGE, "url": "file:///etc"}, "url_invalid", "url"),
        ({"text": BRIDGE, "published_at": "2199-01-01T00:00:00Z"}, "published_invalid",
         "published_at"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_stored(eves, body, code, field):
    refused(eves.post(ARTICLES, body, key=None), code, field)

    assert rows() == NOTHING


def test_a_trader_pushes_nothing(alices):
    refused(alices.post(ARTICLES, {"text": BRIDGE}, key=None), "editor_needed")

    assert rows() == NOTHING


def test_an_editor_s_key_without_the_scope_pushes_nothing(eve, program_of):
    reader = program_of(eve, Scope.READ, Scope.TRADE)

    refused(reader.post(ARTICLES, {"text": BRIDGE}, key=None), "scope_missing")

    assert rows() == NOTHING


def test_without_a_key_nothing_is_pushed(anyone):
    refused(anyone.post(ARTICLES, {"text": BRIDGE}, key=None), "not_authenticated")

    assert rows() == NOTHING


def test_reading_still_asks_for_no_key(anyone, eves):
    eves.post(ARTICLES, {"text": BRIDGE}, key=None)

    read = anyone.get(ARTICLES, headers={"Authorization": "Bearer nonsense"})

    assert read.status_code == 200
    assert read.headers["Cache-Control"].startswith("public")
    assert len(read.json()["results"]) == 1


def test_pushing_takes_a_fixed_number_of_queries(eves, django_assert_num_queries):
    eves.post(ARTICLES, {"text": BRIDGE, "url": URL}, key=None)

    with django_assert_num_queries(8):
        eves.post(ARTICLES, {"text": BRIDGE, "url": URL}, key=None)
