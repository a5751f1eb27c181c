"""What a trader asks for, and each execution of it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from markets.models.market import Market


class Side(models.TextChoices):
    BUY = "buy"
    SELL = "sell"


class TimeInForce(models.TextChoices):
    IOC = "ioc", "immediate or cancel"
    FOK = "fok", "fill or kill"


class OrderStatus(models.TextChoices):
    FILLED = "filled"
    PARTLY_FILLED = "partly_filled"
    CANCELLED = "cancelled"


class Origin(models.TextChoices):
    """Where a forecast or an order came from."""

    WEB = "web"
    API = "api"
    STAKE = "stake"


class Order(models.Model):
    """An order that was accepted; a refused one leaves no row."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="orders")
    trader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders"
    )
    request_key = models.CharField(max_length=80)
    request_sha256 = models.CharField(max_length=64)
    side = models.CharField(max_length=4, choices=Side)
    claim = ArrayField(
        models.PositiveSmallIntegerField(),
        null=True,
        blank=True,
        help_text="Outcome indices; empty where a stake buys a portfolio towards `target`.",
    )
    target = ArrayField(
        models.FloatField(),
        null=True,
        blank=True,
        help_text="The stated probabilities that a stake moves the prices towards.",
    )
    budget = models.BigIntegerField(null=True, blank=True)
    shares = models.BigIntegerField(null=True, blank=True)
    limit = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    time_in_force = models.CharField(max_length=3, choices=TimeInForce, default=TimeInForce.IOC)
    cost_max = models.BigIntegerField(null=True, blank=True)
    shares_min = models.BigIntegerField(null=True, blank=True)
    origin = models.CharField(max_length=5, choices=Origin)
    status = models.CharField(max_length=13, choices=OrderStatus)
    filled_shares = models.BigIntegerField(
        default=0, help_text="Microshares bought or sold; a portfolio counts its largest holding."
    )
    cost = models.BigIntegerField(
        default=0, help_text="Microcredits paid; negative where a sale brought them in."
    )
    placed_at = models.DateTimeField()

    # Set on the instance that answers a retry; the row itself never knows.
    replayed = False

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trader", "request_key"], name="order_request_is_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(budget__gt=0, shares__isnull=True)
                | Q(budget__isnull=True, shares__gt=0),
                name="order_has_a_budget_or_shares",
            ),
            models.CheckConstraint(
                condition=Q(side=Side.BUY) | Q(budget__isnull=True),
                name="order_to_sell_names_shares",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=False) | Q(target__isnull=False),
                name="order_names_a_claim_or_a_target",
            ),
        ]
        indexes = [
            models.Index(fields=["trader", "-id"], name="order_newest_of_a_trader"),
        ]


class Fill(models.Model):
    """One execution; replaying a market's fills from seq 1 gives its row exactly."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="fills")
    seq = models.BigIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="fills")
    trader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="fills"
    )
    claim = ArrayField(models.PositiveSmallIntegerField(), null=True, blank=True)
    shares = ArrayField(
        models.BigIntegerField(), help_text="Microshares per outcome; negative when sold."
    )
    redeemed = models.BigIntegerField(
        default=0, help_text="Complete sets that the trader held after it, paid out at once."
    )
    cost = models.BigIntegerField(help_text="Microcredits; negative where the trader received.")
    price_before = models.FloatField(null=True, help_text="Of the claim; empty for portfolios.")
    price_after = models.FloatField(null=True)
    probabilities = ArrayField(models.FloatField(), help_text="After this fill.")
    filled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "seq"], name="fill_seq_is_unique"),
            models.CheckConstraint(
                condition=Q(redeemed__gte=0), name="fill_redeems_no_negative_sets"
            ),
        ]
        indexes = [
            models.Index(F("market"), F("filled_at").desc(), name="fill_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="fill_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
