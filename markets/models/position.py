"""What a trader holds in one market."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact

from markets.models.arrays import Cardinality, EveryElementAtLeastZero
from markets.models.market import Market


class Position(models.Model):
    trader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="positions",
        db_index=False,
    )
    market = models.ForeignKey(
        Market, on_delete=models.PROTECT, related_name="positions", db_index=False
    )
    shares = ArrayField(models.BigIntegerField(), help_text="Microshares per outcome.")
    reserved_shares = ArrayField(models.BigIntegerField())
    spent = models.BigIntegerField(default=0)
    received = models.BigIntegerField(default=0)
    payout = models.BigIntegerField(
        default=0, help_text="What its settlement moved to the wallet; negative for a clawback."
    )
    settled_by = models.ForeignKey(
        "markets.Resolution",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trader", "market"], name="position_is_one_per_trader_and_market"
            ),
            models.CheckConstraint(
                condition=Q(EveryElementAtLeastZero("shares"))
                & Q(EveryElementAtLeastZero("reserved_shares"))
                & Q(Exact(Cardinality("shares"), Cardinality("reserved_shares"))),
                name="position_never_short",
            ),
            models.CheckConstraint(
                condition=Q(spent__gte=0, received__gte=0), name="position_flows_are_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["market", "id"], name="position_in_settlement_order")]
