"""The questions that editors put first on the home page, and their order."""

from django.conf import settings
from django.db import models
from django.db.models import Deferrable, Q

from markets.models.question import Question


class Feature(models.Model):
    """A question's place at the top of the home page, counted from 1."""

    question = models.OneToOneField(
        Question, primary_key=True, on_delete=models.CASCADE, related_name="feature"
    )
    place = models.PositiveSmallIntegerField()
    featured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    featured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(place__gt=0), name="feature_places_count_from_one"),
            models.UniqueConstraint(
                fields=["place"],
                name="feature_place_is_taken_once",
                deferrable=Deferrable.DEFERRED,  # places are swapped within a transaction
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.question}"
