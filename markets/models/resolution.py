"""Proposals and decisions about which outcome came true, and their paying out."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from markets.models.question import Question


class Verdict(models.TextChoices):
    OUTCOME = "outcome", "an outcome came true"
    ANNULLED = "annulled"


class Resolution(models.Model):
    """One version of the answer; a correction is a new one."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="resolutions")
    version = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.OUTCOME)
    outcome_weights = ArrayField(
        models.FloatField(),
        null=True,
        blank=True,
        help_text="One per outcome, summing to 1: usually a single 1.",
    )
    value = models.FloatField(
        null=True,
        blank=True,
        help_text="The number that came true, or the date in epoch seconds.",
    )
    effective_at = models.DateTimeField(help_text="From then on the answer was known.")
    evidence = models.JSONField(default=list, help_text="[{article, quote, url}]")
    rationale = models.TextField(blank=True)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty where a resolver proposed it.",
    )
    resolver = models.ForeignKey(
        "markets.Resolver",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resolutions",
    )
    proposed_at = models.DateTimeField()
    challenge_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "version"], name="resolution_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.OUTCOME, outcome_weights__isnull=False)
                | Q(verdict=Verdict.ANNULLED, outcome_weights__isnull=True),
                name="resolution_has_weights_unless_annulled",
            ),
            models.CheckConstraint(
                condition=Q(proposer__isnull=False, resolver=None)
                | Q(proposer=None, resolver__isnull=False),
                name="resolution_is_proposed_by_a_person_or_a_resolver",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="resolution_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]


class Challenge(models.Model):
    """A trader's or forecaster's objection, with a bond that is returned if upheld."""

    resolution = models.OneToOneField(
        Resolution, on_delete=models.PROTECT, related_name="challenge"
    )
    challenger = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="challenges"
    )
    reason = models.TextField()
    bond = models.BigIntegerField()
    made_at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(bond__gt=0), name="challenge_bond_is_positive"),
            models.CheckConstraint(
                condition=Q(upheld__isnull=True, decided_at__isnull=True)
                | Q(upheld__isnull=False, decided_at__isnull=False),
                name="challenge_decision_is_dated",
            ),
        ]


class SettlementState(models.TextChoices):
    DUE = "due"
    SETTLING = "settling"
    SETTLED = "settled"
    SCORED = "scored"


class Settlement(models.Model):
    """Work to be done for a confirmed resolution: the row is the queue."""

    resolution = models.OneToOneField(
        Resolution, primary_key=True, on_delete=models.PROTECT, related_name="settlement"
    )
    state = models.CharField(max_length=8, choices=SettlementState, default=SettlementState.DUE)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty where the challenge window passed without objection.",
    )
    due_at = models.DateTimeField()
    last_position = models.BigIntegerField(default=0, help_text="Positions up to it are paid.")
    position_count = models.PositiveIntegerField(default=0)
    paid_count = models.PositiveIntegerField(default=0)
    paid_amount = models.BigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    scored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="settlement_waiting",
                condition=~Q(state=SettlementState.SCORED),
            )
        ]
