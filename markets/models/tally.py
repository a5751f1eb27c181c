"""Scores added up: what leaderboards and calibration curves are read from.

Everything here can be computed anew from scores, profits and forecasts, which are never changed.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from markets.core.periods import Span
from markets.models.question import Question
from markets.models.resolution import Resolution

EVERYTHING = ""
"""The tag under which all questions count."""


class Tally(models.Model):
    """One forecaster's scores on the questions of one period and tag that are in the tallies."""

    pk = models.CompositePrimaryKey("period", "tag", "forecaster")
    period = models.CharField(max_length=8, help_text="Its name, such as 2026-Q4.")
    span = models.CharField(max_length=7, choices=[(span.value, span.value) for span in Span])
    tag = models.CharField(max_length=40, blank=True, help_text="Empty for all questions.")
    forecaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tallies", db_index=False
    )
    question_count = models.PositiveIntegerField(help_text="Questions with scores.")
    peer_sum = models.FloatField()
    peer_mean = models.FloatField(null=True)
    baseline_sum = models.FloatField()
    relative_brier_sum = models.FloatField()
    relative_brier_count = models.PositiveIntegerField(help_text="Questions that have one.")
    relative_brier_mean = models.FloatField(null=True)
    coverage_sum = models.FloatField()
    traded_count = models.PositiveIntegerField(help_text="Questions with a profit or a loss.")
    profit = models.BigIntegerField(help_text="Microcredits.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(question_count__gt=0) | Q(traded_count__gt=0),
                name="tally_counts_something",
            ),
            models.CheckConstraint(
                condition=Q(relative_brier_count__lte=models.F("question_count")),
                name="tally_has_no_more_relative_scores_than_scores",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["forecaster", "span"], name="tally_of_one"),
            *(
                models.Index(fields=["period", "tag", column], name=f"tally_{name}_board")
                for name, column in (
                    ("peer", "-peer_sum"), ("peer_mean", "-peer_mean"),
                    ("baseline", "-baseline_sum"), ("brier", "relative_brier_mean"),
                    ("profit", "-profit"),
                )
            ),
        ]  # fmt: skip


class TallyMark(models.Model):
    """That a question's scores are in the tallies, and which: where it differs is the queue."""

    question = models.OneToOneField(
        Question, primary_key=True, on_delete=models.PROTECT, related_name="tally_mark"
    )
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField(help_text="When the resolution was scored.")
    resolved_at = models.DateTimeField(
        db_index=True, help_text="When the question was resolved first; its periods hold it."
    )
    tags = ArrayField(models.CharField(max_length=40), default=list)
    tallied_at = models.DateTimeField(db_index=True)


class Sample(models.TextChoices):
    """What a bucket of calibration is about."""

    STATEMENT = "statement", "outcomes, by the chance they were given"
    RANGE = "range", "central ranges of numbers and dates, by their size"


class CalibrationShare(models.Model):
    """What one resolution adds to one bucket of somebody's calibration, or of one of our odds'."""

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="calibration_shares"
    )
    forecaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    series = models.CharField(max_length=40, blank=True, help_text="Which of our odds.")
    sample = models.CharField(max_length=9, choices=Sample)
    bucket = models.PositiveSmallIntegerField()
    share = models.FloatField(help_text="Statements, by the share of time that they stood here.")
    stated = models.FloatField()
    came_true = models.FloatField()
    squared_error = models.FloatField()
    sure = models.FloatField()
    right = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resolution", "forecaster", "series", "sample", "bucket"],
                name="calibration_share_is_one_per_bucket",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(forecaster__isnull=False, series="")
                | Q(forecaster__isnull=True) & ~Q(series=""),
                name="calibration_share_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, came_true__gte=0),
                name="calibration_share_is_positive",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["series", "sample"],
                condition=Q(forecaster__isnull=True),
                name="calibration_of_our_odds",
            )
        ]
