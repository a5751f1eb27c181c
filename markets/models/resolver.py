"""Watchers of the sources that answer questions, and what each of their looks has found."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from markets.core.lifecycle import QuestionStatus
from markets.core.resolver_readings import Answer, Comparison, Reason
from markets.core.resolvers import (
    CONFIRM_AFTER_MIN,
    CONFIRMATIONS_MAX,
    EVERY_MAX,
    EVERY_MIN,
    FAILURES_SHOWN,
    GRACE_MAX,
    Rules,
    Standing,
)
from markets.models.counting import CountedQuerySet
from markets.models.question import Question
from markets.models.resolution import Resolution
from users.models import User

UNANSWERED = [QuestionStatus.OPEN, QuestionStatus.HALTED, QuestionStatus.CLOSED]
"""What a resolver still has to answer, and what people may still suggest answers to."""

GRACE = timedelta(days=1)
CONFIRM_AFTER = timedelta(minutes=10)


class ResolverKind(models.TextChoices):
    JSON = "json", "a field of a JSON document"
    CSV = "csv", "a cell of a CSV table"
    QUESTION = "question", "the answers of other questions"
    ARTICLE = "article", "articles that are linked to it"
    MANUAL = "manual", "a reminder to an editor"


FETCHING = [ResolverKind.JSON, ResolverKind.CSV]
DECIDING = [*FETCHING, ResolverKind.QUESTION]
"""The kinds that may propose an answer; the others only say that somebody should."""


class ResolverQuerySet(CountedQuerySet["Resolver"]):
    def free(self, now: datetime) -> Self:
        """Active ones of unanswered questions, which nobody runs at the moment."""
        is_free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(is_free, is_active=True, question__status__in=UNANSWERED)

    def due(self, now: datetime) -> Self:
        """Free, and past their time; the one that has waited longest comes first."""
        is_within = Q(until=None) | Q(until__gt=now)
        due = self.free(now).filter(is_within, next_attempt_at__lte=now, reminded_at=None)
        return due.order_by("next_attempt_at", "pk")

    def needing_editors(self, now: datetime) -> Self:
        """Those that keep failing, remind of something, or ended without an answer."""
        has_ended = Q(until__lte=now)
        needs = Q(failures__gte=FAILURES_SHOWN) | Q(reminded_at__isnull=False) | has_ended
        return self.filter(needs, is_active=True, question__status__in=UNANSWERED)


class Resolver(models.Model):
    """A way in which a question is answered by a source. Active rows are the queue."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="resolvers")
    kind = models.CharField(max_length=8, choices=ResolverKind)

    url = models.URLField(max_length=2000, blank=True)
    expression = models.CharField(
        max_length=500, blank=True, help_text="In JMESPath; or the rule over other questions."
    )
    column = models.CharField(max_length=200, blank=True)
    row_column = models.CharField(max_length=200, blank=True)
    row_value = models.CharField(max_length=200, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    comparison = models.CharField(
        max_length=2, blank=True, choices=[(each.value, each.value) for each in Comparison]
    )
    threshold = models.FloatField(null=True, blank=True)
    multiplier = models.FloatField(default=1.0, help_text="From the source's unit to ours.")
    unit = models.CharField(max_length=40, blank=True, help_text="Of the threshold.")
    texts = ArrayField(
        models.CharField(max_length=200, blank=True),
        default=list,
        blank=True,
        help_text="One per outcome: what the source says when it came true.",
    )
    asks = models.ManyToManyField(
        Question, blank=True, related_name="asked_by", help_text="The questions of a rule."
    )
    phrases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    outcome = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The answer that articles with the phrases suggest."
    )
    note = models.CharField(max_length=300, blank=True)

    ends_early = models.BooleanField(
        default=False, help_text="Do the criteria let the question end before its time?"
    )
    confirmations = models.PositiveSmallIntegerField(default=2)
    confirm_after = models.DurationField(default=CONFIRM_AFTER)
    first_at = models.DateTimeField()
    every = models.DurationField()
    until = models.DateTimeField(null=True, blank=True)
    grace = models.DurationField(default=GRACE)

    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(
        null=True, blank=True, help_text="While somebody runs it; a lease that ran out is none."
    )
    run_count = models.PositiveIntegerField(
        default=0, help_text="Also the fence: only the newest run may say how it went."
    )
    last_run_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    last_error_code = models.CharField(max_length=20, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when an editor is reminded."
    )

    last_read_at = models.DateTimeField(null=True, blank=True)
    last_text = models.CharField(max_length=300, blank=True, help_text="What the source said.")
    last_outcome = models.PositiveSmallIntegerField(null=True, blank=True)
    last_value = models.FloatField(null=True, blank=True)
    last_is_no = models.BooleanField(default=False)
    agreements = models.PositiveSmallIntegerField(
        default=0, help_text="Reads in a row that said so and counted."
    )
    agreed_since = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    is_active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose settings it has; empty where nobody changed those it was made with.",
    )
    changed_at = models.DateTimeField()

    objects = ResolverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ResolverKind.JSON, column="") & ~Q(url="") & ~Q(expression="")
                | Q(kind=ResolverKind.CSV, expression="")
                & ~Q(url="")
                & ~Q(column="")
                & ~Q(delimiter="")
                | Q(kind=ResolverKind.QUESTION, url="", column="") & ~Q(expression="")
                | Q(kind=ResolverKind.ARTICLE, url="", expression="", outcome__isnull=False)
                | Q(kind=ResolverKind.MANUAL, url="", expression="") & ~Q(note=""),
                name="resolver_has_what_its_kind_needs",
            ),
            models.CheckConstraint(
                condition=Q(comparison="", threshold=None)
                | ~Q(comparison="") & Q(threshold__isnull=False, texts=[]),
                name="resolver_compares_with_a_threshold_or_lists_texts",
            ),
            models.CheckConstraint(
                condition=Q(row_column="", row_value="") | ~Q(row_column="") & ~Q(row_value=""),
                name="resolver_row_is_chosen_by_a_column_and_a_value",
            ),
            models.CheckConstraint(
                condition=Q(every__gte=EVERY_MIN, every__lte=EVERY_MAX),
                name="resolver_interval_is_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(grace__gte=timedelta(), grace__lte=GRACE_MAX),
                name="resolver_grace_is_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("first_at")),
                name="resolver_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(
                    confirmations__gte=1,
                    confirmations__lte=CONFIRMATIONS_MAX,
                    confirm_after__gte=CONFIRM_AFTER_MIN,
                    confirm_after__lte=EVERY_MAX,
                ),
                name="resolver_confirmations_are_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(confirmations__gte=2) | ~Q(kind__in=FETCHING),
                name="resolver_reads_a_source_at_least_twice",
            ),
            models.CheckConstraint(
                condition=~Q(multiplier=0), name="resolver_multiplier_is_not_zero"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, paused_at=None, paused_reason="")
                | Q(is_active=False, paused_at__isnull=False) & ~Q(paused_reason=""),
                name="resolver_is_paused_at_an_instant_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(failures=0) | ~Q(last_error_code="") & ~Q(last_error=""),
                name="resolver_failure_is_explained",
            ),
            models.CheckConstraint(
                condition=Q(agreements=0, agreed_since=None, counted_at=None)
                | Q(agreements__gt=0, agreed_since__isnull=False, counted_at__isnull=False),
                name="resolver_agreements_are_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(is_active=True), name="resolver_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.question_id}"

    @property
    def set_up_by(self) -> list[User]:
        """Who chose what it reads: who made it, and who changed its settings last."""
        return [self.made_by] if self.changed_by is None else [self.made_by, self.changed_by]

    @property
    def rules(self) -> Rules:
        """What its answers need; the question is dated once it is scheduled."""
        if self.question.closes_at is None:
            raise ValueError("a question that is not scheduled has no deadline")
        return Rules(
            answerable_at=self.question.closes_at + self.grace,
            ends_early=self.ends_early,
            confirmations=self.confirmations,
            confirm_after=self.confirm_after,
        )

    @property
    def standing(self) -> Standing:
        """What it remembers of its reads."""
        if self.last_outcome is None and self.last_value is None:
            return Standing()
        answer = Answer(self.last_outcome, self.last_value, is_no=self.last_is_no)
        return Standing(answer, self.agreements, self.agreed_since, self.counted_at)


