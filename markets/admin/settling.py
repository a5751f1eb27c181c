"""Payments: how far each has come, what went wrong, and the button that has it tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from markets.admin.records import RecordAdmin
from markets.core.errors import MarketError
from markets.core.money import format_credits
from markets.models import IN_PAYMENT, Settlement, SettlementState
from markets.queries.settlements import Progress, payments, payments_of
from markets.services import settlement
from users.desk import UNPROCESSABLE, View, display, editor_of, moment_column

SETTLEMENT_COLOURS = {
    "due": "warning", "settling": "info", "settled": "info", "scored": "success",
    "superseded": "danger",
}  # fmt: skip
_STATES = {
    SettlementState.DUE: "waits",
    SettlementState.SETTLING: "is being paid",
    SettlementState.SETTLED: "paid",
    SettlementState.SCORED: "paid and scored",
    SettlementState.SUPERSEDED: "superseded",
}


@dataclass(frozen=True)
class Card:
    """A settlement in words."""

    progress: Progress
    state: str
    tone: str
    percent: str
    positions: str
    facts: tuple[tuple[str, str], ...]
    next_attempt_at: datetime | None
    consequence: str
    retry_url: str


def card_of(progress: Progress) -> Card:
    row = progress.settlement
    return Card(
        progress=progress,
        state=_state(progress),
        tone=_tone(progress),
        percent=f"{int(progress.share * 1000) / 10:g}%",
        positions="not begun"
        if row.state == SettlementState.DUE
        else f"{row.done_count:,} of {row.position_count:,} positions",
        facts=tuple(_facts(progress)),
        next_attempt_at=row.next_attempt_at if progress.is_failing else None,
        consequence="Nothing of the chunk that failed was paid."
        if progress.is_in_payment
        else "Everybody was paid; no scores were stored.",
        retry_url=reverse("admin:markets_settlement_retry", args=[row.pk])
        if progress.is_failing
        else "",
    )


def _state(progress: Progress) -> str:
    if progress.is_failing:
        return "failed" if progress.is_in_payment else "paid, but scoring failed"
    return _STATES[SettlementState(progress.settlement.state)]


def _tone(progress: Progress) -> str:
    if progress.is_failing:
        return "warn"
    if progress.is_in_payment:
        return "proposed"
    return "" if progress.settlement.state == SettlementState.SUPERSEDED else "final"


def _facts(progress: Progress) -> list[tuple[str, str]]:
    row = progress.settlement
    facts = [("Credits moved", f"{format_credits(row.paid_amount)}")]
    if progress.is_in_payment and row.begun_at is not None:
        facts[0] = ("Credits moved", f"{facts[0][1]} of {format_credits(row.due_amount)}")
    if progress.per_second is not None and row.state == SettlementState.SETTLING:
        facts.append(("Positions a second", f"{progress.per_second:,.0f}"))
    if progress.seconds_left is not None:
        facts.append(("Left", _spell_seconds(progress.seconds_left)))
    if row.undone_count:
        facts.append(("Trades undone", f"{row.undone_count:,}"))
    if row.borne_amount:
        facts.append(("Borne by the house", format_credits(row.borne_amount)))
    return facts


def _spell_seconds(seconds: float) -> str:
    """A wait that nobody needs to the second.

    >>> _spell_seconds(0.2), _spell_seconds(95), _spell_seconds(7_300)
    ('a moment', '1 min', '2 h 1 min')
    """
    if seconds < 1:
        return "a moment"
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(int(timedelta(seconds=seconds).total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@admin.register(Settlement)
class SettlementAdmin(RecordAdmin):
    due = moment_column("due_at", "Due")
    settled = moment_column("settled_at", "Settled")
    list_display = ("resolution_of", "standing", "progress", "paid", "borne", "due", "settled")
    detail_fields = (
        "confirmed_by", "undone_count", "attempts", "next_attempt_at", "last_error", "scored_at",
    )  # fmt: skip
    list_select_related = ("resolution__question", "confirmed_by")
    list_filter = ("state",)
    search_fields = ("resolution__question__title",)

    def desk_urls(self) -> list[tuple[str, View, str]]:
        return [
            ("progress/", self.show_progress, "progress"),
            ("progress/<int:question_id>/", self.show_question, "question"),
            ("<int:resolution_id>/retry/", self.retry, "retry"),
        ]

    @display("Question")
    def resolution_of(self, settlement: Settlement) -> str:
        return settlement.resolution.question.title

    @display("State", label=SETTLEMENT_COLOURS)
    def standing(self, settlement: Settlement) -> tuple[str, str]:
        return settlement.state, settlement.get_state_display()

    @display("Positions done")
    def progress(self, settlement: Settlement) -> str:
        return f"{settlement.done_count:,} of {settlement.position_count:,}"

    @display("Credits", ordering="paid_amount")
    def paid(self, settlement: Settlement) -> str:
        return format_credits(settlement.paid_amount)

    @display("Borne by the house", ordering="borne_amount")
    def borne(self, settlement: Settlement) -> str:
        return format_credits(settlement.borne_amount) if settlement.borne_amount else "–"

    def show_progress(self, request: HttpRequest, *, refused: str = "") -> HttpResponse:
        """Every payment that is under way or was of late; asked again by the page itself."""
        now = timezone.now()
        cards = [card_of(each) for each in payments(now=now)]
        shown = {"cards": cards, "is_busy": _is_busy(cards), "refused": refused, "now": now}
        if request.headers.get("HX-Request"):
            return TemplateResponse(request, "admin/markets/settlement/cards.html", shown)
        return self.page(
            request,
            "admin/markets/settlement/progress.html",
            title="Payments",
            status=UNPROCESSABLE if refused else 200,
            **shown,
        )

    def show_question(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """The payments of one question, as its own page shows them."""
        return TemplateResponse(
            request, "admin/markets/settlement/of_question.html", context_of(question_id)
        )

    def retry(self, request: HttpRequest, resolution_id: int) -> HttpResponse:
        """Have a payment that failed tried again at once."""
        if request.method == "POST":
            get_object_or_404(Settlement, pk=resolution_id)
            try:
                settlement.retry(
                    resolution_id=resolution_id, editor=editor_of(request), now=timezone.now()
                )
            except MarketError as refusal:
                return self.show_progress(request, refused=str(refusal))
            messages.success(request, "It is tried again within a second or two.")
        return HttpResponseRedirect(reverse("admin:markets_settlement_progress"))


def context_of(question_id: int) -> dict[str, object]:
    """The payments of a question, for its page and for the part of it that is asked again."""
    cards = [card_of(each) for each in payments_of(question_id, now=timezone.now())]
    return {
        "cards": cards,
        "is_busy": _is_busy(cards),
        "settlements_url": reverse("admin:markets_settlement_question", args=[question_id]),
    }


def _is_busy(cards: list[Card]) -> bool:
    return any(card.progress.settlement.state in IN_PAYMENT for card in cards)
