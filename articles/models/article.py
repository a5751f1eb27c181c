"""An article, and the immutable versions of its text."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from articles.core.similarity import SKETCH_SIZE
from articles.models.source import Source


class DatePrecision(models.TextChoices):
    INSTANT = "instant"
    DAY = "day"
    UNKNOWN = "unknown"


class Quality(models.TextChoices):
    """Did extraction find an article? What fails the gate is kept, but marked."""

    GOOD = "good"
    TOO_SHORT = "too_short"
    PAYWALL = "paywall"
    BOT_WALL = "bot_wall"
    CONSENT_PAGE = "consent_page"
    MOSTLY_BOILERPLATE = "mostly_boilerplate"


class Story(models.Model):
    """What several articles tell together. Every article belongs to one, if only to its own."""

    grown_at = models.DateTimeField(help_text="When the newest of its articles came in.")

    class Meta:
        verbose_name_plural = "stories"
        indexes = [models.Index(F("grown_at").desc(), F("id").desc(), name="story_newest")]

    def __str__(self) -> str:
        return f"story {self.pk}"


class Article(models.Model):
    """One published text with a source, an author and a date."""

    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="articles"
    )
    url = models.URLField(max_length=2000, blank=True, help_text="Canonical; empty for pastes.")
    title = models.CharField(max_length=300)
    author = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    published_precision = models.CharField(max_length=8, choices=DatePrecision)
    published_origin = models.CharField(
        max_length=40,
        help_text="Where the date was found: json-ld, meta, feed, text, editor, arrival.",
    )
    language = models.CharField(max_length=8, default="en")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    quality = models.CharField(max_length=20, choices=Quality, default=Quality.GOOD)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="articles")
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    tagged_at = models.DateTimeField(
        null=True, blank=True, help_text="When an editor last set the tags, which then stay."
    )
    tagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    # Set on the instance that answers when the article was there already; no column.
    replayed = False

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["url"], condition=~Q(url=""), name="article_url_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | Q(duplicate_of__lt=F("id")),
                name="article_duplicates_an_earlier_one",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
                name="article_is_archived_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(tagged_at=None, tagged_by=None)
                | Q(tagged_at__isnull=False, tagged_by__isnull=False),
                name="article_is_tagged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="article_newest"),
            GinIndex(fields=["tags"], name="article_tags"),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(models.Model):
    """The text of an article as it stood once: never changed, so that offsets stay true."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    captured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="article_version_number_is_unique"
            ),
            models.UniqueConstraint(fields=["text_sha256"], name="article_text_is_kept_once"),
        ]
        indexes = [models.Index(F("captured_at").desc(), name="article_version_newest")]
        triggers = [pgtrigger.Protect(name="article_text_is_immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.article} (version {self.number})"


class StorySketch(models.Model):
    """The smallest hashes of what one version tells, by which its like are found.

    Kept apart from the version, which never changes: a sketch can be drawn anew.
    """

    version = models.OneToOneField(
        ArticleVersion, primary_key=True, on_delete=models.CASCADE, related_name="sketch"
    )
    hashes = ArrayField(models.BigIntegerField())
    shingle_count = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "story sketches"
        constraints = [
            models.CheckConstraint(
                condition=Q(hashes__len__lte=SKETCH_SIZE)
                & (Q(hashes__len__lte=F("shingle_count"))),
                name="sketch_holds_some_of_the_shingles",
            ),
        ]
        indexes = [GinIndex(fields=["hashes"], name="sketch_hashes")]

    def __str__(self) -> str:
        return f"sketch of {self.version_id}"
