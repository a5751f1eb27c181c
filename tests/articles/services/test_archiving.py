from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from articles.models import Article, Draft
from articles.queries.articles import waiting_drafts
from articles.services.archiving import (
    StoryNotFound,
    archive_article,
    archive_story,
    bring_back_article,
    bring_back_story,
)
from articles.services.ingest import ingest_text
from articles.services.locks import ArticleNotFound
from tests.articles.services.stories import BRIDGE, BRIDGE_BODY, FERRY
from tests.instants import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def article(eve):
    return ingest_text(text=BRIDGE, editor=eve, now=NOON)


@pytest.fixture
def reprint(eve, article):
    return ingest_text(text=f"{BRIDGE_BODY}\n\nFrom the Post.", editor=eve, now=NOON)


def archived():
    return list(
        Article.objects.filter(archived_at__isnull=False)
        .order_by("pk")
        .values_list("pk", "archived_by__name", "archived_at")
    )


def test_the_drafts_of_an_archived_article_wait_no_more(eve, article):
    assert Draft.objects.waiting().count() == 2

    archive_article(article_id=article.pk, editor=eve, now=LATER)

    assert archived() == [(article.pk, "eve", LATER)]
    assert Draft.objects.waiting().count() == 0
    assert waiting_drafts() == ()
    assert Draft.objects.filter(fate="proposed").count() == 2


def test_archiving_again_changes_nothing(eve, erin, article):
    archive_article(article_id=article.pk, editor=eve, now=NOON)

    archive_article(article_id=article.pk, editor=erin, now=LATER)

    assert archived() == [(article.pk, "eve", NOON)]


def test_an_article_that_is_brought_back_has_its_drafts_waiting_again(eve, article):
    archive_article(article_id=article.pk, editor=eve, now=NOON)

    bring_back_article(article_id=article.pk)

    assert archived() == []
    assert Draft.objects.waiting().count() == 2


def test_a_story_is_archived_with_all_that_it_has_now(eve, erin, article, reprint):
    other = ingest_text(text=FERRY, editor=eve, now=NOON)
    archive_article(article_id=article.pk, editor=eve, now=NOON)

    count = archive_story(story_id=article.story_id, editor=erin, now=LATER)

    assert count == 1
    assert archived() == [(article.pk, "eve", NOON), (reprint.pk, "erin", LATER)]
    assert Draft.objects.waiting().get().version.article == other


def test_what_joins_an_archived_story_later_comes_into_the_inbox(eve, article):
    archive_story(story_id=article.story_id, editor=eve, now=NOON)

    late = ingest_text(text=f"{BRIDGE_BODY}\n\nFrom the Mail.", editor=eve, now=LATER)

    assert late.story_id == article.story_id
    assert archived() == [(article.pk, "eve", NOON)]


def test_a_story_is_brought_back_whole(eve, article, reprint):
    archive_story(story_id=article.story_id, editor=eve, now=NOON)

    assert bring_back_story(story_id=article.story_id) == 2
    assert bring_back_story(story_id=article.story_id) == 0
    assert archived() == []


def test_what_is_not_there_is_refused(eve, article):
    with pytest.raises(ArticleNotFound) as refusal:
        archive_article(article_id=404, editor=eve, now=NOON)
    assert refusal.value.code == "article_not_found"
    with pytest.raises(ArticleNotFound):
        bring_back_article(article_id=404)
    with pytest.raises(StoryNotFound) as refusal:
        archive_story(story_id=404, editor=eve, now=NOON)
    assert refusal.value.code == "story_not_found"
    with pytest.raises(StoryNotFound):
        bring_back_story(story_id=404)

    assert archived() == []


def test_nobody_archives_anonymously(article):
    with (
        pytest.raises(IntegrityError, match="article_is_archived_by_somebody"),
        transaction.atomic(),
    ):
        Article.objects.update(archived_at=NOON)

    assert archived() == []