class RunOutcome(models.TextChoices):
    UNDETERMINED = "undetermined"
    ANSWER = "answer", "an answer was proposed"
    SUGGESTED = "suggested", "an answer was suggested to the editors"
    REMINDED = "reminded", "the editors were reminded"


class ResolverRun(models.Model):
    """One look of a resolver at its source: what was fetched, what it said, what came of it."""

    resolver = models.ForeignKey(Resolver, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    ran_at = models.DateTimeField()
    ran_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty where the clock did it.",
    )
    url = models.URLField(max_length=2000, blank=True, help_text="After redirects.")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    byte_count = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of what was fetched.")
    excerpt = models.CharField(max_length=300, blank=True, help_text="What the source said.")
    outcome = models.CharField(max_length=12, choices=RunOutcome)
    reason = models.CharField(
        max_length=20, blank=True, choices=[(each.value, each.value) for each in Reason]
    )
    detail = models.CharField(max_length=300, blank=True)
    outcome_weights = ArrayField(
        models.FloatField(), null=True, blank=True, help_text="The answer that it read, if any."
    )
    value = models.FloatField(null=True, blank=True)
    resolution = models.OneToOneField(
        Resolution, null=True, blank=True, on_delete=models.PROTECT, related_name="resolver_run"
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resolver", "number"], name="resolver_run_is_recorded_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome=RunOutcome.UNDETERMINED, resolution=None)
                & ~Q(reason="")
                & ~Q(detail="")
                | Q(outcome=RunOutcome.ANSWER, reason="", resolution__isnull=False)
                & (Q(outcome_weights__isnull=False) | Q(value__isnull=False))
                | Q(
                    outcome__in=[RunOutcome.SUGGESTED, RunOutcome.REMINDED],
                    reason="",
                    resolution=None,
                ),
                name="resolver_run_is_an_answer_or_explained",
            ),
            models.CheckConstraint(
                condition=Q(sha256="", byte_count=None)
                | ~Q(sha256="") & Q(byte_count__isnull=False),
                name="resolver_run_hashes_what_it_fetched",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="resolver_run_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"run {self.number} of resolver {self.resolver_id}"
