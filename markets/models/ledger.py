"""Where credits are, and every movement between two places."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from markets.models.market import Market
from markets.models.references import refers, stays


class AccountKind(models.TextChoices):
    WALLET = "wallet"
    ESCROW = "escrow"
    HOUSE = "house"


class TransferCode(models.TextChoices):
    GRANT = "grant"
    SUBSIDY = "subsidy"
    TRADE = "trade"
    REDEMPTION = "redemption"
    PAYOUT = "payout"
    REFUND = "refund"
    CLAWBACK = "clawback"
    SHORTFALL = "shortfall"
    ADVANCE = "advance"
    REMAINDER = "remainder"
    BOND = "bond"
    REVERSAL = "reversal"


class Account(models.Model):
    """A wallet of a trader, the escrow of a market, or the house; in microcredits."""

    kind = models.CharField(max_length=6, choices=AccountKind)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="wallet",
    )
    market = models.OneToOneField(
        Market, null=True, blank=True, on_delete=models.PROTECT, related_name="escrow"
    )
    balance = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=AccountKind.HOUSE, reserved=0)
                | Q(reserved__gte=0, reserved__lte=F("balance")),
                name="account_never_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.WALLET, owner__isnull=False, market__isnull=True)
                | Q(kind=AccountKind.ESCROW, owner__isnull=True, market__isnull=False)
                | Q(kind=AccountKind.HOUSE, owner__isnull=True, market__isnull=True),
                name="account_kind_matches_its_owner",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=AccountKind.HOUSE), name="account_one_house"
            ),
        ]
        triggers: ClassVar = [stays("account_stays", "id", "owner_id", "market_id")]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner_id or self.market_id or ''}".strip()

    @property
    def available(self) -> int:
        return self.balance - self.reserved


class Transfer(models.Model):
    """An amount that left the debit account and came to the credit account."""

    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", db_constraint=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", db_constraint=False
    )
    amount = models.BigIntegerField()
    code = models.CharField(max_length=10, choices=TransferCode)
    market = models.ForeignKey(
        Market,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="transfers",
        db_index=False,
        db_constraint=False,  # one of the two accounts is the market's, and is looked up
    )
    key = models.CharField(max_length=80, help_text="What makes it happen only once.")
    reverses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversals",
        db_index=False,
    )
    posted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="transfer_happens_once"),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="transfer_is_reversed_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="transfer_moves_between_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(code=TransferCode.REVERSAL, reverses__isnull=False)
                | ~Q(code=TransferCode.REVERSAL) & Q(reverses__isnull=True),
                name="transfer_reversal_names_what_it_reverses",
            ),
        ]
        triggers: ClassVar = [
            refers(
                "transfer_is_between_two_accounts",
                "SELECT id FROM markets_account WHERE id = added.debit_id",
                "SELECT id FROM markets_account WHERE id = added.credit_id",
            ),
            pgtrigger.Protect(
                name="transfer_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]
