"""An article, and the immutable versions of its text."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

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

    # Set on the instance that answers when the article was there already; no column.
    replayed = False

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["url"], condition=~Q(url=""), name="article_url_is_unique"
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
