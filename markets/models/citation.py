"""The links between questions and articles."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.models import Article, ArticleVersion
from markets.models.question import Question


class CitationRole(models.TextChoices):
    SOURCE = "source", "the question came from it"
    BACKGROUND = "background"
    EVIDENCE = "evidence", "it supports an answer"


class Citation(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="citations")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="citations")
    version = models.ForeignKey(ArticleVersion, on_delete=models.PROTECT, related_name="citations")
    role = models.CharField(max_length=10, choices=CitationRole)
    start = models.PositiveIntegerField(help_text="The quoted span [start, end) in the version.")
    end = models.PositiveIntegerField()
    quote = models.TextField()
    quote_sha256 = models.CharField(max_length=64)
    relevance = models.FloatField(default=1.0)
    supports = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The index of the outcome for which it is evidence."
    )
    supports_value = models.FloatField(
        null=True, blank=True, help_text="The number or the date for which it is evidence."
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end")), name="citation_span_is_not_empty"
            ),
            models.UniqueConstraint(
                fields=["question", "version", "start"], name="citation_quotes_a_span_once"
            ),
            models.CheckConstraint(
                condition=Q(supports__isnull=True, supports_value__isnull=True)
                | Q(role=CitationRole.EVIDENCE),
                name="citation_that_supports_is_evidence",
            ),
            models.CheckConstraint(
                condition=Q(supports__isnull=True) | Q(supports_value__isnull=True),
                name="citation_supports_an_outcome_or_a_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} ({self.role})"
