"""A proposed question, not yet public, with the sentence that it came from."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from articles.core.ranges import Range, Scale
from articles.models.article import ArticleVersion


class DraftType(models.TextChoices):
    BINARY = "binary"
    MULTIPLE_CHOICE = "multiple_choice"
    NUMERIC = "numeric"
    DATE = "date"


class DraftScale(models.TextChoices):
    LINEAR = "linear"
    LOG = "log"


RANGED = (DraftType.NUMERIC, DraftType.DATE)
"""The types whose outcomes are the bins of a range."""


class DraftFate(models.TextChoices):
    PROPOSED = "proposed"
    TAKEN_UP = "taken_up"
    REJECTED = "rejected"


class DraftQuerySet(models.QuerySet["Draft"]):
    def waiting(self) -> Self:
        """Those that an editor has yet to decide about; those of archived articles are not."""
        return self.filter(fate=DraftFate.PROPOSED, version__article__archived_at=None)


class Draft(models.Model):
    """What the drafting rules, or a language model, propose.

    An editor takes it up, or rejects it with a reason.
    """

    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="drafts")
    start = models.PositiveIntegerField(help_text="The evidence span [start, end) in the text.")
    end = models.PositiveIntegerField()
    quote = models.TextField()
    quote_sha256 = models.CharField(max_length=64)
    rule = models.CharField(max_length=60)
    model = models.CharField(
        max_length=120,
        blank=True,
        default="",
        help_text="The language model that wrote it, or wrote its title; empty for the rules.",
    )
    score = models.FloatField()
    type = models.CharField(max_length=20, choices=DraftType)
    title = models.CharField(max_length=200)
    resolution_criteria = models.TextField()
    fine_print = models.TextField(blank=True)
    resolution_source = models.CharField(max_length=300, blank=True)
    outcomes = ArrayField(
        models.CharField(max_length=120),
        blank=True,
        help_text="None for a number or a date, whose bins are the outcomes.",
    )
    prior = ArrayField(models.FloatField())
    lower = models.FloatField(
        null=True,
        blank=True,
        help_text="Where the bins begin; of a date, seconds since 1970 in UTC.",
    )
    upper = models.FloatField(null=True, blank=True, help_text="Where the bins end.")
    bin_count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many outcomes, open tails included."
    )
    scale = models.CharField(max_length=6, choices=DraftScale, blank=True)
    open_below = models.BooleanField(default=False)
    open_above = models.BooleanField(default=False)
    unit = models.CharField(max_length=40, blank=True)
    last_value = models.DecimalField(
        max_digits=24,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="The last known value of an indicator, in the unit.",
    )
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
            models.CheckConstraint(
                condition=Q(
                    type__in=RANGED,
                    lower__isnull=False,
                    upper__isnull=False,
                    bin_count__isnull=False,
                    lower__lt=F("upper"),
                    bin_count__gte=2,
                    scale__in=DraftScale.values,
                    outcomes__len=0,
                )
                | ~Q(type__in=RANGED)
                & Q(
                    lower__isnull=True,
                    upper__isnull=True,
                    bin_count__isnull=True,
                    scale="",
                    unit="",
                    open_below=False,
                    open_above=False,
                ),
                name="draft_range_fits_its_type",
            ),
            models.CheckConstraint(
                condition=Q(bin_count__isnull=True) | Q(prior__len=F("bin_count")),
                name="draft_has_a_prior_for_each_bin",
            ),
            models.CheckConstraint(
                condition=~Q(scale=DraftScale.LOG) | Q(type=DraftType.NUMERIC, lower__gt=0),
                name="draft_log_scale_begins_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(last_value__isnull=True) | Q(type=DraftType.NUMERIC),
                name="draft_last_value_is_of_a_number",
            ),
            models.UniqueConstraint(
                fields=["version", "rule", "start"], name="draft_is_made_once_per_span_and_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def range(self) -> Range | None:
        """The bins of a number or a date; None for the other types."""
        if self.lower is None or self.upper is None or self.bin_count is None:
            return None
        scale: Scale = "log" if self.scale == DraftScale.LOG else "linear"
        return Range(
            lower=self.lower,
            upper=self.upper,
            bin_count=self.bin_count,
            open_below=self.open_below,
            open_above=self.open_above,
            prior=tuple(self.prior),
            unit=self.unit,
            scale=scale,
            is_date=self.type == DraftType.DATE,
        )
