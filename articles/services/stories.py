"""Stories: which articles belong together, decided when one is stored.

Everything here happens under `lock_storing`, so that no two articles look for each other at once.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from articles.core.clusters import STORY_WINDOW, Place, Telling, find_place, sketch_story
from articles.core.similarity import Sketch
from articles.models import Article, ArticleVersion, Quality, Story, StorySketch
from articles.services.locks import lock_storing

CANDIDATES_MAX: Final = 500
"""Far more than tell one story; they are compared in some 50 ms."""

BACKLOG_CHUNK: Final = 100


def begin_story(*, now: datetime) -> Story:
    """A story that has no article yet."""
    return Story.objects.create(grown_at=now)


def place_version(version: ArticleVersion) -> None:
    """Put the article of a version into the story that the version tells.

    Only what passed the quality gate tells anything: walls are all alike. The article's
    `duplicate_of` is that of this version, so one that has grown beyond what it reprinted is a
    duplicate no more.
    """
    article = version.article
    if article.quality != Quality.GOOD:
        return
    drawn = sketch_story(version.text)
    StorySketch.objects.bulk_create(
        [
            StorySketch(
                version=version, hashes=list(drawn.hashes), shingle_count=drawn.shingle_count
            )
        ],
        update_conflicts=True,
        unique_fields=["version"],
        update_fields=["hashes", "shingle_count"],
    )
    place = find_place(
        Telling(article.pk, article.published_at, drawn), _tellings_like(drawn, article)
    )
    _join(article, place.linked)
    _note_original(article, place)


@transaction.atomic
def place_backlog(*, chunk: int = BACKLOG_CHUNK) -> int:
    """Place the oldest versions that have never been sketched; how many there were."""
    lock_storing()
    sketched = StorySketch.objects.filter(version=OuterRef("pk"))
    backlog = list(
        ArticleVersion.objects.filter(~Exists(sketched), article__quality=Quality.GOOD)
        .select_related("article")
        .order_by("pk")[:chunk]
    )
    for version in backlog:
        version.article.refresh_from_db(fields=["story"])  # an earlier one may have moved it
        place_version(version)
    return len(backlog)


def _tellings_like(drawn: Sketch, article: Article) -> list[Telling]:
    """The versions of other articles that have a shingle in common and were published about then.

    Originals come first: where there are too many, the newest are left out.
    """
    near = (article.published_at - STORY_WINDOW, article.published_at + STORY_WINDOW)
    alike = (
        StorySketch.objects.filter(
            hashes__overlap=list(drawn.hashes), version__article__published_at__range=near
        )
        .exclude(version__article=article)
        .order_by("version__article__published_at", "version__article_id", "pk")
        .values_list(
            "version__article_id", "version__article__published_at", "hashes", "shingle_count"
        )
    )
    return [
        Telling(article_id, published_at, Sketch(tuple(hashes), count))
        for article_id, published_at, hashes, count in alike[:CANDIDATES_MAX]
    ]


def _join(article: Article, linked: Collection[int]) -> None:
    """Make one story of the article's and those of the articles that it is linked to.

    The oldest story stays, and the newest arrival tells when it last grew.
    """
    if not linked:
        return
    joined = Story.objects.filter(articles__in=[article.pk, *linked]).distinct()
    stories = sorted(joined, key=lambda story: story.pk)
    kept, given_up = stories[0], [story.pk for story in stories[1:]]
    if not given_up:
        return
    kept.grown_at = max(story.grown_at for story in stories)
    kept.save(update_fields=["grown_at"])
    Article.objects.filter(story__in=given_up).update(story=kept)
    Story.objects.filter(pk__in=given_up).delete()
    article.story = kept


def _note_original(article: Article, place: Place) -> None:
    """Note what an article reprints: always an original, never another reprint."""
    original = None
    if place.reprints is not None:
        found = Article.objects.values_list("pk", "duplicate_of").get(pk=place.reprints)
        original = found[1] or found[0]
    if article.duplicate_of_id == original:
        return
    article.duplicate_of_id = original
    article.save(update_fields=["duplicate_of"])
    if original is not None:
        article.duplicates.update(duplicate_of=original)
