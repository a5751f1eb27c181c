"""How good stated probabilities were, after the fact."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from markets.core.aggregation import Method
from markets.models.question import Question
from markets.models.resolution import Resolution


class ScoredSeries(models.TextChoices):
    """Odds that are scored as if a forecaster had stated them, without a rank."""

    MARKET = "market", "the market"
    RECENCY_WEIGHTED_MEDIAN = Method.RECENCY_WEIGHTED_MEDIAN, "recency-weighted median"
    RECENCY_WEIGHTED_MEAN = Method.RECENCY_WEIGHTED_MEAN, "recency-weighted mean"
    MEDIAN = Method.MEDIAN, "median"
    MEAN = Method.MEAN, "mean"
    LOGIT_MEAN = Method.LOGIT_MEAN, "geometric mean of odds"
    TRACK_RECORD_WEIGHTED_MEAN = Method.TRACK_RECORD_WEIGHTED_MEAN, "track-record weighted mean"


class ScoreKinds(models.Model):
    """The columns of every kind of score, for one resolution version of one question."""

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="%(class)ss")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="%(class)ss")
    baseline = models.FloatField()
    peer = models.FloatField()
    spot_baseline = models.FloatField(
        null=True, help_text="Empty where no forecast of theirs stood at that instant."
    )
    spot_peer = models.FloatField(null=True)
    brier = models.FloatField(help_text="Of bins the ordinal form.")
    relative_brier = models.FloatField(
        null=True, help_text="Empty where no forecast of theirs stood at the end of a day."
    )
    log = models.FloatField()
    crps = models.FloatField(
        null=True, help_text="In shares of the range; empty where there is none."
    )
    coverage = models.FloatField()
    attainable_coverage = models.FloatField()
    scored_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coverage__gte=0, coverage__lte=1), name="%(class)s_coverage_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(brier__gte=0, brier__lte=2), name="%(class)s_brier_is_in_range"
            ),
            models.CheckConstraint(
                condition=Q(crps__isnull=True) | Q(crps__gte=0, crps__lte=1),
                name="%(class)s_crps_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(spot_baseline__isnull=True, spot_peer__isnull=True)
                | Q(spot_baseline__isnull=False, spot_peer__isnull=False),
                name="%(class)s_has_both_spot_scores_or_none",
            ),
        ]


class Score(ScoreKinds):
    """One forecaster's scores on one question, for one resolution version."""

    forecaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scores"
    )

    class Meta(ScoreKinds.Meta):
        abstract = False
        constraints: ClassVar = [
            *ScoreKinds.Meta.constraints,
            models.UniqueConstraint(
                fields=["resolution", "forecaster"], name="score_is_one_per_resolution_version"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["forecaster", "-id"], name="score_of_a_forecaster")
        ]


class SeriesScore(ScoreKinds):
    """What the market, or one way to aggregate the crowd, would have scored on one question."""

    series = models.CharField(max_length=40, choices=ScoredSeries)

    class Meta(ScoreKinds.Meta):
        abstract = False
        constraints: ClassVar = [
            *ScoreKinds.Meta.constraints,
            models.UniqueConstraint(
                fields=["resolution", "series"], name="seriesscore_is_one_per_resolution_version"
            ),
        ]


class Profit(models.Model):
    """What one trader made on one question, from the ledger, for one resolution version."""

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="profits")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="profits")
    trader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="profits"
    )
    amount = models.BigIntegerField(help_text="Microcredits; negative for a loss.")
    scored_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resolution", "trader"], name="profit_is_one_per_resolution_version"
            )
        ]
