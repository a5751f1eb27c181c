"""What is asked, its outcomes, and the append-only log of its life."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from articles.models import Draft
from markets.core.lifecycle import QuestionStatus
from markets.core.numeric import Bins

CHALLENGE_WINDOW = timedelta(hours=24)
_STATUS_CHOICES = [(status.value, status.value.replace("_", " ")) for status in QuestionStatus]
_UNDATED = [
    QuestionStatus.DRAFT,
    QuestionStatus.REVIEW,
    QuestionStatus.REJECTED,
    QuestionStatus.ANNULLED,
]


class QuestionType(models.TextChoices):
    BINARY = "binary", "yes or no"
    MULTIPLE_CHOICE = "multiple_choice", "multiple choice"
    NUMERIC = "numeric", "a number"
    DATE = "date", "a date"


class Scale(models.TextChoices):
    LINEAR = "linear", "bins of equal width"
    LOG = "log", "bins of equal ratio"


RANGED = [QuestionType.NUMERIC, QuestionType.DATE]
"""The types whose outcomes are bins of a range."""


class Question(models.Model):
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    type = models.CharField(max_length=20, choices=QuestionType)
    background = models.TextField(blank=True)
    resolution_criteria = models.TextField()
    fine_print = models.TextField(blank=True)
    resolution_sources = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    status = models.CharField(
        max_length=10, choices=_STATUS_CHOICES, default=QuestionStatus.DRAFT.value
    )
    prior = ArrayField(models.FloatField())
    subsidy = models.BigIntegerField(help_text="Microcredits that the house puts into escrow.")
    lower = models.FloatField(
        null=True, blank=True, help_text="Where the bins begin; for a date in epoch seconds."
    )
    upper = models.FloatField(null=True, blank=True, help_text="Where the bins end.")
    scale = models.CharField(max_length=6, choices=Scale, blank=True)
    open_below = models.BooleanField(
        default=False, help_text="Is the first outcome everything below the bins?"
    )
    open_above = models.BooleanField(
        default=False, help_text="Is the last outcome everything from their end on?"
    )
    unit = models.CharField(max_length=40, blank=True)
    challenge_window = models.DurationField(default=CHALLENGE_WINDOW)
    policy_version = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="The house policy under which it was published."
    )

    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    resolve_by = models.DateTimeField(null=True, blank=True)
    reveal_at = models.DateTimeField(
        null=True, blank=True, help_text="Until then the crowd's odds are hidden."
    )
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    occurred_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="From when the answer was known, where that was before the scheduled close.",
    )
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    final_at = models.DateTimeField(null=True, blank=True, editable=False)

    draft = models.OneToOneField(
        Draft,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="question",
        editable=False,
    )
    resolution = models.OneToOneField(
        "markets.Resolution",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        help_text="The version that stands, proposed or decided.",
    )
    forecaster_count = models.PositiveIntegerField(default=0, editable=False)
    crowd_as_of = models.DateTimeField(
        null=True, editable=False, help_text="When the crowd was aggregated last."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="question_opens_before_it_closes"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__lte=F("resolve_by")),
                name="question_closes_before_it_resolves",
            ),
            models.CheckConstraint(
                condition=Q(status__in=_UNDATED)
                | Q(opens_at__isnull=False, closes_at__isnull=False, resolve_by__isnull=False),
                name="question_is_dated_once_scheduled",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*_UNDATED, QuestionStatus.SCHEDULED])
                | Q(opened_at__isnull=False),
                name="question_past_scheduled_was_opened",
            ),
            models.CheckConstraint(
                condition=~Q(
                    status__in=[
                        QuestionStatus.PROPOSED,
                        QuestionStatus.CHALLENGED,
                        QuestionStatus.RESOLVED,
                        QuestionStatus.FINAL,
                    ]
                )
                | Q(resolution__isnull=False, closed_at__isnull=False),
                name="question_past_closed_has_a_resolution",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(policy_version__isnull=False),
                name="question_opens_under_a_house_policy",
            ),
            models.CheckConstraint(condition=Q(subsidy__gt=0), name="question_subsidy_is_positive"),
            models.CheckConstraint(
                condition=Q(type__in=RANGED, lower__lt=F("upper"), scale__in=Scale.values)
                | ~Q(type__in=RANGED)
                & Q(
                    lower__isnull=True,
                    upper__isnull=True,
                    scale="",
                    unit="",
                    open_below=False,
                    open_above=False,
                ),
                name="question_has_a_range_where_its_type_needs_one",
            ),
            models.CheckConstraint(
                condition=~Q(scale=Scale.LOG) | Q(lower__gt=0),
                name="question_log_scale_begins_above_zero",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "closes_at"], name="question_by_status_and_close"),
            models.Index(F("opened_at").desc(), F("id").desc(), name="question_newest"),
            GinIndex(fields=["tags"], name="question_tags"),
            GinIndex(
                SearchVector("title", "resolution_criteria", config="english"),
                name="question_words",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def bins(self) -> Bins | None:
        """How the range of a numeric or date question is cut into its outcomes; else None."""
        if self.lower is None or self.upper is None:
            return None
        return Bins(
            lower=self.lower, upper=self.upper, count=len(self.prior), scale=self.scale,
            open_below=self.open_below, open_above=self.open_above,
            is_date=self.type == QuestionType.DATE, unit=self.unit,
        )  # fmt: skip


class Outcome(models.Model):
    """One of the mutually exclusive answers; exactly one comes true."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="outcomes")
    index = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "index"], name="outcome_index_is_unique_in_its_question"
            ),
            models.UniqueConstraint(
                fields=["question", "key"], name="outcome_key_is_unique_in_its_question"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class StatusChange(models.Model):
    """One step in the life of a question: who, when, why."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="status_changes")
    from_status = models.CharField(max_length=10, choices=_STATUS_CHOICES)
    to_status = models.CharField(max_length=10, choices=_STATUS_CHOICES)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty where the clock did it.",
    )
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="status_change_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
        indexes = [models.Index(fields=["question", "id"], name="status_change_in_order")]
