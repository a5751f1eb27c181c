"""Questions that were published in spite of what lint found, and why."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from markets.models.question import Question


class LintOverride(models.Model):
    """An editor's word that the errors of these rules are none in this question."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="lint_overrides")
    rules = ArrayField(models.CharField(max_length=8))
    reason = models.CharField(max_length=300)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    overridden_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="lint_override_has_a_reason"),
            models.CheckConstraint(condition=Q(rules__len__gt=0), name="lint_override_names_rules"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="lint_override_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.rules)}: {self.reason}"
