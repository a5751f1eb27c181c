"""Feeds that are asked for articles again and again, and what was seen in them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from articles.core.polling import INTERVAL_FIRST, INTERVAL_MAX, INTERVAL_MIN
from articles.models.article import Article
from articles.models.source import Source


class FeedQuerySet(models.QuerySet["Feed"]):
    def free(self, now: datetime) -> Self:
        """Active, and polled by nobody."""
        is_free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(is_free, is_active=True)

    def given_up(self) -> Self:
        """Switched off because they failed, not by an editor; the latest comes first."""
        return self.filter(is_active=False, failures__gt=0).order_by("-disabled_at", "pk")

    def due(self, now: datetime) -> Self:
        """Free, and past their time; the one that has waited longest comes first."""
        return self.free(now).filter(next_poll_at__lte=now).order_by("next_poll_at", "pk")


class Feed(models.Model):
    """A publication's list of its newest articles: RSS or Atom. Active rows are the queue."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="feeds")
    url = models.URLField(max_length=2000, help_text="Canonical; follows permanent redirects.")
    title = models.CharField(max_length=300, blank=True, help_text="What the feed calls itself.")
    fetches_pages = models.BooleanField(
        default=True, help_text="Is each entry's page fetched, or is the entry's own text enough?"
    )
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    interval = models.DurationField(default=INTERVAL_FIRST)
    next_poll_at = models.DateTimeField()
    leased_until = models.DateTimeField(
        null=True, blank=True, help_text="While somebody polls it; a lease that ran out is none."
    )
    poll_count = models.PositiveIntegerField(
        default=0, help_text="Also the fence: only the newest poll may say how it went."
    )
    last_polled_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    last_error_code = models.CharField(max_length=40, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["url"], name="feed_url_is_unique"),
            models.CheckConstraint(
                condition=Q(interval__gte=INTERVAL_MIN, interval__lte=INTERVAL_MAX),
                name="feed_interval_is_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at=None, disabled_reason="")
                | Q(is_active=False, disabled_at__isnull=False) & ~Q(disabled_reason=""),
                name="feed_is_disabled_at_an_instant_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(last_error_code="", last_error="")
                | ~Q(last_error_code="") & ~Q(last_error=""),
                name="feed_error_has_a_code_and_a_sentence",
            ),
            models.CheckConstraint(
                condition=Q(failures=0) | ~Q(last_error_code=""),
                name="feed_failure_is_explained",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_poll_at", "id"], condition=Q(is_active=True), name="feed_due"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class FeedEntry(models.Model):
    """An entry that a feed has shown: which article it became, or why it became none."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    entry_sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.PROTECT, related_name="feed_entries"
    )
    tries_left = models.PositiveSmallIntegerField(
        default=0, help_text="How often it is tried again while the feed still shows it."
    )
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "entry_sha256"], name="feed_entry_is_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(article__isnull=False, tries_left=0, error_code="", error="")
                | Q(article=None) & ~Q(error_code="") & ~Q(error=""),
                name="feed_entry_is_an_article_or_explained",
            ),
        ]
        indexes = [
            models.Index("feed", F("seen_at").desc(), F("id").desc(), name="feed_entry_newest"),
        ]

    def __str__(self) -> str:
        return self.title or self.url or self.entry_sha256[:12]
