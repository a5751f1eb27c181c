"""Proposals and decisions about which outcome came true, and their paying out."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from markets.models.question import Question


class Verdict(models.TextChoices):
    OUTCOME = "outcome", "an outcome came true"
    ANNULLED = "annulled", "annulled: the question itself was flawed"
    AMBIGUOUS = "ambiguous", "ambiguous: the truth cannot be told"


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
    early_end_reason = models.TextField(
        blank=True, help_text="Why the criteria let it end before its scheduled close."
    )
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
                | ~Q(verdict=Verdict.OUTCOME) & Q(outcome_weights__isnull=True, value__isnull=True),
                name="resolution_has_weights_unless_refunded",
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

    @property
    def proposed_by(self) -> str:
        """The name of who proposed it, for people."""
        return self.proposer.name if self.proposer else "a resolver"

    @property
    def is_refunded(self) -> bool:
        """Is every trade given back, and nothing scored?"""
        return self.verdict != Verdict.OUTCOME


class CorrectionDecision(models.TextChoices):
    CONFIRMED = "confirmed"
    DECLINED = "declined", "declined by another editor"
    WITHDRAWN = "withdrawn", "withdrawn by its proposer"


class Correction(models.Model):
    """A new version of an answer that was decided already; it waits for a second editor."""

    resolution = models.OneToOneField(
        Resolution, primary_key=True, on_delete=models.PROTECT, related_name="correction"
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="corrections")
    corrects = models.ForeignKey(
        Resolution,
        on_delete=models.PROTECT,
        related_name="corrections",
        help_text="The version that stood when it was proposed.",
    )
    decision = models.CharField(
        max_length=9, choices=CorrectionDecision, blank=True, help_text="Empty while it waits."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, help_text="Why it was withdrawn or declined.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(decision=""),
                name="correction_waits_alone_on_its_question",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    decision__in=CorrectionDecision.values,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="correction_decision_is_signed_and_dated",
            ),
            models.CheckConstraint(
                condition=~Q(resolution=F("corrects")), name="correction_is_another_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="correction_is_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.decision <> ''"),
            ),
            pgtrigger.Protect(name="correction_is_kept", operation=pgtrigger.Delete),
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
        triggers = [
            pgtrigger.Protect(
                name="challenge_is_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.upheld IS NOT NULL"),
            ),
            pgtrigger.Protect(name="challenge_is_kept", operation=pgtrigger.Delete),
        ]


class SettlementState(models.TextChoices):
    DUE = "due"
    SETTLING = "settling"
    SETTLED = "settled"
    SCORED = "scored"
    SUPERSEDED = "superseded", "superseded before it was done"


IN_PAYMENT = (SettlementState.DUE, SettlementState.SETTLING)
"""The states in which positions still wait to be paid."""

UNFINISHED = (*IN_PAYMENT, SettlementState.SETTLED)
"""And those in which scores still wait to be stored: what may fail and be tried again."""


class Settlement(models.Model):
    """Work to be done for a confirmed resolution: the row is the queue.

    Amounts are in microcredits, and count what moved between escrow and wallets: what was paid out
    less what was taken back, of all positions so far.
    """

    resolution = models.OneToOneField(
        Resolution, primary_key=True, on_delete=models.PROTECT, related_name="settlement"
    )
    state = models.CharField(max_length=10, choices=SettlementState, default=SettlementState.DUE)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty where the challenge window passed without objection.",
    )
    due_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    last_position = models.BigIntegerField(default=0, help_text="Positions up to it are done.")
    position_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(
        default=0, help_text="Positions that are done, also those for which nothing moved."
    )
    paid_count = models.PositiveIntegerField(
        default=0, help_text="Positions for which something moved."
    )
    due_amount = models.BigIntegerField(default=0, help_text="What will have moved in the end.")
    paid_amount = models.BigIntegerField(default=0)
    borne_amount = models.BigIntegerField(
        default=0, help_text="What wallets could not give back, and the house paid for them."
    )
    undone_count = models.PositiveIntegerField(
        default=0, help_text="Fills that were made when the answer was known already."
    )
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Failures since anything was last paid or scored."
    )
    next_attempt_at = models.DateTimeField(
        null=True, help_text="Not to be tried before; empty: at once."
    )
    last_error = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    scored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_count__lte=F("position_count"), paid_count__lte=F("done_count")),
                name="settlement_pays_no_more_than_there_are",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="settlement_waiting",
                condition=~Q(state__in=[SettlementState.SCORED, SettlementState.SUPERSEDED]),
            )
        ]


class Undone(models.Model):
    """A position whose trader traded on when the answer was known, and what it is owed instead."""

    # Written from the rows that they refer to, a million at once; checking each again took longer
    # than all the rest.
    resolution = models.ForeignKey(
        Resolution,
        on_delete=models.PROTECT,
        related_name="undone",
        db_index=False,
        db_constraint=False,
    )
    position = models.ForeignKey(
        "markets.Position",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    fills = models.PositiveIntegerField(help_text="How many, from `effective_at` on.")
    payout = models.BigIntegerField(help_text="For the shares that were held before.")
    returned = models.BigIntegerField(
        help_text="What those fills cost, less what they brought; negative is taken back."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "position"], name="undone_once_per_position_and_version"
            ),
            models.CheckConstraint(
                condition=Q(fills__gt=0, payout__gte=0), name="undone_has_fills_and_a_payout"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="undone_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
