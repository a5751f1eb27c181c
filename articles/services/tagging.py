"""Tags of an article: found where it says them, and set by editors."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from articles.core.errors import ArticleError
from articles.core.tags import (
    TAG_LENGTH_MAX,
    TAG_LENGTH_MIN,
    TAGS_MAX,
    normalise_tag,
    normalise_tags,
)
from articles.core.topics import find_topics
from articles.models import Article
from articles.services.gazetteer import find_territories, one_spelling
from articles.services.locks import locked_article
from articles.services.quality import ENGLISH
from users.models import User


class TagsInvalid(ArticleError):
    """A tag is too long or too short to be one, or there are too many."""

    code = "tags_invalid"
    field = "tags"


def find_all_tags(*, given: Sequence[str], title: str, text: str, language: str) -> tuple[str, ...]:
    """What an article is tagged with: what it says of itself, then its topics and its places.

    Topics and places are known by English words, so that other languages only have their own.
    """
    found: tuple[str, ...] = ()
    if language == ENGLISH:
        found = (*find_topics(f"{title}\n{text}"), *find_territories(title, text))
    return normalise_tags(one_spelling(normalise_tag(tag)) for tag in (*given, *found))


@transaction.atomic
def retag(*, article_id: int, tags: Sequence[str], editor: User, now: datetime) -> Article:
    """The article with exactly these tags, each once and in its one spelling; they stay.

    Raises ArticleNotFound, TagsInvalid.
    """
    wanted = dict.fromkeys(one_spelling(normalise_tag(tag)) for tag in tags if tag.strip())
    if any(not TAG_LENGTH_MIN <= len(tag) <= TAG_LENGTH_MAX for tag in wanted):
        raise TagsInvalid(
            f"A tag has {TAG_LENGTH_MIN} to {TAG_LENGTH_MAX} characters; shorten or leave out."
        )
    if len(wanted) > TAGS_MAX:
        raise TagsInvalid(f"An article has at most {TAGS_MAX} tags; leave some out.")
    article = locked_article(article_id)
    article.tags, article.tagged_by, article.tagged_at = list(wanted), editor, now
    article.save(update_fields=["tags", "tagged_by", "tagged_at"])
    return article
