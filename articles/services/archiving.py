"""Archiving: articles that give nothing leave the inbox, and can be brought back."""

from datetime import datetime

from django.db import transaction

from articles.core.errors import ArticleError
from articles.models import Article, Story
from articles.services.locks import locked_article
from users.models import User


class StoryNotFound(ArticleError):
    code = "story_not_found"
    field = "story"


@transaction.atomic
def archive_article(*, article_id: int, editor: User, now: datetime) -> Article:
    """The article, archived; its drafts wait no more. Raises ArticleNotFound.

    One that is archived already stays so by its first editor.
    """
    article = locked_article(article_id)
    if article.archived_at is None:
        article.archived_at, article.archived_by = now, editor
        article.save(update_fields=["archived_at", "archived_by"])
    return article


@transaction.atomic
def bring_back_article(*, article_id: int) -> Article:
    """The article, in the inbox again with the drafts that wait. Raises ArticleNotFound."""
    article = locked_article(article_id)
    article.archived_at = article.archived_by = None
    article.save(update_fields=["archived_at", "archived_by"])
    return article


@transaction.atomic
def archive_story(*, story_id: int, editor: User, now: datetime) -> int:
    """Archive every article that a story has now; how many were not yet. Raises StoryNotFound.

    What joins the story later comes into the inbox.
    """
    _require(story_id)
    return Article.objects.filter(story=story_id, archived_at=None).update(
        archived_at=now, archived_by=editor
    )


@transaction.atomic
def bring_back_story(*, story_id: int) -> int:
    """Bring every article of a story back; how many were archived. Raises StoryNotFound."""
    _require(story_id)
    return Article.objects.filter(story=story_id, archived_at__isnull=False).update(
        archived_at=None, archived_by=None
    )


def _require(story_id: int) -> None:
    if not Story.objects.filter(pk=story_id).exists():
        raise StoryNotFound("There is no such story; it may have become part of another.")
