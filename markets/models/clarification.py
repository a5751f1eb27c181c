"""What editors add to a question's rules once these are frozen."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Now

from markets.models.question import Question


class Clarification(models.Model):
    """A dated sentence on how the rules of an opened question are to be read; never edited."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="clarifications")
    text = models.TextField()
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="clarification_says_something"),
            models.UniqueConstraint("question", MD5("text"), name="clarification_is_made_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="clarification_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return self.text
