"""What a trader asks for, and each execution of it."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.db.models.base import ModelState

from markets.core.money import MILLS
from markets.models.market import Market
from markets.models.references import refers, stays


class Side(models.TextChoices):
    BUY = "buy"
    SELL = "sell"


class TimeInForce(models.TextChoices):
    IOC = "ioc", "immediate or cancel"
    FOK = "fok", "fill or kill"
    GTC = "gtc", "good till cancelled"
    GTD = "gtd", "good till date"


class OrderStatus(models.TextChoices):
    OPEN = "open"
    FILLED = "filled"
    PARTLY_FILLED = "partly_filled"
    CANCELLED = "cancelled"


class EndReason(models.TextChoices):
    """Why an order ended before it was filled."""

    UNFILLED = "unfilled", "it does not rest, and nothing more was within its limit"
    CANCELLED = "cancelled", "its trader cancelled it"
    EXPIRED = "expired", "its time ran out"
    SELF_TRADE = "self_trade", "it stood in the way of its own trader"
    HALTED = "halted", "trading was halted"
    CLOSED = "closed", "trading ended"
    CLAWBACK = "clawback", "its trader owed the credits to another question's settlement"


class Origin(models.TextChoices):
    """Where a forecast or an order came from."""

    WEB = "web"
    API = "api"
    STAKE = "stake"


class Order(models.Model):
    """An order that was accepted; a refused one leaves no row.

    What is left of one that rests is `shares - filled_shares`, or `budget - cost`.
    """

    market = models.ForeignKey(
        Market,
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,
        db_constraint=False,
    )
    trader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,
        db_constraint=False,
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
    limit = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The worst price per share, in mills."
    )
    time_in_force = models.CharField(max_length=3, choices=TimeInForce, default=TimeInForce.IOC)
    expires_at = models.DateTimeField(null=True, blank=True)
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
    reserved = models.BigIntegerField(
        default=0, help_text="Microcredits held back in the wallet while a buy rests."
    )
    displaced = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="Own resting orders that stood in its way and were cancelled.",
    )
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)

    # Set on the instance that answers a retry; the row itself never knows.
    replayed = False

    # Set on the instance that answers a new order, whose fills need not be read again.
    make_fills: "Callable[[], list[Fill]] | None" = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request_key", "trader"], name="order_request_is_taken_once"
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
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(limit__gte=1, limit__lte=999),
                name="order_limit_is_a_price",
            ),
            models.CheckConstraint(
                condition=Q(time_in_force=TimeInForce.GTD, expires_at__isnull=False)
                | ~Q(time_in_force=TimeInForce.GTD) & Q(expires_at__isnull=True),
                name="order_good_till_date_names_the_date",
            ),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.OPEN)
                | Q(
                    time_in_force__in=[TimeInForce.GTC, TimeInForce.GTD],
                    limit__isnull=False,
                    claim__isnull=False,
                ),
                name="order_that_rests_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(status=OrderStatus.OPEN, ended_at__isnull=True)
                | ~Q(status=OrderStatus.OPEN) & Q(ended_at__isnull=False, reserved=0),
                name="order_reserves_only_while_open",
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0), name="order_reserves_no_negative_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["trader", "-id"], name="order_newest_of_a_trader"),
            models.Index(
                fields=["market", "id"],
                condition=Q(status=OrderStatus.OPEN),
                name="order_resting_in_a_market",
            ),
            models.Index(
                fields=["trader", "id"],
                condition=Q(status=OrderStatus.OPEN),
                name="order_resting_of_a_trader",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=OrderStatus.OPEN, expires_at__isnull=False),
                name="order_expiring",
            ),
        ]
        triggers = [
            refers(
                "order_is_of_a_market_and_a_wallet",
                "SELECT question_id FROM markets_market WHERE question_id = added.market_id",
                "SELECT id FROM markets_account WHERE owner_id = added.trader_id",
            ),
            stays("order_stays", "id", "market_id", "trader_id"),
        ]

    @classmethod
    def of_row(cls, *columns: object) -> Self:
        """The instance of a row that was written elsewhere, its columns in order.

        As `from_db`, but in a quarter of the time: no column is set by itself, no signal is sent.
        """
        order = cls.__new__(cls)
        order.__dict__ = dict(zip(cls._attnames(), columns, strict=True))
        order._state = state = ModelState()  # noqa: SLF001 - as Django's own from_db
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        return order

    @classmethod
    @cache
    def _attnames(cls) -> tuple[str, ...]:
        return tuple(column.attname for column in cls._meta.concrete_fields)

    @property
    def limit_price(self) -> Decimal | None:
        """The limit in credits per share."""
        return None if self.limit is None else Decimal(self.limit) / MILLS

    @property
    def remaining(self) -> int:
        """What is left of its shares or its budget while it is open; nothing afterwards."""
        if self.status != OrderStatus.OPEN:
            return 0
        return (
            (self.shares or 0) - self.filled_shares
            if self.budget is None
            else (self.budget - self.cost)
        )

    @property
    def executions(self) -> "Iterable[Fill]":
        """Its fills so far; those of an order that was just placed cost no query."""
        return self.make_fills() if self.make_fills else self.fills.all()


class Fill(models.Model):
    """One execution; replaying a market's fills from seq 1 gives its row exactly.

    A fill's market and trader are those of its order, which `fill_belongs_to_its_order` looks up.
    """

    market = models.ForeignKey(
        Market,
        on_delete=models.PROTECT,
        related_name="fills",
        db_index=False,
        db_constraint=False,
    )
    seq = models.BigIntegerField()
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="fills", db_constraint=False
    )
    counter_order = models.ForeignKey(
        Order,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The other side's order; empty where the maker was the other side.",
    )
    trader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="fills",
        db_index=False,
        db_constraint=False,
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
            # All fills of a batch have one instant, so only with seq is the last one a look-up.
            models.Index(fields=["market", "filled_at", "seq"], name="fill_in_time"),
        ]
        triggers = [
            refers(
                "fill_belongs_to_its_order",
                "SELECT id FROM markets_order WHERE id = added.order_id"
                " AND market_id = added.market_id AND trader_id = added.trader_id",
            ),
            pgtrigger.Protect(
                name="fill_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]
