"""Stated probabilities, and the crowd that they make up."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from markets.models.order import Order, Origin
from markets.models.question import Question


class Forecast(models.Model):
    """A forecaster's stated probabilities from made_at until something ends them."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="forecasts")
    forecaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="forecasts"
    )
    request_key = models.CharField(max_length=80)
    request_sha256 = models.CharField(max_length=64)
    probabilities = ArrayField(models.FloatField(), help_text="One per outcome; they sum to 1.")
    quantiles = ArrayField(
        ArrayField(models.FloatField(), size=2),
        null=True,
        blank=True,
        help_text="As stated: pairs of a probability and a value. Empty where bins were stated.",
    )
    rationale = models.TextField(blank=True)
    origin = models.CharField(max_length=5, choices=Origin)
    order = models.OneToOneField(
        Order,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="forecast",
        help_text="The order that its stake placed.",
    )
    track_weight = models.FloatField(
        default=1.0,
        help_text="What the forecaster's scores up to then weigh, see core/track_weight.py.",
    )
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    # Set on the instance that answers a retry; the row itself never knows.
    replayed = False

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["forecaster", "request_key"], name="forecast_request_is_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("made_at")),
                name="forecast_ends_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(track_weight__gt=0), name="forecast_track_weight_is_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["question", "forecaster", "-id"], name="forecast_standing"),
            models.Index(fields=["forecaster", "-id"], name="forecast_of_a_forecaster"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="forecast_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class StandingForecast(models.Model):
    """The one forecast of a forecaster that stands on a question, so that a crowd is quickly read.

    Not append-only: a new forecast takes the place of the last, a withdrawal or an expiry deletes.
    It says nothing that the forecasts and withdrawals do not, and can be made anew from them.
    """

    forecast = models.OneToOneField(Forecast, on_delete=models.PROTECT, related_name="standing")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="standing")
    forecaster = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    probabilities = ArrayField(models.FloatField())
    track_weight = models.FloatField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "forecaster"], name="standing_forecast_is_one_per_question"
            )
        ]
        indexes = [
            models.Index(
                fields=["ends_at"],
                condition=Q(ends_at__isnull=False),
                name="standing_that_ends_by_itself",
            )
        ]


class Withdrawal(models.Model):
    """The end of a forecast by its forecaster's own will."""

    forecast = models.OneToOneField(Forecast, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="withdrawal_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class CrowdSnapshot(models.Model):
    """The aggregate of standing forecasts just after one of them changed."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="crowd")
    method = models.CharField(max_length=40)
    centre = ArrayField(models.FloatField())
    lower = ArrayField(models.FloatField())
    upper = ArrayField(models.FloatField())
    forecaster_count = models.PositiveIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["question", "-as_of", "-id"], name="crowd_newest"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="crowd_snapshot_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
