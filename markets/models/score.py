"""How good stated probabilities were, after the fact."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from markets.models.question import Question
from markets.models.resolution import Resolution


class Score(models.Model):
    """One forecaster's scores on one question, for one resolution version."""

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="scores")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="scores")
    forecaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scores"
    )
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
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "forecaster"], name="score_is_one_per_resolution_version"
            ),
            models.CheckConstraint(
                condition=Q(coverage__gte=0, coverage__lte=1), name="score_coverage_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(brier__gte=0, brier__lte=2), name="score_brier_is_in_range"
            ),
            models.CheckConstraint(
                condition=Q(crps__isnull=True) | Q(crps__gte=0, crps__lte=1),
                name="score_crps_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(spot_baseline__isnull=True, spot_peer__isnull=True)
                | Q(spot_baseline__isnull=False, spot_peer__isnull=False),
                name="score_has_both_spot_scores_or_none",
            ),
        ]
        indexes = [models.Index(fields=["forecaster", "-id"], name="score_of_a_forecaster")]
