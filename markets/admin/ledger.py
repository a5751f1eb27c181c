"""Where the credits are, how they moved, and whether the books add up."""

import textwrap
from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from markets.admin.records import RecordAdmin
from markets.core.money import format_credits
from markets.models import Account, Transfer
from markets.queries.ledger import RULES, audit
from users.desk import DeskAdmin, View, display, moment_column

TITLE_SHOWN = 60
KIND_COLOURS = {"wallet": "info", "escrow": "warning", "house": "primary"}


def name_of(account: Account) -> str:
    """Whose account it is, in words."""
    if account.owner is not None:
        return account.owner.name
    if account.market is not None:
        title = textwrap.shorten(account.market.question.title, TITLE_SHOWN, placeholder="…")
        return f"escrow of “{title}”"
    return "the house"


@admin.register(Account)
class AccountAdmin(DeskAdmin):
    list_display = ("whose", "sort", "holds", "set_aside", "opened")
    opened = moment_column("opened_at", "Opened")
    list_filter = ("kind",)
    list_select_related = ("owner", "market__question")
    search_fields = ("owner__name", "market__question__title")
    ordering = ("pk",)

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [("audit/", partial(show_audit, self), "audit")]

    @display("Account")
    def whose(self, account: Account) -> str:
        return name_of(account)

    @display("Kind", ordering="kind", label=KIND_COLOURS)
    def sort(self, account: Account) -> tuple[str, str]:
        return account.kind, account.get_kind_display()

    @display("Balance", ordering="balance")
    def holds(self, account: Account) -> str:
        return format_credits(account.balance)

    @display("Reserved", ordering="reserved")
    def set_aside(self, account: Account) -> str:
        return format_credits(account.reserved)


@admin.register(Transfer)
class TransferAdmin(RecordAdmin):
    list_display = ("id", "posted", "code", "paid_by", "paid_to", "sum", "key")
    posted = moment_column("posted_at", "Posted")
    list_filter = ("code",)
    list_select_related = (
        "debit__owner", "debit__market__question", "credit__owner", "credit__market__question",
    )  # fmt: skip
    search_fields = ("key", "debit__owner__name", "credit__owner__name")

    @display("From")
    def paid_by(self, transfer: Transfer) -> str:
        return name_of(transfer.debit)

    @display("To")
    def paid_to(self, transfer: Transfer) -> str:
        return name_of(transfer.credit)

    @display("Amount", ordering="amount")
    def sum(self, transfer: Transfer) -> str:
        return format_credits(transfer.amount)


def show_audit(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """Run the audit now and show what it finds."""
    findings = audit()
    return desk.page(
        request,
        "admin/markets/account/audit.html",
        title="Audit of the books",
        findings=findings,
        checks=RULES,
        audited_at=timezone.now(),
    )
