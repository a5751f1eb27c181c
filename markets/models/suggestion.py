"""Answers that people and resolvers suggest, and what editors did with them."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from articles.models import Article
from markets.models.counting import CountedQuerySet
from markets.models.question import Question
from markets.models.resolver import UNANSWERED, Resolver


class SuggestionState(models.TextChoices):
    WAITING = "waiting"
    TAKEN = "taken", "taken up"
    DECLINED = "declined"


class AnswerSuggestionQuerySet(CountedQuerySet["AnswerSuggestion"]):
    def waiting(self) -> Self:
        """Those that editors have not decided about, of questions that still lack an answer."""
        return self.filter(state=SuggestionState.WAITING, question__status__in=UNANSWERED)


class AnswerSuggestion(models.Model):
    """What somebody believes came true, and where that stands; it decides nothing."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="answer_suggestions"
    )
    outcome_weights = ArrayField(models.FloatField(), null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    effective_at = models.DateTimeField(
        null=True, blank=True, help_text="From when on the answer was known."
    )
    quote = models.CharField(max_length=2000)
    url = models.URLField(max_length=2000, blank=True)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answer_suggestions",
    )
    resolver = models.ForeignKey(
        Resolver, null=True, blank=True, on_delete=models.PROTECT, related_name="suggestions"
    )
    suggested_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=SuggestionState, default=SuggestionState.WAITING)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was declined.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AnswerSuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome_weights__isnull=False, value=None)
                | Q(outcome_weights=None, value__isnull=False),
                name="answer_suggestion_has_weights_or_a_value",
            ),
            models.CheckConstraint(
                condition=Q(suggested_by__isnull=False, resolver=None)
                | Q(suggested_by=None, resolver__isnull=False),
                name="answer_suggestion_is_a_person_s_or_a_resolver_s",
            ),
            models.CheckConstraint(
                condition=~Q(quote="") & (~Q(url="") | Q(article__isnull=False)),
                name="answer_suggestion_quotes_what_stands_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=SuggestionState.WAITING, decided_at=None, decided_by=None, reason=""
                )
                | ~Q(state=SuggestionState.WAITING)
                & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="answer_suggestion_decision_is_signed_and_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state=SuggestionState.DECLINED) | ~Q(reason=""),
                name="answer_suggestion_is_declined_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["question", "suggested_by"],
                condition=Q(state=SuggestionState.WAITING),
                name="answer_suggestion_waits_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["resolver", "article"], name="answer_suggestion_is_made_once_per_article"
            ),
        ]
        indexes = [
            models.Index(
                fields=["suggested_at"],
                condition=Q(state=SuggestionState.WAITING),
                name="answer_suggestion_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"an answer suggested to {self.question_id}"
