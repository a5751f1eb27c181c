"""What a language model was asked about a text, how it went, and what it cost."""

from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from articles.models.article import ArticleVersion


class ConsultationState(models.TextChoices):
    WAITING = "waiting"
    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def under_way(self, now: datetime) -> Self:
        """Those that somebody is working on; a lease that ran out is none."""
        return self.filter(state=ConsultationState.WAITING, leased_until__gt=now)

    def due(self, now: datetime) -> Self:
        """Those that wait for another attempt; the one that has waited longest comes first."""
        is_free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(
            is_free, state=ConsultationState.WAITING, next_attempt_at__lte=now
        ).order_by("next_attempt_at", "pk")


class Consultation(models.Model):
    """One text before a language model. Waiting rows are the queue, beside texts without a row."""

    version = models.ForeignKey(
        ArticleVersion, on_delete=models.CASCADE, related_name="consultations", db_index=False
    )
    model = models.CharField(max_length=120, help_text="Which model was asked last.")
    state = models.CharField(
        max_length=8, choices=ConsultationState, default=ConsultationState.WAITING
    )
    attempts = models.PositiveIntegerField(
        default=0, help_text="Also the fence: only the newest attempt may say how it went."
    )
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(
        null=True, blank=True, help_text="While somebody asks; a lease that ran out is none."
    )
    asked_at = models.DateTimeField(help_text="When the last attempt began.")
    finished_at = models.DateTimeField(null=True, blank=True)
    tokens_in = models.PositiveIntegerField(default=0, help_text="Over all attempts.")
    tokens_out = models.PositiveIntegerField(default=0)
    tokens_reserved = models.PositiveIntegerField(
        default=0, help_text="What attempts may have cost of whose end nobody has heard."
    )
    duration = models.DurationField(default=timedelta(), help_text="Over all attempts.")
    drafts_made = models.PositiveSmallIntegerField(default=0)
    drafts_agreed = models.PositiveSmallIntegerField(
        default=0, help_text="Drafts of the rules about which the model drafted as well."
    )
    dropped = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Why each quotation or proposal was dropped that made no draft.",
    )
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"], name="consultation_is_one_for_each_version"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ConsultationState.WAITING,
                    next_attempt_at__isnull=False,
                    finished_at=None,
                )
                | ~Q(state=ConsultationState.WAITING)
                & Q(next_attempt_at=None, leased_until=None, finished_at__isnull=False),
                name="consultation_waits_or_is_finished",
            ),
            models.CheckConstraint(
                condition=Q(error_code="", error="") | ~Q(error_code="") & ~Q(error=""),
                name="consultation_error_has_a_code_and_a_sentence",
            ),
            models.CheckConstraint(
                condition=Q(state=ConsultationState.WAITING)
                | Q(state=ConsultationState.ANSWERED, error_code="")
                | Q(state__in=[ConsultationState.REFUSED, ConsultationState.FAILED])
                & ~Q(error_code=""),
                name="consultation_failure_is_explained",
            ),
            models.CheckConstraint(
                condition=Q(drafts_made=0, drafts_agreed=0) | Q(state=ConsultationState.ANSWERED),
                name="consultation_drafts_only_when_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state=ConsultationState.WAITING),
                name="consultation_due",
            ),
            models.Index(fields=["asked_at"], name="consultation_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.model} about {self.version_id}"
