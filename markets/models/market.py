"""The trading side of a question: its maker and what the maker sold."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact, GreaterThanOrEqual

from markets.models.arrays import Cardinality
from markets.models.question import Question
from markets.models.references import stays


class Market(models.Model):
    """One row per question, sharing its key; locked for every trade."""

    question = models.OneToOneField(
        Question, primary_key=True, on_delete=models.PROTECT, related_name="market"
    )
    shares = ArrayField(models.BigIntegerField(), help_text="Net microshares sold per outcome.")
    liquidity = models.BigIntegerField(help_text="LMSR's b in microcredits.")
    prior = ArrayField(models.FloatField())
    probabilities = ArrayField(models.FloatField())
    seq = models.BigIntegerField(default=0)
    subsidy = models.BigIntegerField()
    volume = models.BigIntegerField(default=0, help_text="Microcredits that changed hands.")
    trader_count = models.PositiveIntegerField(default=0)
    last_fill_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(liquidity__gt=0), name="market_liquidity_is_positive"
            ),
            models.CheckConstraint(condition=Q(seq__gte=0), name="market_seq_is_not_negative"),
            models.CheckConstraint(
                condition=Q(volume__gte=0), name="market_volume_is_not_negative"
            ),
            models.CheckConstraint(condition=Q(subsidy__gt=0), name="market_subsidy_is_positive"),
            models.CheckConstraint(
                condition=Q(GreaterThanOrEqual(Cardinality("shares"), 2))
                & Q(Exact(Cardinality("shares"), Cardinality("prior")))
                & Q(Exact(Cardinality("shares"), Cardinality("probabilities"))),
                name="market_arrays_have_one_element_per_outcome",
            ),
        ]
        triggers = [stays("market_stays", "question_id")]


class LiquidityChange(models.Model):
    """Liquidity that was added to a market, and the maker as it went on from there.

    Together with the fills these rows replay a market: a change takes effect after the fill with
    its `seq` and before the next.
    """

    market = models.ForeignKey(
        Market, on_delete=models.PROTECT, related_name="liquidity_changes", db_index=False
    )
    seq = models.BigIntegerField(help_text="The market's newest fill when it was made.")
    subsidy = models.BigIntegerField(help_text="Microcredits that the house added to the escrow.")
    liquidity = models.BigIntegerField(help_text="LMSR's b from then on, in microcredits.")
    prior = ArrayField(models.FloatField(), help_text="From then on; no price moves.")
    request_key = models.CharField(max_length=80)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["market", "request_key"], name="liquidity_request_is_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(subsidy__gt=0, liquidity__gt=0), name="liquidity_is_only_added"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="liquidity_change_is_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
