"""What was rolled up of the odds' history: candles, and how far they reach."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from markets.models.question import Question


class Series(models.TextChoices):
    """Whose odds: each has a history of its own."""

    MARKET = "market"
    CROWD = "crowd"


class Period(models.TextChoices):
    """How long a candle lasts; periods begin at whole minutes, hours and days of UTC."""

    MINUTE = "1m"
    HOUR = "1h"
    DAY = "1d"


class Candle(models.Model):
    """How the odds of one question moved within one period; there is none where nothing changed.

    A change is a fill, or a new aggregate of the crowd. The arrays have one probability per
    outcome. After a single change all four would be equal, so that only `close` is kept: with 200
    outcomes an array takes 1.6 kB, and in a quiet market most candles hold a single change.
    """

    pk = models.CompositePrimaryKey("question", "series", "period", "starts_at")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="candles", db_index=False
    )
    series = models.CharField(max_length=6, choices=Series)
    period = models.CharField(max_length=2, choices=Period)
    starts_at = models.DateTimeField()
    open = ArrayField(models.FloatField(), null=True, help_text="After the first change.")
    high = ArrayField(models.FloatField(), null=True)
    low = ArrayField(models.FloatField(), null=True)
    close = ArrayField(models.FloatField(), help_text="After the last change.")
    volume = models.BigIntegerField(help_text="Microcredits that changed hands; 0 for the crowd.")
    change_count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(change_count=1, open__isnull=True, high__isnull=True, low__isnull=True)
                | Q(change_count__gt=1, open__isnull=False, high__isnull=False, low__isnull=False),
                name="candle_of_a_single_change_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(volume__gte=0), name="candle_volume_is_not_negative"
            ),
        ]


class CandleMark(models.Model):
    """How far one series of a question has been rolled up; what lies beyond is the queue.

    The row is the lock of its roll-up: it moves in the same transaction as the candles.
    """

    pk = models.CompositePrimaryKey("question", "series")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="candle_marks", db_index=False
    )
    series = models.CharField(max_length=6, choices=Series)
    through = models.BigIntegerField(
        help_text="The seq of the last fill that candles hold, or the id of the last aggregate."
    )
    through_at = models.DateTimeField(help_text="The instant of that change.")
