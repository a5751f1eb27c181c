"""A proposed question, not yet public, with the sentence that it came from."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from articles.models.article import ArticleVersion


class DraftType(models.TextChoices):
    BINARY = "binary"
    MULTIPLE_CHOICE = "multiple_choice"


class DraftFate(models.TextChoices):
    PROPOSED = "proposed"
    TAKEN_UP = "taken_up"
    REJECTED = "rejected"


class DraftQuerySet(models.QuerySet["Draft"]):
    def waiting(self) -> Self:
        """Those that an editor has yet to decide about; those of archived articles are not."""
        return self.filter(fate=DraftFate.PROPOSED, version__article__archived_at=None)


class Draft(models.Model):
    """What the drafting rules propose; an editor takes it up or rejects it with a reason."""

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="drafts")
    start = models.PositiveIntegerField(help_text="The evidence span [start, end) in the text.")
    end = models.PositiveIntegerField()
    quote = models.TextField()
    quote_sha256 = models.CharField(max_length=64)
    rule = models.CharField(max_length=60)
    score = models.FloatField()
    type = models.CharField(max_length=20, choices=DraftType)
    title = models.CharField(max_length=200)
    resolution_criteria = models.TextField()
    fine_print = models.TextField(blank=True)
    resolution_source = models.CharField(max_length=300, blank=True)
    outcomes = ArrayField(models.CharField(max_length=120))
    prior = ArrayField(models.FloatField())
    closes_at = models.DateTimeField()
    resolve_by = models.DateTimeField()
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    flags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    fate = models.CharField(
        max_length=10, choices=DraftFate, default=DraftFate.PROPOSED, db_index=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    rejection_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="draft_span_is_not_empty"),
            models.CheckConstraint(
                condition=Q(closes_at__lte=F("resolve_by")), name="draft_closes_before_it_resolves"
            ),
            models.CheckConstraint(
                condition=Q(fate=DraftFate.PROPOSED, decided_at=None)
                | ~Q(fate=DraftFate.PROPOSED) & Q(decided_at__isnull=False),
                name="draft_decision_is_dated",
            ),
            models.UniqueConstraint(
                fields=["version", "rule", "start"], name="draft_is_made_once_per_span_and_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.title
